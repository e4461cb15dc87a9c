"""GitHub Classroom's real reporter, run with node on our output: its points are ours.

It is not part of this project. ``dist/main.js`` of classroom-resources/autograding-grading-reporter at tag v1 is
looked for at GRADER_REPORTER, then in ``~/.cache/vision-grader/reporter``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.ci.actions import encode
from grader.export.github import to_github, to_github_rows
from grader.export.whole import in_whole_points
from grader.schema import Course, Result
from grader.workflows import Grader
from tests.ci.results import check, exercise, hidden, result, text
from tests.ci.simulate import Step, find_reporter, run_reporter
from tests.conftest import ROOT, beside

SLUG = "03_convolution"
STUB = (ROOT / "exercises" / SLUG / "convolution.py").read_text(encoding="utf-8")
RIGHT = (ROOT / "solutions" / SLUG / "convolution.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Said:
    """What the reporter printed."""

    points: int
    max_points: int
    table: tuple[float, float]
    step: Step

    @classmethod
    def of(cls, step: Step) -> Said:
        (report,) = [c.data for c in step.commands if c.properties.get("title") == "Autograding report"]
        (shown,) = [c.data for c in step.commands if c.properties.get("title") == "Autograding complete"]
        numbers = json.loads(report)
        assert shown == f"Points {numbers['totalPoints']}/{numbers['maxPoints']}"
        total = re.search(r"│ Total:\s+│ ([\d.]+)\S*\s*│ (\d+)\s*│", step.log)
        assert total is not None, step.log
        return cls(numbers["totalPoints"], numbers["maxPoints"], (float(total[1]), float(total[2])), step)


Report = Callable[[Result], tuple[Said, Said]]


@pytest.fixture
def report() -> Report:
    main = find_reporter()
    if main is None:
        pytest.skip(
            "GitHub Classroom's reporter is not here (set GRADER_REPORTER to its dist/main.js), or no node"
        )

    def run(graded: Result) -> tuple[Said, Said]:
        """As one runner, and as one for each check."""
        one = run_reporter(main, {"GRADE_RESULTS": encode(to_github(graded, "ko"))}, "grade")
        rows = to_github_rows(graded, "ko")
        variables = {f"{name.upper()}_RESULTS": encode(row) for name, row in rows.items()}
        return Said.of(one), Said.of(run_reporter(main, variables, ",".join(rows)))

    return run


def agrees(graded: Result, said: tuple[Said, Said]) -> None:
    whole = in_whole_points(graded)
    for one in said:
        assert (one.points, one.max_points) == (whole.points, whole.max_points)
        assert {c.name for c in one.step.commands} <= {"notice", "error"}
        for word in ("NaN", "undefined", "null"):
            assert word not in one.step.log
    assert said[1].table == (whole.points, whole.max_points), (
        "with a runner for each check the table is right, too"
    )


@pytest.fixture(scope="module")
def quick_grader(course: Course, warm_grader: Grader) -> Grader:
    """One exercise, on which endless code ends soon."""
    exercises = [
        e.model_copy(update={"limits": e.limits.model_copy(update={"wall_seconds": 8.0})})
        for e in course.exercises
        if e.id == SLUG
    ]
    return beside(warm_grader, course=course.model_copy(update={"exercises": tuple(exercises)}))


#: Name -> (program, status).
PROGRAMS = {
    "full": (RIGHT, "graded"),
    "partial": (re.sub(r"def conv_output_shape.*?(?=\ndef |\Z)", "", RIGHT, flags=re.S), "graded"),
    "zero": (STUB, "graded"),
    "timeout": ("while True:\n    pass\n", "timeout"),
    "crash": ("import os\nos.abort()\n", "error"),
    "syntax": ("def conv2d(:\n", "error"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_points_of_a_real_submission(name: str, quick_grader: Grader, report: Report, tmp_path: Path) -> None:
    program, status = PROGRAMS[name]
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "convolution.py").write_text(program, encoding="utf-8")
    graded = quick_grader.grade(tmp_path / "work", tmp_path / "out")
    assert graded.exercises[0].status == status
    assert graded.points is not None
    assert (graded.points == graded.max_points) == (name == "full")
    assert (graded.points > 0) == (name in ("full", "partial"))
    said = report(graded)
    agrees(graded, said)
    assert all(bool(one.step.code) == (name != "full") for one in said)


@pytest.mark.parametrize(
    "name",
    [
        "two\nlines",
        "double \" single ' back `",
        "합성곱의 출력 모양",
        "::error::x",
        "a\n::set-output name=a::b",
        "##[error]x",
        "%0A%25",
        "$(id)",
    ],
)
@pytest.mark.parametrize("points", [0, 2])
def test_names_of_every_kind(name: str, points: int, report: Report) -> None:
    graded = result(exercise(check("a", points, 2, title=text(name), message=text(name)), check("b", 1, 1)))
    agrees(graded, report(graded))


def test_fractions_and_hidden_checks(report: Report) -> None:
    graded = result(exercise(check("a", 2.5, 2.5), check("b", 0, 2.5), hidden(1.25, 1.25)))
    agrees(graded, report(graded))


def test_the_largest_report(report: Report) -> None:
    long = text("한글" * 500)
    graded = result(
        *(
            exercise(
                *(check(f"c{i}", i % 3 % 2, 1, title=long, message=long) for i in range(20)), name=f"{n:02}_x"
            )
            for n in range(12)
        )
    )
    agrees(graded, report(graded))
