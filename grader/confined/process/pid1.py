"""PID 1 of a run: forks the student, reaps what is orphaned, watches memory and CPU time; its end is the run's.

It runs no untrusted code and reads nothing that the student wrote but numbers in ``/proc``.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import signal
import sys
import time
import traceback
from typing import Any

from grader.confined.process import launch
from grader.confined.process.usage import Charge, Meter
from grader.confined.process.world import World
from grader.wire.task import MIB, RunLimits, Task

#: Address space beyond the memory limit: TensorFlow reserves arenas and thread stacks that it never touches.
ADDRESS_HEADROOM = 6 << 30


def limit_resources(limits: RunLimits, *, count_processes: bool) -> None:
    """Set this process's resource limits, hard and soft. Does nothing where there are none (Windows).

    ``count_processes``: whether the system counts the run's processes alone; without a user namespace it counts
    all of the user's, and a limit would hit the user.
    """
    if sys.platform == "win32":
        return
    import resource

    cpu = math.ceil(limits.cpu_seconds)
    wanted = {
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_FSIZE": (limits.output_bytes, limits.output_bytes),
        "RLIMIT_NOFILE": (limits.open_files, limits.open_files),
        "RLIMIT_CPU": (cpu, cpu + 2),
        "RLIMIT_MSGQUEUE": (0, 0),
    }
    if sys.platform == "linux":
        space = _address_space() + limits.memory_mb * MIB + ADDRESS_HEADROOM
        wanted["RLIMIT_AS"] = (space, space)
        # The grader limits its own memory, by a soft limit that whatever it starts in the meantime inherits.
        wanted["RLIMIT_DATA"] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    if count_processes:
        wanted["RLIMIT_NPROC"] = (limits.processes, limits.processes)
    for name, (soft, hard) in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))


def _address_space() -> int:
    """This process's address space in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


_POLL = 0.05
_POLL_NEAR = 0.015
_REPORT = 3


def tell(report: int, kind: str, **fields: Any) -> None:
    """One line to the supervisor, in one write."""
    os.write(report, (json.dumps({"kind": kind, **fields}) + "\n").encode())


def run(task: Task, world: World, charge: Charge | None, stdout: int, stderr: int, report: int) -> None:
    """Be PID 1 of ``task``; returns when the student has ended or has to be ended."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)  # a PID 1 without handlers can't be signalled from inside
    world.guard()
    student = os.fork()
    if student == 0:
        try:
            _become_student(task, world, charge, stdout, stderr, report)
        finally:
            os._exit(1)
    os.close(stdout)
    os.close(stderr)
    tell(report, "born", pid=student)
    _watch(task, world, charge, student, report)


def _become_student(
    task: Task, world: World, charge: Charge | None, stdout: int, stderr: int, report: int
) -> None:
    import fcntl

    try:
        os.setsid()
        # Before the streams are moved: what libraries say while loading is not the student's.
        launch.preload(tensorflow=task.tensorflow)
        null = os.open(os.devnull, os.O_RDONLY)
        # Out of the way first: one of them may have a number that another one needs.
        moved = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in (null, stdout, stderr, report)]
        for number, descriptor in enumerate(moved):
            os.dup2(descriptor, number)
        report = _REPORT
        charged = charge is not None and _join(charge, world)
        _close_from(_REPORT + 1)
        limit_resources(task.limits, count_processes=world.count_processes)
        world.confine()
    except BaseException:
        tell(report, "failed", detail=traceback.format_exc()[-3000:])
        os._exit(1)
    tell(report, "ready", charged=charged)
    os.close(report)
    launch.begin(task)


def _join(charge: Charge, world: World) -> bool:
    """Whether the run is charged. Where that was tried before, and its filter relies on it, it must not fail."""
    try:
        charge.join()
    except OSError:
        if world.pid1_is_safe:
            raise
        return False
    return True


def _close_from(lowest: int) -> None:
    if sys.platform == "linux":
        from grader.confined.namespace import linux

        linux.close_from(lowest)
    else:
        os.closerange(lowest, 4096)


def _watch(task: Task, world: World, charge: Charge | None, student: int, report: int) -> None:
    """Until the student's end or a limit; the caller then exits, and the kernel ends the rest of the run."""
    most = task.limits.memory_mb << 20
    seconds = task.limits.cpu_seconds + world.startup_cpu
    peak = told = 0
    interval = _POLL_NEAR
    meter = Meter()
    with _Ending(student) as ending:
        while True:
            memory, cpu = meter.read(world.processes())
            peak = max(peak, memory)
            if memory > most:
                tell(report, "over", verdict="memory", peak=peak)
                return
            if max(cpu, charge.cpu_seconds() if charge else 0.0) > seconds:
                tell(report, "over", verdict="cpu", peak=peak)
                return
            if peak > told * 1.02:
                tell(report, "usage", peak=peak)
                told = peak
            ending.wait(interval)
            status = _reap(student)
            if status is not None:
                tell(report, "end", status=status, peak=peak)
                return
            interval = _POLL_NEAR if memory > most // 2 else _POLL


def _reap(student: int) -> int | None:
    """Reap all that ended; the student's wait status when it is among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == student:
                found = status
    return found


class _Ending:
    """Waits for one child's end: through a pidfd where there are any, else by the clock."""

    def __init__(self, pid: int) -> None:
        self._descriptor: int | None = None
        with contextlib.suppress(OSError, AttributeError):
            self._descriptor = os.pidfd_open(pid)

    def __enter__(self) -> _Ending:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def wait(self, seconds: float) -> None:
        """Return at the child's end, or after ``seconds``."""
        if self._descriptor is None:
            time.sleep(seconds)
        else:
            select.select([self._descriptor], [], [], seconds)
