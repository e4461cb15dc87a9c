"""A class as a table: what every CSV file is made of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.export.ungraded import counted
from grader.schema import ClassEntry, Mark, Result, Student, Text


def number(value: float | None) -> str:
    """Points for a cell: as they are; empty where there are none, which is not zero."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else str(round(value, 6))


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV: commas, quotes where they are needed, CR LF (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


@dataclass(frozen=True)
class Cell:
    """One student's exercise."""

    points: float | None
    max_points: float
    status: str = "graded"
    penalty: float = 0.0
    adjustment: float = 0.0
    comments: tuple[str, ...] = ()
    automatic: float | None = None
    """What the grader gave for the work in the report."""


@dataclass(frozen=True)
class Row:
    """One student."""

    student: Student
    cells: dict[str, Cell] = field(default_factory=dict)
    isolation: str = ""
    report: Path | None = None

    @property
    def total(self) -> float | None:
        """What is ungraded counts as 0; None where there is no exercise at all."""
        return round(sum(counted(cell.points) for cell in self.cells.values()), 2) if self.cells else None

    @property
    def max_total(self) -> float | None:
        return round(sum(cell.max_points for cell in self.cells.values()), 2) if self.cells else None

    @property
    def status(self) -> str:
        """``graded``, or which exercises are not; empty without a submission."""
        other = [f"{name}: {cell.status}" for name, cell in sorted(self.cells.items()) if cell.status != "graded"]
        return ", ".join(other) or ("graded" if self.cells else "")


@dataclass(frozen=True)
class Table:
    """A class: exercises in order, students by id."""

    exercises: dict[str, float]
    """And what each is worth."""
    rows: tuple[Row, ...]
    titles: dict[str, Text] = field(default_factory=dict)
    """Of the exercises that were graded here."""


def points(row: Row, exercises: Iterable[str], empty: str = "") -> list[str]:
    """A cell for each of ``exercises``; ``empty`` where nothing was handed in, 0 where it is ungraded."""
    cells = (row.cells.get(name) for name in exercises)
    return [empty if cell is None else number(counted(cell.points)) for cell in cells]


def class_table(
    results: Iterable[Result | ClassEntry],
    *,
    marks: Sequence[Mark] | None = None,
    students: Iterable[Student] = (),
) -> Table:
    """Results as rows; of each, only the numbers are kept.

    Args:
        results: read one after the other, none held.
        marks: a gradebook's: they replace the results' points.
        students: more students, and names and e-mails of those that results know by id alone.
    """
    rows: dict[str, Row] = {}
    titles: dict[str, Text] = {}
    for item in results:
        one = _row(item)
        rows[one.student.id] = one
        graded = item.result if isinstance(item, ClassEntry) else item
        titles |= {exercise.id: exercise.title for exercise in graded.exercises}
    for student in students:
        known = rows.get(student.id, Row(student=student))
        merged = Student(
            id=student.id, name=known.student.name or student.name, email=known.student.email or student.email
        )
        rows[student.id] = replace(known, student=merged)
    for mark in marks or ():
        row = rows.setdefault(mark.student, Row(student=Student(id=mark.student)))
        row.cells[mark.exercise] = _marked(mark, row.cells.get(mark.exercise))
    exercises: dict[str, float] = {}
    for row in rows.values():
        for name, cell in row.cells.items():
            exercises[name] = max(exercises.get(name, 0.0), cell.max_points)
    return Table(
        exercises=dict(sorted(exercises.items())),
        rows=tuple(row for _, row in sorted(rows.items())),
        titles=titles,
    )


def _row(item: Result | ClassEntry) -> Row:
    result = item.result if isinstance(item, ClassEntry) else item
    student = item.student if isinstance(item, ClassEntry) else Student(id=result.submission.id)
    return Row(
        student=student,
        cells={
            exercise.id: Cell(
                exercise.points, exercise.max_points, status=exercise.status, automatic=exercise.points
            )
            for exercise in result.exercises
        },
        isolation=result.isolation,
        report=item.folder / "report.html" if isinstance(item, ClassEntry) else None,
    )


def _marked(mark: Mark, graded: Cell | None) -> Cell:
    status = graded.status if graded is not None else "graded"
    if mark.points is None:
        status = "ungraded"
    elif status == "ungraded":  # this attempt is, but another one counts
        status = "graded"
    return Cell(
        points=mark.points,
        max_points=mark.max_points,
        status=status,
        penalty=mark.penalty,
        adjustment=mark.adjustment,
        comments=mark.comments,
        automatic=graded.automatic if graded is not None else None,
    )
