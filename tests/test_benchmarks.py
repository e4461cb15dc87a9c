"""What the benchmark compares: the same checks for everybody, nothing of the training left in ours."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import material, processes
from grader.catalog import load_course


def test_the_structure_course_is_exercise_06_without_training(tmp_path: Path) -> None:
    course = load_course(material.structure_course(tmp_path))
    exercise = course.exercises[0]
    original = next(e for e in load_course().exercises if e.id == exercise.id)
    assert not exercise.budgets
    assert exercise.dataset is None
    assert list(exercise.inspect) == ["untrained"]
    assert exercise.inspect["untrained"] == original.inspect["untrained"]
    checks = (exercise.public_dir / "checks.py").read_text(encoding="utf-8")
    assert [name for name in material.STRUCTURE_CHECKS if f"def test_{name}(" not in checks] == []
    assert "test_accuracy" not in checks


def test_a_renamed_check_is_not_left_out_in_silence() -> None:
    with pytest.raises(ValueError, match="wanted"):
        material.only_checks("@pytest.mark.points(1)\ndef test_other(facts):\n    pass\n", ("model_builds",))


def test_processes_costs_are_of_the_whole_tree() -> None:
    burn = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}], check=True)"
    cost = processes.run([sys.executable, "-c", parent])
    assert cost.cpu >= 0.5
    assert cost.wall >= 0.45
    with pytest.raises(processes.CommandFailed, match="boom"):
        processes.run([sys.executable, "-c", "raise SystemExit('boom')"])


def test_ratios_are_taken_within_a_round() -> None:

    def costs(*cpu: float) -> list[processes.Cost]:
        return [processes.Cost(1.0, value, 0.0, "") for value in cpu]

    assert processes.ratio(costs(2, 8, 30), costs(1, 4, 10), "cpu") == 2
    assert processes.median(costs(2, 8, 30), "cpu") == 8
