"""``grader demo``: the main job on what ships."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import EXIT_UNGRADED
from grader.i18n import ui
from grader.schema import Lang, Level

HELP = ui("Grade the small sample class that comes with the grader.")


def run(
    context: typer.Context,
    out: Path = options.out,
    lang: Lang | None = options.lang,
    isolation: Level = options.isolation,
) -> None:
    """Right, wrong and misbehaving submissions: the table, the class report, a report for each."""
    from grader.cli.batch import show, watching
    from grader.workflows.demo import grade_samples

    language = options.language(lang)
    began = time.perf_counter()
    done = grade_samples(
        options.open_course(context),
        out,
        root=options.course_root(context),
        lang=language,
        isolation=isolation,
        watching=partial(watching, language),
    )
    show(done, language, time.perf_counter() - began)
    if done.summary.ungraded:
        raise SystemExit(EXIT_UNGRADED)
