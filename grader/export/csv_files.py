"""Marks as CSV: for people, and for Moodle."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.export.table import Row, class_table, number, points, to_csv
from grader.export.ungraded import counted
from grader.files import write_whole
from grader.schema import ClassEntry, Mark, Result, Student
from grader.text import for_spreadsheet

#: Without it Excel takes UTF-8 for the machine's own encoding, and Korean names come out as noise.
BOM = "\ufeff"

#: As in Moodle's own exports, in English.
MOODLE_COLUMNS = ("ID number", "Full name")
MOODLE_EMAIL = "Email address"


def _link(report: Path | None, table: Path) -> str:
    if report is None:
        return ""
    try:
        return Path(os.path.relpath(report, table.parent)).as_posix()
    except ValueError:  # another drive on Windows
        return report.as_posix()


def write_csv(
    results: Iterable[Result | ClassEntry],
    path: Path,
    *,
    marks: Sequence[Mark] | None = None,
    students: Iterable[Student] = (),
) -> None:
    """``grades.csv``: one line for each student, for a spreadsheet or a script.

    Columns: ``student``, ``name``, ``email``, ``total``, ``max``, one for each exercise, ``status``,
    ``isolation``, ``report`` (relative to ``path``); with a gradebook's ``marks`` also ``automatic``,
    ``late_penalty``, ``adjustment`` and ``comments``. Points stay as they are; what is ungraded counts
    as 0 and is named in ``status``. UTF-8 with a byte order mark. Cells that a spreadsheet would run as a
    formula begin with an apostrophe.

    Raises:
        ExportError: ``path`` cannot be written.
    """
    table = class_table(results, marks=marks, students=students)
    extra = () if marks is None else ("automatic", "late_penalty", "adjustment", "comments")
    head = ("student", "name", "email", "total", "max", *table.exercises, "status", "isolation", "report", *extra)
    rows = [tuple(map(for_spreadsheet, head))]
    for row in table.rows:
        line = [
            for_spreadsheet(row.student.id),
            for_spreadsheet(row.student.name),
            for_spreadsheet(row.student.email),
        ]
        line += [number(row.total), number(row.max_total), *points(row, table.exercises)]
        line += [for_spreadsheet(row.status), row.isolation, for_spreadsheet(_link(row.report, path))]
        if extra:
            line += _by_hand(row)
        rows.append(tuple(line))
    write_whole(path, BOM + to_csv(rows))


def _by_hand(row: Row) -> list[str]:
    penalty = round(sum(cell.penalty for cell in row.cells.values()), 6)
    adjustment = round(sum(cell.adjustment for cell in row.cells.values()), 6)
    comments = [f"{name}: {comment}" for name, cell in sorted(row.cells.items()) for comment in cell.comments]
    automatic = round(sum(counted(cell.automatic) for cell in row.cells.values()), 2) if row.cells else None
    return [
        number(automatic),
        number(penalty),
        number(adjustment),
        for_spreadsheet("; ".join(comments), limit=4000),
    ]


def write_moodle(
    results: Iterable[Result | ClassEntry],
    path: Path,
    *,
    marks: Sequence[Mark] | None = None,
    students: Iterable[Student] = (),
) -> None:
    """A gradebook that Moodle imports: map ``ID number`` or ``Email address``, then each exercise.

    What was not handed in is ``-``, as in Moodle's own exports; what is ungraded counts as 0. An empty cell would
    do for an existing grade item, but with "new grade item" it goes to the database as an empty number, which
    becomes 0. There is no column that may be empty in one row and identify the student in another (Moodle would
    give that row's grades to the student of the row above): e-mails are there for all, or not at all. There is no
    total: Moodle works out its own, and refuses the whole file for one grade above its maximum (100 by default).
    Source: docs.moodle.org, "Grade import", and ``grade/import/csv/classes/load_data.php`` of
    github.com/moodle/moodle.

    Raises:
        ExportError: ``path`` cannot be written.
    """
    table = class_table(results, marks=marks, students=students)
    with_email = bool(table.rows) and all(row.student.email.strip() for row in table.rows)
    head = (*MOODLE_COLUMNS, *((MOODLE_EMAIL,) if with_email else ()), *table.exercises)
    rows: list[Sequence[str]] = [tuple(map(for_spreadsheet, head))]
    for row in table.rows:
        who = [for_spreadsheet(row.student.id), for_spreadsheet(row.student.name or row.student.id)]
        if with_email:
            who.append(for_spreadsheet(row.student.email))
        rows.append((*who, *points(row, table.exercises, empty="-")))
    write_whole(path, to_csv(rows))
