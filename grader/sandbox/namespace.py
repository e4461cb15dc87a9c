"""Level ``namespace``: forks of a jailed zygote, each in namespaces of its own."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from pathlib import Path

from grader.sandbox.base import OpenSandbox
from grader.sandbox.cgroup import Group
from grader.sandbox.receive import WorkerLost, harness_fault, outcome_of
from grader.sandbox.worker import CannotConfine, Door, Worker, WorkerFailed, ZygoteGone
from grader.schema import RunOutcome
from grader.schema.base import Isolation
from grader.schema.run import Job
from grader.wire.protocol import ProtocolError


class NamespaceSandbox(OpenSandbox):
    """A zygote, our own or one that others share with us, and a fork of it for each run."""

    isolation: Isolation = "namespace"
    links_inputs = True
    #: Importing TensorFlow takes seconds; on a busy or cold machine, many.
    setup_seconds = 300.0

    def __init__(self, threads: int = 1, door: Door | None = None) -> None:
        """Start a zygote; returns when it has shown that it can confine. Raises CannotConfine, WorkerFailed.

        ``door``: of a zygote that is there already; that it ends is then for others to mend (:class:`ZygoteGone`).
        """
        if sys.platform != "linux":
            raise CannotConfine(f"no namespaces on {sys.platform}")
        super().__init__(threads, door.runs if door is not None else None)
        self._worker: Worker | None = None
        self._shared = door
        self._starting = threading.Lock()
        try:
            self.door()
        except BaseException:
            self.close()
            raise

    def door(self) -> Door:
        """Of the zygote; another one is started where the last one has ended. From any thread."""
        if self._shared is not None:
            return self._shared
        with self._starting:
            if self._worker is None or not self._worker.door.is_open:
                self._reset()
                self._worker = Worker(self._spool, self._place)
            return self._worker.door

    def warm(self) -> None:
        """There will be runs with TensorFlow: it may be imported."""
        with contextlib.suppress(ZygoteGone):  # the run itself will say so
            self.door().warm()

    def _confined(self, job: Job, folder: Path, evidence_dir: Path, group: Group | None) -> RunOutcome:
        door = self.door()
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                charged = group.descriptors if group is not None and door.charged else []
                try:
                    door.send(self._task(job, folder.name), [theirs.fileno(), *charged])
                except ZygoteGone as error:
                    raise error if self._shared is not None else WorkerFailed(str(error)) from error
            try:
                return outcome_of(ours, job, evidence_dir, self.isolation, self._within(job), self.on_epoch)
            except (WorkerLost, ProtocolError) as error:
                if self._shared is not None:
                    raise ZygoteGone(f"{error}; {door.log_tail()}") from error
                log = door.log_tail()
                self._reset()
                return harness_fault(self.isolation, f"{error}; {log}")

    def _reset(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
