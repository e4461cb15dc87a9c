"""``grader export``: marks for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import EXIT_UNGRADED, console, say
from grader.export import FORMATS, LeftOut, names_of
from grader.i18n import tr, trn, ui
from grader.schema import Lang
from grader.text import for_terminal, format_number

HELP = ui("Marks for other tools: {formats}.", formats=", ".join(FORMATS))


def run(
    context: typer.Context,
    out: Path = options.graded,
    target: str = options.choice("--format", FORMATS, ..., ui("Whose format.")),
    to: Path = typer.Option(..., "--to", help=ui("A file; for {folders} a folder.", folders=names_of("folder"))),
    lang: Lang | None = options.lang,
    db: str | None = options.db,
    policy: Path | None = typer.Option(
        None, "--policy", help=ui("TOML file with deadlines and penalties, instead of the gradebook's policy.")
    ),
    like: Path | None = typer.Option(
        None, "--like", help=ui("For canvas: the gradebook exported from there, for its students and assignments.")
    ),
    meta: list[str] = typer.Option(
        [], "--meta", help=ui("For classroom50: KEY=VALUE; {student} stands for each one's id (repeatable).")
    ),
) -> None:
    """Exit code 0: written. 2: it cannot be. 3: written, and something counts as 0 because it is ungraded."""
    from grader.workflows.export import ExportRequest, export

    language = options.language(lang)
    request = ExportRequest(
        out=out,
        format=target,
        to=to,
        lang=language,
        db=db,
        policy=policy,
        like=like,
        meta=options.key_values(meta, "--meta"),
    )
    done = export(request, options.open_course(context))
    screen = console(stderr=True)
    for text in _left_out(done.left_out, like.name if like else "", language):
        screen.print(for_terminal(text), style="magenta", markup=False, soft_wrap=True)
    students = done.students - len(done.left_out.students)
    say(trn(language, "{n} student written to {path}.", "{n} students written to {path}.", students, path=str(to)))
    if done.ungraded:
        names = ", ".join(done.ungraded)
        text = tr(
            language, "Not graded yet, so it counts as 0 there until somebody has looked: {names}", names=names
        )
        screen.print(for_terminal(text), style="magenta", markup=False, soft_wrap=True)
        raise SystemExit(EXIT_UNGRADED)


def _left_out(left_out: LeftOut, file: str, lang: Lang) -> Iterator[str]:
    if left_out.students:
        names = ", ".join(student.id for student in left_out.students)
        yield tr(lang, "Students who are not in {file}, so they are left out: {names}", file=file, names=names)
    if left_out.exercises:
        names = ", ".join(left_out.exercises)
        yield tr(
            lang,
            "Exercises without an assignment in {file}, so they are left out: {names}",
            file=file,
            names=names,
        )
    for exercise, here, there in left_out.worth:
        yield tr(
            lang,
            "{exercise}: {here} points here, {there} in {file}. Change the assignment's points there.",
            exercise=exercise,
            here=format_number(here),
            there=format_number(there),
            file=file,
        )
