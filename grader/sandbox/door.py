"""``open_sandbox`` and what it returns."""

from __future__ import annotations

import contextlib
import socket
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from grader.errors import SandboxUnavailable
from grader.files import is_full
from grader.i18n import both
from grader.sandbox.receive import WorkerLost, harness_fault, outcome_of, task_fields
from grader.sandbox.spool import Spool
from grader.sandbox.worker import CannotConfine, Worker, WorkerFailed, answer_within
from grader.schema import RunOutcome
from grader.schema.base import Isolation
from grader.schema.run import Job
from grader.wire.protocol import ProtocolError

Level = Literal["auto", "namespace", "process"]


class OpenSandbox(ABC):
    """A :class:`grader.schema.Sandbox` and a context manager; close it, or its worker lives as long as we do."""

    isolation: Isolation

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._spool = Spool(link=self.isolation == "namespace")
        self.on_epoch: Callable[[int, int], None] | None = None
        """Told which epoch of how many a student's program says it is in."""
        self._closed = False

    def run(self, job: Job, evidence_dir: Path) -> RunOutcome:
        """Do ``job`` and collect its evidence into ``evidence_dir``. See :class:`grader.schema.Sandbox`.

        Raises:
            OSError: the disk is full. Every other fault of ours is an outcome.
        """
        if self._closed:
            return harness_fault(self.isolation, "the sandbox is closed")
        try:
            evidence_dir.mkdir(parents=True, exist_ok=True)
            with self._spool.inputs(job) as folder:
                return self._confined(job, folder, evidence_dir)
        except Exception as error:
            self._reset()
            if is_full(error):
                raise  # not this run's fault nor its end: the same run may go well when there is room
            return harness_fault(self.isolation, traceback.format_exc())
        except BaseException:
            self._reset()
            raise

    @abstractmethod
    def _confined(self, job: Job, folder: Path, evidence_dir: Path) -> RunOutcome:
        """One run with the inputs in ``folder``."""

    def _reset(self) -> None:  # noqa: B027 - most levels have nothing to do
        """End whatever may be left of a run that went wrong."""

    def close(self) -> None:
        """End the worker and everything it started, and remove every file. Harmless when done twice."""
        if not self._closed:
            self._closed = True
            try:
                self._reset()
            finally:
                self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


class NamespaceSandbox(OpenSandbox):
    """Level ``namespace``: forks of a jailed zygote, each in namespaces of its own."""

    isolation: Isolation = "namespace"

    def __init__(self, threads: int = 1) -> None:
        """Start the zygote; returns when it has shown that it can confine. Raises CannotConfine, WorkerFailed."""
        super().__init__(threads)
        self._worker: Worker | None = None
        try:
            self._worker = Worker(self._spool)
        except BaseException:
            self.close()
            raise

    def _confined(self, job: Job, folder: Path, evidence_dir: Path) -> RunOutcome:
        if self._worker is None or not self._worker.alive:
            self._reset()
            self._worker = Worker(self._spool)
        worker = self._worker
        ours, theirs = socket.socketpair()
        with ours:
            task = task_fields(job, folder.name, "/box/in", "/box/out", "/box/work")
            with theirs:
                worker.send(task, theirs)
            try:
                return outcome_of(ours, job, evidence_dir, self.isolation, answer_within(job, 60.0), self.on_epoch)
            except (WorkerLost, ProtocolError) as error:
                log = worker.log_tail()
                self._reset()
                return harness_fault(self.isolation, f"{error}; {log}")

    def _reset(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def open_sandbox(
    level: Level = "auto", *, threads: int = 1, on_epoch: Callable[[int, int], None] | None = None
) -> OpenSandbox:
    """A sandbox of the given level; ``auto`` tries namespaces for real and falls back to processes.

    Raises SandboxUnavailable when ``namespace`` is demanded and this machine refuses it.
    """
    sandbox = _open(level, threads)
    sandbox.on_epoch = on_epoch
    return sandbox


def _open(level: Level, threads: int) -> OpenSandbox:
    from grader.sandbox.portable import PlainSandbox, ProcessSandbox

    if level != "process":
        try:
            if sys.platform != "linux":
                raise CannotConfine(f"no namespaces on {sys.platform}")
            return NamespaceSandbox(threads)
        except (WorkerFailed, OSError) as error:
            if level == "namespace":
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                text = both("Level “namespace” is not available on this machine: {reason}", reason=reason)
                raise SandboxUnavailable(text, str(error)) from error
    return PlainSandbox(threads) if sys.platform == "win32" else ProcessSandbox(threads)
