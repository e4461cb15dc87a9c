"""What differs between the levels of isolation."""

from __future__ import annotations

from typing import Protocol

from grader.wire.task import Task


class World(Protocol):
    """What a level of isolation does at each of the run's stages. All but the last raise OSError on failure."""

    setup_seconds: float
    """Until the student is ready to run untrusted code."""
    startup_cpu: float
    """CPU seconds that the run needs before that and is not charged with."""
    pid1_is_safe: bool
    """Whether the student can't end PID 1."""
    count_processes: bool
    """Whether the run's processes can be counted apart from the user's."""

    def prepare(self, task: Task) -> None:
        """In the supervisor, before PID 1 is forked."""

    def guard(self) -> None:
        """In PID 1, first of all."""

    def confine(self) -> None:
        """In the student, last of all."""

    def processes(self) -> list[int]:
        """In PID 1: every process of the run but itself."""

    def kill(self, pid1_pid: int, student_pid: int) -> None:
        """In the supervisor: end PID 1 and with it the run."""

    def sweep(self, student_pid: int) -> None:
        """In the supervisor, when PID 1 is gone: end what is left, and return when nothing is."""
