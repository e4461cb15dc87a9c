"""A gradebook for Canvas.

Sources: Instructure's guide "How do I import grades in the Gradebook?", and the importer itself,
``lib/gradebook_importer.rb`` of github.com/instructure/canvas-lms.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import ExportError
from grader.export.table import Table, class_table, number, points, to_csv
from grader.files import write_whole
from grader.schema import ClassEntry, Mark, Result, Student
from grader.text import for_spreadsheet

#: Canvas recognises a gradebook by these, in this order.
COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
#: What else it exports about a student, where an institution has several accounts.
_ABOUT = {*COLUMNS, "Integration ID", "Root Account"}
#: As in Canvas's own exports, with the spaces.
POINTS_POSSIBLE = "    Points Possible"
_ASSIGNMENT = re.compile(r"(.*\S)\s*\((\d+)\)")


@dataclass(frozen=True)
class CanvasGradebook:
    """A gradebook exported from Canvas: its own students and assignments, cell by cell."""

    header: tuple[str, ...]
    above: tuple[tuple[str, ...], ...] = ()
    """Rows of no student: "Points Possible", and which assignments are posted by hand. As wide as ``header``."""
    students: tuple[tuple[str, ...], ...] = ()
    """A row for each, as wide as ``header``."""

    def find(self, student: Student) -> tuple[str, ...] | None:
        """The one student with this id or e-mail, else with this name."""
        ids = {value.strip().lower() for value in (student.id, student.email) if value.strip()}
        places = [place for place, cell in enumerate(self.header) if cell in COLUMNS[1:4]]
        found = [row for row in self.students if ids & {row[place].strip().lower() for place in places} - {""}]
        name = " ".join(student.name.split()).lower()
        if not found and name:
            found = [row for row in self.students if _name(row[self.header.index("Student")]) == name]
        return found[0] if len(found) == 1 else None

    def column(self, names: Iterable[str]) -> int | None:
        """Where the one assignment with one of ``names`` as its title is."""
        titles = [match[1].lower() if (match := _ASSIGNMENT.fullmatch(cell)) else "" for cell in self.header]
        wanted = [name.lower() for name in names if titles.count(name.lower()) == 1]
        return titles.index(wanted[0]) if wanted else None

    def about(self) -> list[int]:
        """The columns that say who a student is."""
        return [place for place, cell in enumerate(self.header) if cell in _ABOUT]

    def worth(self, column: int) -> float | None:
        """Points possible of an assignment, where the file says them."""
        for row in self.above:
            if "Points Possible" in row[0]:
                try:
                    return float(row[column])
                except ValueError:
                    return None
        return None


@dataclass(frozen=True)
class LeftOut:
    """What another tool's own gradebook does not know, and so is not in the file for it."""

    students: tuple[Student, ...] = ()
    exercises: tuple[str, ...] = ()
    worth: tuple[tuple[str, float, float], ...] = ()
    """Exercises that are in the file and count something else there: id, points here, points there."""


def _name(shown: str) -> str:
    """``Lee, Minjun`` is how Canvas sorts; names are compared as they are said."""
    last, comma, first = shown.partition(",")
    return " ".join((f"{first} {last}" if comma else shown).split()).lower()


def read_canvas(file: Path) -> CanvasGradebook:
    """Read a CSV that Canvas exported ("Export entire gradebook").

    Raises:
        ExportError: it cannot be read, or is none.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        raise ExportError("{file} cannot be read: {reason}.", file=str(file), reason=reason) from error
    first = text.partition("\n")[0]
    rows = list(csv.reader(text.splitlines(), delimiter=";" if first.count(";") > first.count(",") else ","))
    head = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if "Student" not in head or "ID" not in head or "Section" not in head:
        raise ExportError(
            "{file} is not a gradebook from Canvas: it has no columns Student, ID and Section.", file=file.name
        )
    above: list[tuple[str, ...]] = []
    students: list[tuple[str, ...]] = []
    for row in rows[1:]:
        if any(cell.strip() for cell in row):
            is_student = bool(row[0].strip()) and "Points Possible" not in row[0]
            (students if is_student else above).append((*row[: len(head)], *[""] * (len(head) - len(row))))
    return CanvasGradebook(head, tuple(above), tuple(students))


def write_canvas(
    results: Iterable[Result | ClassEntry],
    path: Path,
    *,
    marks: Sequence[Mark] | None = None,
    students: Iterable[Student] = (),
    like: CanvasGradebook | None = None,
) -> LeftOut:
    """A CSV that Canvas imports.

    Canvas finds a student by ``ID`` (its own number), else by ``SIS User ID`` or ``SIS Login ID``, else by name;
    an assignment by the number in brackets, else by its exact title, else it offers to make one. Only a gradebook
    exported from it knows those numbers: ``like``. Without one the ids are the grader's and the titles the
    exercises' ids. An empty cell is no grade, and what is ungraded counts as 0. There is no byte order mark:
    the first header must be ``Student``.

    Args:
        like: the course's own gradebook. The file then has its rows and no others, its columns about students, and
            those of its assignments whose title is an exercise's id or its title in either language. What there is
            no mark for stays as it was: Canvas takes an empty cell for a grade that was taken back.

    Returns:
        What ``like`` does not know; nothing without it.

    Raises:
        ExportError: ``path`` cannot be written, or ``like`` has no assignment for any exercise.
    """
    table = class_table(results, marks=marks, students=students)
    if like is not None:
        return _filled_in(table, path, like)
    rows: list[Sequence[str]] = [
        (*COLUMNS, *map(for_spreadsheet, table.exercises)),
        (POINTS_POSSIBLE, "", "", "", "", *map(number, table.exercises.values())),
    ]
    for row in table.rows:
        student = row.student
        who = (student.name or student.id, "", student.id, student.email or student.id, "")
        rows.append((*map(for_spreadsheet, who), *points(row, table.exercises)))
    write_whole(path, to_csv(rows))
    return LeftOut()


def _filled_in(table: Table, path: Path, like: CanvasGradebook) -> LeftOut:
    columns: dict[str, int] = {}
    for exercise in table.exercises:
        text = table.titles.get(exercise)
        column = like.column([exercise, *((text.ko, text.en) if text is not None else ())])
        if column is not None:
            columns[exercise] = column
    if not columns:
        raise ExportError(
            "No assignment in Canvas's gradebook is named after an exercise's id or title: {exercises}.",
            exercises=", ".join(table.exercises),
        )
    known = {row.student.id: like.find(row.student) for row in table.rows}
    ours = {found: row for row in table.rows if (found := known[row.student.id]) is not None}
    rows: list[list[str]] = [list(like.header), *map(list, like.above)]
    for line in like.students:
        cells = list(map(for_spreadsheet, line))
        if (mine := ours.get(line)) is not None:
            for exercise, value in zip(columns, points(mine, columns), strict=True):
                cells[columns[exercise]] = value or cells[columns[exercise]]
        rows.append(cells)
    kept = sorted({*like.about(), *columns.values()})
    write_whole(path, to_csv([[row[place] for place in kept] for row in rows]))
    worth = [(name, table.exercises[name], like.worth(column)) for name, column in columns.items()]
    return LeftOut(
        students=tuple(row.student for row in table.rows if known[row.student.id] is None),
        exercises=tuple(name for name in table.exercises if name not in columns),
        worth=tuple((name, here, there) for name, here, there in worth if there is not None and there != here),
    )
