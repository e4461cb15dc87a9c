"""The zygote as the coordinator sees it: started jailed, asked for runs, ended with all that it started."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grader.sandbox.cgroup import Group, Place
from grader.sandbox.spool import Spool
from grader.sandbox.visible_paths import environment, jail_plan, package_root
from grader.schema.course import Limits
from grader.wire.task import RunLimits, Task

_TRY_SECONDS = 60.0
_END_SECONDS = 10.0
_MAX_MESSAGE = 1 << 17


class WorkerFailed(Exception):
    """The zygote could not be started; says why, for staff."""


class CannotConfine(WorkerFailed):
    """This machine does not let us confine anything; says which step was refused."""

    def __init__(self, reason: str, *, seccomp: bool = False) -> None:
        super().__init__(reason)
        self.seccomp = seccomp
        """Whether system calls could be filtered here all the same."""


class ZygoteGone(WorkerFailed):
    """A zygote that is shared, or its end of a run, is gone. Who started it looks after it; the run is lost."""


@dataclass(frozen=True)
class Door:
    """Where runs are asked for. A process can be spawned with it: all who hold it share the zygote."""

    channel: socket.socket
    runs: Path
    """Where it looks for the inputs of runs."""
    charged: bool
    """Whether it can move runs into control groups."""
    log: Path

    def warm(self) -> None:
        """There will be runs with TensorFlow: it may begin to import it. Raises ZygoteGone."""
        self._send(b"{}", [])

    def send(self, task: Task, descriptors: list[int]) -> None:
        """Ask for a run. Raises ZygoteGone.

        ``descriptors``: of the socket that it answers on, then those of its control group if it has one.
        """
        self._send(json.dumps(asdict(task)).encode(), descriptors)

    def _send(self, data: bytes, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self.channel, [data], descriptors)
        except OSError as error:
            raise ZygoteGone(f"the zygote is gone: {self.log_tail()}") from error

    @property
    def is_open(self) -> bool:
        """Whether anybody is behind it."""
        poll = select.poll()
        poll.register(self.channel, 0)  # a hang-up is always reported
        return not poll.poll(0)

    def log_tail(self) -> str:
        """The last lines that the zygote wrote, for staff."""
        with contextlib.suppress(OSError):
            return self.log.read_bytes()[-2000:].decode("utf-8", "replace").strip()
        return ""


class Worker:
    """One zygote. ``only_try`` ends it after it has shown that the machine lets it confine a run."""

    def __init__(self, spool: Spool, place: Place | None, *, only_try: bool = False) -> None:
        """Start it; returns when it is jailed. Raises CannotConfine, WorkerFailed."""
        self.seccomp = False
        trial = spool.runs / "trial"
        trial.mkdir(exist_ok=True)
        trial.chmod(0o755)
        limits = RunLimits.of(Limits().model_dump())
        plan = jail_plan(spool.root, spool.runs)
        message = {**asdict(plan), "trial": asdict(Task("trial", "student", limits, 1, 0)), "only_try": only_try}
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.door = Door(self._channel, spool.runs, False, spool.log)
        script = Path(package_root()) / "confined" / "process" / "zygote.py"
        try:
            with theirs, spool.log.open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-B", "-X", "utf8", str(script), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=environment(),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            with Group(place, limits) if place else contextlib.nullcontext() as group:
                socket.send_fds(self._channel, [json.dumps(message).encode()], group.descriptors if group else [])
                answer = self._answer(_TRY_SECONDS)
            self.seccomp = bool(answer["seccomp"])
            if answer["kind"] == "unavailable":
                raise CannotConfine(f"{answer['detail']}\n{answer['trace']}", seccomp=self.seccomp)
            self._channel.settimeout(None)
            self.door = replace(self.door, charged=bool(answer["charged"]))
        except BaseException:
            self.close()
            raise

    def _answer(self, seconds: float) -> dict[str, Any]:
        self._channel.settimeout(seconds)
        try:
            data = self._channel.recv(_MAX_MESSAGE)
        except (TimeoutError, ConnectionError) as error:
            raise WorkerFailed(f"the worker did not answer: {error}; {self.door.log_tail()}") from error
        if not data:
            raise WorkerFailed(f"the worker ended before it answered: {self.door.log_tail()}")
        answer: dict[str, Any] = json.loads(data)
        return answer

    def close(self) -> None:
        """End it; returns when it and all its runs are gone. Its outer process ends the jail when we hang up."""
        self._channel.close()
        process = getattr(self, "_process", None)
        if process is None:
            return
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
