"""Every format in one table, from which the command's choices, its help and the documentation derive.

A new one is a file of its own with a function of one of the two shapes below, a row here, and a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from grader.export.canvas import CanvasGradebook, LeftOut, read_canvas, write_canvas
from grader.export.classroom50 import entry_to_classroom50
from grader.export.csv_files import write_csv, write_moodle
from grader.export.decided import Marks, by_student
from grader.export.github import to_github
from grader.export.gradescope import to_gradescope
from grader.export.junit import write_junit
from grader.files import write_json
from grader.schema import ClassEntry, Lang, Mark, Student


@dataclass(frozen=True)
class Given:
    """What a format may use besides the results."""

    lang: Lang
    marks: Sequence[Mark] | None = None
    """A gradebook's; None where there is none."""
    students: tuple[Student, ...] = ()
    """Whom the gradebook knows."""
    like: CanvasGradebook | None = None
    meta: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _by_student(self) -> dict[str, dict[str, Mark]]:
        return by_student(self.marks or ())

    def of(self, entry: ClassEntry) -> Marks:
        """The gradebook's marks of one student."""
        return self._by_student.get(entry.student.id, {})


@dataclass(frozen=True)
class Format:
    """One row: exactly one of ``each`` and ``whole`` is there."""

    name: str
    title: str
    """What the documentation says of it, in English."""
    each: Callable[[ClassEntry, Given], dict[str, Any]] | None = None
    """One student's file, as JSON. Raises ExportError where it can't be made."""
    whole: Callable[..., LeftOut | None] | None = None
    """Writes ``(entries, path)``, with what it ``uses``. Returns what ``like`` does not know."""
    uses: tuple[str, ...] = ()
    """Fields of :class:`Given` that ``whole`` takes."""
    read_like: Callable[[Path], CanvasGradebook] | None = None
    """Reads the other tool's own gradebook."""

    def write(self, entries: Iterable[ClassEntry], to: Path, given: Given) -> LeftOut:
        """Write the file about everybody, or one for each; see ``whole``. Raises ExportError, OutputError."""
        if self.whole is not None:
            return self.whole(entries, to, **{name: getattr(given, name) for name in self.uses}) or LeftOut()
        assert self.each is not None
        for entry in entries:
            write_json(to / f"{entry.student.id}.json", self.each(entry, given))
        return LeftOut()

    @property
    def kind(self) -> Literal["folder", "file"]:
        return "folder" if self.each is not None else "file"


_MARKS = ("marks", "students")
_ROWS = (
    Format(
        "csv",
        "a line for each student: points, total, status, isolation, report",
        None,
        write_csv,
        _MARKS,
    ),
    Format("canvas", "a gradebook for Canvas to import", None, write_canvas, (*_MARKS, "like"), read_canvas),
    Format("moodle", "a gradebook for Moodle to import", None, write_moodle, _MARKS),
    Format(
        "junit",
        "a suite for each student and exercise, a case for each check",
        None,
        write_junit,
        ("lang", "marks"),
    ),
    Format(
        "gradescope",
        "`<student>.json`: an autograder's `results.json`",
        lambda entry, given: to_gradescope(entry.result, given.lang, given.of(entry)),
    ),
    Format(
        "github",
        "`<student>.json`: what GitHub Classroom's reporter reads ([github.md](github.md))",
        lambda entry, given: to_github(entry.result, given.lang, given.of(entry)),
    ),
    Format(
        "classroom50",
        "`<student>.json`: Classroom 50's `result.json`",
        lambda entry, given: entry_to_classroom50(entry, given.meta, given.of(entry)),
    ),
)
#: How `grader return` gives a class back -> the format of the table of marks beside it.
LAYOUTS: Mapping[str, str] = {"folder": "csv", "canvas": "canvas", "moodle": "moodle"}
FORMATS: Mapping[str, Format] = {row.name: row for row in _ROWS}


def names_of(kind: Literal["folder", "file"]) -> str:
    """The formats of one kind, for a sentence."""
    return ", ".join(name for name, row in FORMATS.items() if row.kind == kind)


def documented() -> str:
    """The table of docs/exports.md, in Markdown."""
    rows = [f"| `{row.name}` | {row.kind} | {row.title} |" for row in FORMATS.values()]
    return "\n".join(["| format | PATH | what it holds |", "| --- | --- | --- |", *rows])
