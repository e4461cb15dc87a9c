"""What a run's processes use: from their control group where they have one, and from ``/proc``."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_CPU = re.compile(rb"(?:usage_usec (\d+)|(\d+)\n?\Z)")


@dataclass(frozen=True)
class Charge:
    """Descriptors of a control group that the coordinator made for one run (:mod:`grader.sandbox.cgroup`).

    The kernel checks rights against who opened them, so an unprivileged process can join through them.
    """

    cpu: int
    """``cpuacct.usage`` (nanoseconds) or ``cpu.stat`` (``usage_usec``)."""
    procs: tuple[int, ...]
    """``cgroup.procs``, one for each hierarchy."""

    @classmethod
    def of(cls, descriptors: Iterable[int]) -> Charge | None:
        """From what came with a run: the first is ``cpu``; None where nothing came."""
        cpu, *procs = [*descriptors] or [-1]
        return cls(cpu, tuple(procs)) if procs else None

    def join(self) -> None:
        """Move this process, and all that it will fork, into the group. Raises OSError where that is refused."""
        for descriptor in self.procs:
            os.write(descriptor, b"0")

    def cpu_seconds(self) -> float:
        """CPU seconds of all that was ever in the group, dead or alive."""
        found = _CPU.match(os.pread(self.cpu, 256, 0))
        if found is None:
            return 0.0
        return int(found[1]) / 1e6 if found[1] else int(found[2]) / 1e9


@dataclass
class Meter:
    """Memory and CPU time of a run over its life. A process can hide neither by ending, or by ending in part."""

    _last: dict[tuple[int, bytes], int] = field(default_factory=dict)
    """(pid, start time) -> own CPU ticks when it was last seen."""
    _gone: int = 0
    """CPU ticks of processes that are gone, as last seen."""

    def read(self, pids: Iterable[int]) -> tuple[int, float]:
        """Bytes of memory that ``pids`` hold now, and CPU seconds that they and all before them took at least.

        Memory is anonymous and shared memory; file pages (the interpreter and TensorFlow, shared) don't count.
        The kernel hands the time of a dead child to a parent that waits for it, and forgets it otherwise; so it is
        also added up here from what was seen of each process, and the larger sum counts.
        """
        memory = waited = own = 0
        last: dict[tuple[int, bytes], int] = {}
        for pid in pids:
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{pid}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                ticks = int(fields[11]) + int(fields[12])
                last[pid, fields[19]] = ticks
                own += ticks
                waited += ticks + int(fields[13]) + int(fields[14])
                memory += _memory(f"/proc/{pid}")
        self._gone += sum(ticks for process, ticks in self._last.items() if process not in last)
        self._last = last
        return memory, max(waited + _reaped_ticks(), own + self._gone) / _TICK


def _memory(process: str) -> int:
    """Bytes of one process. Where its first thread has ended, ``status`` has no memory; any other thread has."""
    found = _resident(f"{process}/status")
    if found is None:
        for thread in os.listdir(f"{process}/task"):
            with contextlib.suppress(OSError):
                found = _resident(f"{process}/task/{thread}/status")
            if found is not None:
                break
    return found or 0


def _resident(status: str) -> int | None:
    """Anonymous and shared pages in bytes; None where no memory is described (a zombie's)."""
    found = None
    with open(status, "rb") as file:
        for line in file:
            if line.startswith((b"RssAnon", b"RssShmem")):
                found = (found or 0) + (int(line.split()[1]) << 10)
    return found


def _reaped_ticks() -> float:
    """CPU ticks of the processes that this one waited for."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * _TICK


def living() -> list[int]:
    """All process ids that this ``/proc`` shows, or none where there is no ``/proc``."""
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def descendants(root: int) -> list[int]:
    """All processes below ``root``, nearest first; empty where there is no ``/proc``."""
    children: dict[int, list[int]] = {}
    for pid in living():
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/stat", "rb") as file:
            parent = int(file.read().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(pid)
    found: list[int] = []
    queue = [root]
    while queue:
        below = children.get(queue.pop(0), [])
        found += below
        queue += below
    return found
