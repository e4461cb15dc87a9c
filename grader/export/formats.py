"""Every format in one table, from which the command's choices, its help and the documentation derive.

A new one is a file of its own with a function of one of the two shapes below, a row here, and a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from grader.export.canvas import CanvasGradebook, read_canvas, write_canvas
from grader.export.classroom50 import entry_to_classroom50
from grader.export.csv_files import write_csv, write_moodle
from grader.export.github import to_github
from grader.export.gradescope import to_gradescope
from grader.export.junit import write_junit
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


#: One student's file, as JSON. Raises ExportError where it can't be made.
Each = Callable[[ClassEntry, Given], dict[str, Any]]
#: Writes one file about everybody; returns students whom ``like`` does not know. Raises ExportError, OutputError.
Whole = Callable[[Iterable[ClassEntry], Path, Given], Sequence[Student]]


@dataclass(frozen=True)
class Format:
    """One row: exactly one of ``each`` and ``whole`` is there."""

    name: str
    title: str
    """What the documentation says of it, in English."""
    each: Each | None = None
    whole: Whole | None = None
    marks: bool = False
    """Whether it holds a gradebook's marks, where there are any, instead of single results."""
    read_like: Callable[[Path], CanvasGradebook] | None = None
    """Reads the other tool's own gradebook."""

    @property
    def kind(self) -> Literal["folder", "file"]:
        return "folder" if self.each is not None else "file"


def _csv(entries: Iterable[ClassEntry], to: Path, given: Given) -> Sequence[Student]:
    write_csv(entries, to, marks=given.marks, students=given.students)
    return ()


def _canvas(entries: Iterable[ClassEntry], to: Path, given: Given) -> Sequence[Student]:
    return write_canvas(entries, to, marks=given.marks, students=given.students, like=given.like)


def _moodle(entries: Iterable[ClassEntry], to: Path, given: Given) -> Sequence[Student]:
    write_moodle(entries, to, marks=given.marks, students=given.students)
    return ()


def _junit(entries: Iterable[ClassEntry], to: Path, given: Given) -> Sequence[Student]:
    write_junit(entries, to, given.lang)
    return ()


_ROWS = (
    Format(
        "csv",
        "a line for each student: points by exercise, total, status, isolation, report",
        whole=_csv,
        marks=True,
    ),
    Format("canvas", "a gradebook for Canvas to import", whole=_canvas, marks=True, read_like=read_canvas),
    Format("moodle", "a gradebook for Moodle to import", whole=_moodle, marks=True),
    Format("junit", "a suite for each student and exercise, a case for each check", whole=_junit),
    Format(
        "gradescope",
        "`<student>.json`: an autograder's `results.json`",
        each=lambda entry, given: to_gradescope(entry.result, given.lang),
    ),
    Format(
        "github",
        "`<student>.json`: what GitHub Classroom's reporter reads ([github.md](github.md))",
        each=lambda entry, given: to_github(entry.result, given.lang),
    ),
    Format(
        "classroom50",
        "`<student>.json`: Classroom 50's `result.json`",
        each=lambda entry, given: entry_to_classroom50(entry, given.meta),
    ),
)
FORMATS: Mapping[str, Format] = {row.name: row for row in _ROWS}


def names_of(kind: Literal["folder", "file"]) -> str:
    """The formats of one kind, for a sentence."""
    return ", ".join(name for name, row in FORMATS.items() if row.kind == kind)


def documented() -> str:
    """The table of docs/exports.md, in Markdown."""
    rows = [f"| `{row.name}` | {row.kind} | {row.title} |" for row in FORMATS.values()]
    return "\n".join(["| format | PATH | what it holds |", "| --- | --- | --- |", *rows])
