"""``grader grade``: one submission."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import console, exit_if_ungraded
from grader.cli.training import live_progress
from grader.i18n import ui
from grader.schema import BudgetName, Lang, Level

HELP = ui("Grade one submission: a folder, a zip, or a single file.")


def run(
    context: typer.Context,
    submission: Path = typer.Argument(help=ui("Folder, zip, .py, .ipynb or .keras file.")),
    out: Path = options.out,
    exercise: list[str] = options.exercise,
    data: Path | None = options.data,
    lang: Lang | None = options.lang,
    isolation: Level = options.isolation,
    budget: BudgetName = options.budget,
    seed: int = options.seed,
    threads: int | None = options.threads,
    playground: bool = typer.Option(
        False, "--playground", help=ui("Also a page on which each trained network runs in the browser.")
    ),
) -> None:
    """Exit code 0: graded, whatever the mark. 2: nothing could be graded. 3: something is ungraded."""
    from grader.cli.render import print_result
    from grader.errors import NothingToGrade
    from grader.workflows import Grader, Options, usable_cores
    from grader.workflows.finding import find_exercises

    language = options.language(lang)
    course = options.open_course(context)
    only = [e.id for e in find_exercises(course, exercise)]
    how = Options(
        budget=budget, data_dir=data, seed=seed, threads=threads or usable_cores(), playground=playground
    )
    report = out / "report.html"
    try:
        with Grader(course, how, isolation=isolation) as grader, live_progress(language) as progress:
            result = grader.grade(submission, out, only=only, lang=language, progress=progress)
    except NothingToGrade as nothing:
        print_result(console(), nothing.result, language, report)
        raise
    print_result(console(), result, language, report)
    exit_if_ungraded(result)
