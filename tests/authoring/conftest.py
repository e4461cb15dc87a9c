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

from grader.authoring import scaffold, sync
from grader.award import AwardRequest, award, list_checks
from grader.catalog import load_course, make_inputs, probe_file
from grader.inspect import read_evidence
from grader.intake import read_submission
from grader.schema import CheckResult, Course, Exercise, ExerciseResult, Facts, RunOutcome, Text

SLUG = "14_my_topic"

HIDDEN_CHECKS = '''
import numpy as np
import pytest

from grader.award import expect


@pytest.mark.staff
@pytest.mark.points(2)
@pytest.mark.needs("bright_pixels", "own_threshold")
def test_hidden_images(facts, inputs):
    """다른 영상 | Other images"""
    for case in ("hidden.count_bright.noise", "hidden.count_bright.dark"):
        threshold = int(inputs.get(f"{case}.threshold", 128))
        expected = int(np.count_nonzero(inputs[f"{case}.image"] >= threshold))
        expect.equal(np.asarray(facts.array(case)).tolist(), expected)
'''
HIDDEN_INPUTS = """
import numpy as np


def make(seed):
    random = np.random.default_rng(seed)
    return {
        "hidden.count_bright.noise.image": random.integers(0, 256, (16, 24), dtype=np.uint8),
        "hidden.count_bright.noise.threshold": np.int64(37),
        "hidden.count_bright.dark.image": np.zeros((5, 3), dtype=np.uint8),
    }
"""
LOOPS = """
def count_bright(image, threshold=128):
    count = 0
    for row in image:
        for value in row:
            count += value >= threshold
    return count
"""
MEMORISED = """
def count_bright(image, threshold=128):
    return 6 if threshold == 128 else 7
"""
MEMORISED_GETS = """
failed = ["hidden_images"]

[diagnosis]
ko = "답을 외웠습니다."
en = "You know the answers by heart."

[messages]
hidden_images = "7"
"""
MORE = {
    f"reference/{SLUG}/reference.json": '{"count_bright": {"default": 6, "own": 7}}\n',
    f"reference/{SLUG}/hidden_checks.py": HIDDEN_CHECKS,
    f"reference/{SLUG}/hidden_inputs.py": HIDDEN_INPUTS,
    f"solutions/{SLUG}/alternative/loops.py": LOOPS,
    f"solutions/{SLUG}/wrong/memorised.py": MEMORISED,
    f"solutions/{SLUG}/wrong/memorised.toml": MEMORISED_GETS,
}
CHANGED = (
    (f"exercises/{SLUG}/exercise.toml", "points = 3", "points = 5"),
    (f"exercises/{SLUG}/checks.py", "_threshold(facts)", "_threshold(facts, reference)"),
    (f"exercises/{SLUG}/checks.py", "expect.equal(actual, 7)", "expect.equal(actual, reference.count_bright.own)"),
    (f"solutions/{SLUG}/wrong/above_only.toml", '"own_threshold"]', '"own_threshold", "hidden_images"]'),
    (f"solutions/{SLUG}/wrong/returns_nothing.toml", '"own_threshold"]', '"own_threshold", "hidden_images"]'),
    (
        f"solutions/{SLUG}/wrong/ignores_threshold.toml",
        '["own_threshold"]',
        '["own_threshold"]\nskipped = ["hidden_images"]',
    ),
)

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
def plain(tmp_path: Path) -> Path:
    """A course with one exercise, as ``grader new-exercise`` makes it."""
    folder = tmp_path / "course"
    (folder / "exercises").mkdir(parents=True)
    scaffold(folder, SLUG)
    return folder


@pytest.fixture
def root(plain: Path) -> Path:
    """The same with what an exercise may have besides: a reference, hidden checks, answers that are programs."""
    for name, text in MORE.items():
        path = plain / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, old, new in CHANGED:
        path = plain / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    sync(load_course(plain), list_checks=list_checks)
    return plain


@pytest.fixture
def course(root: Path) -> Course:
    return load_course(root)


Grade = Callable[[Exercise, Path], ExerciseResult]


@pytest.fixture
def really_grade(tmp_path: Path) -> Grade:
    """Run the probe in a process of its own, then award: all of the grader but the sandbox and the models."""

    runs = tmp_path / "runs"

    def grade(exercise: Exercise, path: Path) -> ExerciseResult:
        folder = runs / str(len(list(runs.glob("*"))) if runs.exists() else 0)
        for name in ("in", "out", "work", "intake"):
            (folder / name).mkdir(parents=True)
        course = Course(root=exercise.public_dir, exercises=(exercise,))
        submission = read_submission(path, course, work_dir=folder / "intake", only=[exercise.id])
        source = submission.exercises[0].source
        assert source is not None
        (folder / "in" / "student.py").write_text(source.code, encoding="utf-8")
        shutil.copyfile(probe_file(exercise), folder / "in" / "probe.py")
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
