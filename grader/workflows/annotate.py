"""What people say about marked work: comments on it, and students' requests taken in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from grader.choices import pick
from grader.errors import CourseError, GradebookError
from grader.gradebook import Gradebook
from grader.i18n import both
from grader.report import CauseGroup
from grader.schema import ClassEntry, Course, Request, Result, SourceFile, Submission, Text
from grader.text import clean_line, plain
from grader.toml import read_toml
from grader.workflows.batch import ClassEntries
from grader.workflows.explain import NAME, open_groups, specimen

COMMENTS_FILE = "comments.toml"
_LINES = re.compile(r"(?:(\[?)(\d{1,6})\]?:)?(\d{1,6})(?:-(\d{1,6}))?")
_FIELD = re.compile(r"^[>\s]*(student|exercise|check|work):[ \t]*(\S[^\r\n]{0,199})", re.MULTILINE)
_TEXT = re.compile(r"^[>\s]*request:[ \t]*", re.MULTILINE)
#: Bytes of a request's file, and characters that are kept of what it says.
MAX_FILE = 64 * 1024
MAX_TEXT = 2000


def course_comment(course: Course, key: str) -> str:
    """The text of ``key`` in the course's ``comments.toml``.

    Raises:
        CourseError: there is no such file. ChoiceError: no such key.
    """
    table = read_toml(course.root / COMMENTS_FILE, COMMENTS_FILE)
    return str(table[pick(key, table, "--use")])


def comment(
    book: Gradebook, out: Path | None, student: str, exercise: str, text: str, author: str, check: str, lines: str
) -> None:
    """Write something about a student's work.

    Args:
        out: folder of the class, for the check's id and the lines.
        check: id of a check, or the end of one; empty: the whole exercise.
        lines: ``12``, ``12-14`` or, in a notebook, ``[CELL]:LINE-LINE`` with the number beside the cell,
            or ``CELL:LINE-LINE`` with its place among all cells; empty: none.

    Raises:
        GradebookError: no such student or lines, or ``out`` is missing. ChoiceError: no such check.
    """
    who = book.find(student)
    if not (check or lines):
        book.comment(who, exercise, text, author)
        return
    entry = _entry(out, who)
    ids = [c.id for e in entry.result.exercises if e.id == exercise for c in e.checks]
    if check and check not in ids:
        ending = [known for known in ids if known.endswith(check)]
        check = ending[0] if len(ending) == 1 else pick(check, ids, "--check")
    cell, span, code = _quoted(entry, exercise, lines) if lines else (None, None, "")
    book.comment(who, exercise, text, author, check=check, lines=span, cell=cell, code=code)


def _entry(out: Path | None, student: str) -> ClassEntry:
    if out is None or not (out / student / "result.json").is_file():
        raise GradebookError("This needs the folder of the graded class, with {student} in it.", student=student)
    return ClassEntries(out).of(student)


def _quoted(entry: ClassEntry, exercise: str, lines: str) -> tuple[int | None, tuple[int, int], str]:
    match = _LINES.fullmatch(lines.strip())
    source = _source(entry, exercise)
    if match is None or source is None:
        raise GradebookError(
            "--lines looks like {example} and names lines of a file that was handed in.", example="12-14, [3]:1-2"
        )
    cell = int(match[2]) if match[2] else None
    if match[1]:
        cell = next((place for place, label in source.labels.items() if label == cell), 0)
    first, last = int(match[3]), int(match[4] or match[3])
    code = source.code.split("\n")
    if source.lines:
        places = list(source.lines)
        code = [
            line for line, at in zip(code, places, strict=False) if at.cell == cell and first <= at.line <= last
        ]
    else:
        code = code[first - 1 : last]
    if not code or last < first:
        raise GradebookError("{file} has no lines {lines}.", file=clean_line(source.name), lines=lines)
    return cell, (first, last), plain("\n".join(code), limit=4000)


def _source(entry: ClassEntry, exercise: str) -> SourceFile | None:
    try:
        stored = Submission.model_validate_json((entry.folder / "submission.json").read_bytes())
    except (OSError, ValueError):
        return None
    return next((files.source for files in stored.exercises if files.exercise == exercise), None)


@dataclass(frozen=True)
class TakenIn:
    """What became of the files."""

    numbers: tuple[int, ...]
    refused: tuple[tuple[str, Text], ...]
    """Name and reason."""


def take_in(book: Gradebook, out: Path, paths: Iterable[Path]) -> TakenIn:
    """Read requests (text files, mails, folders of them) into the gradebook; it changes no mark."""
    numbers, refused = [], []
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            try:
                numbers.append(_take(book, out, file))
            except GradebookError as error:
                refused.append((clean_line(file.name), error.text))
    return TakenIn(tuple(numbers), tuple(refused))


def _take(book: Gradebook, out: Path, file: Path) -> int:
    content = _content(file)
    fields = {match[1]: clean_line(match[2].strip()) for match in _FIELD.finditer(content)}
    said = _TEXT.search(content)
    text = plain(content[said.end() :], limit=MAX_TEXT).strip() if said else ""
    if missing := [name for name in ("student", "exercise", "check", "work") if name not in fields]:
        raise GradebookError("This is not a request: it lacks {fields}.", fields=", ".join(missing))
    if not text:
        raise GradebookError("The request says nothing: the reason is missing.")
    who = book.find(fields["student"])
    result = _entry(out, who).result
    check = _real_check(result, fields["exercise"], fields["check"])
    current = result.submission.sha256.startswith(fields["work"]) and len(fields["work"]) >= 12
    return book.request(who, fields["exercise"], check, text, current=current)


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_FILE:
            raise GradebookError("This file is too large for a request.")
        data = file.read_bytes()
    except OSError as error:
        raise GradebookError("It can't be read ({reason}).", reason=error.strerror or "?") from error
    if file.suffix.lower() == ".eml":
        body = message_from_bytes(data, policy=default).get_body(("plain",))
        return str(body.get_content()) if body is not None else ""
    return data.decode("utf-8-sig", "replace")


def _real_check(result: Result, exercise: str, name: str) -> str:
    """The id of the check that the student's page calls ``name``: hidden ones are numbered there."""
    for one in result.exercises:
        if one.id == exercise:
            hidden = [c.id for c in one.checks if c.visibility == "staff"]
            named = {c.id: c.id for c in one.checks if c.visibility == "student"}
            named |= {f"hidden_{number}": real for number, real in enumerate(hidden, 1)}
            if name in named:
                return named[name]
    text = both("{exercise} of this student has no check “{check}”.", exercise=exercise, check=name)
    raise GradebookError(text)


def as_alternative(book: Gradebook, out: Path, course: Course, number: int, name: str) -> tuple[Path, str]:
    """What the author of request ``number`` handed in, without comments and name, as a right answer of the course.

    Returns:
        Where it belongs, and the code.

    Raises:
        GradebookError: no such open request, or it is about other work. CourseError: the name is none or taken,
            the code is no Python, or the course has no solutions here.
    """
    asked = next((one for one in book.requests() if one.number == number and one.decision == "open"), None)
    if asked is None or asked.stale:
        raise GradebookError("There is no open request {number} about the work here.", number=number)
    exercise = course[asked.exercise]
    group = CauseGroup(exercise.id, exercise.title, (), (), [asked.student])
    code = specimen(out, course, group).code
    assert exercise.solution_dir is not None
    path = exercise.solution_dir / "alternative" / f"{name}.py"
    if not NAME.fullmatch(name) or path.exists():
        raise CourseError("{name}: choose a new name of lower-case letters, digits and _.", name=name)
    return path, code


def unexplained(out: Path, asked: Request) -> int | None:
    """The number in `grader explain` of the failure that ``asked`` is about; None where it is not listed there."""
    groups = [group for group in open_groups(out) if group.exercise == asked.exercise]
    for number, group in enumerate(groups, 1):
        if asked.student in group.students and asked.check in {check.id for check in group.checks}:
            return number
    return None
