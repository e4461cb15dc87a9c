"""What students really hand in: one line that fails here, notebook libraries, files of an older Keras."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.archive import open_archive
from grader.schema import ExerciseResult
from grader.workflows.workplace import Workplace
from tests.conftest import ROOT, Grade

SLUG = "03_convolution"
SOLUTION = (ROOT / "solutions" / SLUG / "convolution.py").read_text(encoding="utf-8")


def full(result: ExerciseResult) -> None:
    failed = [(check.id, check.message) for check in result.checks if check.outcome != "passed"]
    assert (result.status, failed) == ("graded", [])


def test_a_cell_that_only_tries_things_out_costs_nothing_and_is_pointed_out(grade: Grade) -> None:
    cells = [
        SOLUTION,
        "import numpy as np\nfrom PIL import Image\nimg = Image.open('/content/drive/fox.jpg')\nprint(img.size)",
    ]
    notebook = {
        "cells": [
            {"cell_type": "code", "metadata": {}, "source": c, "outputs": [], "execution_count": None}
            for c in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    (result,) = grade({"convolution.ipynb": json.dumps(notebook)}).exercises
    full(result)
    (note,) = (problem for problem in result.problems if "failed" in problem.message.en)
    assert note.severity == "note"
    assert note.message.en.startswith("In cell 2 from the top, text cells included, line 3:")
    assert "`scratch`" in note.message.en


@pytest.mark.parametrize(
    "line",
    [
        "open('C:/Windows/Fonts/malgun.ttf').read()",
        "from tqdm.notebook import tqdm\nfrom google.colab.patches import cv2_imshow",
        "import urllib.request\nurllib.request.urlretrieve('http://192.0.2.1/fox.jpg')",
        "name = input('? ')",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('file')\noptions = p.parse_args()",
        "import sys\nsys.exit()",
    ],
    ids=["font", "notebook", "download", "input", "argparse", "exit"],
)
def test_a_line_before_the_functions_costs_nothing(grade: Grade, line: str) -> None:
    (result,) = grade({"convolution.py": f"{line}\n{SOLUTION}"}).exercises
    full(result)


def test_the_staffs_inputs_are_in_a_run_of_their_own(grade: Grade, tmp_path: Path) -> None:
    (result,) = grade({"convolution.py": SOLUTION}).exercises
    full(result)
    evidence = tmp_path / "out" / "evidence" / SLUG

    def steps(file: str) -> set[str]:
        return {json.loads(line)["step"] for line in (evidence / file).read_text().splitlines()}

    visible, hidden = steps("steps.jsonl"), steps("hidden.steps.jsonl")
    assert not {name for name in visible if name.startswith("hidden.")}
    assert {name.partition(".")[0] for name in hidden} == {"import", "hidden"}


def test_what_happens_with_the_staffs_inputs_changes_nothing_visible(grade: Grade) -> None:
    """The function spoils itself as soon as it has seen an image of the staff's."""
    spoilt = (
        SOLUTION
        + """
_conv2d, _seen = conv2d, []
def conv2d(image, kernel, *options, **more):
    if "hidden" in str(__import__("sys")._getframe(1).f_locals.get("case")):
        _seen.append(1)
    return _conv2d(image, kernel, *options, **more) + len(_seen)
"""
    )
    (result,) = grade({"convolution.py": spoilt}).exercises
    failed = {check.visibility for check in result.checks if check.outcome == "failed"}
    assert failed == {"staff"}


def test_a_file_of_an_older_keras_says_which(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.15.0"}))
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"")
    (tmp_path / "a.keras").write_bytes(data.getvalue())
    with pytest.raises(Refused) as refused:
        open_archive(tmp_path / "a.keras", tmp_path / "weights")
    assert (refused.value.kind, refused.value.detail) == ("older_keras", "2.15.0")


def test_given_files_come_with_the_stubs(course: object, tmp_path: Path) -> None:
    Workplace(tmp_path).begin(course, notebooks=False, lang="en")  # type: ignore[arg-type]
    assert (tmp_path / "12_transfer_strategies" / "given_base.keras").is_file()


def test_a_file_that_can_be_read_costs_nothing_that_the_code_earns(grade: Grade) -> None:
    """It is another network, so that nothing of what is asked for is right in it."""
    code = (ROOT / "solutions" / "06_cifar10_cnn" / "cifar10_cnn.py").read_text(encoding="utf-8")
    other = (ROOT / "exercises" / "12_transfer_strategies" / "given_base.keras").read_bytes()
    (result,) = grade({"cifar10_cnn.py": code, "cifar10_cnn.keras": other}).exercises
    full(result)
    (note,) = (problem for problem in result.problems if "left out" in problem.message.en)
    assert (note.file, note.severity) == ("cifar10_cnn.keras", "note")
    assert "points less than your code by itself" in note.message.en
