"""What all tests share: the real command, a warm grader, and real data where it is."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.authoring import Answer, read_answer
from grader.catalog import load_course
from grader.errors import NothingToGrade, SandboxUnavailable
from grader.sandbox import open_sandbox
from grader.schema import Course, Result
from grader.workflows import Grader, Options
from grader.workflows.materials import Workshop
from tests.support.forked import ForkServer

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


Command = Callable[..., Done]


def wrong_answer(slug: str, name: str) -> Answer:
    """A wrong answer of the course: the program, and what it must get."""
    return read_answer(load_course(ROOT)[slug], "wrong", name)


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """Run the real ``grader`` command; its working folder and environment can be chosen.

    ``fresh``: in an interpreter of its own, where its start is what matters.
    """
    server = ForkServer(ROOT) if hasattr(os, "fork") else None  # Windows does not fork

    def run(
        *args: object,
        cwd: Path = ROOT,
        env: dict[str, str] | None = None,
        timeout: float = 300,
        fresh: bool = False,
    ) -> Done:
        environment = {k: v for k, v in os.environ.items() if k not in ("GRADER_DATA", "GRADER_COURSE")}
        environment |= {"GRADER_LANG": "en", "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"} | (env or {})
        words = [str(word) for word in args]
        if server is not None and not fresh and not any(name.startswith("PYTHON") for name in env or {}):
            return Done(*server.run(words, tmp_path_factory.mktemp("command"), cwd, environment, timeout))
        done = subprocess.run(
            [sys.executable, "-m", "grader", *words],
            cwd=cwd,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    yield run
    if server is not None:
        server.close()


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course()


@pytest.fixture(scope="session")
def has_namespaces() -> bool:
    try:
        open_sandbox("namespace").close()
    except SandboxUnavailable:
        return False
    return True


@pytest.fixture
def namespaces(has_namespaces: bool) -> None:
    if not has_namespaces:
        pytest.skip("user namespaces are not available on this machine (see `grader doctor`)")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with the real data sets: GRADER_DATA, else ``shared/data`` beside the checkout."""
    folder = Path(os.environ.get("GRADER_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "cifar10.zip").is_file():
        pytest.skip("real data is not here (set GRADER_DATA to a folder with cifar10.zip)")
    return folder


def pytest_configure() -> None:
    """A shell's background has Ctrl-C ignored, and with it all that is started there; some tests are about it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


Grade = Callable[..., Result]


@pytest.fixture(scope="session")
def warm_grader(course: Course) -> Iterator[Grader]:
    # Tests run on all cores side by side: each run gets one.
    with Grader(course, Options(budget="quick", builtin=True, threads=1)) as grader:
        yield grader


def beside(grader: Grader, *, course: Course | None = None, **options: Any) -> Grader:
    """Another grader on the same warm sandbox, for another course or with other options. Don't close it."""
    other = copy.copy(grader)
    other._sandbox = grader.sandbox
    other.course = course or grader.course
    if options:
        other.options = replace(grader.options, **options)
        other._workshop = Workshop(other.options, Path(tempfile.mkdtemp(dir=grader._folder)))
    return other


Trained = Callable[[str], Path]


@pytest.fixture(scope="session")
def trained(course: Course, warm_grader: Grader, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The evidence of an exercise's solution, which is trained once, on the built-in pictures."""

    @cache
    def train(slug: str) -> Path:
        exercise = course[slug]
        assert exercise.solution_dir is not None
        out = tmp_path_factory.mktemp("trained")
        warm_grader.grade(exercise.solution_dir / f"{exercise.file}.py", out, only=[slug])
        return out / "evidence" / slug

    return train


@pytest.fixture
def grade(warm_grader: Grader, tmp_path: Path) -> Grade:
    """Grade files given by name -> text or bytes, through the whole pipeline, on one warm sandbox."""

    def run(files: dict[str, str | bytes], *, only: tuple[str, ...] = ()) -> Result:
        folder = tmp_path / "submission"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        folder.mkdir(exist_ok=True)
        try:
            return warm_grader.grade(folder, tmp_path / "out", only=only)
        except NothingToGrade as nothing:
            return nothing.result

    return run


def read_report(out: Path) -> dict[str, Any]:
    value = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value
