"""``grader export-template``: an assignment's repository for GitHub."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.choices import words_of
from grader.cli import options
from grader.cli.screen import say
from grader.i18n import tr, ui
from grader.schema import Lang, Workflow

HELP = ui("Make an assignment's repository for GitHub.")


def run(
    context: typer.Context,
    folder: Path = typer.Argument(metavar="DIR", help=ui("A new or empty folder.")),
    workflow: Workflow = options.choice("--workflow", words_of(Workflow), "plain", ui("For whose classroom.")),
    exercise: list[str] = typer.Option([], "--exercise", help=ui("Take this exercise (repeatable).")),
    notebooks: bool = options.notebooks,
    source: str | None = typer.Option(
        None, "--grader-source", help=ui("What pip installs in the job, such as git+https://…@v1.")
    ),
    fetch: bool = typer.Option(False, "--fetch", help=ui("Let the job download the real data sets, once.")),
    lang: Lang | None = options.lang,
) -> None:
    """Stubs, tasks, workflow, development container; nothing that is for staff only."""
    from grader.ci import make_repository

    language = options.language(lang)
    made = make_repository(
        options.open_course(context),
        folder,
        workflow=workflow,
        names=exercise,
        lang=language,
        notebooks=notebooks,
        source=source,
        fetch=fetch,
    )
    say(tr(language, "{n} files are ready in {folder}.", n=len(made), folder=str(folder)))
    if workflow == "classroom50":
        say(
            tr(
                language,
                "Move {file} to your classroom50 repository, as CLASSROOM/autograders/ASSIGNMENT/autograder.py.",
                file="classroom50/autograder.py",
            )
        )
    say(tr(language, "Next: push the folder to GitHub and mark the repository as a template."))
