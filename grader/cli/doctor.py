"""``grader doctor``: what this machine can do, and how to get more."""

from __future__ import annotations

from grader.cli import options
from grader.cli.screen import EXIT_ERROR, console
from grader.i18n import ui
from grader.schema import Lang

HELP = ui("Say what this machine can do, and how to get more.")
_MARKS = {"ok": ("✓", "green"), "missing": ("✗", "red"), "limited": ("!", "yellow")}


def run(lang: Lang | None = options.lang) -> None:
    """Exit code 0 where grading works at all, at whatever isolation level; 2 where something is missing."""
    from rich.padding import Padding
    from rich.text import Text

    from grader.sandbox import probe_host

    language = options.language(lang)
    screen = console()
    findings = probe_host()
    for finding in findings:
        mark, colour = _MARKS[finding.status]
        screen.print(Text.assemble((f"{mark} ", f"bold {colour}"), finding.text.get(language)))
        if finding.remedy is not None:
            screen.print(Padding(Text(f"→ {finding.remedy.get(language)}", style="dim"), (0, 0, 0, 2)))
    if any(finding.status == "missing" for finding in findings):
        raise SystemExit(EXIT_ERROR)
