"""A class of one cheap exercise: right, wrong, hostile and unreadable work, graded once by the real command."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.schema import Course
from grader.workflows.batch import read_entries
from tests.conftest import ROOT, Command, Done, wrong_answer

EXERCISE = "03_convolution"
needs_cluster = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("distributed", "cryptography"))),
    reason="the extra “cluster” is not installed",
)
#: Student -> answer of the corpus; what each must get.
HONEST = {
    "alt": ("alternative/loops.py", 20),
    "flipped": ("wrong/flipped_kernel", 8),
    "right": ("convolution.py", 20),
    "홍길동": ("alternative/tensordot.py", 20),
}
HOSTILE = {
    "exits": "import os\nos._exit(0)\n",
    "forger": "import sys\nprint('passed 20/20')\nsys.exit(0)\n",
}


@dataclass(frozen=True)
class Class:
    """Submissions, and what an undisturbed batch made of them."""

    folder: Path
    out: Path
    done: Done

    @property
    def marks(self) -> dict[str, float | None]:
        return marks(self.out)


def marks(out: Path) -> dict[str, float | None]:
    return {entry.student.id: entry.result.points for entry in read_entries(out)}


def without_times(out: Path) -> dict[str, Any]:
    """All results but for what differs from run to run: time, memory, and the names of a roster."""
    found = {}
    for entry in read_entries(out):
        value = entry.result.model_dump(mode="json")
        del value["submission"]["name"]
        for exercise in value["exercises"]:
            for name in ("wall_seconds", "cpu_seconds", "peak_memory_mb"):
                del exercise[name]
        found[entry.student.id] = value
    return found


def make_class(folder: Path) -> Path:
    solutions = ROOT / "solutions" / EXERCISE
    for name, (file, _) in HONEST.items():
        (folder / name).mkdir(parents=True)
        if (solutions / file).is_file():
            code = (solutions / file).read_text(encoding="utf-8")
        else:
            code = wrong_answer(EXERCISE, Path(file).name).source
        (folder / name / "convolution.py").write_text(code, encoding="utf-8")
    for name, code in HOSTILE.items():
        (folder / name).mkdir()
        (folder / name / "convolution.py").write_text(code, encoding="utf-8")
    (folder / "nothing").mkdir()
    (folder / "nothing" / "readme.txt").write_text("I was ill.", encoding="utf-8")
    (folder / "torn.zip").write_bytes(b"PK\x03\x04 cut short")
    return folder


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory, command: Command, has_namespaces: bool) -> Class:
    if not has_namespaces:
        pytest.skip("user namespaces are not available on this machine (see `grader doctor`)")
    base = tmp_path_factory.mktemp("batch")
    folder = make_class(base / "class")
    roster = base / "roster.csv"
    roster.write_bytes("학번,이름,이메일\nright,김하나,hana@example.org\nabsent,이두리,\n".encode("cp949"))
    done = command("batch", folder, "--out", base / "out", "--roster", roster, "--jobs", 2, timeout=900)
    assert done.code == 0, done.text
    return Class(folder, base / "out", done)


@pytest.fixture
def copied(graded: Class, tmp_path: Path) -> Path:
    """The graded class, to change."""
    shutil.copytree(graded.out, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def own_course(course: Course, tmp_path: Path) -> Path:
    """A course of the one exercise, to change."""
    for kind in ("exercises", "reference"):
        shutil.copytree(course.root / kind / EXERCISE, tmp_path / "course" / kind / EXERCISE)
    # What answers may import is part of what their evidence depends on.
    shutil.copy(course.root / "exercises" / "course.toml", tmp_path / "course" / "exercises")
    return tmp_path / "course"


def start(*args: object) -> subprocess.Popen[str]:
    """The real command in the background, in a process group of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GRADER_DATA", "GRADER_COURSE")}
    environment |= {"GRADER_LANG": "en", "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *map(str, args)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )


def family(pid: int) -> list[int]:
    """All living descendants of ``pid``."""
    found: list[int] = []
    todo = [pid]
    while todo:
        current = todo.pop()
        try:
            for task in Path(f"/proc/{current}/task").iterdir():
                children = [int(child) for child in (task / "children").read_text().split()]
                found += children
                todo += children
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
