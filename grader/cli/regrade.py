"""``grader regrade``: stored facts, today's checks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli import options
from grader.cli.screen import EXIT_UNGRADED, console, exit_if_ungraded, say
from grader.i18n import tr, ui
from grader.schema import Lang
from grader.text import format_number

if TYPE_CHECKING:
    from grader.workflows.regrade_class import RegradedClass, Scored

HELP = ui("Score stored facts again with today's checks; runs nothing.")


def run(
    context: typer.Context,
    out: Path = options.graded,
    lang: Lang | None = options.lang,
    db: str | None = options.db,
) -> None:
    """Print what changed and why; write the reports anew."""
    from grader.cli.render import print_changes
    from grader.workflows import regrade
    from grader.workflows.batch import is_class
    from grader.workflows.regrade_class import regrade_class

    course = options.open_course(context)
    language = options.language(lang)
    # The result of one first: to look for a class takes as long as scoring that again.
    if (out / "result.json").is_file() or not is_class(out):
        before, after = regrade(out, course, lang=lang)
        print_changes(console(), before, after, language)
        exit_if_ungraded(after)
        return
    began = time.perf_counter()
    root = options.course_root(context)
    done = regrade_class(out, course, root, lang=lang, file_lang=language, db=db)
    _show(done, language, time.perf_counter() - began)
    if done.scored.ungraded:
        raise SystemExit(EXIT_UNGRADED)


def _show(done: RegradedClass, lang: Lang, seconds: float) -> None:
    scored = done.scored
    if scored.changed or scored.moved:
        _table(scored, lang)
    else:
        say(tr(lang, "Nothing changed."), "dim")
    for text in scored.damaged:
        say(text.get(lang), "magenta")
    say(
        tr(
            lang,
            "{students} submissions: {exercises} exercises scored again in {seconds} s, nothing was run.",
            students=scored.students,
            exercises=scored.exercises,
            seconds=format_number(seconds, 1),
        )
    )
    say(tr(lang, "Every change and its reason:") + f" {done.changes_file}")
    say(tr(lang, "Class report:") + f" {done.report}")


def _table(scored: Scored, lang: Lang) -> None:
    from grader.cli.render import changes_table

    console().print(changes_table(scored.changes, lang))
    if more := scored.changed - len(scored.changes):
        say(tr(lang, "… and {n} more changes in the file below.", n=more), "dim")
    say(
        tr(
            lang,
            "Marks that changed: {n} of {total} (up {up}, down {down}).",
            n=len(scored.moved),
            total=scored.students,
            up=sum((now or 0) > (was or 0) for was, now in scored.moved.values()),
            down=sum((now or 0) < (was or 0) for was, now in scored.moved.values()),
        )
    )
