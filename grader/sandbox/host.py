"""What this machine can do, for ``grader doctor``. Imports no TensorFlow: a broken one must not stop it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Literal

from grader.i18n import both
from grader.sandbox import landlock
from grader.sandbox.cgroup import find_place
from grader.sandbox.spool import Spool
from grader.sandbox.worker import CannotConfine, Worker, WorkerFailed
from grader.schema import Text
from grader.schema.base import Frozen
from grader.text import format_number

_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_DEBIAN = Path("/proc/sys/kernel/unprivileged_userns_clone")
_MAXIMUM = Path("/proc/sys/user/max_user_namespaces")
#: One run and the zygote it is forked from.
_MEMORY_GIB = 4.0
_PACKAGES = (("tensorflow", "TensorFlow"), ("keras", "Keras"), ("numpy", "NumPy"), ("h5py", "h5py"))


class Finding(Frozen):
    """One fact about this machine, and what to do about it where something can be done."""

    id: str
    status: Literal["ok", "missing", "limited"]
    text: Text
    remedy: Text | None = None


def probe_host() -> list[Finding]:
    """Everything that grading depends on here. Takes a tenth of a second: it really tries a confined run."""
    reason, has_filter = _try_namespaces()
    return [
        Finding(id="python", status="ok", text=both("Python {version}", version=platform.python_version())),
        *(_package(name, label) for name, label in _PACKAGES),
        Finding(
            id="platform",
            status="ok" if sys.platform == "linux" else "limited",
            text=both("Platform: {name}", name=f"{platform.system()} {platform.release()} {platform.machine()}"),
        ),
        _namespaces(reason),
        _seccomp(has_filter),
        _cgroup(),
        _landlock(),
        _bubblewrap(),
        _level(reason),
        _cores(),
        _memory(),
    ]


def _package(name: str, label: str) -> Finding:
    candidates = [name, f"{name}-cpu", f"{name}-intel", f"{name}-macos"] if name == "tensorflow" else [name]
    for candidate in candidates:
        try:
            version = importlib.metadata.version(candidate)
        except importlib.metadata.PackageNotFoundError:
            continue
        return Finding(id=name, status="ok", text=both("{label} {version}", label=label, version=version))
    return Finding(
        id=name,
        status="missing",
        text=both("{label} is not installed", label=label),
        remedy=both("Install it with: {command}", command=f"python -m pip install {name}"),
    )


def _try_namespaces() -> tuple[str | None, bool]:
    """None when a run can be confined here, else the step that was refused; and whether calls are filtered."""
    if sys.platform != "linux":
        return f"no namespaces on {platform.system()}", False
    spool = Spool(link=False)
    try:
        worker = Worker(spool, None, only_try=True)
        worker.close()
    except CannotConfine as error:
        return str(error).splitlines()[0], error.seccomp
    except (WorkerFailed, OSError) as error:
        return (str(error).splitlines() or [type(error).__name__])[0], False
    finally:
        spool.close()
    return None, worker.seccomp


def _namespaces(reason: str | None) -> Finding:
    if reason is None:
        return Finding(
            id="user_namespaces", status="ok", text=both("User namespaces work: a confined run was tried")
        )
    return Finding(
        id="user_namespaces",
        status="limited",
        text=both("User namespaces are not available: {reason}", reason=reason),
        remedy=_namespace_remedy(),
    )


def _namespace_remedy() -> Text:
    """The one line that opens what this system closes, as far as it can be told."""
    if sys.platform != "linux":
        return both("Grade other people's work on Linux (a virtual machine or WSL 2 will do).")
    if _number(_APPARMOR) == 1:
        return both(
            "Ubuntu's AppArmor restricts user namespaces. Allow them with: {command}",
            command="sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        )
    if _number(_DEBIAN) == 0:
        return both(
            "Allow user namespaces with: {command}", command="sudo sysctl -w kernel.unprivileged_userns_clone=1"
        )
    if _number(_MAXIMUM) == 0:
        return both(
            "Allow user namespaces with: {command}", command="sudo sysctl -w user.max_user_namespaces=15000"
        )
    return both(
        "In a container, namespaces need: {command}",
        command="docker run --cap-add SYS_ADMIN --security-opt seccomp=unconfined "
        "--security-opt apparmor=unconfined",
    )


def _seccomp(present: bool) -> Finding:
    if present:
        return Finding(id="libseccomp", status="ok", text=both("libseccomp: system calls are filtered"))
    return Finding(
        id="libseccomp",
        status="limited",
        text=both("libseccomp is not installed: system calls are not filtered"),
        remedy=both("Install it with: {command}", command="sudo apt-get install libseccomp2")
        if sys.platform == "linux"
        else None,
    )


def _cgroup() -> Finding:
    place = find_place()
    if place is not None:
        text = both("Memory and CPU time of a run: capped and counted by the kernel ({name})", name=place.name)
        return Finding(id="cgroup", status="ok", text=text)
    return Finding(
        id="cgroup",
        status="limited",
        text=both("Memory and CPU time of a run: measured every 15 to 50 ms; no control group can be made here"),
        remedy=both(
            "For a cap by the kernel, start the grader with: {command}",
            command="systemd-run --user --scope -p Delegate=yes grader batch …",
        )
        if sys.platform == "linux"
        else None,
    )


def _landlock() -> Finding:
    known = landlock.version()
    if known:
        text = both("Landlock {version}: workers can write only in their own folders", version=known)
        return Finding(id="landlock", status="ok", text=text)
    return Finding(
        id="landlock",
        status="limited",
        text=both("Landlock is not available: the grader's own workers lack a second barrier"),
        remedy=both("Linux 5.13 or later has it; add landlock to the kernel's parameter lsm=")
        if sys.platform == "linux"
        else None,
    )


def _bubblewrap() -> Finding:
    path = shutil.which("bwrap")
    text = (
        both("bubblewrap: {path}", path=path) if path else both("bubblewrap is not installed (it is not needed)")
    )
    return Finding(id="bubblewrap", status="ok", text=text)


def _level(reason: str | None) -> Finding:
    if reason is None:
        return Finding(id="isolation", status="ok", text=both("Isolation: {level}", level="namespace"))
    return Finding(
        id="isolation",
        status="limited",
        text=both("Isolation: {level}", level="process"),
        remedy=both("Enough for your own files. For other people's work, make user namespaces available."),
    )


def _cores() -> Finding:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding(id="cores", status="ok" if count > 1 else "limited", text=both("Processor cores: {n}", n=count))


def _memory() -> Finding:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    except (AttributeError, ValueError, OSError):
        return Finding(id="memory", status="ok", text=both("Memory: unknown"))
    enough = size >= _MEMORY_GIB
    return Finding(
        id="memory",
        status="ok" if enough else "limited",
        text=both("Memory: {size} GiB", size=format_number(size, 1)),
        remedy=None
        if enough
        else both("Training exercises may need {size} GiB.", size=format_number(_MEMORY_GIB)),
    )


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
