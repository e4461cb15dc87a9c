"""Marks for other tools, and marks over time: ``grader export`` and ``grader gradebook``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from grader.cli.app import EXIT_UNGRADED, app, fail
from grader.cli.common import chosen_lang, console
from grader.cli.gradebook import gradebook_address, read_known_policy
from grader.cli.staff import lang_option
from grader.i18n import trn, ui

if TYPE_CHECKING:
    from grader.errors import ExportError
    from grader.schema import ClassEntry, Lang, Mark, Student

#: One file for each student, one for the class from results, one for the class from marks.
FOLDERS = ("gradescope", "github", "classroom50")
TABLES = ("csv", "canvas", "moodle")
FORMATS = (*FOLDERS, "junit", *TABLES)


@app.command(help=ui("Marks for other tools: Gradescope, GitHub, Classroom 50, JUnit, CSV, Canvas, Moodle."))
def export(
    context: typer.Context,
    out: Path = typer.Argument(help=ui("Folder of `grader batch --out` or `grader grade --out`.")),
    target: str = typer.Option(..., "--format", help=ui("One of: {formats}.", formats=", ".join(FORMATS))),
    to: Path = typer.Option(..., "--to", help=ui("A file; for gradescope, github and classroom50 a folder.")),
    lang: str | None = lang_option,
    db: str | None = typer.Option(
        None, "--db", help=ui("SQLAlchemy address of the gradebook; by default OUT/gradebook.db.")
    ),
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
    """Exit code 0: written. 2: it cannot be. 3: somebody is ungraded, and has no file for it would say zero."""
    if target not in FORMATS:
        fail(ui("--format is one of {choices}, not “{value}”.", choices=", ".join(FORMATS), value=target))
    if target not in TABLES and (db is not None or policy is not None):
        fail(
            ui(
                "--db and --policy go with {choices}: the other formats hold single results.",
                choices=", ".join(TABLES),
            )
        )
    if like is not None and target != "canvas":
        fail(ui("--like goes with canvas."))
    language = chosen_lang(lang)
    entries = class_entries(out)
    if target in FOLDERS:
        written, refused = _folder(entries, target, to, language, meta)
    elif target == "junit":
        from grader.export import write_junit

        _check_file(to)
        write_junit(entries, to, language)
        written, refused = len(entries), []
    else:
        _check_file(to)
        written, refused = _table(context, entries, target, to, out, db, policy, like), []
    screen = console(stderr=True)
    for error in refused:
        screen.print(error.text.get(language), style="magenta", markup=False, soft_wrap=True)
    done = trn(
        language, "{n} student written to {path}.", "{n} students written to {path}.", written, path=str(to)
    )
    console().print(done, markup=False, soft_wrap=True)
    if refused:
        raise SystemExit(EXIT_UNGRADED)


def class_entries(out: Path) -> Sequence[ClassEntry]:
    """Everybody in ``out``: a graded class, or the one submission that ``grader grade`` graded there."""
    from grader.schema import ClassEntry, Result, Student
    from grader.workflows.batch import ClassEntries

    if not out.is_dir():
        fail(ui("The folder {folder} does not exist.", folder=str(out)))
    try:
        if (out / "result.json").is_file():
            result = Result.model_validate_json((out / "result.json").read_bytes())
            return [ClassEntry(student=Student(id=result.submission.id), folder=out, result=result)]
        entries = ClassEntries(out)
    except ValueError:
        fail(ui("{file} is not a result of this grader.", file=str(out / "result.json")))
    if not len(entries):
        fail(ui("{folder} holds no graded submission (no result.json in it).", folder=str(out)))
    return entries


def _check_file(to: Path) -> None:
    if to.is_dir():
        fail(ui("{path} is a folder; this format is one file. Add a name to it.", path=str(to)))


def _table(
    context: typer.Context,
    entries: Iterable[ClassEntry],
    target: str,
    to: Path,
    out: Path,
    db: str | None,
    policy: Path | None,
    like: Path | None,
) -> int:
    """One CSV file of the class; from the gradebook's marks where there is one."""
    from grader.export import read_canvas, write_canvas, write_csv, write_moodle

    marks: list[Mark] | None = None
    students: list[Student] = []
    address = gradebook_address(out, db)
    if address is not None:
        from grader.gradebook import open_gradebook

        with open_gradebook(address, create=False) as book:
            rules = read_known_policy(context, policy, book) if policy is not None else None
            marks, students = book.marks(rules), book.students()
    elif policy is not None:
        fail(ui("--policy needs a gradebook, and there is none in {folder}.", folder=str(out)))
    ids = {student.id for student in students} | {mark.student for mark in marks or ()}

    def read() -> Iterable[ClassEntry]:  # each from the disk, and once
        for entry in entries:
            ids.add(entry.student.id)
            yield entry

    if target == "canvas":
        strangers = write_canvas(
            read(), to, marks=marks, students=students, like=read_canvas(like) if like is not None else None
        )
        for student in strangers:
            text = ui("{file} has no student “{student}”.", file=like.name if like else "", student=student.id)
            console(stderr=True).print(text, style="magenta", markup=False, soft_wrap=True)
    elif target == "csv":
        write_csv(read(), to, marks=marks, students=students)
    else:
        write_moodle(read(), to, marks=marks, students=students)
    return len(ids)


def _folder(
    entries: Iterable[ClassEntry], target: str, to: Path, lang: Lang, meta: Sequence[str]
) -> tuple[int, list[ExportError]]:
    """One file for each student; how many, and why others have none."""
    from grader.errors import ExportError
    from grader.export import to_github, to_gradescope
    from grader.files import write_json

    if to.exists() and not to.is_dir():
        fail(ui("{path} is a file; this format is a folder with a file for each student.", path=str(to)))
    values = _meta(meta)
    make: Callable[[ClassEntry], dict[str, Any]] = {
        "gradescope": lambda entry: to_gradescope(entry.result, lang),
        "github": lambda entry: to_github(entry.result, lang),
        "classroom50": lambda entry: _classroom50(entry, values),
    }[target]
    written, refused = 0, []
    for entry in entries:
        path = to / f"{entry.student.id}.json"
        try:
            content = make(entry)
        except ExportError as error:
            # What an earlier export left there is no longer this student's mark.
            path.unlink(missing_ok=True)
            refused.append(error)
            continue
        write_json(path, content)
        written += 1
    return written, refused


def _meta(pairs: Sequence[str]) -> dict[str, str]:
    values = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            fail(ui("--meta is KEY=VALUE, not “{value}”.", value=pair))
        values[key.strip()] = value.strip()
    return values


def _classroom50(entry: ClassEntry, given: dict[str, str]) -> dict[str, Any]:
    """What is not given comes from Classroom 50's runner, where this is one."""
    from grader.export import to_classroom50
    from grader.export.classroom50 import NEEDED, OPTIONAL

    known = {key: os.environ.get(variable, "") for key, variable in {**NEEDED, **OPTIONAL}.items()}
    known |= {key: value.replace("{student}", entry.student.id) for key, value in given.items()}
    if unknown := sorted(given.keys() - NEEDED.keys() - OPTIONAL.keys()):
        fail(
            ui(
                "--meta does not know {unknown}. Known: {known}.",
                unknown=", ".join(unknown),
                known=", ".join({**NEEDED, **OPTIONAL}),
            )
        )
    missing = [key for key in NEEDED if not known[key] and key != "review"]
    if missing:
        example = " ".join(f"--meta {key}=…" for key in missing)
        fail(ui("Classroom 50 needs to know more. Add: {example}", example=example))
    when = entry.submitted_at or datetime.fromtimestamp((entry.folder / "result.json").stat().st_mtime, UTC)
    return to_classroom50(entry.result, known, when)
