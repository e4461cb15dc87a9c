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
from grader.errors import NothingToGrade
from grader.sandbox import NamespaceSandbox
from grader.sandbox.worker import WorkerFailed
from grader.schema import Course, Result
from grader.workflows import Grader, Options
from grader.workflows.materials import Workshop
from grader.workflows.options import memory_mb, usable_cores
from tests.support.forked import COMMANDS, KERAS, ForkServer

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
Program = Callable[..., str]


def wrong_answer(slug: str, name: str) -> Answer:
    """A wrong answer of the course: the program, and what it must get."""
    return read_answer(load_course(ROOT)[slug], "wrong", name)


#: Windows does not.
FORKS = hasattr(os, "fork")


@pytest.fixture(scope="session")
def zygote() -> Iterator[NamespaceSandbox | None]:
    """What all graders and commands of this process's tests share; None where there are no namespaces."""
    try:
        sandbox = NamespaceSandbox()
    except (WorkerFailed, OSError):
        yield None
        return
    with sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory, zygote: NamespaceSandbox | None) -> Iterator[Command]:
    """Run the real ``grader`` command; its working folder and environment can be chosen.

    ``fresh``: in an interpreter of its own, where its start is what matters, and with a zygote of its own.
    """
    server = ForkServer(ROOT, COMMANDS, zygote.door() if zygote else None) if FORKS else None

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
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Run a Python file or a program's text that uses Keras, with arguments; gives back what it printed."""
    server = ForkServer(ROOT, KERAS) if FORKS else None

    def run(code: object, *args: object, env: dict[str, str] | None = None, timeout: float = 600) -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        words = [str(code), *map(str, args)]
        if server is not None:
            ended, out, err = server.run(words, tmp_path_factory.mktemp("program"), ROOT, environment, timeout)
        else:
            how = words if words[0].endswith(".py") else ["-c", *words]
            done = subprocess.run(
                [sys.executable, *how], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout
            )
            ended, out, err = done.returncode, done.stdout, done.stderr
        assert ended == 0, (out + err)[-4000:]
        return out

    yield run
    if server is not None:
        server.close()


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course()


@pytest.fixture(scope="session")
def has_namespaces(zygote: NamespaceSandbox | None) -> bool:
    return zygote is not None


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One more than cores, where there is memory for it: many tests wait for a limit to be reached."""
    cores, memory = usable_cores(), memory_mb()
    return cores + 1 if memory is not None and memory > 4000 * (cores + 1) else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from tests.support.schedule import Units

    return Units(config, log)


def pytest_collection_finish() -> None:
    """What a test module imports, every worker does: TensorFlow belongs in processes of its own."""
    if "tensorflow" in sys.modules:
        raise pytest.UsageError("a test module imports TensorFlow, if only by importorskip")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side, in the order of the schedule; alone, as they stand."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        from tests.support.schedule import rank

        items.sort(key=rank)


Grade = Callable[..., Result]


@pytest.fixture(scope="session")
def warm_grader(course: Course, zygote: NamespaceSandbox | None) -> Iterator[Grader]:
    # Tests run on all cores side by side: each run gets one.
    door = zygote.door() if zygote else None
    with Grader(course, Options(budget="quick", builtin=True, threads=1), door=door) as grader:
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
