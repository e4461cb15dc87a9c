"""Commands for GitHub: ``ci`` in a job, ``export-template`` for an assignment's repository."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.app import EXIT_ERROR, app, fail
from grader.cli.common import chosen_lang, console, find_exercises, open_course, stage_name
from grader.cli.staff import (
    check_level,
    data_option,
    exit_if_ungraded,
    isolation_option,
    lang_option,
    make_options,
)
from grader.errors import GraderError
from grader.i18n import tr, ui
from grader.text import format_score

if TYPE_CHECKING:
    from grader.schema import Lang, Result, Text
    from grader.workflows import Progress


@app.command(help=ui("In GitHub Actions: grade the checkout; write outputs, summary and annotations."))
def ci(
    context: typer.Context,
    checkout: Path | None = typer.Argument(
        None, metavar="DIR", help=ui("The checkout; by default GITHUB_WORKSPACE, else this folder.")
    ),
    exercise: list[str] = typer.Option(
        [],
        "--exercise",
        envvar="GRADER_EXERCISES",
        help=ui("Grade this exercise (repeatable), and count it as missing where its file is not there."),
    ),
    out: Path | None = typer.Option(None, "--out", help=ui("Folder for the reports.")),
    data: Path | None = data_option,
    lang: str | None = lang_option,
    isolation: str = isolation_option,
    budget: str = typer.Option("quick", "--budget", help=ui("How much training: quick, standard or full.")),
    reporter_rows: bool = typer.Option(
        False, "--reporter-rows", help=ui("Also one result per check, for the reporter's table.")
    ),
) -> None:
    """Exit code 0: graded, whatever the mark. 2: nothing could be graded. 3: something is ungraded."""
    from grader.ci import Runner, grade_checkout
    from grader.ci.actions import Annotation
    from grader.errors import NothingToGrade
    from grader.workflows import Grader

    check_level(isolation)
    language = chosen_lang(lang)
    runner = Runner.of(os.environ, Path.cwd())
    if checkout is not None:
        runner = replace(runner, workspace=checkout.resolve())
    nothing: list[Text] = []
    try:
        course = open_course(context)
        only = [e.id for e in find_exercises(course, exercise)]
        options = make_options(budget=budget, data=data)
        with Grader(course, options, isolation=isolation) as grader:  # type: ignore[arg-type]

            def grade(submission: Path, private: Path) -> Result:
                try:
                    return grader.grade(
                        submission, private, only=only, lang=language, progress=_log_progress(language)
                    )
                except NothingToGrade as found:
                    nothing.append(found.text)
                    return found.result

            outcome = grade_checkout(
                runner,
                course,
                grade,
                out=out or runner.out,
                cwd=Path.cwd(),
                lang=language,
                rows=reporter_rows,
            )
    except GraderError as error:
        typer.echo(Annotation("error", "vision-grader", error.text.get(language)).command())
        raise
    _print_points(outcome.result, language)
    for remark in outcome.annotations:
        typer.echo(remark.command())
    for file in outcome.files:
        typer.echo(str(file))
    if nothing:
        typer.echo(Annotation("error", "vision-grader", nothing[0].get(language)).command())
        raise SystemExit(EXIT_ERROR)
    exit_if_ungraded(outcome.result)


def _log_progress(lang: Lang) -> Progress:
    """One line in the log for each exercise that starts to run."""
    from grader.schema import Exercise

    def show(stage: str, exercise: Exercise | None) -> None:
        if stage == "run" and exercise is not None:
            typer.echo(f"{exercise.id}: {stage_name(stage, lang)} …")

    return show


def _print_points(result: Result, lang: Lang) -> None:
    """A line for each exercise; titles are the course's, words our own, so nothing here is a student's."""
    from grader.report import words

    for exercise in result.exercises:
        score = format_score(exercise.points, exercise.max_points)
        badge = words.exercise_badge(exercise)
        typer.echo(f"{badge.mark} {exercise.id}  {score}  {badge.word.get(lang)}")
    total = format_score(result.points, result.max_points)
    typer.echo(f"{tr(lang, 'Total')}: {total}")


@app.command("export-template", help=ui("Make an assignment's repository for GitHub."))
def export_template(
    context: typer.Context,
    folder: Path = typer.Argument(metavar="DIR", help=ui("A new or empty folder.")),
    workflow: str = typer.Option("plain", "--workflow", help=ui("classroom, classroom50 or plain.")),
    exercise: list[str] = typer.Option([], "--exercise", help=ui("Take this exercise (repeatable).")),
    notebooks: bool = typer.Option(False, "--notebooks", help=ui("Notebooks instead of .py files.")),
    source: str | None = typer.Option(
        None, "--grader-source", help=ui("What pip installs in the job, such as git+https://…@v1.")
    ),
    fetch: bool = typer.Option(False, "--fetch", help=ui("Let the job download the real data sets, once.")),
    lang: str | None = lang_option,
) -> None:
    """Stubs, tasks, workflow, development container; nothing that is for staff only."""
    from grader.ci import WORKFLOWS, Template, write_template
    from grader.cli.workplace import STATE, Workplace

    if workflow not in WORKFLOWS:
        fail(ui("--workflow is one of {choices}, not “{value}”.", choices=", ".join(WORKFLOWS), value=workflow))
    language = chosen_lang(lang)
    course = open_course(context)
    if exercise:
        chosen = {e.id for e in find_exercises(course, exercise)}
        course = course.model_copy(update={"exercises": tuple(e for e in course.exercises if e.id in chosen)})
    if folder.is_dir() and any(path.name != ".git" for path in folder.iterdir()):
        fail(ui("{folder} is not empty; nothing was written.", folder=str(folder)))
    template = Template(
        workflow=workflow,  # type: ignore[arg-type]
        exercises=[e.id for e in course.exercises],
        lang=language,
        fetch=fetch,
        **({} if source is None else {"source": source}),
    )
    made, _ = Workplace(folder).begin(course, notebooks=notebooks, lang=language)
    shutil.rmtree(folder / STATE)  # how far one has come: each student's own
    made += write_template(template, folder)
    screen = console()
    screen.print(tr(language, "{n} files are ready in {folder}.", n=len(made), folder=str(folder)), soft_wrap=True)
    if workflow == "classroom50":
        screen.print(
            tr(
                language,
                "Move {file} to your classroom50 repository, as CLASSROOM/autograders/ASSIGNMENT/autograder.py.",
                file="classroom50/autograder.py",
            ),
            soft_wrap=True,
        )
    screen.print(
        tr(language, "Next: push the folder to GitHub and mark the repository as a template."), soft_wrap=True
    )
