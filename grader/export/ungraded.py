"""What the grader failed on, in numbers that leave it: 0 of the full points, and said, until somebody has looked.

Left out of both sums it would pay more than an honest zero, so that making the grader fail would be worth trying.
"""

from __future__ import annotations

from grader.i18n import tr
from grader.schema import ExerciseResult, Lang


def counted(points: float | None) -> float:
    """``points`` as they count in another tool."""
    return points or 0.0


def note(exercise: ExerciseResult, lang: Lang) -> str:
    """What is said beside that 0; empty where ``exercise`` is graded."""
    if exercise.points is not None:
        return ""
    return tr(
        lang,
        "Not graded yet: the grader failed here, not you. It counts as 0 until your instructor has looked at it.",
    )
