"""``grader ci``: what :mod:`grader.ci` does, as a command."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import EXIT_ERROR, EXIT_FAILED, exit_if_ungraded
from grader.i18n import ui
from grader.schema import BudgetName, Lang, Level

HELP = ui("In GitHub Actions: grade the checkout; write outputs, summary and annotations.")


def run(
    context: typer.Context,
    checkout: Path | None = typer.Argument(
        None, metavar="DIR", help=ui("The checkout; by default GITHUB_WORKSPACE, else this folder.")
    ),
    exercise: list[str] = typer.Option(
        [],
        "--exercise",
        envvar="GRADER_EXERCISES",
        help=ui("Grade this exercise (repeatable), and count it as missing where its file is not there."),
    ),
    out: Path | None = typer.Option(None, "--out", help=ui("Folder for the reports.")),
    data: Path | None = options.data,
    lang: Lang | None = options.lang,
    isolation: Level = options.isolation,
    budget: BudgetName = options.quick_budget,
    fail_under: float | None = typer.Option(
        None, "--fail-under", min=0, max=100, help=ui("Exit with 1 below this many percent of the points.")
    ),
    reporter_rows: bool = typer.Option(
        False, "--reporter-rows", help=ui("Also one result per check, for the reporter's table.")
    ),
) -> None:
    """Exit code 0: graded, whatever the mark. 1: below --fail-under. 2: nothing could be graded. 3: ungraded."""
    from grader.ci import run_step
    from grader.workflows import Options

    outcome = run_step(
        lambda: options.open_course(context),
        checkout=checkout,
        names=exercise,
        out=out,
        options=Options(budget=budget, data_dir=data),
        isolation=isolation,
        lang=options.language(lang),
        rows=reporter_rows,
    )
    if outcome.nothing is not None:
        raise SystemExit(EXIT_ERROR)
    exit_if_ungraded(outcome.result)
    points, out_of = outcome.result.points, outcome.result.max_points
    if fail_under is not None and points is not None and 100 * points < fail_under * out_of:
        raise SystemExit(EXIT_FAILED)
