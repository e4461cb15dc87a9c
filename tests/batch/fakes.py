"""Workers that grade by what a file says, so that what a coordinator does about them can be tried in no time."""

from __future__ import annotations

import errno
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from grader import bounds
from grader.bounds import Bounds
from grader.errors import OverLimit, SandboxUnavailable
from grader.sandbox import Door
from grader.schema import Result, SubmissionId, Text
from grader.workflows.batch import Cell, Done, Task


def misconfigured() -> SandboxUnavailable:
    """Something about the machine, not about a submission."""
    return SandboxUnavailable(Text(ko="없음", en="this machine lacks something"))


@dataclass(frozen=True)
class MakeFake:
    """``log`` gets a line for each process that is started, with its number."""

    log: Path
    broken: bool = False

    def __call__(self, door: Door | None) -> Fake:
        if self.broken:
            raise misconfigured()
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        return Fake(self)

    def zygote(self) -> None:
        """They run nothing."""


class Fake:
    """Does what the student's ``do.txt`` says."""

    def __init__(self, made: MakeFake) -> None:
        self.made = made

    def grade(self, task: Task) -> Done:
        student = task.download.student.id
        task.out.mkdir()
        (task.out / "half").write_text("of a result", encoding="utf-8")
        detail = ""
        match (task.download.paths[0] / "do.txt").read_text(encoding="utf-8").split():
            case ["die"]:
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
            case ["die", "once"]:
                marker = self.made.log.with_name(f"{student}.died")
                if not marker.exists():
                    marker.touch()
                    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
            case ["fail"]:
                raise RuntimeError("a fault of the grader")
            case ["refuse"]:
                raise misconfigured()
            case ["full"]:
                raise RuntimeError("while storing") from OSError(errno.ENOSPC, "No space left on device")
            case ["call"]:
                with bounds.submission(Bounds(wall_seconds=0.3, grace_seconds=0.3), task.given_up):
                    try:
                        with bounds.part("adding"):
                            sum(range(10**13))  # looks at no signal
                    except OverLimit as error:
                        detail = str(error)
            case ["sleep"]:
                time.sleep(100)
        result = Result(
            grader_version="test",
            isolation="process",
            submission=SubmissionId(id=student, sha256="0"),
            points=1.0,
            max_points=1.0,
            exercises=(),
        )
        (task.out / "result.json").write_text(result.model_dump_json(), encoding="utf-8")
        return Done(student, 1.0, 1.0, (Cell("x", "graded", 1.0, 1.0, True),), run=("x",), detail=detail)

    def close(self) -> None:
        """Leave a trace of an orderly end."""
        with self.made.log.open("a", encoding="utf-8") as file:
            file.write(f"closed {os.getpid()}\n")
