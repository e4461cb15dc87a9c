"""The table of points in a task's two pages, made from the checks: their marks are where points are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from grader.i18n import tr
from grader.schema import Exercise, Lang, Text, Visibility
from grader.text import format_number

#: Where the table stands in a page; Markdown does not show them.
BEGIN, END = "<!-- points: grader sync -->", "<!-- /points -->"
_TABLE = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)
#: In a page's first heading.
_TOTAL = re.compile(r"\A(#[^\n]*)\((?:\d[\d.]*점|\d[\d.]* points)\)")


class CheckInfo(Protocol):
    """What must be known about a check; ``grader.award.list_checks`` gives it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> Text: ...
    @property
    def points(self) -> float: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def visibility(self) -> Visibility: ...


ListChecks = Callable[[Exercise], Sequence[CheckInfo]]


def with_points(page: str, checks: Sequence[CheckInfo], code: Sequence[str], lang: Lang) -> str:
    """``page`` with the table and the sum in its heading as ``checks`` have them; a page without stays as it is.

    Students see one row for each check that ``grader check`` makes, and one for all the others together.

    Args:
        code: names, such as the functions', that are set as code.
    """
    names = re.compile(r"\b(" + "|".join(map(re.escape, code)) + r")\b")
    shown = [check for check in checks if check.visibility == "student"]
    others = [check for check in checks if check.visibility != "student"]
    rows = [(check.title.get(lang), check.points) for check in shown]
    if others:
        titles = " · ".join(check.title.get(lang) for check in others)
        rows.append((tr(lang, "Hidden checks: {titles}", titles=titles), _sum(others)))
    rows.append((f"**{tr(lang, 'Total')}**", _sum(checks)))
    lines = [f"| {tr(lang, 'Check')} | {tr(lang, 'Points')} |", "| --- | ---: |"]
    lines += ["| {} | {} |".format(names.sub(r"`\1`", title), format_number(points)) for title, points in rows]
    if others:
        note = tr(
            lang,
            "`grader check` shows {shown} of the {total} points. The others belong to hidden checks, which "
            "run when your work is graded.",
            shown=format_number(_sum(shown)),
            total=format_number(_sum(checks)),
        )
        lines += ["", note]
    table = "\n".join([BEGIN, "", *lines, "", END])
    total = tr(lang, "({total} points)", total=format_number(_sum(checks)))
    return _TABLE.sub(lambda _: table, _TOTAL.sub(lambda found: found[1] + total, page), count=1)


def _sum(checks: Sequence[CheckInfo]) -> float:
    return sum(check.points for check in checks)
