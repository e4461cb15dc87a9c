"""What a student may see of a result.

A report is made for an audience. ``staff``, the default, shows all of it and says so on the page where it holds
something that students must not see. ``student`` is what may be handed out: of a hidden check only the points and
the fact that it failed remain, under a numbered id, because titles and names give away what is looked for.
Points are the same for both.
"""

from __future__ import annotations

from typing import Literal

from grader.i18n import both
from grader.schema import CheckResult, ExerciseResult, Outcome, Result, Text

Audience = Literal["student", "staff"]


def _message(outcome: Outcome) -> Text | None:
    if outcome == "failed":
        return both("A hidden check failed. Ask your instructor if you cannot find out why.")
    if outcome == "skipped":
        return both("A hidden check was skipped, because a check that it builds on failed.")
    return None


def _check(check: CheckResult, number: int) -> CheckResult:
    if check.visibility == "student":
        return check.model_copy(update={"staff_detail": "", "raised": False})
    return CheckResult(
        id=f"hidden_{number}",
        title=both("Hidden check {number}", number=number),
        outcome=check.outcome,
        points=check.points,
        max_points=check.max_points,
        message=_message(check.outcome),
        visibility="staff",
    )


def _exercise(exercise: ExerciseResult) -> ExerciseResult:
    hidden = 0
    checks = []
    for check in exercise.checks:
        hidden += check.visibility == "staff"
        checks.append(_check(check, hidden))
    visible = {check.id for check in exercise.checks if check.visibility == "student"}
    diagnoses = [
        one.model_copy(update={"checks": kept})
        for one in exercise.diagnoses
        if (kept := tuple(check for check in one.checks if check in visible))
    ]
    return exercise.model_copy(
        update={
            "checks": tuple(checks),
            "diagnoses": tuple(diagnoses),
            "notes": (),
            "staff_detail": "",
            "limited_by": None,
        }
    )


def for_student(result: Result) -> Result:
    """``result`` without anything that is for staff only. Idempotent; points and order stay."""
    return result.model_copy(update={"exercises": tuple(_exercise(e) for e in result.exercises)})


def for_audience(result: Result, audience: Audience) -> Result:
    """``result`` as ``audience`` may see it."""
    return for_student(result) if audience == "student" else result


def holds_staff_matter(result: Result) -> bool:
    """Whether a student must not be given a staff report of ``result``; how a run was held is no secret."""
    known = tuple(exercise.model_copy(update={"limited_by": None}) for exercise in result.exercises)
    return for_student(result) != result.model_copy(update={"exercises": known})
