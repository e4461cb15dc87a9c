"""``grader sync``: what is made from solutions (stubs, notebooks), checks (points), wrong answers (signatures)."""

from __future__ import annotations

import typer

from grader.cli import options
from grader.cli.screen import fail, say
from grader.i18n import ui, user_lang

HELP = ui("Write what is made from solutions and checks: stubs, notebooks, points, signatures.")


def run(
    context: typer.Context,
    exercise: list[str] = options.exercises,
    check: bool = typer.Option(False, "--check", help=ui("Change nothing; fail where they differ.")),
    run: bool = typer.Option(True, "--run/--no-run", help=ui("Run what signatures need: minutes.")),
) -> None:
    """With ``--check``, exit code 1 where a file has drifted from what it is made from."""
    from grader.workflows.finding import find_exercises
    from grader.workflows.prove import sync_course

    course = options.open_course(context)
    wanted = find_exercises(course, exercise or [])
    drift = sync_course(
        course, wanted, check=check, run=run, progress=lambda one, name: say(f"{one.id} · {name}", "dim")
    )
    for entry in drift:
        say(entry.text.get(user_lang()))
    if not drift:
        say(ui("All stubs, notebooks, tables of points and signatures are up to date."))
    if check and drift:
        fail(ui("Run `grader sync` to rewrite them."), 1)
