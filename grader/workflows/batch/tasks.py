"""What passes between the coordinator of a batch and its workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.i18n import both
from grader.sandbox import Door, NamespaceSandbox
from grader.schema import Download, Result, Status, Text


@dataclass(frozen=True)
class Task:
    """One student's work, to be graded into a folder of its own."""

    download: Download
    out: Path
    """Where to write; it does not exist yet, and is not made where ``earlier`` still holds."""
    earlier: Path | None = None
    """What an earlier batch wrote for this student."""
    given_up: frozenset[str] = frozenset()
    """Parts of the grader's own work that have ended a worker on it (:mod:`grader.bounds`)."""


@dataclass(frozen=True)
class Cell:
    """One exercise in the table of the class."""

    id: str
    status: Status
    points: float | None
    max_points: float
    passed: bool
    """Every check."""


@dataclass(frozen=True)
class Done:
    """What the coordinator keeps of one student: small, for there may be thousands."""

    student: str
    points: float | None
    max_points: float
    cells: tuple[Cell, ...]
    run: tuple[str, ...] = ()
    rescored: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()
    nothing: Text | None = None
    """Why there was nothing to grade."""
    seconds: float = 0.0
    """From the moment a worker took it until its result was stored."""
    detail: str = ""
    """For staff: why the grader failed."""

    @property
    def ungraded(self) -> bool:
        """Whether the grader, not the student, failed on something."""
        return self.points is None

    @classmethod
    def of(
        cls,
        result: Result,
        *,
        run: Sequence[str] = (),
        rescored: Sequence[str] = (),
        reused: Sequence[str] = (),
        nothing: Text | None = None,
        detail: str = "",
    ) -> Done:
        """The line for ``result``."""
        return cls(
            student=result.submission.id,
            points=result.points,
            max_points=result.max_points,
            cells=tuple(
                Cell(e.id, e.status, e.points, e.max_points, all(c.outcome == "passed" for c in e.checks))
                for e in result.exercises
            ),
            run=tuple(run),
            rescored=tuple(rescored),
            reused=tuple(reused),
            nothing=nothing,
            detail=detail,
        )


@dataclass(frozen=True)
class Lost:
    """A worker died, or failed of a fault of ours, as often as we tried."""

    detail: str


Outcome = Done | Lost


Started = Callable[[Task], None]
#: With the seconds that it took.
Finished = Callable[[Task, Outcome, float], None]


class Worker(Protocol):
    """Grades one submission after the other, in a process of its own."""

    def grade(self, task: Task) -> Done:
        """Grade ``task.download`` into ``task.out``.

        An exception that has a ``text`` (:class:`~grader.schema.Text`) is about the machine or the course and
        stops the batch, as does a full disk; any other is a fault of the grader and leaves this student ungraded.
        """
        ...

    def close(self) -> None:
        """End everything it started."""
        ...


class MakeWorker(Protocol):
    """Makes a worker, in the worker's own process: it must be picklable."""

    def __call__(self, door: Door | None) -> Worker:
        """``door``: of the zygote that all workers of a machine share."""
        ...

    def zygote(self) -> NamespaceSandbox | None:
        """That zygote, opened in the process that starts the workers; None where they need none."""
        ...


class Executor(Protocol):
    """Where the work is done."""

    def run(self, tasks: Iterable[Task], started: Started, finished: Finished) -> None:
        """Do all ``tasks``; calls ``started`` and ``finished`` (with seconds) in the calling thread.

        Raises:
            BatchStopped: the batch can't go on; what is finished is finished.
            KeyboardInterrupt: as it is; all workers have ended by then.
        """
        ...


def disk_full() -> Text:
    """What to do about a full disk."""
    return both(
        "The disk is full. What was finished is stored: make room, then run the same command again with --resume."
    )
