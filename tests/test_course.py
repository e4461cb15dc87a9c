"""The course proves itself: stubs fail kindly, right answers pass, every wrong one fails as it declares.

Of exercises that may compute for long, one of each kind is graded here, and nothing is trained; `grader validate`
grades all of them, trained.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from grader.authoring import lint, validate
from grader.award import list_checks
from grader.catalog import load_course, make_inputs
from grader.errors import NothingToGrade
from grader.schema import Course, Exercise, ExerciseResult
from grader.workflows import Grader
from grader.workflows.prove import signed_answers, sync_course
from tests.conftest import beside

IDS = [exercise.id for exercise in load_course().exercises]
#: A limit on CPU time, in seconds, that only exercises with networks ask for: their answers take long.
LONG = 60


@pytest.mark.parametrize("exercise_id", IDS)
def test_every_answer_gets_what_it_declares(
    exercise_id: str, course: Course, warm_grader: Grader, tmp_path: Path
) -> None:
    exercise = course[exercise_id]
    runs = iter(range(10_000))
    left_out = beside(warm_grader, train=False)
    untrained: list[ExerciseResult] = []

    def grade(exercise: Exercise, path: Path, grader: Grader = warm_grader) -> ExerciseResult:
        try:
            result = grader.grade(path, tmp_path / str(next(runs)), only=[exercise.id])
        except NothingToGrade as nothing:
            result = nothing.result
        return result.exercises[0]

    def untrained_grade(exercise: Exercise, path: Path) -> ExerciseResult:
        untrained.append(grade(exercise, path, left_out))
        return untrained[-1]

    brief = exercise.limits.cpu_seconds > LONG  # `make validate` proves all of them
    findings = validate(
        course, grade, ids=[exercise_id], brief=brief, signed=signed_answers, untrained=untrained_grade
    )
    made = next(runs)
    assert made == 3 if brief else made >= 2 + 2 + 4 + 6, "one of each; else all, in each form"
    assert not findings, "\n".join(f"{f.subject}: {f.problem.en}" for f in findings)
    assert len(untrained) == (2 if exercise.inspect else 0)
    if exercise.budgets and exercise.graded_model:
        assert "skipped" in {check.outcome for check in untrained[0].checks}
        assert "failed" in {check.outcome for check in untrained[1].checks}


@pytest.mark.parametrize("exercise_id", IDS)
def test_the_content_is_complete(exercise_id: str, course: Course) -> None:
    findings = lint(
        course, list_checks=list_checks, ids=[exercise_id], make_inputs=partial(make_inputs, staff=True)
    )
    assert not findings, "\n".join(f"{f.subject}: {f.problem.en}" for f in findings)


def test_what_is_generated_is_what_its_sources_make(course: Course) -> None:
    """Stubs, notebooks, tables of points, and signatures of wrong answers; nothing is run."""
    assert [drift.text.en for drift in sync_course(course, check=True)] == []
