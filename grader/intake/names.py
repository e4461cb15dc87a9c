"""Names that are almost the one asked for: what browsers, operating systems and haste make of ``task.py``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: A longer name is no misspelling; it also bounds what one name may cost.
MAX_NAME = 100
#: So many names are compared, the first by path; whoever hands in more has other troubles.
MAX_NAMES = 1000
#: How alike a misspelt name is: one or two letters of a name of ten.
ALIKE = 0.88

#: What is read as a copy's mark at the end: " (1)", "-1", "_copy", " - 복사본", "…의 사본".
_MARK = re.compile(
    r"(?:\s*+\(\d{1,3}\)|[\s_-]++copy\d{0,3}|[\s_-]*+(?:의\s*+)?(?:복사본|사본)|[\s_-]++\d{1,2})\Z", re.IGNORECASE
)
_PREFIX = re.compile(r"(?:copy[ _]of[ _]|사본[ _-]+)", re.IGNORECASE)
_NUMBERED = re.compile(r"\d+[\s_.-]+")
_ENDINGS = (".py", ".ipynb", ".keras", ".txt", ".json", ".bak", ".h5", ".hdf5", ".zip")
#: Kinds of files that models come in and that are never opened.
REFUSED_MODELS = (".h5", ".hdf5", ".pkl", ".pickle", ".pb", ".joblib", ".weights")


def stem(name: str) -> str:
    """``name`` without endings, marks of a copy, a leading number, case, spaces and dashes."""
    text = _PREFIX.sub("", name[:MAX_NAME].casefold().strip(), count=1)
    changed = True
    while changed:
        before = text
        for ending in _ENDINGS:
            text = text.removesuffix(ending)
        text = _MARK.sub("", text).rstrip()
        changed = text != before
    return re.sub(r"[\s-]+", "_", _NUMBERED.sub("", text, count=1) if _NUMBERED.match(text) else text).strip("_")


@dataclass
class Near:
    """Names that were probably meant to be one wanted name."""

    same: list[str] = field(default_factory=list)
    """They differ in case, a copy's mark, a number in front, an ending too many."""
    alike: list[str] = field(default_factory=list)
    """They differ in a letter or two."""
    longer: list[str] = field(default_factory=list)
    """They have more words, such as the author's name or number."""

    @property
    def all(self) -> list[str]:
        return [*self.same, *self.alike, *self.longer]


def near_misses(wanted: Sequence[str], names: Iterable[str]) -> dict[str, Near]:
    """For each of ``wanted`` (names without ending) those of ``names`` that come nearest to it and to no other."""
    found = {goal: Near() for goal in wanted}
    goals = {goal.casefold(): goal for goal in wanted}
    for name in sorted(name for name in names if len(name) <= MAX_NAME)[:MAX_NAMES]:
        given = stem(name)
        if given in goals:
            found[goals[given]].same.append(name)
            continue
        ratios = sorted(((_alike(given, goal), goal) for goal in goals if len(goal) > 5), reverse=True)
        if ratios and ratios[0][0] >= ALIKE and (len(ratios) == 1 or ratios[1][0] < ratios[0][0]):
            found[goals[ratios[0][1]]].alike.append(name)
            continue
        inside = sorted((goal for goal in goals if f"_{goal}_" in f"_{given}_"), key=len)
        if inside:
            found[goals[inside[-1]]].longer.append(name)
    return found


def _alike(given: str, goal: str) -> float:
    matcher = difflib.SequenceMatcher(None, given, goal, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0
