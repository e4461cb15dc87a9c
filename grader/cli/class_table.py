"""A whole class on a terminal, from small lines: whole results of a thousand students are not held for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text as Rich

from grader.cli.render import STYLES, points_badge, quiet_table, short, show_badge
from grader.i18n import both, tr, trn
from grader.report import words
from grader.schema import Lang, Result
from grader.text import for_terminal, format_points, format_score, plain

if TYPE_CHECKING:
    from grader.workflows.batch import Cell, Done

#: Longer classes show those who need a look; the class report has everybody.
MAX_ROWS = 60


def class_table(console: Console, results: Sequence[Result], lang: Lang) -> None:
    """A class of which the whole results are there."""
    from grader.workflows.batch import Done

    class_lines(console, [Done.of(result) for result in results], lang)


def class_lines(
    console: Console, lines: Sequence[Done], lang: Lang, names: Mapping[str, str] | None = None
) -> None:
    """A row for each student, a column for each exercise; in a large class only who needs a look.

    A dash is an exercise that was not graded (yet); an empty cell one that was not handed in.

    Args:
        names: of students by id, where they are known; there is no column for them where they say nothing more.
    """
    known = {student: name for student, name in (names or {}).items() if name and name != student}
    notable = [line for line in lines if line.ungraded or line.nothing or not line.cells]
    rows = list(lines) if len(lines) <= MAX_ROWS else notable[:MAX_ROWS]
    ids = sorted({cell.id for line in rows for cell in line.cells})
    if rows:
        table = quiet_table(
            (tr(lang, "Submission"), "left"),
            *([(tr(lang, "Name"), "left")] if known else []),
            *((short(name), "right") for name in ids),
            (tr(lang, "Points"), "right"),
            (tr(lang, "Status"), "left"),
        )
        for line in rows:
            by_id = {cell.id: cell for cell in line.cells}
            score = format_score(line.points, line.max_points)
            table.add_row(
                _inert(line.student),
                *([_inert(known.get(line.student, ""))] if known else []),
                *(_cell(by_id.get(name)) for name in ids),
                Rich(score, style="magenta" if line.points is None else ""),
                _status(line, lang),
            )
        console.print(table)
    hidden = len(lines) - len(rows)
    if hidden:
        console.print(
            trn(
                lang,
                "{n} more submission, without anything out of the ordinary, is in the class report.",
                "{n} more submissions, without anything out of the ordinary, are in the class report.",
                hidden,
            ),
            style="dim",
            soft_wrap=True,
        )


def class_line(line: Done, name: str, lang: Lang, *, before: str = "") -> Rich:
    """One student as a line of a log."""
    who = Rich(before).append(_inert(line.student))
    if name and name != line.student:
        who.append(" ").append(_inert(name))
    return who.append(f"  {format_score(line.points, line.max_points)}  ").append(_status(line, lang))


def _inert(text: str) -> Rich:
    return Rich(for_terminal(plain(text, limit=60, one_line=True)))


def _badge(cell: Cell) -> words.Badge:
    return points_badge(cell.status, cell.points or 0.0, passed=cell.passed)


def _cell(cell: Cell | None) -> Rich:
    return Rich("") if cell is None else Rich(format_points(cell.points), style=STYLES[_badge(cell).tone])


def _status(line: Done, lang: Lang) -> Rich:
    """What is out of the ordinary, once each; else how much of all passed."""
    if line.ungraded and not line.cells:
        return show_badge(words.Badge("wait", "?", both("Not graded yet")), lang)
    if not line.cells:
        return Rich("– " + tr(lang, "nothing to grade"), style="red")
    badges = [_badge(cell) for cell in line.cells]
    notable = [badge for cell, badge in zip(line.cells, badges, strict=True) if words.status_badge(cell.status)]
    if not notable:
        tones = {badge.tone for badge in badges}
        if tones == {"good"} or tones == {"bad"}:
            notable = badges
        else:
            notable = [words.Badge("part", "△", both("Partly passed"))]
    seen = {badge.word.en: badge for badge in notable}
    return Rich(", ").join(show_badge(badge, lang) for badge in seen.values())
