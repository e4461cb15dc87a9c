"""Whatever is handed in: a clear message, a report, the right exit code, and nothing lost."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.conftest import ROOT, Command, Grade, read_report

CONV = (ROOT / "solutions" / "03_convolution" / "convolution.py").read_text(encoding="utf-8")


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def messages(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False)


# Nothing can be graded: nonzero, a sentence, and a report where a folder for it is to be had.


def test_an_empty_folder(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = command("grade", tmp_path / "empty", "--out", tmp_path / "out")
    assert done.code == 2
    assert "convolution.py" in done.err
    assert "Traceback" not in done.text
    assert read_report(tmp_path / "out")["exercises"] == []
    assert (tmp_path / "out" / "report.html").is_file()


def test_a_submission_that_does_not_exist(command: Command, tmp_path: Path) -> None:
    done = command("grade", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.code == 2
    assert "nowhere" in done.err
    assert "Traceback" not in done.text


def test_a_missing_file_that_was_asked_for(command: Command, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "convolution.py").write_text(CONV)
    done = command(
        "grade", tmp_path / "sub", "--out", tmp_path / "out", "--exercise", "03", "--exercise", "09_save_load"
    )
    assert done.code == 0, done.text
    statuses = {e["id"]: (e["status"], e["points"]) for e in read_report(tmp_path / "out")["exercises"]}
    assert statuses["03_convolution"] == ("graded", 20)
    assert statuses["09_save_load"] == ("missing", 0)


def test_a_truncated_zip(command: Command, tmp_path: Path) -> None:
    broken = tmp_path / "student.zip"
    broken.write_bytes(zipped({"convolution.py": CONV})[:-120])
    done = command("grade", broken, "--out", tmp_path / "out")
    assert done.code == 2
    assert "student.zip" in done.err
    assert "Traceback" not in done.text


def test_an_output_folder_that_cannot_be_written(command: Command, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "convolution.py").write_text(CONV)
    target = tmp_path / "readonly"
    if os.geteuid() == 0:
        target = Path("/proc/grader-output")  # root may write anywhere but here
        if not Path("/proc").is_dir():
            pytest.skip("root can write everywhere on this machine")
    else:
        target.mkdir(mode=0o555)
    done = command("grade", tmp_path / "sub", "--out", target)
    assert done.code == 2
    assert str(target) in done.err.replace("\n", "")
    assert "Traceback" not in done.text


# Something can be graded: zero, and the report says what was wrong with the rest.


def test_a_wrong_function_name_is_named(grade: Grade) -> None:
    result = grade({"convolution.py": CONV.replace("def conv2d(", "def convolve2d(")})
    exercise = result.exercises[0]
    assert exercise.status == "graded"
    assert 0 < (exercise.points or 0) < exercise.max_points
    failed = [c for c in exercise.checks if c.outcome == "failed"]
    assert any(c.message and "conv2d" in c.message.en for c in failed)


def test_a_wrong_return_type_is_described(grade: Grade) -> None:
    result = grade(
        {"convolution.py": CONV + "\ndef conv2d(image, kernel, stride=1, padding='valid'):\n    return 'done'\n"}
    )
    failed = [c for c in result.exercises[0].checks if c.outcome == "failed"]
    assert failed
    text = " ".join(f"{c.message.en if c.message else ''} {c.actual.en if c.actual else ''}" for c in failed)
    assert "str" in text or "string" in text or "text" in text


def test_a_syntax_error_points_at_the_students_line(grade: Grade) -> None:
    result = grade({"convolution.py": "import numpy as np\n\ndef conv2d(image, kernel)\n    return image\n"})
    exercise = result.exercises[0]
    assert exercise.status == "error"
    assert exercise.points == 0
    assert exercise.frames[0].file == "convolution.py"
    assert exercise.frames[0].line == 3
    assert exercise.message is not None
    assert "3" in exercise.message.en
    assert "26" in exercise.message.en, "the column is named too"


def notebook(cells: list[str]) -> str:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return str(nbformat.writes(book))


def test_a_notebooks_traceback_points_at_cell_and_line(grade: Grade) -> None:
    body = CONV.split("def conv2d", 1)
    result = grade(
        {
            "convolution.ipynb": notebook(
                [body[0], "%matplotlib inline\n!pip list\nx = 1\ny = x / 0\n", "def conv2d" + body[1]]
            )
        }
    )
    exercise = result.exercises[0]
    assert (exercise.status, exercise.points) == ("graded", exercise.max_points), "the functions are there"
    assert any("cell 2 from the top, text cells included, line 4" in p.message.en for p in exercise.problems), (
        exercise.problems
    )
    assert any("%matplotlib" in p.message.en or "magic" in p.message.en for p in exercise.problems)


def test_a_notebook_gets_the_same_marks_as_the_file(grade: Grade) -> None:
    result = grade({"convolution.ipynb": notebook([CONV])})
    assert result.points == result.max_points


def test_a_corrupt_notebook(grade: Grade) -> None:
    result = grade({"convolution.ipynb": '{"cells": [', "save_load.py": "x = 1\n"})
    exercise = next(e for e in result.exercises if e.id == "03_convolution")
    assert exercise.status == "error"
    assert exercise.points == 0
    assert exercise.message is not None or exercise.problems


def test_a_notebook_saved_as_version_3(grade: Grade) -> None:
    book = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input=CONV)])]
    )
    result = grade({"convolution.ipynb": json.dumps(book)})
    assert result.points == result.max_points


def test_a_corrupt_keras_file(grade: Grade) -> None:
    code = (ROOT / "solutions" / "06_cifar10_cnn" / "cifar10_cnn.py").read_text(encoding="utf-8")
    result = grade({"cifar10_cnn.py": code, "cifar10_cnn.keras": b"PK\x03\x04 not a model"})
    exercise = result.exercises[0]
    assert exercise.status in ("graded", "error")
    assert all(c.outcome == "passed" for c in exercise.checks), (
        "an optional file costs nothing that the code earns"
    )
    assert any("cifar10_cnn.keras" in p.file + p.message.en for p in exercise.problems), exercise.problems


def test_hangul_and_spaces_in_names(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "한글 이름 제출물" / "3장 과제"
    folder.mkdir(parents=True)
    (folder / "convolution.py").write_text(CONV)
    archive = tmp_path / "과제 제출 (최종).zip"
    archive.write_bytes(zipped({"3장 과제/convolution.py": CONV, "메모.txt": "안녕"}))
    for submission, out in ((folder.parent, "하나"), (archive, "둘")):
        done = command("grade", submission, "--out", tmp_path / out)
        assert done.code == 0, done.text
        assert read_report(tmp_path / out)["points"] == 20


def test_a_200_mb_file_beside_the_work_costs_nothing(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    with (tmp_path / "submission" / "holiday.mp4").open("wb") as file:
        file.truncate(200 << 20)
    result = grade({"convolution.py": CONV})
    assert result.points == result.max_points


def test_a_200_mb_source_file_is_refused_kindly(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    with (tmp_path / "submission" / "convolution.py").open("wb") as file:
        file.truncate(200 << 20)
    result = grade({})
    assert result.points == 0
    assert result.exercises
    assert any("MB" in p.message.en for p in (*result.problems, *result.exercises[0].problems))


def test_a_3_gb_model_is_refused_unread(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    with (tmp_path / "submission" / "cifar10_cnn.keras").open("wb") as file:
        file.truncate(3 << 30)  # sparse: it takes no room here, and all of it where somebody copies it
    result = grade({})
    assert result.exercises[0].status == "error"
    assert result.points == 0
    assert any("too large" in p.message.en for p in (*result.problems, *result.exercises[0].problems))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("size", ["16k", "400k"])
def test_a_full_disk_is_said_and_nothing_is_lost(command: Command, tmp_path: Path, size: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        (disk / "kept.txt").write_text("kept", encoding="utf-8")
        done = command("grade", ROOT / "solutions" / "03_convolution" / "convolution.py", "--out", disk / "out")
        assert done.code == 2
        assert "disk is full" in " ".join(done.err.split())
        assert "Traceback" not in done.text
        assert (disk / "kept.txt").read_text(encoding="utf-8") == "kept"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_package_that_is_not_there_is_told_with_those_that_are(grade: Grade) -> None:
    result = grade({"convolution.py": "import torchvision_of_mine\n" + CONV})
    (exercise,) = result.exercises
    said = json.dumps([problem.message.en for problem in exercise.problems])
    assert "torchvision_of_mine" in said
    assert "scikit-learn" in said or "sklearn" in said
    assert "pandas" in said


def test_what_colab_offers_can_be_imported(grade: Grade) -> None:
    packages = ("pandas", "sklearn.svm", "skimage.feature", "cv2", "tqdm", "seaborn", "scipy.ndimage", "PIL.Image")
    if missing := [name for name in packages if find_spec(name.partition(".")[0]) is None]:
        pytest.skip(f"the extra “student” is not installed ({missing[0]})")
    imports = "".join(f"import {name}\n" for name in packages)
    (exercise,) = grade({"convolution.py": imports + CONV}).exercises
    assert (exercise.status, exercise.points) == ("graded", exercise.max_points)
