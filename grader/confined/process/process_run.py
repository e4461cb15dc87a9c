"""One run without namespaces, in a fresh interpreter: ``python -I process_run.py``; ``plain`` without fork.

The portable level. It holds back mistakes, not malice: the run has the user's own rights.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time

if __name__ == "__main__":  # -I hides the folder that this package is in
    sys.path.insert(0, os.path.abspath(f"{os.path.dirname(__file__)}/../../.."))

from grader.confined.process import launch, usage
from grader.wire import protocol
from grader.wire.task import Task


class ProcessWorld:
    """A :class:`~grader.confined.process.world.World` of process groups, parents and resource limits."""

    setup_seconds = 180.0
    startup_cpu = 30.0  # importing TensorFlow
    pid1_is_safe = False
    count_processes = False

    def prepare(self, task: Task) -> None:
        """Orphans of the run become children of this process, so that none can hide. None may look into it."""
        _adopt_orphans()
        _hide()

    def guard(self) -> None:
        """Likewise, and no life without the supervisor."""
        _adopt_orphans()
        if sys.platform == "linux":
            from grader.confined.namespace import linux

            linux.die_with_parent()

    def confine(self) -> None:
        """No right of root, which could look into any process; what is our own may be looked at again."""
        if sys.platform == "linux":
            from grader.confined.namespace import linux

            linux.drop_capabilities()
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            linux.prctl(linux.PR_SET_DUMPABLE, 1)

    def processes(self) -> list[int]:
        """All below PID 1; empty where there is no ``/proc``, and then memory is not watched."""
        return usage.descendants(os.getpid())

    def kill(self, pid1_pid: int, student_pid: int) -> None:
        """The student's process group, then PID 1 and all descendants."""
        self._kill_group(student_pid)
        for pid in (*usage.descendants(os.getpid()), pid1_pid):
            _kill(pid)

    def sweep(self, student_pid: int) -> None:
        """Again until nothing is below us: what was forked while we killed has become our child by now."""
        self._kill_group(student_pid)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            left = usage.descendants(os.getpid())
            if not left:
                return
            for pid in left:
                _kill(pid)
            time.sleep(0.002)

    def _kill_group(self, student_pid: int) -> None:
        if student_pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(student_pid, signal.SIGKILL)


def _hide() -> None:
    """Nobody of our own uid may read this process's memory, environment or descriptors; forks inherit that."""
    if sys.platform == "linux":
        from grader.confined.namespace import linux

        linux.prctl(linux.PR_SET_DUMPABLE, 0)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        from grader.confined.namespace import linux

        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)


def main(arguments: list[str]) -> None:
    """Descriptors (the connection's, then a control group's) and package folders; or ``plain``, a task as JSON,
    and package folders."""
    plain = arguments[0] == "plain"
    sys.path += [folder for folder in arguments[2 if plain else 1 :] if folder not in sys.path]
    if plain:
        task = Task.of(json.loads(arguments[1]))
        launch.preload(tensorflow=task.tensorflow)
        launch.begin(task)
    from grader.confined.process import supervisor

    connection, *group = map(int, arguments[0].split(","))
    channel = socket.socket(fileno=connection)
    frame = protocol.receive(channel)
    if frame is not None:
        supervisor.supervise(channel, Task.of(frame), ProcessWorld(), usage.Charge.of(group))


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)
