"""All checks of one exercise put together: its status, its points and what its author should know."""

from __future__ import annotations

from collections.abc import Sequence

from grader.award.explain import explain_status, run_status
from grader.award.json_values import real_number
from grader.award.plausibility import implausible
from grader.award.reference import Reference, borderline_of, find_threshold
from grader.award.student_error import notes
from grader.errors import CourseFault
from grader.i18n import both
from grader.schema import CheckResult, Exercise, ExerciseResult, Facts, Learning, StaffNote

_MAX_EPOCHS = 500
_MAX_CURVES = 12


def assemble(
    exercise: Exercise,
    facts: Facts,
    checks: Sequence[CheckResult],
    *,
    reference: Reference | None = None,
    fault: str = "",
) -> ExerciseResult:
    """The exercise's result. The status never adds points: they are the sum of what checks passed.

    Args:
        fault: why the exercise can't be judged at all, for staff.
    """
    reference = reference or Reference(None)
    faults = [fault] if fault else []
    if facts.harness_fault:
        faults.append(facts.harness_fault)
    faults += [
        o.detail
        for o in (facts.outcome, facts.inspection)
        if o is not None and o.verdict == "harness" and o.detail
    ]
    faults += [
        f"{check.id}: {check.staff_detail}"
        for check in checks
        if check.outcome == "ungraded" and check.staff_detail
    ]
    rows: tuple[dict[str, object], ...] = ()
    learning = None
    staff = [
        StaffNote(
            kind="check_raised",
            check=check.id,
            text=both("This check could not work with what was handed in, so it failed: {check}.", check=check.id),
            detail=check.staff_detail,
        )
        for check in checks
        if check.raised
    ]
    if facts.outcome is not None and facts.outcome.verdict == "evidence":
        text = both("What the run left was not read: that would exceed the limits for one submission.")
        staff.append(StaffNote(kind="over_limit", text=text, detail=facts.outcome.detail))
    try:
        rows = reference.layer_rows
        learning = _learning(facts, reference)
        staff += implausible(exercise, facts, reference)
    except CourseFault as error:
        faults.append(str(error))
    status = run_status(facts)
    if not checks or faults or any(check.outcome == "ungraded" for check in checks):
        status = "ungraded"
    explanation = explain_status(exercise, facts, status)
    outcome = facts.outcome
    return ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        status=status,
        points=None if status == "ungraded" else round(sum(check.points or 0.0 for check in checks), 2),
        max_points=round(sum(check.max_points for check in checks), 2) if checks else float(exercise.points),
        data=facts.data,
        budget=facts.budget_name,
        checks=tuple(checks),
        message=explanation.message if explanation else None,
        frames=explanation.frames if explanation else (),
        problems=(*facts.problems, *notes(facts, exercise)),
        model=facts.models.get(facts.graded_model or ""),
        reference_layers=rows,
        learning=learning,
        wall_seconds=outcome.wall_seconds if outcome else 0.0,
        cpu_seconds=outcome.cpu_seconds if outcome else 0.0,
        peak_memory_mb=outcome.peak_memory_mb if outcome else 0.0,
        limited_by=outcome.limited_by if outcome else None,
        stdout=outcome.stdout if outcome else "",
        notes=tuple(staff),
        staff_detail="\n\n".join(faults),
    )


def _learning(facts: Facts, reference: Reference) -> Learning | None:
    model = facts.models.get(facts.graded_model or "")
    score = model.scores.get("test") if model else None
    if score is None:
        return None
    row = find_threshold(reference, facts)
    limits = borderline_of(row) if row else None
    near = limits is not None and limits.low <= score.accuracy < limits.minimum
    return Learning(
        accuracy=score.accuracy,
        minimum=limits.minimum if limits else None,
        borderline=bool(facts.attempts) or near,
        attempts=facts.attempts,
        history=_history(facts),
    )


def _history(facts: Facts) -> dict[str, tuple[float, ...]]:
    """The student's curves: a claim, so only finite numbers of a sane amount are kept."""
    names = ["history", *sorted(name for name in facts.values if name.endswith(".history"))]
    claimed: dict[str, object] = next(
        (facts.values[name] for name in names if isinstance(facts.values.get(name), dict)), {}
    )
    curves: dict[str, tuple[float, ...]] = {}
    for name, values in claimed.items():
        if len(curves) == _MAX_CURVES or not isinstance(values, list) or len(str(name)) > 40:
            continue
        numbers = [real_number(value) for value in values[:_MAX_EPOCHS]]
        if numbers and None not in numbers:
            curves[str(name)] = tuple(value for value in numbers if value is not None)
    return curves
