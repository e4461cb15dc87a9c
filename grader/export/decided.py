"""What a gradebook has decided, for formats that hold the checks of one submission."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from grader.export.table import Cell, class_table
from grader.export.ungraded import counted
from grader.i18n import tr
from grader.schema import ClassEntry, Lang, Mark, Result
from grader.text import format_change, format_number, format_points

#: Exercise -> what counts.
Marks = Mapping[str, Mark]


def by_student(marks: Iterable[Mark]) -> dict[str, dict[str, Mark]]:
    """Student -> exercise -> mark."""
    found: dict[str, dict[str, Mark]] = defaultdict(dict)
    for mark in marks:
        found[mark.student][mark.exercise] = mark
    return found


def counting(item: Result | ClassEntry, marks: Marks) -> dict[str, Cell]:
    """Each exercise of a student as it counts, those of earlier hand-ins too."""
    own = marks.values()
    student = item.student.id if isinstance(item, ClassEntry) else item.submission.id
    mine = [mark.model_copy(update={"student": student}) for mark in own]
    return class_table([item], marks=mine).rows[0].cells


def decided(item: Result | ClassEntry, marks: Marks) -> dict[str, Cell]:
    """Those of :func:`counting` that are not what the checks gave."""
    result = item.result if isinstance(item, ClassEntry) else item
    given = {exercise.id: (exercise.points, exercise.max_points) for exercise in result.exercises}
    return {
        name: cell
        for name, cell in counting(item, marks).items()
        if given.get(name) != (cell.points, cell.max_points)
    }


def whole(points: float | None) -> int:
    """Rounded half up."""
    return math.floor(counted(points) + 0.5 + 1e-6)


def said(cell: Cell, lang: Lang) -> str:
    """Why a mark is not what the checks gave, in one line."""
    words = [tr(lang, "Automatic points: {points}", points=format_points(cell.automatic))]
    if cell.penalty:
        words.append(tr(lang, "Late: −{points}", points=format_number(cell.penalty)))
    if cell.comments:
        by_hand = tr(lang, "By hand: {points}", points=format_change(cell.adjustment))
        words.append(f"{by_hand} ({'; '.join(cell.comments)})")
    return " · ".join(words)
