"""The course proves itself: stubs fail kindly, right answers pass, every wrong one fails as it declares."""

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

#: A limit on CPU time, in seconds, that only exercises with networks ask for: their answers take long.
LONG = 60
IDS = [exercise.id for exercise in load_course().exercises]


@pytest.mark.parametrize("exercise_id", IDS)
def test_every_answer_gets_what_it_declares(
    exercise_id: str, course: Course, warm_grader: Grader, tmp_path: Path
) -> None:
    runs = iter(range(10_000))

    def grade(exercise: Exercise, path: Path) -> ExerciseResult:
        try:
            result = warm_grader.grade(path, tmp_path / str(next(runs)), only=[exercise.id])
        except NothingToGrade as nothing:
            result = nothing.result
        return result.exercises[0]

    brief = course[exercise_id].limits.cpu_seconds > LONG  # `make validate` proves all of them
    findings = validate(course, grade, ids=[exercise_id], brief=brief, signed=signed_answers)
    assert next(runs) >= (3 if brief else 2 + 2 + 4 + 6), "one of each; else all, in each form"
    assert not findings, "\n".join(f"{f.subject}: {f.problem.en}" for f in findings)


@pytest.mark.parametrize("exercise_id", IDS)
def test_the_content_is_complete(exercise_id: str, course: Course) -> None:
    findings = lint(
        course, list_checks=list_checks, ids=[exercise_id], make_inputs=partial(make_inputs, staff=True)
    )
    assert not findings, "\n".join(f"{f.subject}: {f.problem.en}" for f in findings)


def test_what_is_generated_is_what_its_sources_make(course: Course) -> None:
    """Stubs, notebooks, tables of points, and signatures of wrong answers; nothing is run."""
    assert [drift.text.en for drift in sync_course(course, check=True)] == []
