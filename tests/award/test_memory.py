"""A grader that scores thousands of submissions keeps nothing of the ones before."""

from __future__ import annotations

import gc
from pathlib import Path

from _pytest.config import Config

from grader.award import AwardRequest, award
from grader.schema import Course, Facts


def test_no_pytest_session_outlives_its_award(course: Course, tmp_path: Path) -> None:
    exercise = course.exercises[0]
    facts = Facts(exercise=exercise.id, present=True, budget_name="quick")
    request = AwardRequest(exercise=exercise, facts=facts, folder=tmp_path, staff=True, inputs=dict)

    def sessions() -> int:
        gc.collect()
        return sum(type(thing) is Config for thing in gc.get_objects())

    assert award([request])[0].checks
    before = sessions()
    for _ in range(3):
        award([request])
    assert sessions() == before
