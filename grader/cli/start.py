"""``grader start``: a folder to work in."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import say
from grader.i18n import tr, ui
from grader.schema import Lang

HELP = ui("Copy the exercises into a folder to work in.")


def run(
    context: typer.Context,
    folder: Path = typer.Argument(metavar="DIR", help=ui("A new or empty folder, or one started before.")),
    notebooks: bool = options.notebooks,
    lang: Lang | None = options.lang,
) -> None:
    """Never overwrites a file that is already there."""
    from grader.workflows.workplace import Workplace

    course = options.open_course(context)
    language = options.language(lang)
    place = Workplace(folder)
    made, kept = place.begin(course, notebooks=notebooks, lang=language)
    say(tr(language, "{n} files are ready in {folder}.", n=len(made), folder=str(folder)))
    if kept:
        names = ", ".join(path.name for path in kept[:5]) + (" …" if len(kept) > 5 else "")
        say(tr(language, "Kept as they are, because you may have worked on them: {names}", names=names))
    first = course.exercises[0]
    say(
        tr(
            language,
            "Next: cd {folder}, open {file}, fill it in, then run: grader check {number}",
            folder=str(folder),
            file=f"{first.id}/{first.file}{place.suffix}",
            number=first.id.split("_")[0],
        )
    )
