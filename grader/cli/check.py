"""Commands of students: ``list``, ``start``, ``check``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.app import EXIT_ERROR, app, fail
from grader.cli.common import chosen_lang, console, find_exercises, need_tensorflow, open_course
from grader.cli.staff import (
    check_level,
    data_option,
    exit_if_ungraded,
    isolation_option,
    lang_option,
    make_options,
)
from grader.cli.workplace import Workplace
from grader.i18n import tr, ui
from grader.schema import Exercise, Lang

if TYPE_CHECKING:
    from grader.cli.training import Training
    from grader.workflows import Grader


@app.command("list", help=ui("The exercises, their points, and in a working folder your own status."))
def list_exercises(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help=ui("Machine-readable.")),
    lang: str | None = lang_option,
) -> None:
    """Status comes from the last ``grader check`` in this folder."""
    course = open_course(context)
    place = Workplace.here()
    language = chosen_lang(lang or (place.lang if place else None))
    standing = place.standing() if place else {}
    if as_json:
        rows = [
            {
                "id": e.id,
                "title": e.title.get(language),
                "file": e.file,
                "points": e.points,
                "functions": list(e.functions),
                **({"status": standing.get(e.id)} if place else {}),
            }
            for e in course.exercises
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    from grader.cli.standing import exercise_table

    exercise_table(
        console(), course, standing if place else None, language, suffix=place.suffix if place else ".py"
    )
    if place and not standing:
        console().print(tr(language, "Your points appear here after `grader check`."), style="dim")


@app.command(help=ui("Copy the exercises into a folder to work in."))
def start(
    context: typer.Context,
    folder: Path = typer.Argument(metavar="DIR", help=ui("A new or empty folder, or one started before.")),
    notebooks: bool = typer.Option(False, "--notebooks", help=ui("Notebooks instead of .py files.")),
    lang: str | None = lang_option,
) -> None:
    """Never overwrites a file that is already there."""
    course = open_course(context)
    language = chosen_lang(lang)
    place = Workplace(folder)
    made, kept = place.begin(course, notebooks=notebooks, lang=language)
    screen = console()
    screen.print(tr(language, "{n} files are ready in {folder}.", n=len(made), folder=str(folder)), soft_wrap=True)
    if kept:
        names = ", ".join(path.name for path in kept[:5]) + (" …" if len(kept) > 5 else "")
        screen.print(
            tr(language, "Kept as they are, because you may have worked on them: {names}", names=names),
            soft_wrap=True,
        )
    first = course.exercises[0]
    screen.print(
        tr(
            language,
            "Next: cd {folder}, open {file}, fill it in, then run: grader check {number}",
            folder=str(folder),
            file=f"{first.id}/{first.file}{place.suffix}",
            number=first.id.split("_")[0],
        ),
        soft_wrap=True,
    )


@app.command(help=ui("Check your own files here."))
def check(
    context: typer.Context,
    exercise: list[str] = typer.Argument(None, help=ui("Number or name; by default all that are here.")),
    watch: bool = typer.Option(False, "--watch", help=ui("Check again whenever a file is saved.")),
    data: Path | None = data_option,
    lang: str | None = lang_option,
    isolation: str = isolation_option,
    budget: str = typer.Option("quick", "--budget", help=ui("How much training: quick, standard or full.")),
) -> None:
    """Exit code 0: everything passed. 1: something is still to do. 2: nothing to check."""
    from dataclasses import replace

    from grader.cli.training import Training
    from grader.cli.watch import Watch
    from grader.workflows import Grader

    check_level(isolation)
    course = open_course(context)
    started = Workplace.here()
    place = started or Workplace(Path.cwd())
    language = chosen_lang(lang or place.lang)
    only = find_exercises(course, exercise or [])
    if started is None and not _has_work(place.folder, only or course.exercises):
        fail(
            tr(
                language,
                "{folder} is no working folder and has no file of an exercise: "
                "go to the folder with your work, or make one with `grader start DIR`.",
                folder=str(place.folder),
            )
        )
    need_tensorflow()
    training = Training(language)
    options = replace(make_options(budget=budget, data=data, staff=False), on_epoch=training.epoch)
    with Grader(course, options, isolation=isolation) as grader:  # type: ignore[arg-type]
        if watch:
            Watch(grader, place, only, language, training).run()
            return
        passed = _check(grader, place, only, language, training)
    if not passed:
        raise SystemExit(1)


def _has_work(folder: Path, exercises: Sequence[Exercise]) -> bool:
    """Whether a file of one of ``exercises`` is in ``folder``, or in one of its folders."""
    names = {e.file + suffix for e in exercises for suffix in (".py", ".ipynb")} | {
        name for e in exercises for name in e.models
    }
    return any(path.name in names for pattern in ("*", "*/*", "*/*/*") for path in folder.glob(pattern))


def _check(grader: Grader, place: Workplace, only: Sequence[Exercise], lang: Lang, training: Training) -> bool:
    from grader.cli.verdict import print_verdict
    from grader.errors import NothingToGrade

    out = place.reports
    try:
        with training.shown():
            result = grader.grade(place.folder, out, only=[e.id for e in only], lang=lang, progress=training.stage)
    except NothingToGrade as nothing:
        fail(nothing.text.get(lang), EXIT_ERROR)
    place.remember(result)
    print_verdict(console(), result, lang, out / "report.html")
    exit_if_ungraded(result)
    return result.points == result.max_points
