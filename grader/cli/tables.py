"""A whole class on a terminal, from small lines: whole results of a thousand students are not held for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text as Rich

from grader.cli.render import quiet_table, short
from grader.i18n import tr, trn
from grader.report import words
from grader.schema import Lang
from grader.text import for_terminal, format_points, format_score, plain

if TYPE_CHECKING:
    from grader.workflows.batch import Cell, Done

#: Longer classes show those who need a look; the class report has everybody.
MAX_ROWS = 60
_STYLES = {"good": "green", "bad": "red", "part": "yellow", "wait": "magenta"}


def class_lines(console: Console, lines: Sequence[Done], lang: Lang) -> None:
    """A row for each student, a column for each exercise; in a large class only who needs a look."""
    notable = [line for line in lines if line.ungraded or line.nothing or not line.cells]
    rows = list(lines) if len(lines) <= MAX_ROWS else notable[:MAX_ROWS]
    ids = sorted({cell.id for line in rows for cell in line.cells})
    if rows:
        table = quiet_table(
            (tr(lang, "Submission"), "left"),
            *((short(name), "right") for name in ids),
            (tr(lang, "Points"), "right"),
            (tr(lang, "Status"), "left"),
        )
        for line in rows:
            by_id = {cell.id: cell for cell in line.cells}
            score = format_score(line.points, line.max_points)
            table.add_row(
                Rich(for_terminal(plain(line.student, limit=60, one_line=True))),
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


def _tone(cell: Cell) -> str:
    badge = words.status_badge(cell.status)
    if badge is not None:
        return badge.tone
    if cell.passed:
        return "good"
    return "part" if cell.points else "bad"


def _cell(cell: Cell | None) -> Rich:
    return Rich("") if cell is None else Rich(format_points(cell.points), style=_STYLES[_tone(cell)])


def _status(line: Done, lang: Lang) -> Rich:
    """What is out of the ordinary, once each; else whether everything passed."""
    if line.ungraded and not line.cells:
        return Rich("? " + tr(lang, "Not graded yet"), style=_STYLES["wait"])
    if not line.cells:
        return Rich("– " + tr(lang, "nothing to grade"), style="red")
    badges = {b.word.en: b for cell in line.cells if (b := words.status_badge(cell.status)) is not None}
    if badges:
        return Rich(", ").join(
            Rich(f"{b.mark} {b.word.get(lang)}", style=_STYLES[b.tone]) for b in badges.values()
        )
    tones = {_tone(cell) for cell in line.cells}
    if tones == {"good"}:
        return Rich("✓ " + tr(lang, "All passed"), style="green")
    return (
        Rich("△ " + tr(lang, "Partly passed"), style="yellow")
        if tones - {"bad"}
        else Rich("✗ " + tr(lang, "Not passed"), style="red")
    )
