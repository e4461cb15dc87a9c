"""Confined runs of untrusted code: ``open_sandbox`` gives a warm worker, ``probe_host`` what a machine can do.

:data:`LEVELS` is the registry of levels: a new one is a subclass of :class:`~grader.sandbox.base.OpenSandbox` in a
file of its own and an entry there; :mod:`~grader.sandbox.conformance` then holds it to what it promises.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from grader.errors import SandboxUnavailable
from grader.i18n import both
from grader.sandbox import landlock
from grader.sandbox.base import OpenSandbox
from grader.sandbox.cgroup import find_place
from grader.sandbox.conformance import Promise, try_promises
from grader.sandbox.host import Finding, probe_host
from grader.sandbox.namespace import NamespaceSandbox
from grader.sandbox.process import open_process
from grader.sandbox.worker import Door, WorkerFailed
from grader.schema.base import Isolation, Level

__all__ = [
    "LEVELS",
    "Door",
    "Finding",
    "NamespaceSandbox",
    "OpenSandbox",
    "Promise",
    "open_sandbox",
    "probe_host",
    "try_promises",
    "wall_in",
]

#: The strongest level first; each is opened with the number of TensorFlow's threads.
LEVELS: dict[Isolation, Callable[[int], OpenSandbox]] = {
    "namespace": NamespaceSandbox,
    "process": open_process,
}


def wall_in(door: Door, writable: Iterable[Path]) -> bool:
    """Give up, for good, to write anywhere but below ``writable`` and where runs through ``door`` need it, and to
    connect to anybody by TCP. False where the kernel has no such wall."""
    place = find_place()
    groups = (place.memory, place.cpu) if place is not None else ()
    return landlock.close_in((*writable, door.runs, *groups, Path(os.devnull)))


def open_sandbox(
    level: Level = "auto",
    *,
    threads: int = 1,
    on_epoch: Callable[[int, int], None] | None = None,
    door: Door | None = None,
) -> OpenSandbox:
    """A sandbox of the given level; ``auto`` tries for real, the strongest level first.

    ``door``: of the zygote to use at level ``namespace``; by default one of its own.

    Raises SandboxUnavailable when the level that is demanded, or any level, is refused by this machine.
    """
    wanted = list(LEVELS) if level == "auto" else [level]
    for name in wanted:
        try:
            sandbox = NamespaceSandbox(threads, door) if door is not None else LEVELS[name](threads)
        except (WorkerFailed, OSError) as error:
            if name == wanted[-1]:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                text = both(
                    "Level “{level}” is not available on this machine: {reason}", level=name, reason=reason
                )
                raise SandboxUnavailable(text, str(error)) from error
        else:
            sandbox.on_epoch = on_epoch
            return sandbox
    raise AssertionError("unreachable: the last level either opened or raised")
