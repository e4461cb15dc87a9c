"""``grader return``: pages, work with feedback and marks, as students get them."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import EXIT_UNGRADED, say
from grader.export import LAYOUTS
from grader.i18n import trn, ui
from grader.schema import Lang
from grader.text import for_terminal

HELP = ui("Give a graded class back: pages, feedback and marks, in one upload for Canvas or Moodle.")


def run(
    context: typer.Context,
    out: Path = typer.Argument(help=ui("Folder of `grader batch --out`.")),
    to: Path = typer.Option(..., "--to", help=ui("A new folder for what goes back.")),
    layout: str | None = options.choice(
        "--format", LAYOUTS, None, ui("The platform that takes it; by default the one that the work came from.")
    ),
    policy: Path | None = typer.Option(
        None, "--policy", help=ui("TOML file with deadlines and penalties, instead of the gradebook's policy.")
    ),
    db: str | None = options.db,
    lang: Lang | None = options.lang,
) -> None:
    """Exit code 0: written. 2: it can't be. 3: written, and somebody's work is not graded yet."""
    from grader.workflows.give_back import ReturnRequest, give_back

    language = options.language(lang)
    done = give_back(ReturnRequest(out, to, language, layout, policy, db), options.open_course(context))
    for student, reason in done.nothing:
        name = f"{student.name} ({student.id})" if student.name and student.name != student.id else student.id
        say(for_terminal(f"{name}: {reason.get(language)}"), "magenta")
    say(
        trn(
            language,
            "{n} student gets something back: {path}",
            "{n} students get something back: {path}",
            done.students,
            path=str(done.path),
        )
    )
    if done.ungraded:
        raise SystemExit(EXIT_UNGRADED)
