"""Whoever starts in the wrong place, or with something missing, is told in one sentence what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Command

#: A Python without TensorFlow, as far as anybody can tell.
HIDE = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
"""


def sentence(text: str) -> str:
    """What is said on stderr, on one line, without the word "Error"."""
    return " ".join(text.split()).removeprefix("Error: ")


@pytest.mark.parametrize("arguments", [("check",), ("check", "03"), ("check", "--watch")])
def test_the_wrong_folder(command: Command, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see here")
    done = command(*arguments, cwd=tmp_path, timeout=60)
    assert done.code == 2
    assert "Traceback" not in done.text
    assert "grader start DIR" in sentence(done.err)
    assert sentence(done.err).count(". ") == 0
    assert not (tmp_path / ".grader").exists()


def test_a_folder_below_the_working_folder_is_the_right_one(command: Command, tmp_path: Path) -> None:
    assert command("start", tmp_path / "work").code == 0
    done = command("check", "03", cwd=tmp_path / "work" / "03_convolution")
    assert done.code == 1
    assert "03" in done.out


@pytest.mark.parametrize("arguments", [("check", "03"), ("grade", ".", "--out", "out")])
def test_without_tensorflow(command: Command, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / "sitecustomize.py").write_text(HIDE)
    (tmp_path / "convolution.py").write_text("x = 1\n")
    done = command(*arguments, cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path / 'hide'}{os.pathsep}{ROOT}"})
    assert done.code == 2
    assert "Traceback" not in done.text
    assert sentence(done.err) == (
        "TensorFlow is not installed in this Python: run `python -m pip install tensorflow` and try again."
    )


def test_doctor_fails_without_tensorflow(command: Command, tmp_path: Path) -> None:
    package = tmp_path / "importlib_metadata_hidden"
    package.mkdir()
    (package / "sitecustomize.py").write_text(
        "import importlib.metadata as m\n"
        "known = m.version\n"
        "def version(name):\n"
        "    if name.startswith('tensorflow'):\n"
        "        raise m.PackageNotFoundError(name)\n"
        "    return known(name)\n"
        "m.version = version\n"
    )
    done = command("doctor", "--lang", "ko", env={"PYTHONPATH": f"{package}{os.pathsep}{ROOT}"})
    assert done.code == 2
    assert "✗ TensorFlow" in done.out
    assert "설치" in done.out


def test_without_data(command: Command, tmp_path: Path) -> None:
    (tmp_path / "convolution.py").write_text("x = 1\n")
    done = command("grade", ".", "--out", "out", "--data", "nowhere", cwd=tmp_path)
    assert done.code == 2
    assert "Traceback" not in done.text
    assert sentence(done.err) == "The data folder nowhere does not exist."


@pytest.mark.parametrize("version", [(3, 8, 19), (3, 10, 14)])
def test_with_an_old_python(version: tuple[int, int, int]) -> None:
    name = ".".join(map(str, version))
    code = f"import sys; sys.version_info = {version}; sys.version = {name!r}; import grader.cli"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "3.11" in done.stderr
    assert name in done.stderr
    assert "필요합니다" in done.stderr
