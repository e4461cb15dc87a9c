"""``grader sync``: stubs and notebooks from the solutions."""

from __future__ import annotations

import typer

from grader.cli import options
from grader.cli.screen import fail, say
from grader.i18n import ui, user_lang

HELP = ui("Write stubs and notebooks from the solutions.")


def run(
    context: typer.Context,
    check: bool = typer.Option(False, "--check", help=ui("Change nothing; fail where they differ.")),
) -> None:
    """With ``--check``, exit code 1 where a stub has drifted from its solution."""
    from grader.authoring import sync
    from grader.workflows.prove import need_solutions

    course = options.open_course(context)
    need_solutions(course.exercises)
    drift = sync(course, check=check)
    for entry in drift:
        say(entry.text.get(user_lang()))
    if not drift:
        say(ui("All stubs and notebooks agree with their solutions."))
    if check and drift:
        fail(ui("Run `grader sync` to write them anew."), 1)
