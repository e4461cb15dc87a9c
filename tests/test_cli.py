"""The student's and the instructor's first minutes, through the real command."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import ROOT, Command, read_report


def test_start_check_list_as_a_student_does(command: Command, tmp_path: Path) -> None:
    home = tmp_path / "내 과제"
    done = command("start", home, "--lang", "ko")
    assert done.code == 0, done.text
    assert "03_convolution" in (home / "README.md").read_text(encoding="utf-8")

    done = command("check", "03", cwd=home)
    assert done.code == 1, "an untouched stub has not passed"
    assert "Traceback" not in done.text

    solved = (ROOT / "solutions" / "03_convolution" / "convolution.py").read_bytes()
    (home / "03_convolution" / "convolution.py").write_bytes(solved)
    done = command("check", "convolution.py", cwd=home)
    assert done.code == 0, done.text

    rows = {row["id"]: row for row in json.loads(command("list", "--json", cwd=home).out)}
    assert rows["03_convolution"]["status"]["points"] == rows["03_convolution"]["status"]["max_points"]
    assert rows["06_cifar10_cnn"]["status"] is None

    again = command("start", home)
    assert again.code == 0
    assert (home / "03_convolution" / "convolution.py").read_bytes() == solved, "work is never overwritten"


def test_start_with_notebooks(command: Command, tmp_path: Path) -> None:
    done = command("start", tmp_path / "nb", "--notebooks", "--lang", "en")
    assert done.code == 0, done.text
    assert (tmp_path / "nb" / "06_cifar10_cnn" / "cifar10_cnn.ipynb").is_file()
    assert not (tmp_path / "nb" / "06_cifar10_cnn" / "cifar10_cnn.py").exists()


def test_check_in_the_wrong_folder_says_what_to_do(command: Command, tmp_path: Path) -> None:
    done = command("check", cwd=tmp_path)
    assert done.code == 2
    assert "Traceback" not in done.text
    assert "convolution.py" in done.err or "grader start" in done.err


def test_an_unknown_exercise_is_answered_with_the_known_ones(command: Command, tmp_path: Path) -> None:
    done = command("grade", tmp_path, "--out", tmp_path / "o", "--exercise", "99")
    assert done.code == 2
    assert "03_convolution" in done.err


def test_list_speaks_korean(command: Command, tmp_path: Path) -> None:
    done = command("list", "--lang", "ko", cwd=tmp_path)
    assert done.code == 0
    assert "컨벌루션" in done.out


def test_doctor(command: Command) -> None:
    done = command("doctor")
    assert done.code == 0, done.text
    assert "TensorFlow" in done.out


def test_demo_grades_right_wrong_and_misbehaving(command: Command, tmp_path: Path) -> None:
    done = command("demo", "--out", tmp_path / "demo", "--lang", "en")
    assert done.code == 0, done.text
    reports = {path.parent.name: read_report(path.parent) for path in (tmp_path / "demo").glob("*/report.json")}
    statuses = {name: {e["status"] for e in report["exercises"]} for name, report in reports.items()}
    assert reports["all-right"]["points"] == reports["all-right"]["max_points"]
    assert reports["untouched"]["points"] == 0
    assert "timeout" in statuses["endless-loop"]
    assert "memory" in statuses["memory-hog"]
    assert "error" in statuses["early-exit"]
    assert "ungraded" not in set().union(*statuses.values())
    for name in reports:
        assert name in done.out
