"""Names that are almost the one asked for: what browsers, operating systems and haste make of ``task.py``."""

from __future__ import annotations

import difflib
import re

#: What is read as a copy's mark: " (1)", "-1", "_copy", " - 복사본", "Copy of …", "…의 사본".
_MARKS = re.compile(
    r"^(?:copy[ _]of[ _]|사본[ _-]+)"
    r"|(?:\s*\(\d+\)|[\s_-]+copy\d*|[\s_-]*(?:의\s*)?(?:복사본|사본)|[\s_-]+\d{1,2})+$",
    re.IGNORECASE,
)
_ENDINGS = (".py", ".ipynb", ".keras", ".txt", ".json", ".bak", ".h5", ".hdf5", ".zip")
#: Kinds of files that models come in and that are never opened.
REFUSED_MODELS = (".h5", ".hdf5", ".pkl", ".pickle", ".pb", ".joblib", ".weights")


def stem(name: str) -> str:
    """``name`` without endings, marks of a copy, a leading number, case, spaces and dashes."""
    text = name.casefold().strip()
    text = _MARKS.sub("", text)
    changed = True
    while changed:
        changed = False
        for ending in _ENDINGS:
            if text.endswith(ending):
                text, changed = text.removesuffix(ending), True
        shorter = _MARKS.sub("", text)
        text, changed = shorter, changed or shorter != text
    return re.sub(r"[\s-]+", "_", re.sub(r"^\d+[\s_.-]+", "", text)).strip("_")


def near_misses(wanted: str, names: list[str]) -> list[str]:
    """Those of ``names`` that were probably meant to be ``wanted`` (a name without ending)."""
    goal = wanted.casefold()
    found = []
    for name in names:
        given = stem(name)
        if given == goal or (len(goal) > 5 and difflib.SequenceMatcher(None, given, goal).ratio() >= 0.88):
            found.append(name)
    return found
