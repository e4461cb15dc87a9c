"""A run's limits: resource limits set in the child, and what its processes use, read from ``/proc``."""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MIB = 1 << 20
#: Address space beyond the memory limit: TensorFlow reserves arenas and thread stacks that it never touches.
ADDRESS_HEADROOM = 6 << 30


@dataclass(frozen=True)
class RunLimits:
    """The limits of one run, as in ``grader.schema.Limits``."""

    wall_seconds: float
    cpu_seconds: float
    memory_mb: int
    disk_mb: int
    log_kb: int
    processes: int
    open_files: int

    @classmethod
    def of(cls, fields: dict[str, Any]) -> RunLimits:
        """From a frame's ``limits``. Raises TypeError or KeyError on anything else."""
        return cls(**{name: fields[name] for name in cls.__dataclass_fields__})

    @property
    def output_bytes(self) -> int:
        """Size of the output folder: half of the disk; the other half is for everything else that is writable."""
        return max(self.disk_mb * MIB // 2, MIB)

    @property
    def log_bytes(self) -> int:
        """stdout and stderr together."""
        return self.log_kb << 10


def apply(limits: RunLimits, *, count_processes: bool) -> None:
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


@dataclass(frozen=True)
class Usage:
    """What a set of processes uses now."""

    memory: int = 0
    """Anonymous and shared memory in bytes; file pages (the interpreter and TensorFlow, shared) don't count."""
    cpu: float = 0.0
    """Seconds of the living processes and of the children they waited for."""
    tasks: int = 0
    """Threads of all processes."""


def measure(pids: Iterable[int]) -> Usage:
    """The use of ``pids`` together, from ``/proc``; processes that are gone count nothing."""
    memory, ticks, tasks = 0, 0, 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            ticks += sum(int(value) for value in fields[11:15])
            tasks += int(fields[17])
            with open(f"/proc/{pid}/status", "rb") as file:
                for line in file:
                    if line.startswith((b"RssAnon", b"RssShmem")):
                        memory += int(line.split()[1]) << 10
    return Usage(memory, ticks / os.sysconf("SC_CLK_TCK"), tasks)


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
