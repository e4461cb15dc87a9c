"""A scaffolded course, and a small grader without a sandbox: the answers graded with it are our own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.authoring import scaffold
from grader.award import AwardRequest, award
from grader.catalog import load_course, make_inputs
from grader.inspect import read_evidence
from grader.intake import read_submission
from grader.schema import CheckResult, Course, Exercise, ExerciseResult, Facts, RunOutcome, Text

SLUG = "14_my_topic"

RUN = """
import json, sys
from pathlib import Path
from grader.wire.entry import Box
from grader.confined.student.run import main
folder = Path(sys.argv[1])
request = json.loads((folder / "request.json").read_text())
main(Box(folder / "in", folder / "out", folder / "work", request, 1, 0))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course with one exercise, as ``grader new-exercise`` makes it."""
    folder = tmp_path / "course"
    (folder / "exercises").mkdir(parents=True)
    scaffold(folder, SLUG)
    return folder


@pytest.fixture
def course(root: Path) -> Course:
    return load_course(root)


Grade = Callable[[Exercise, Path], ExerciseResult]


@pytest.fixture
def really_grade(course: Course, tmp_path: Path) -> Grade:
    """Run the probe in a process of its own, then award: all of the grader but the sandbox and the models."""

    runs = tmp_path / "runs"

    def grade(exercise: Exercise, path: Path) -> ExerciseResult:
        folder = runs / str(len(list(runs.glob("*"))) if runs.exists() else 0)
        for name in ("in", "out", "work", "intake"):
            (folder / name).mkdir(parents=True)
        submission = read_submission(path, course, work_dir=folder / "intake", only=[exercise.id])
        source = submission.exercises[0].source
        assert source is not None
        (folder / "in" / "student.py").write_text(source.code, encoding="utf-8")
        shutil.copyfile(exercise.public_dir / "probe.py", folder / "in" / "probe.py")
        arrays = make_inputs(exercise, staff=True)
        import numpy as np

        for name, value in arrays.items():
            np.save(folder / "in" / f"{name}.npy", value)
        request = {
            "module": exercise.file,
            "name": source.name,
            "code_file": "student.py",
            "probe_file": "probe.py",
            "functions": list(exercise.functions),
            "arrays": list(arrays),
            "files": [],
            "epochs": None,
            "submitted": [],
        }
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        subprocess.run([sys.executable, "-c", RUN, str(folder)], check=True, capture_output=True, timeout=60)
        outcome = RunOutcome(verdict="completed", isolation="process")
        evidence = read_evidence(folder / "out", outcome, source)
        facts = Facts(
            exercise=exercise.id,
            present=True,
            budget_name="quick",
            outcome=outcome,
            steps=evidence.steps,
            values=evidence.values,
            arrays=evidence.arrays,
        )
        (result,) = award([AwardRequest(exercise, facts, folder / "out", inputs=lambda: arrays)])
        return result

    return grade


def check(check_id: str, outcome: str, points: float = 1, message: str = "what is wrong") -> CheckResult:
    """One check's result."""
    failed = outcome == "failed"
    return CheckResult.model_validate(
        {
            "id": check_id,
            "title": Text(ko="제목", en="title"),
            "outcome": outcome,
            "points": points if outcome == "passed" else None if outcome == "ungraded" else 0,
            "max_points": points,
            "message": Text(ko="틀린 점", en=message) if failed and message else None,
        }
    )


def result(checks: Sequence[CheckResult], status: str = "graded", **fields: object) -> ExerciseResult:
    """An exercise's result that adds up."""
    known = [one.points for one in checks if one.points is not None]
    return ExerciseResult.model_validate(
        {
            "id": SLUG,
            "title": Text(ko="제목", en="title"),
            "status": status,
            "points": sum(known) if len(known) == len(checks) else None,
            "max_points": sum(one.max_points for one in checks),
            "data": None,
            "budget": "quick",
            "checks": tuple(checks),
            **fields,
        }
    )


TITLE = Text(ko="제목", en="title")


@dataclass(frozen=True)
class Info:
    """A check as lint sees it."""

    id: str
    title: Text = TITLE
    points: float = 1
    needs: tuple[str, ...] = ()
    visibility: str = "student"
