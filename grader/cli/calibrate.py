"""``grader calibrate``: accuracy thresholds from the solutions."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.choices import pick, words_of
from grader.cli import options
from grader.cli.screen import say
from grader.cli.training import live_progress
from grader.i18n import ui, user_lang
from grader.schema import BudgetName, Level

HELP = ui("Measure minimum accuracies from the solutions' own runs.")


def run(
    context: typer.Context,
    exercise: list[str] = options.exercises,
    budget: list[str] = typer.Option(
        [],
        "--budget",
        parser=lambda word: pick(word, words_of(BudgetName), "--budget"),
        metavar="|".join(words_of(BudgetName)),
        help=ui("Only these budgets (repeatable)."),
    ),
    choice: list[str] = typer.Option(
        [], "--choice", metavar="NAME", help=ui("Only these of choices.toml, or solution (repeatable).")
    ),
    seeds: int = typer.Option(6, "--seeds", min=1, help=ui("Runs for each choice and each minimum accuracy.")),
    data: Path | None = options.data,
    isolation: Level = options.isolation,
) -> None:
    """Writes thresholds with their samples and seeds into ``reference.json``; without --data for ``builtin``."""
    from grader.workflows.calibrate import calibrate
    from grader.workflows.finding import find_exercises

    course = options.open_course(context)
    for one in find_exercises(course, exercise or []) or [e for e in course.exercises if e.dataset]:
        with live_progress(user_lang()) as progress:
            rows = calibrate(
                course,
                one,
                budgets=budget,
                choices=choice,
                seeds=seeds,
                data_dir=data,
                isolation=isolation,
                progress=progress,
            )
        for row in rows:
            say(row.describe())
