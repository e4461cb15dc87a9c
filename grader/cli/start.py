"""``grader start``: a folder to work in."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import fail, say
from grader.i18n import tr, trn, ui
from grader.schema import Lang

HELP = ui("Copy the exercises into a folder to work in.")


def run(
    context: typer.Context,
    folder: Path | None = typer.Argument(
        None, metavar="DIR", help=ui("A new or empty folder, or one started before.")
    ),
    notebooks: bool = options.notebooks,
    reset: str | None = typer.Option(
        None, "--reset", help=ui("Hand out this exercise's file again; the old one is kept.")
    ),
    given: str | None = typer.Option(
        None, "--given", help=ui("Copy only what comes with this exercise: given models, photographs.")
    ),
    data: Path | None = options.data,
    lang: Lang | None = options.lang,
) -> None:
    """Never overwrites a file that is already there."""
    from grader.workflows.finding import find_exercises
    from grader.workflows.workplace import Workplace

    course = options.open_course(context)
    language = options.language(lang)
    if folder is None and reset is None and given is None:
        fail(ui("Name the folder to work in: grader start DIR"))
    place = Workplace(folder) if folder is not None else Workplace.here() or Workplace(Path.cwd())
    if reset is not None:
        path, old = place.reset(find_exercises(course, [reset])[0])
        say(tr(language, "{file} is as it was handed out.", file=str(path)))
        if old is not None:
            say(tr(language, "Your earlier file is kept: {file}", file=str(old)))
        return
    if given is not None:
        made, kept = place.supply(find_exercises(course, [given]), data)
    else:
        made, kept = place.begin(course, notebooks=notebooks, lang=language)
    say(
        trn(
            language,
            "{n} file is ready in {folder}.",
            "{n} files are ready in {folder}.",
            len(made),
            folder=str(place.folder),
        )
    )
    if kept:
        names = ", ".join(path.name for path in kept[:5]) + (" …" if len(kept) > 5 else "")
        say(tr(language, "Kept as they are, because you may have worked on them: {names}", names=names))
    if given is not None:
        return
    first = course.exercises[0]
    number = first.id.split("_")[0]
    say(tr(language, "Next:"))
    say(f"  cd {folder}")
    say("  " + tr(language, "fill in {file}", file=f"{first.id}/{first.file}{place.suffix}"))
    say(f"  grader check {number}")
