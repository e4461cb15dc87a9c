"""Control groups: where the machine lets us, the kernel caps a run's memory and counts its CPU time.

Version 1: wherever the hierarchies ``memory`` and ``cpuacct`` are writable (root, containers). Version 2: where
our own group was delegated to us (``systemd-run --user --scope -p Delegate=yes``, root). Each run's group is a
child of our own, so the limits that we are under hold for it too, and it is gone when the run is.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.closing import Closing
from grader.wire.task import MIB, RunLimits

_PREFIX = "vision-grader"
_OWN = re.compile(rf"{_PREFIX}-(\d+)-[0-9a-f]+")
_KILLED = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_USED = re.compile(r"usage_usec (\d+)")
#: Seconds for the kernel to empty a group whose processes were killed.
_END_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """Where groups can be made."""

    version: int
    memory: Path
    cpu: Path
    """The same folder as ``memory`` in version 2."""

    @property
    def name(self) -> str:
        """For people: ``cgroup v1`` or ``cgroup v2``."""
        return f"cgroup v{self.version}"


@cache
def find_place() -> Place | None:
    """Where this process may make groups that limit memory and count CPU time; None where it may not."""
    with contextlib.suppress(OSError, ValueError, KeyError, StopIteration):
        own, mounts = _own_groups(), _mounts()
        for place in _candidates(own, mounts):
            _sweep(place)
            with contextlib.suppress(OSError), Group(place, _TRIAL):
                return place
    return None


def _candidates(own: dict[str, str], mounts: dict[str, tuple[Path, str]]) -> list[Place]:
    def folder(controller: str) -> Path:
        mount, root = mounts[controller]
        inside = own[controller]
        return mount / inside.removeprefix(root if root != "/" else "").lstrip("/")

    found = []
    if {"memory", "cpuacct"} <= own.keys() & mounts.keys():
        found.append(Place(1, folder("memory"), folder("cpuacct")))
    if "" in own.keys() & mounts.keys():
        base = folder("")
        if "memory" in (base / "cgroup.controllers").read_text().split() and _delegate(base):
            found.append(Place(2, base, base))
    return found


def _own_groups() -> dict[str, str]:
    """Controller (empty for version 2) -> path of our group in its hierarchy."""
    groups = {}
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        groups.update(dict.fromkeys(controllers.split(","), path))
    return groups


def _mounts() -> dict[str, tuple[Path, str]]:
    """Controller (empty for version 2) -> where its hierarchy is mounted, and which part of it."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        root, target = before.split(" ")[3:5]
        if kind == "cgroup2":
            mounts[""] = (Path(target), root)
        elif kind == "cgroup":
            mounts.update(dict.fromkeys(options.split(" ")[-1].split(","), (Path(target), root)))
    return mounts


def _delegate(base: Path) -> bool:
    """Hand ``memory`` down to children of ``base`` (version 2), which must then hold no process itself.

    Ours move into a child; where others live in ``base``, it is not ours to change.
    """
    handed = base / "cgroup.subtree_control"
    if "memory" in handed.read_text().split():
        return True
    if not os.access(handed, os.W_OK):
        return False
    inside = {int(pid) for pid in (base / "cgroup.procs").read_text().split()}
    if inside - {os.getpid()}:
        return False
    home = base / f"{_PREFIX}-main"
    home.mkdir(exist_ok=True)
    (home / "cgroup.procs").write_text("0")
    handed.write_text("+memory")
    return True


def _sweep(place: Place) -> None:
    """Remove groups of graders that were killed."""
    for base in {place.memory, place.cpu}:
        for folder in base.glob(f"{_PREFIX}-*"):
            owner = _OWN.fullmatch(folder.name)
            if owner and not Path(f"/proc/{owner[1]}").exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()


@dataclass(frozen=True)
class Charged:
    """What the kernel counted for one run."""

    peak_bytes: int
    cpu_seconds: float
    killed: bool
    """Whether it ended a process of the run because the memory was used up."""


class Group(Closing):
    """One run's control group: a context manager that ends what is in it and removes it."""

    def __init__(self, place: Place, limits: RunLimits) -> None:
        """Make it. Raises OSError where that is refused.

        The cap is the run's memory and its disk together: the disk is a file system in memory.
        """
        name = f"{_PREFIX}-{os.getpid()}-{secrets.token_hex(6)}"
        self._two = place.version == 2
        self._memory, self._cpu = place.memory / name, place.cpu / name
        self._folders = list(dict.fromkeys((self._memory, self._cpu)))
        self.descriptors: list[int] = []
        """For the confined side: see ``grader.confined.process.usage.Charge``."""
        try:
            for folder in self._folders:
                folder.mkdir()
            cap = str((limits.memory_mb + limits.disk_mb) * MIB)
            (self._memory / ("memory.max" if self._two else "memory.limit_in_bytes")).write_text(cap)
            with contextlib.suppress(OSError):  # no swap, or not accounted: then there is nothing to close
                swap = ("memory.swap.max", "0") if self._two else ("memory.memsw.limit_in_bytes", cap)
                (self._memory / swap[0]).write_text(swap[1])
            self.descriptors.append(
                os.open(self._cpu / ("cpu.stat" if self._two else "cpuacct.usage"), os.O_RDONLY)
            )
            self.descriptors += [os.open(folder / "cgroup.procs", os.O_WRONLY) for folder in self._folders]
        except BaseException:
            self.close()
            raise

    def charged(self) -> Charged:
        """What was counted so far. Raises OSError, ValueError where the kernel does not say."""
        if self._two:
            peak, events = self._read("memory.peak", "0"), self._read("memory.events")
            used = _USED.search((self._cpu / "cpu.stat").read_text())
            cpu = int(used[1]) / 1e6 if used else 0.0
        else:
            peak, events = self._read("memory.max_usage_in_bytes"), self._read("memory.oom_control")
            cpu = int((self._cpu / "cpuacct.usage").read_text()) / 1e9
        killed = _KILLED.search(events)
        return Charged(int(peak), cpu, killed is not None and killed[1] != "0")

    def _read(self, name: str, default: str | None = None) -> str:
        path = self._memory / name
        return default if default is not None and not path.exists() else path.read_text(encoding="ascii")

    def close(self) -> None:
        """End every process that is still in it, and remove it."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []
        deadline = time.monotonic() + _END_SECONDS
        while self._folders and time.monotonic() < deadline:
            try:
                self._folders[0].rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                self._kill(self._folders[0])
                time.sleep(0.002)
                continue
            self._folders.pop(0)

    @staticmethod
    def _kill(folder: Path) -> None:
        with contextlib.suppress(OSError):
            for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
                with contextlib.suppress(OSError):
                    os.kill(int(pid), signal.SIGKILL)


_TRIAL = RunLimits(1, 1, 64, 1, 1, 1, 16)
