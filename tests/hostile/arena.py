"""A course full of secrets, one warm grader, and every hostile submission put through it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.bounds import Bounds
from grader.catalog import load_course
from grader.errors import IntakeError, NothingToGrade
from grader.inspect import load_facts
from grader.inspect import models as inspect_models
from grader.sandbox import open_sandbox
from grader.schema import Course, ExerciseResult, Facts, Limits, Result
from grader.workflows import Grader, Options
from tests.hostile import build, canaries
from tests.hostile.case import Case

ROOT = Path(__file__).parents[2]
SLUGS = ("03_convolution", "06_cifar10_cnn", "09_save_load")
HONEST = "03_convolution"
#: Small, so that what is endless ends soon; wide enough for honest work on a busy machine.
INSPECTION = inspect_models.LIMITS
#: On the grader's own work; what goes over one would say so in the report.
BOUNDS = Bounds(wall_seconds=200, cpu_seconds=20, memory_mb=256)
LIMITS = {"wall_seconds": 20, "cpu_seconds": 20, "memory_mb": 700, "disk_mb": 32}


@dataclass(frozen=True)
class Graded:
    """One submission's way through the whole pipeline."""

    out: Path
    seconds: float
    cpu_seconds: float
    """Of this process: what the grader itself did."""
    result: Result | None
    facts: Facts | None
    problem: str = ""
    """Of an IntakeError, its text."""

    @property
    def exercise(self) -> ExerciseResult:
        """The one exercise that was graded."""
        assert self.result is not None, self.problem
        assert len(self.result.exercises) == 1, [e.id for e in self.result.exercises]
        return self.result.exercises[0]


class Arena:
    """Open it, grade, close it. Raises SandboxUnavailable where there are no namespaces."""

    def __init__(self, folder: Path) -> None:
        open_sandbox("namespace").close()
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self._before = (tempfile.tempdir, os.environ.get(canaries.TOKEN_NAME))
        tempfile.tempdir = str(self.temporary)
        os.environ[canaries.TOKEN_NAME] = canaries.new("token")
        self.root = _secret_course(folder / "course")
        self.files = [_secret_file(Path.home(), "home"), _secret_file(Path("/tmp"), "tmp")]
        self.listeners = canaries.Listeners(folder)
        self.course = _small(load_course(self.root))
        options = Options(budget="quick", builtin=True, threads=2, reruns=0, bounds=BOUNDS)
        self.grader = Grader(self.course, options, isolation="namespace")
        self._graded = 0

    def close(self) -> None:
        """End the grader; remove every secret. Safe to do twice."""
        self.grader.close()
        self.listeners.close()
        for path in self.files:
            path.unlink(missing_ok=True)
        tempfile.tempdir, token = self._before
        if token is None:
            os.environ.pop(canaries.TOKEN_NAME, None)

    @property
    def places(self) -> dict[str, Any]:
        """What an attacker who knows everything but the secrets themselves would know."""
        return {
            "home": str(self.files[0]),
            "tmp": str(self.files[1]),
            "reference": str(self.root / "reference" / HONEST / "reference.json"),
            "hidden": str(self.root / "reference" / HONEST / "hidden_checks.py"),
            "solution": str(self.root / "solutions" / HONEST / "convolution.py"),
            "neighbour": str(self.folder / "neighbour" / "convolution.py"),
            "out": str(self.folder),
            "tcp": self.listeners.tcp,
            "udp": self.listeners.udp,
            "unix": self.listeners.unix,
            "abstract": self.listeners.abstract,
            "pid": os.getpid(),
        }

    def program(self, case: Case) -> str:
        """The code of ``case`` with what it knows filled in."""
        text = case.code.replace("PLACES = {}  # @places", f"PLACES = {self.places!r}")
        return text.replace("# @solution\n", build.solution(case.exercise))

    def submission(self, case: Case, folder: Path) -> Path:
        """``case`` as a folder or file to hand in."""
        folder.mkdir(parents=True)
        if case.build:
            made: Path = getattr(build, case.build)(folder, self.places)
            return made
        name = self.course[case.exercise].file
        (folder / f"{name}.py").write_text(self.program(case), encoding="utf-8")
        return folder

    def grade(self, case: Case) -> Graded:
        """Through intake, run, inspection, award and reports."""
        graded = self._once(case)
        return self._once(case) if case.twice else graded

    def honest(self) -> Graded:
        """The solution of the course, handed in between the others."""
        return self._once(Case(id="honest/solution", why="", build="honest"))

    def _once(self, case: Case) -> Graded:
        self._graded += 1
        folder = self.folder / f"{self._graded:03}"
        path = self.submission(case, folder / "in" / "student")
        self.grader.course = _with_limits(self.course, case)
        inspect_models.LIMITS = inspect_models.LIMITS.model_copy(update=case.inspection)
        began, used = time.monotonic(), time.process_time()
        result, problem = None, ""
        try:
            result = self.grader.grade(path, folder / "out", only=(case.exercise,), lang="en")
        except NothingToGrade as nothing:
            result = nothing.result
        except IntakeError as error:
            problem = error.text.en
        finally:
            inspect_models.LIMITS = INSPECTION
        seconds, used = time.monotonic() - began, time.process_time() - used
        stored = folder / "out" / "facts" / case.exercise
        facts = load_facts(stored) if stored.is_dir() else None
        return Graded(folder / "out", seconds, used, result, facts, problem)


def _small(course: Course) -> Course:
    """``course`` with small limits."""
    return course.model_copy(
        update={
            "exercises": tuple(
                exercise.model_copy(update={"limits": exercise.limits.model_copy(update=LIMITS)})
                if exercise.id == HONEST
                else exercise
                for exercise in course.exercises
            )
        }
    )


def _with_limits(course: Course, case: Case) -> Course:
    if not case.limits:
        return course
    return course.model_copy(
        update={
            "exercises": tuple(
                exercise.model_copy(update={"limits": Limits(**{**exercise.limits.model_dump(), **case.limits})})
                if exercise.id == case.exercise
                else exercise
                for exercise in course.exercises
            )
        }
    )


def _secret_course(root: Path) -> Path:
    """A copy of three exercises in which everything that students must not see holds a secret."""
    for place in ("exercises", "reference", "solutions"):
        for slug in SLUGS:
            shutil.copytree(ROOT / place / slug, root / place / slug)
    for slug in SLUGS:
        for name in ("hidden_checks.py", "hidden_inputs.py"):
            path = root / "reference" / slug / name
            path.write_text(f"{path.read_text(encoding='utf-8')}\n# {canaries.new('hidden')}\n", encoding="utf-8")
        path = root / "reference" / slug / "reference.json"
        text = path.read_text(encoding="utf-8").replace("{", '{"canary": "' + canaries.new("reference") + '", ', 1)
        path.write_text(text, encoding="utf-8")
        for path in (root / "solutions" / slug).glob("*.py"):
            path.write_text(f"# {canaries.new('solution')}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    for path in root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    neighbour = root.parent / "neighbour"
    neighbour.mkdir()
    (neighbour / "convolution.py").write_text(f"# {canaries.new('neighbour')}\n")
    return root


def _secret_file(folder: Path, name: str) -> Path:
    """A secret that no permission bit protects."""
    descriptor, path = tempfile.mkstemp(prefix=".vision-grader-canary-", dir=folder)
    os.write(descriptor, canaries.new(name).encode())
    os.fchmod(descriptor, 0o644)
    os.close(descriptor)
    return Path(path)
