"""``grader check``: a student's own files, here."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import console, exit_if_ungraded
from grader.i18n import tr, ui
from grader.schema import BudgetName, Lang, Level
from grader.text import format_number

HELP = ui("Check your own files here.")


def run(
    context: typer.Context,
    exercise: list[str] = typer.Argument(None, help=ui("Number or name; by default all that are here.")),
    every: bool = typer.Option(False, "--all", help=ui("Explain everything that failed, not only the first.")),
    watch: bool = typer.Option(False, "--watch", help=ui("Check again whenever a file is saved.")),
    data: Path | None = options.data,
    lang: Lang | None = options.lang,
    isolation: Level = options.isolation,
    budget: BudgetName = options.quick_budget,
) -> None:
    """Exit code 0: everything passed. 1: something is still to do. 2: nothing to check."""
    from grader.cli.training import Training
    from grader.cli.verdict import print_verdict
    from grader.cli.watch import Watch
    from grader.workflows import Grader, Options
    from grader.workflows.check import Checker
    from grader.workflows.finding import find_exercises
    from grader.workflows.workplace import Workplace, find_place

    course = options.open_course(context)
    language = options.language(lang, Workplace.here())
    only = find_exercises(course, exercise or [])
    place = find_place(only or course.exercises)
    training = Training(language)
    how = Options(budget=budget, data_dir=data, staff=False, on_epoch=training.epoch)
    with Grader(course, how, isolation=isolation) as grader:
        checker = Checker(grader, place, language, only)
        if watch:
            Watch(checker, course, only, language, training).run()
            return
        with training.shown():
            result = checker.check(only, progress=training.stage)
    print_verdict(console(), result, language, checker.report, every=every)
    hidden = sum(course[e.id].points - e.max_points for e in result.exercises if e.checks)
    if hidden > 0:
        text = tr(
            language, "Hidden checks give {n} more points when your work is graded.", n=format_number(hidden)
        )
        console().print(text, style="dim", soft_wrap=True)
    exit_if_ungraded(result)
    if result.points != result.max_points:
        raise SystemExit(1)
