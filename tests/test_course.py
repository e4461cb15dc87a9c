"""The course proves itself: stubs fail kindly, right answers pass, every wrong one fails as it declares."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from grader.authoring import lint, validate
from grader.award import list_checks
from grader.catalog import load_course, make_inputs
from grader.errors import NothingToGrade
from grader.schema import Course, Exercise, ExerciseResult
from grader.workflows import Grader, Options
from grader.workflows.prove import signed_answers, sync_course

#: Of the alternatives, and of the wrong answers, of an exercise whose answers take seconds each.
SAMPLE = 1
#: A limit on CPU time, in seconds, that only an exercise with networks asks for.
LONG = 60
IDS = [exercise.id for exercise in load_course().exercises]


@pytest.fixture(scope="module")
def one_thread_grader(course: Course) -> Iterator[Grader]:
    """Tests run on all cores side by side; then each run gets one."""
    with Grader(course, Options(budget="quick", builtin=True, threads=1)) as grader:
        yield grader


@pytest.mark.parametrize("exercise_id", IDS)
def test_every_answer_gets_what_it_declares(
    exercise_id: str, course: Course, one_thread_grader: Grader, tmp_path: Path
) -> None:
    runs = iter(range(10_000))

    def grade(exercise: Exercise, path: Path) -> ExerciseResult:
        try:
            result = one_thread_grader.grade(path, tmp_path / str(next(runs)), only=[exercise.id])
        except NothingToGrade as nothing:
            result = nothing.result
        return result.exercises[0]

    # `make validate` proves all of them.
    sample = SAMPLE if course[exercise_id].limits.cpu_seconds > LONG else None
    findings = validate(course, grade, ids=[exercise_id], sample=sample, signed=signed_answers)
    least = 2 + 2 + (4 + 6 if sample is None else 2 * sample)
    assert next(runs) >= least, "both stubs, the solution twice, alternatives and wrong answers"
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
