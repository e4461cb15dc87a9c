"""``grader sync``: stubs and notebooks from the solutions, tables of points from the checks."""

from __future__ import annotations

import typer

from grader.cli import options
from grader.cli.screen import fail, say
from grader.i18n import ui, user_lang

HELP = ui("Write stubs and notebooks from the solutions, and tables of points from the checks.")


def run(
    context: typer.Context,
    check: bool = typer.Option(False, "--check", help=ui("Change nothing; fail where they differ.")),
) -> None:
    """With ``--check``, exit code 1 where a file has drifted from what it is made from."""
    from grader.workflows.prove import sync_course

    drift = sync_course(options.open_course(context), check=check)
    for entry in drift:
        say(entry.text.get(user_lang()))
    if not drift:
        say(ui("All stubs, notebooks and tables of points are up to date."))
    if check and drift:
        fail(ui("Run `grader sync` to write them anew."), 1)
