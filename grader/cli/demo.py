"""``grader demo``: the main job on what ships."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import console, exit_if_ungraded, say
from grader.cli.training import live_progress
from grader.i18n import tr, ui
from grader.schema import Lang, Level
from grader.text import format_number

HELP = ui("Grade a small sample class: the main job on what ships.")


def run(
    context: typer.Context,
    out: Path = options.out,
    lang: Lang | None = options.lang,
    isolation: Level = options.isolation,
) -> None:
    """Right, wrong and misbehaving submissions; a table; where the reports are."""
    from grader.cli.class_table import class_table
    from grader.workflows.demo import grade_samples

    language = options.language(lang)
    course = options.open_course(context)
    started = time.perf_counter()
    watching = partial(live_progress, language)
    results = list(grade_samples(course, out, lang=language, isolation=isolation, watching=watching))
    class_table(console(), results, language)
    seconds = time.perf_counter() - started
    say(tr(language, "{n} submissions graded in {seconds} s.", n=len(results), seconds=format_number(seconds, 1)))
    for result in results:
        say(f"  {out / result.submission.id / 'report.html'}")
    for result in results:
        exit_if_ungraded(result)
