"""What a run could leave behind on this machine, taken before and after."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from grader.confined.process.usage import descendants

#: Part of every file name that the corpus tries to leave outside of its own run.
MARK = "hostile-mark"
_PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", "/", "/root", "/home")


@dataclass(frozen=True)
class Traces:
    """One look. Two are equal where nothing came or went."""

    processes: tuple[int, ...]
    """All below this one, the warm worker's among them; and all of the worker's own user."""
    descriptors: int
    """Open ones of this process, but for data sets and fonts, which stay open for the next submission."""
    mounts: str
    files: tuple[str, ...]
    """In the grader's temporary folder, materials and kept copies of inputs left out."""
    marked: tuple[str, ...]
    """Files with the corpus's mark, wherever everybody may write."""
    cgroups: tuple[str, ...]
    segments: str
    """System V shared memory."""


def look(temporary: Path) -> Traces:
    """What there is now."""
    return Traces(
        processes=_processes(),
        descriptors=_descriptors(),
        mounts=_mounts(temporary.parent),
        files=tuple(sorted(str(p) for p in temporary.rglob("*") if not {"materials", "kept"} & set(p.parts))),
        marked=_marked(),
        cgroups=_cgroups(),
        segments=_read("/proc/sysvipc/shm"),
    )


def settled(before: Traces, temporary: Path, seconds: float = 5.0) -> Traces:
    """What there is when it equals ``before``, or after ``seconds``: a supervisor's outcome comes as it leaves."""
    deadline = time.monotonic() + seconds
    while (after := look(temporary)) != before and time.monotonic() < deadline:
        time.sleep(0.02)
    return after


def differences(before: Traces, after: Traces) -> dict[str, tuple[object, object]]:
    """What changed, by name."""
    names = before.__dataclass_fields__
    return {n: (getattr(before, n), getattr(after, n)) for n in names if getattr(before, n) != getattr(after, n)}


def _processes() -> tuple[int, ...]:
    own = descendants(os.getpid())
    users = {uid for uid in map(_uid, own) if uid is not None and uid != os.getuid()}
    found = set(own)
    if users:
        found |= {int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _uid(int(p.name)) in users}
    return tuple(sorted(found))


def _mounts(ours: Path) -> str:
    """All but the small disks that other tests mount in their own folders at the same time."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if "/pytest-of-" not in line or str(ours) in line)


def _descriptors() -> int:
    count = 0
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            count += path.readlink().suffix not in (".npy", ".ttf", ".ttc", ".otf")
    return count


def _uid(pid: int) -> int | None:
    with contextlib.suppress(OSError, IndexError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("Uid:"):
                return int(line.split()[1])
    return None


def _marked() -> tuple[str, ...]:
    found: list[str] = []
    for place in {*_PLACES, str(Path.home()), str(Path.cwd()), str(Path.cwd().parent)}:
        with contextlib.suppress(OSError):
            found += [entry.path for entry in os.scandir(place) if MARK in entry.name]
    return tuple(sorted(found))


def _cgroups() -> tuple[str, ...]:
    """Groups below this process's own, where there is one to see."""
    place = _read("/proc/self/cgroup").strip().rpartition(":")[2].lstrip("/")
    root = Path("/sys/fs/cgroup") / place
    return tuple(sorted(str(path) for path in root.rglob("*") if path.is_dir())) if root.is_dir() and place else ()


def _read(path: str) -> str:
    with contextlib.suppress(OSError):
        return Path(path).read_text(encoding="utf-8", errors="replace")
    return ""
