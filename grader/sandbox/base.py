"""What every level of isolation has in common: inputs out, a control group, evidence and outcome back."""

from __future__ import annotations

import contextlib
import traceback
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path

from grader.bounds import paused
from grader.closing import Closing
from grader.files import is_full
from grader.sandbox.cgroup import Group, find_place
from grader.sandbox.receive import harness_fault
from grader.sandbox.spool import Spool
from grader.sandbox.worker import ZygoteGone
from grader.schema import RunOutcome
from grader.schema.base import Isolation
from grader.schema.run import Job
from grader.wire.task import RunLimits, Task

#: CPU seconds over the limit before a run that ended by itself is charged: PID 1 looks every 50 ms, on all cores.
_CPU_GRACE = 2.0


class OpenSandbox(Closing):
    """A :class:`grader.schema.Sandbox` and a context manager; close it, or its worker lives as long as we do."""

    isolation: Isolation
    links_inputs = False
    """Whether inputs may be hard links to their sources: only where a run can't write to them."""
    setup_seconds: float
    """Until a run's own time begins."""

    def __init__(self, threads: int = 1, runs: Path | None = None) -> None:
        self.threads = threads
        self._place = find_place()
        self._spool = Spool(link=self.links_inputs, runs=runs)
        self.on_epoch: Callable[[int, int], None] | None = None
        """Told which epoch of how many a student's program says it is in."""
        self._closed = False

    def run(self, job: Job, evidence_dir: Path) -> RunOutcome:
        """Do ``job`` and collect its evidence into ``evidence_dir``. See :class:`grader.schema.Sandbox`.

        Raises:
            OSError: the disk is full. ZygoteGone: where it is shared. Every other fault of ours is an outcome.
        """
        if self._closed:
            return harness_fault(self.isolation, "the sandbox is closed")
        try:
            evidence_dir.mkdir(parents=True, exist_ok=True)
            with paused(), self._spool.inputs(job) as folder, self._group(job) as group:
                outcome = self._confined(job, folder, evidence_dir, group)
                return _charged(outcome, job, group) if group is not None else outcome
        except ZygoteGone:
            raise
        except Exception as error:
            self._reset()
            if is_full(error):
                raise  # not this run's fault nor its end: the same run may go well when there is room
            return harness_fault(self.isolation, traceback.format_exc())
        except BaseException:
            self._reset()
            raise

    @abstractmethod
    def _confined(self, job: Job, folder: Path, evidence_dir: Path, group: Group | None) -> RunOutcome:
        """One run with the inputs in ``folder``, charged to ``group`` where there is one."""

    def _group(self, job: Job) -> contextlib.AbstractContextManager[Group | None]:
        """The run's control group. One that can't be made any more is done without: the run is watched as well."""
        if self._place is not None:
            with contextlib.suppress(OSError):
                return Group(self._place, limits_of(job))
        return contextlib.nullcontext()

    def _task(self, job: Job, run: str, **folders: str) -> Task:
        return Task(run, job.entry, limits_of(job), job.threads, job.seed, job.tensorflow, **folders)

    def _within(self, job: Job) -> float:
        """Seconds to wait for a run's outcome: the run's own limits, and time to collect what it left."""
        return self.setup_seconds + job.limits.wall_seconds + 60.0

    def warm(self) -> None:
        """There will be runs with TensorFlow."""

    def _reset(self) -> None:
        """End whatever may be left of a run that went wrong."""

    def close(self) -> None:
        """End the worker and everything it started, and remove every file. Harmless when done twice."""
        if not self._closed:
            self._closed = True
            try:
                self._reset()
            finally:
                self._spool.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


def limits_of(job: Job) -> RunLimits:
    """The job's limits as both sides know them."""
    return RunLimits.of(job.limits.model_dump())


def _charged(outcome: RunOutcome, job: Job, group: Group) -> RunOutcome:
    """``outcome`` with what the kernel counted, which no process can hide."""
    if outcome.limited_by == "sampling":
        return outcome
    found: dict[str, object] = {}
    with contextlib.suppress(OSError, ValueError):
        charged = group.charged()
        found["cpu_seconds"] = max(outcome.cpu_seconds, charged.cpu_seconds)
        if outcome.verdict in ("completed", "exited", "crashed"):
            if charged.killed:
                found |= {
                    "verdict": "memory",
                    "peak_memory_mb": max(outcome.peak_memory_mb, charged.peak_bytes / 2**20),
                }
            elif charged.cpu_seconds > job.limits.cpu_seconds + _CPU_GRACE:
                found["verdict"] = "cpu"
    return outcome.model_copy(update=found)
