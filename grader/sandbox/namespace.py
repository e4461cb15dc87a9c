"""Level ``namespace``: forks of a jailed zygote, each in namespaces of its own."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from grader.sandbox.base import OpenSandbox
from grader.sandbox.cgroup import Group
from grader.sandbox.receive import WorkerLost, harness_fault, outcome_of
from grader.sandbox.worker import CannotConfine, Worker
from grader.schema import RunOutcome
from grader.schema.base import Isolation
from grader.schema.run import Job
from grader.wire.protocol import ProtocolError


class NamespaceSandbox(OpenSandbox):
    """One zygote, and a fork of it for each run."""

    isolation: Isolation = "namespace"
    links_inputs = True
    setup_seconds = 60.0

    def __init__(self, threads: int = 1) -> None:
        """Start the zygote; returns when it has shown that it can confine. Raises CannotConfine, WorkerFailed."""
        if sys.platform != "linux":
            raise CannotConfine(f"no namespaces on {sys.platform}")
        super().__init__(threads)
        self._worker: Worker | None = None
        try:
            self._worker = Worker(self._spool, self._place)
        except BaseException:
            self.close()
            raise

    def _confined(self, job: Job, folder: Path, evidence_dir: Path, group: Group | None) -> RunOutcome:
        if self._worker is None or not self._worker.alive:
            self._reset()
            self._worker = Worker(self._spool, self._place)
        worker = self._worker
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                charged = group.descriptors if group is not None and worker.charged else []
                worker.send(self._task(job, folder.name), [theirs.fileno(), *charged])
            try:
                return outcome_of(ours, job, evidence_dir, self.isolation, self._within(job), self.on_epoch)
            except (WorkerLost, ProtocolError) as error:
                log = worker.log_tail()
                self._reset()
                return harness_fault(self.isolation, f"{error}; {log}")

    def _reset(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
