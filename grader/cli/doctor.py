"""``grader doctor``: what this machine can do, and how to get more."""

from __future__ import annotations

from contextlib import suppress

import typer

from grader.cli import options
from grader.cli.screen import EXIT_ERROR, console
from grader.errors import CourseError
from grader.i18n import tr, ui
from grader.schema import Course, Lang

HELP = ui("Show what this machine can do, and what is missing.")
_MARKS = {"ok": ("✓", "green"), "missing": ("✗", "red"), "limited": ("!", "yellow")}


def run(
    context: typer.Context,
    lang: Lang | None = options.lang,
    trying: bool = typer.Option(False, "--try", help=ui("Also try in real runs what confined code must not do.")),
) -> None:
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
    with suppress(CourseError):  # grading another course does not need the one that this grader comes with
        _packages(options.open_course(context), language)
    broken = not _promises(language) if trying else False
    if broken or any(finding.status == "missing" for finding in findings):
        raise SystemExit(EXIT_ERROR)


def _promises(lang: Lang) -> bool:
    """Try the strongest level that there is; whether it holds all that it promises."""
    from grader.sandbox import open_sandbox, try_promises

    held = True
    with open_sandbox() as sandbox:
        for promise, kept in try_promises(sandbox):
            held = held and kept
            mark, colour = _MARKS["ok" if kept else "missing"]
            console().print(f"[bold {colour}]{mark}[/] {promise.text.get(lang)}")
    return held


def _packages(course: Course, lang: Lang) -> None:
    """What answers may import, and what of it is not installed."""
    from grader.catalog import installed_versions

    screen = console()
    versions = installed_versions(course.packages)
    there = ", ".join(f"{name} {version}".removesuffix(" ?") for name, version in versions.items() if version)
    missing = [name for name, version in versions.items() if version is None]
    if there:
        line = tr(lang, "Packages that answers may import: {packages}", packages=there)
        screen.print(f"[bold green]✓[/] {line}")
    if missing:
        line = tr(lang, "Not installed, though answers may import them: {packages}", packages=", ".join(missing))
        screen.print(f"[bold yellow]![/] {line}")
        command = f"python -m pip install {' '.join(missing)}"
        screen.print(f"  [dim]→ {tr(lang, 'Install it with: {command}', command=command)}[/]", soft_wrap=True)
