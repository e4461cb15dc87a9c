"""Limits on what the grader itself does for one submission, outside of the sandbox.

A submission's author chooses the bytes that are read, compared and drawn, so each *part* of that work has limits
of its own. Going over one raises :class:`~grader.errors.OverLimit` where the work is: whoever called for the part
leaves it out and says so. Three walls stand behind each other:

1. timers of this process for wall and CPU time (``SIGALRM``, ``SIGPROF``), and soft resource limits for memory and
   the size of a file. They end whatever Python does between two of its own instructions.
2. a watchdog thread of C (``faulthandler``), for a call into a library that never comes back: it ends the process.
3. whoever started the process knows, by :func:`listen`, in which part it ended. It starts another one, which gives
   that part up when it comes to it.

Parts with the same name share one total of CPU and wall time. A run in the sandbox has its own limits, and is
:func:`paused` in here. Timers are for a program's main thread; in another one, the watchdog alone is there.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from grader.errors import OverLimit

#: What a part gets at least, however much of its total is spent: one slow piece must not take along all others.
_LEAST_SECONDS = 1.0
#: Seconds between two alarms: what catches the first one and goes on is stopped again.
_AGAIN_SECONDS = 1.0
_TOO_MUCH = {errno.EFBIG: "the size of a file", errno.ENOMEM: "memory"}


@dataclass(frozen=True)
class Bounds:
    """Of each part of the work on one submission. Honest work needs less than a hundredth of any."""

    wall_seconds: float = 300.0
    cpu_seconds: float = 120.0
    memory_mb: int = 2048
    """MiB beyond what the process had when the part began."""
    file_mb: int = 4096
    """MiB of any one file that is written."""
    grace_seconds: float = 30.0
    """After the wall time, for a call that does not come back; then the process is ended."""


class _Work:
    """The work on one submission, and the part of it that is done now."""

    def __init__(self, bounds: Bounds, given_up: Collection[str]) -> None:
        self.bounds = bounds
        self.given_up = frozenset(given_up)
        self.watched = self.part = ""
        self._signals = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._spent: dict[str, tuple[float, float]] = {}
        self._began = (0.0, 0.0)
        self._limits: list[tuple[int, tuple[int, int]]] = []
        self._raising = False
        self._handlers = [
            (number, signal.signal(number, self._over))
            for number in ((signal.SIGALRM, signal.SIGPROF) if self._signals else ())
        ]

    def close(self) -> None:
        for number, handler in self._handlers:
            signal.signal(number, handler)

    def _over(self, number: int, _: FrameType | None) -> None:
        if self._raising:
            raise OverLimit(self.part, "wall time" if number == signal.SIGALRM else "CPU time")

    def watch(self, name: str) -> None:
        """From here on the watchdog waits for the end of ``name``."""
        self.watched = name
        for told in _listener:
            told(name)
        seconds = self.bounds.wall_seconds + self.bounds.grace_seconds
        faulthandler.dump_traceback_later(seconds, exit=True, file=_trace[0])

    def unwatch(self) -> None:
        """Until the next :meth:`watch`."""
        faulthandler.cancel_dump_traceback_later()
        for told in _listener:
            told("")

    def arm(self) -> None:
        """Start what is left of the part's time, and limit its memory."""
        wall, cpu = self._spent.get(self.part, (0.0, 0.0))
        self._began = (time.monotonic(), time.process_time())
        self._limits = [_lowered(kind, soft) for kind, soft in _resources(self.bounds)]
        if self._signals:
            self._raising = True
            wall, cpu = self.bounds.wall_seconds - wall, self.bounds.cpu_seconds - cpu
            signal.setitimer(signal.ITIMER_PROF, max(cpu, _LEAST_SECONDS), _AGAIN_SECONDS)
            signal.setitimer(signal.ITIMER_REAL, max(wall, _LEAST_SECONDS), _AGAIN_SECONDS)

    def disarm(self) -> None:
        """Everything as it was; what was used is counted."""
        try:
            self._raising = False  # an alarm may come until this line is done: the rest is done all the same
        finally:
            if self._signals:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.setitimer(signal.ITIMER_PROF, 0)
            for kind, limit in self._limits:
                _set_limit(kind, limit)
            wall, cpu = self._spent.get(self.part, (0.0, 0.0))
            now = (time.monotonic(), time.process_time())
            self._spent[self.part] = (wall + now[0] - self._began[0], cpu + now[1] - self._began[1])


_work: ContextVar[_Work | None] = ContextVar("work", default=None)
_listener: list[Callable[[str], None]] = []
_trace: list[int] = [2]


def listen(told: Callable[[str], None], trace: int) -> None:
    """Have ``told`` called with a part's name when it begins and with "" when it ends, in this process.

    ``trace``: descriptor of the file to which the watchdog writes where the process was; by default stderr.
    """
    _listener[:], _trace[:] = [told], [trace]


@contextlib.contextmanager
def submission(bounds: Bounds, given_up: Collection[str] = ()) -> Iterator[None]:
    """The work on one submission, from here on. Parts in ``given_up`` have ended a process before."""
    work = _Work(bounds, given_up)
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)
        work.close()


@contextlib.contextmanager
def watched(name: str) -> Iterator[None]:
    """A part whose pieces are each a :func:`part`: around them there is the watchdog alone."""
    work = _work.get()
    if work is None or work.watched:
        yield
        return
    work.watch(name)
    try:
        yield
    finally:
        work.watched = ""
        work.unwatch()


@contextlib.contextmanager
def part(name: str) -> Iterator[None]:
    """One part of the work on the submission. Without one (in a test, in another thread) nothing is limited.

    Raises:
        OverLimit: it went over a limit, or it has ended a process before.
    """
    work = _work.get()
    if work is None or work.part:
        yield
        return
    with watched(name):
        if {name, work.watched} & work.given_up:
            raise OverLimit(name, "its process had to be ended")
        work.part = name
        try:
            work.arm()
            try:
                yield
            finally:
                work.disarm()
        except MemoryError as error:
            raise OverLimit(name, "memory") from error
        except OSError as error:
            if error.errno not in _TOO_MUCH:
                raise
            raise OverLimit(name, _TOO_MUCH[error.errno]) from error
        finally:
            work.part = ""


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Something with limits of its own, within a part: its time is not the part's."""
    work = _work.get()
    if work is None or not work.watched:
        yield
        return
    if work.part:
        work.disarm()
    work.unwatch()
    try:
        yield
    finally:
        work.watch(work.watched)
        if work.part:
            work.arm()


def _resources(bounds: Bounds) -> Iterator[tuple[int, int]]:
    """Kind of resource and its soft limit; what this system does not count is left out."""
    if sys.platform == "win32":
        return
    import resource

    yield resource.RLIMIT_FSIZE, bounds.file_mb << 20
    with contextlib.suppress(OSError, ValueError):
        # Data and stack, in pages: what is ours alone and can be written.
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        yield resource.RLIMIT_DATA, pages * resource.getpagesize() + (bounds.memory_mb << 20)


def _lowered(kind: int, soft: int) -> tuple[int, tuple[int, int]]:
    """Set the soft limit, unless there is a lower one; returns what there was."""
    import resource

    before = resource.getrlimit(kind)
    _set_limit(kind, (min(soft, *(limit for limit in before if limit != resource.RLIM_INFINITY), soft), before[1]))
    return kind, before


def _set_limit(kind: int, limit: tuple[int, int]) -> None:
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, limit)
