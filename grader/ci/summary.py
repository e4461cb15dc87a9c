"""The step's summary: the report's Markdown, and never so long that GitHub shows nothing of it."""

from __future__ import annotations

from grader.i18n import tr
from grader.report import to_markdown
from grader.schema import Lang, Result

#: GitHub shows nothing of a step's summary over 1 MiB.
MAX_BYTES = 1024 * 1024
#: Other commands of the same step may write there, too.
_RESERVE = 24 * 1024


def summary(result: Result, lang: Lang, *, before: int = 0) -> str:
    """Markdown of what a student may see of ``result``, with the hints folded.

    Args:
        before: bytes that the step's summary has already.
    """
    return cut(to_markdown(result, lang, audience="student"), MAX_BYTES - _RESERVE - before, lang)


def cut(text: str, room: int, lang: Lang) -> str:
    """``text`` in at most ``room`` bytes of UTF-8: whole lines from its start, and a word that there is more."""
    data = text.encode("utf-8")
    if len(data) <= room:
        return text
    note = "\n> " + tr(lang, "This summary was cut here. The full report is among the run's artifacts.") + "\n"
    closing = "\n</details>\n"
    kept = data[: max(room - len(note.encode()) - len(closing), 0)].decode("utf-8", errors="ignore")
    kept = kept[: kept.rfind("\n") + 1]
    if kept.count("<pre>") > kept.count("</pre>"):  # in the middle of a block: without it
        kept = kept[: kept.rfind("<pre>")]
    if kept.count("<details>") > kept.count("</details>"):
        kept += closing
    return kept + note if len(note.encode()) <= room else ""
