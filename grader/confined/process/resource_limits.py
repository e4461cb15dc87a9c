"""Resource limits of a run's process."""

from __future__ import annotations

import math
import os
import sys

from grader.wire.task import MIB, RunLimits

#: Address space beyond the memory limit: TensorFlow reserves arenas and thread stacks that it never touches.
ADDRESS_HEADROOM = 6 << 30


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
