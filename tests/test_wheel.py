"""What `pip install` brings: the exercises and the public references; never a solution, never a hidden check."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.playground import BuildError, build
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        build()
    except BuildError as error:
        pytest.skip(f"the playground's page can't be built here: {str(error)[-200:]}")
    return make(tmp_path_factory.mktemp("dist"), "--wheel")


def make(out: Path, *how: str) -> Path:
    """Build what ships as pip does; without a choice the wheel is made from the source distribution."""
    subprocess.run(
        [sys.executable, "-m", "build", *how, "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=240,
        env={**os.environ, "npm_config_offline": "true"},
    )
    return next(out.glob("*.whl"))


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """It brings the page that npm built, so no network is needed (npm is told that there is none)."""
    other = make(tmp_path)
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(other) as second:
        assert first.namelist() == second.namelist()
        assert not [name for name in first.namelist() if first.read(name) != second.read(name)]


def test_the_wheel_carries_the_public_course_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for slug in ("03_convolution", "06_cifar10_cnn", "09_save_load"):
        assert f"grader/course/exercises/{slug}/exercise.toml" in names
        assert f"grader/course/reference/{slug}/reference.json" in names
    assert "grader/course/exercises/course.toml" in names
    assert "grader/locale/ko/LC_MESSAGES/grader.mo" in names
    page = {
        f"grader/playground/built/{name}" for name in ("main.js", "page.css", "litert.wasm.gz", "LICENSES.txt")
    }
    assert page <= set(names)
    assert not [n for n in names if "node_modules" in n or n.startswith("grader/playground/web/")]
    assert "grader/py.typed" in names, "the classifier Typing :: Typed promises it"
    secret = [n for n in names if "solution" in n.lower() or "hidden" in n.lower() or "/wrong/" in n]
    assert not secret
    text = b"".join(
        zipfile.ZipFile(wheel).read(n) for n in names if n.startswith("grader/course/") and n.endswith(".py")
    )
    assert b"BEGIN SOLUTION" not in text


def test_an_installed_wheel_starts_a_student(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    empty = tmp_path / "empty"
    empty.mkdir()
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from grader.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "start", "work"],
        cwd=empty,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    stub = empty / "work" / "06_cifar10_cnn" / "cifar10_cnn.py"
    assert "NotImplementedError" in stub.read_text(encoding="utf-8")
