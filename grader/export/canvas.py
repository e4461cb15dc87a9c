"""A gradebook for Canvas.

Sources: Instructure's guide "How do I import grades in the Gradebook?", and the importer itself,
``lib/gradebook_importer.rb`` of github.com/instructure/canvas-lms.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import ExportError
from grader.export.table import Table, class_table, number, points, to_csv
from grader.files import write_whole
from grader.schema import ClassEntry, Mark, Result, Student
from grader.text import for_spreadsheet

#: Canvas recognises a gradebook by these, in this order.
COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
#: As in Canvas's own exports, with the spaces.
POINTS_POSSIBLE = "    Points Possible"
_ASSIGNMENT = re.compile(r"(.*\S)\s*\((\d+)\)")


@dataclass(frozen=True)
class CanvasGradebook:
    """What a gradebook exported from Canvas knows: its own students and assignments."""

    students: tuple[tuple[str, ...], ...]
    """The five columns of each."""
    assignments: Mapping[str, str]
    """Title in small letters -> header, such as ``Convolution (4711)``."""

    def find(self, student: Student) -> tuple[str, ...] | None:
        """The one student with this id or e-mail, else with this name."""
        ids = {value.strip().lower() for value in (student.id, student.email) if value.strip()}
        found = [row for row in self.students if ids & {cell.strip().lower() for cell in row[1:4] if cell.strip()}]
        name = " ".join(student.name.split()).lower()
        if not found and name:
            found = [row for row in self.students if _name(row[0]) == name]
        return found[0] if len(found) == 1 else None

    def header(self, names: Iterable[str]) -> str | None:
        """The header of the assignment with one of ``names`` as its title."""
        return next((self.assignments[name.lower()] for name in names if name.lower() in self.assignments), None)


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
    head = [cell.strip() for cell in rows[0]] if rows else []
    if "Student" not in head or "ID" not in head or "Section" not in head:
        raise ExportError(
            "{file} is no gradebook from Canvas: it has no columns Student, ID and Section.", file=file.name
        )
    places = [head.index(name) if name in head else None for name in COLUMNS]
    found = [_ASSIGNMENT.fullmatch(cell) for cell in head]
    assignments = {match[1].lower(): match[0] for match in found if match}
    twice = {title for title, count in Counter(m[1].lower() for m in found if m).items() if count > 1}
    return CanvasGradebook(
        students=tuple(
            tuple(row[place] if place is not None and place < len(row) else "" for place in places)
            for row in rows[1:]
            # "Points Possible", and the row that says which assignments are posted by hand.
            if row and row[0].strip() and "Points Possible" not in row[0]
        ),
        assignments={title: header for title, header in assignments.items() if title not in twice},
    )


def write_canvas(
    results: Iterable[Result | ClassEntry],
    path: Path,
    *,
    marks: Sequence[Mark] | None = None,
    students: Iterable[Student] = (),
    like: CanvasGradebook | None = None,
) -> tuple[Student, ...]:
    """A CSV that Canvas imports.

    Canvas finds a student by ``ID`` (its own number), else by ``SIS User ID`` or ``SIS Login ID``, else by name;
    an assignment by the number in brackets, else by its exact title, else it offers to make one. Only a gradebook
    exported from it knows those numbers: ``like``. Without one the ids are the grader's and the titles the
    exercises' ids. An empty cell is no grade, and what is ungraded counts as 0. There is no byte order mark:
    the first header must be ``Student``.

    Args:
        like: the course's own gradebook. An exercise's column is the assignment whose title is the exercise's id
            or its title in either language.

    Returns:
        Who is not in ``like``; they are in the file all the same, and Canvas will ask about them.

    Raises:
        ExportError: ``path`` cannot be written.
    """
    table = class_table(results, marks=marks, students=students)
    rows: list[Sequence[str]] = [
        (*COLUMNS, *(for_spreadsheet(_title(name, table, like)) for name in table.exercises)),
        (POINTS_POSSIBLE, "", "", "", "", *map(number, table.exercises.values())),
    ]
    strangers = []
    for row in table.rows:
        who = like.find(row.student) if like is not None else None
        if who is None:
            if like is not None:
                strangers.append(row.student)
            login = row.student.email or row.student.id
            who = (row.student.name or row.student.id, "", row.student.id, login, "")
        rows.append((*map(for_spreadsheet, who), *points(row, table.exercises)))
    write_whole(path, to_csv(rows))
    return tuple(strangers)


def _title(exercise: str, table: Table, like: CanvasGradebook | None) -> str:
    if like is None:
        return exercise
    text = table.titles.get(exercise)
    return like.header([exercise, *((text.ko, text.en) if text is not None else ())]) or exercise
