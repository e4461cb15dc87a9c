"""Commands of instructors: ``grade``, ``regrade``, ``demo``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.app import EXIT_UNGRADED, app, fail
from grader.cli.common import chosen_lang, console, find_exercises, live_progress, need_tensorflow, open_course
from grader.i18n import tr, ui

if TYPE_CHECKING:
    from grader.schema import Result
    from grader.workflows import Options

BUDGETS = ("quick", "standard", "full")
LEVELS = ("auto", "namespace", "process")

lang_option = typer.Option(None, "--lang", help=ui("Language of the reports: ko or en."))
data_option = typer.Option(
    None, "--data", envvar="GRADER_DATA", help=ui("Folder with real data sets (cifar10.zip …).")
)
isolation_option = typer.Option("auto", "--isolation", help=ui("auto, namespace or process."))
db_option = typer.Option(
    None, "--db", help=ui("SQLAlchemy address of the gradebook; by default OUT/gradebook.db.")
)
budget_option = typer.Option("standard", "--budget", help=ui("How much training: quick, standard or full."))


def make_options(
    *,
    budget: str,
    data: Path | None,
    builtin: bool = False,
    seed: int = 0,
    threads: int | None = None,
    staff: bool = True,
) -> Options:
    """Options from the command line, or an error that says which words are right."""
    from grader.workflows import Options, usable_cores

    if budget not in BUDGETS:
        fail(ui("--budget is one of {choices}, not “{value}”.", choices=", ".join(BUDGETS), value=budget))
    if data is not None and not data.is_dir():
        fail(ui("The data folder {folder} does not exist.", folder=str(data)))
    return Options(
        budget=budget,  # type: ignore[arg-type]
        data_dir=data,
        builtin=builtin,
        seed=seed,
        threads=threads or usable_cores(),
        staff=staff,
    )


def check_level(isolation: str) -> None:
    """Refuse a word that is no isolation level."""
    if isolation not in LEVELS:
        fail(ui("--isolation is one of {choices}, not “{value}”.", choices=", ".join(LEVELS), value=isolation))


@app.command(help=ui("Grade one submission: a folder, a zip, or a single file."))
def grade(
    context: typer.Context,
    submission: Path = typer.Argument(help=ui("Folder, zip, .py, .ipynb or .keras file.")),
    out: Path = typer.Option(..., "--out", help=ui("Folder for the reports.")),
    exercise: list[str] = typer.Option([], "--exercise", help=ui("Grade this exercise (repeatable).")),
    data: Path | None = data_option,
    lang: str | None = lang_option,
    isolation: str = isolation_option,
    budget: str = budget_option,
    seed: int = typer.Option(0, "--seed", help=ui("Seed of the training.")),
    threads: int | None = typer.Option(None, "--threads", min=1, help=ui("TensorFlow threads.")),
) -> None:
    """Exit code 0: graded, whatever the mark. 2: nothing could be graded. 3: something is ungraded."""
    from grader.cli.render import print_result
    from grader.errors import NothingToGrade
    from grader.workflows import Grader

    check_level(isolation)
    need_tensorflow()
    language = chosen_lang(lang)
    course = open_course(context)
    only = [e.id for e in find_exercises(course, exercise)]
    options = make_options(budget=budget, data=data, seed=seed, threads=threads)
    with (
        Grader(course, options, isolation=isolation) as grader,  # type: ignore[arg-type]
        live_progress(language) as progress,
    ):
        try:
            result = grader.grade(submission, out, only=only, lang=language, progress=progress)
        except NothingToGrade as nothing:
            failure: NothingToGrade | None = nothing
            result = nothing.result
        else:
            failure = None
    print_result(console(), result, language, out / "report.html")
    if failure is not None:
        fail(failure.text.get(language))
    exit_if_ungraded(result)


def exit_if_ungraded(result: Result) -> None:
    """Nonzero where the harness could not grade: a script must not take that for a mark."""
    if any(exercise.status == "ungraded" for exercise in result.exercises):
        raise SystemExit(EXIT_UNGRADED)


@app.command(help=ui("Score stored facts again with today's checks; runs nothing."))
def regrade(
    context: typer.Context,
    out: Path = typer.Argument(help=ui("Folder of an earlier `grader grade --out` or `grader batch --out`.")),
    lang: str | None = lang_option,
    db: str | None = db_option,
) -> None:
    """Print what changed and why; write the reports anew."""
    from grader.workflows import regrade as score_again

    course = open_course(context)
    if not (out / "result.json").is_file() and _is_class(out):
        from grader.cli.reclass import regrade_class

        root = context.find_root().obj
        kept = chosen_lang(lang) if lang else None
        if regrade_class(out, course, root, kept, chosen_lang(lang), db):
            raise SystemExit(EXIT_UNGRADED)
        return
    before, after = score_again(out, course, lang=chosen_lang(lang) if lang else None)
    language = chosen_lang(lang)
    from grader.cli.render import print_changes

    print_changes(console(), before, after, language)
    exit_if_ungraded(after)


def _is_class(out: Path) -> bool:
    from grader.workflows.batch import (
        is_class,  # not for the result of one: it takes as long as scoring that again
    )

    return is_class(out)


@app.command(help=ui("Grade a small sample class: the main job on what ships."))
def demo(
    context: typer.Context,
    out: Path = typer.Option(..., "--out", help=ui("Folder for the reports.")),
    lang: str | None = lang_option,
    isolation: str = isolation_option,
) -> None:
    """Right, wrong and misbehaving submissions; a table; where the reports are."""
    from grader.authoring import sample_class
    from grader.cli.render import class_table
    from grader.errors import NothingToGrade
    from grader.workflows import Grader

    check_level(isolation)
    language = chosen_lang(lang)
    course = open_course(context)
    screen = console()
    started = time.perf_counter()
    results = []
    submissions = out / "submissions"
    with Grader(course, make_options(budget="quick", data=None, builtin=True), isolation=isolation) as grader:  # type: ignore[arg-type]
        for path in sample_class(course, submissions):
            with live_progress(language, path.stem) as progress:
                try:
                    result = grader.grade(path, out / path.stem, lang=language, progress=progress)
                except NothingToGrade as nothing:
                    result = nothing.result
            results.append(result)
    class_table(screen, results, language)
    seconds = time.perf_counter() - started
    screen.print(
        tr(language, "{n} submissions graded in {seconds:.0f} s.", n=len(results), seconds=seconds),
        soft_wrap=True,
    )
    for result in results:
        screen.print(f"  {out / result.submission.id / 'report.html'}", soft_wrap=True)
    for result in results:
        exit_if_ungraded(result)
