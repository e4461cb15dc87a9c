"""``grader doctor``: what this machine can do, and how to get more."""

from __future__ import annotations

import typer

from grader.cli.app import app
from grader.cli.common import console
from grader.i18n import ui, user_lang

_MARKS = {"ok": ("✓", "green"), "missing": ("✗", "red"), "limited": ("!", "yellow")}


@app.command(help=ui("Say what this machine can do, and how to get more."))
def doctor(context: typer.Context) -> None:
    """Exit code 0 where grading works at all, at whatever isolation level."""
    from rich.padding import Padding
    from rich.text import Text

    from grader.sandbox import probe_host

    lang = user_lang()
    screen = console()
    for finding in probe_host():
        mark, colour = _MARKS[finding.status]
        screen.print(Text.assemble((f"{mark} ", f"bold {colour}"), finding.text.get(lang)))
        if finding.remedy is not None:
            screen.print(Padding(Text(f"→ {finding.remedy.get(lang)}", style="dim"), (0, 0, 0, 2)))
