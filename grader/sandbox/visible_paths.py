"""What a confined process may see of the host: the interpreter, its packages, and system libraries."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from pathlib import Path

import grader
from grader.wire.task import JailPlan

#: Distributions that a run needs; where they are installed is where ``sys.path`` of the jail points.
_NEEDED = ("tensorflow", "keras", "numpy", "h5py", "PIL")
_SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libx32",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/localtime",
    "/usr/share/zoneinfo",
)
#: Numeric users that no distribution hands out: above those of systemd, containers and directory services.
_UID_BASE = 1_879_048_192
_UID_COUNT = 200_000_000
_SMALL_BASE = 61_200


def environment() -> dict[str, str]:
    """The whole environment of a worker: nothing of ours, only what TensorFlow needs."""
    return {
        "LANG": "C.UTF-8",
        "HOME": "/box/home",
        "TMPDIR": "/tmp",
        "KERAS_HOME": "/box/home/.keras",
        "KERAS_BACKEND": "tensorflow",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def package_folders() -> list[str]:
    """Where the needed distributions are, found without importing any of them."""
    found: dict[str, None] = {}
    for name in _NEEDED:
        spec = importlib.util.find_spec(name)
        for location in (spec.submodule_search_locations or ()) if spec else ():
            found[os.path.dirname(os.path.abspath(location))] = None
    for key in ("purelib", "platlib"):
        found[sysconfig.get_path(key)] = None
    return [folder for folder in found if os.path.isdir(folder)]


def package_root() -> str:
    """The ``grader`` package's own folder."""
    return os.path.dirname(os.path.abspath(grader.__file__))


def jail_plan(root: Path, spool: Path) -> JailPlan:
    """What the jail of this machine shows."""
    packages = package_folders()
    wanted = [*_SYSTEM, *packages]
    if sys.base_prefix not in ("/", "/usr"):
        wanted += [f"{sys.base_prefix}/lib", f"{sys.base_prefix}/lib64"]
    wanted += [sysconfig.get_path("stdlib"), f"{sys.prefix}/pyvenv.cfg", sys.executable]
    binds: dict[str, None] = {}
    links: dict[str, str] = {}
    for path in wanted:
        end = _follow(path, links)
        if os.path.exists(end):
            binds[end] = None
    shown = [path for path in binds if not any(_inside(path, other) for other in binds)]
    # A link inside of a folder that is shown is there already.
    links = {path: value for path, value in links.items() if not any(_inside(path, b) for b in shown)}
    return JailPlan(
        root=str(root),
        spool=str(spool),
        package=package_root(),
        binds=tuple(shown),
        links=links,
        hide=tuple(_own_packages([*packages, *shown])),
        packages=tuple(packages),
        uid=unused_uid(),
    )


def _follow(path: str, links: dict[str, str]) -> str:
    """The path at the end of a chain of links; each link of the chain goes into ``links``."""
    for _ in range(16):
        if not os.path.islink(path):
            break
        links[path] = os.readlink(path)
        path = os.path.normpath(os.path.join(os.path.dirname(path), links[path]))
    return path


def _inside(path: str, folder: str) -> bool:
    return path != folder and path.startswith(folder.rstrip("/") + "/")


def _own_packages(folders: list[str]) -> list[str]:
    """Installed copies of this package among what is shown: a wheel carries the course and its reference."""
    found: set[str] = set()
    for folder in folders:
        candidates = [Path(folder)]
        if not folder.endswith("-packages"):
            candidates = list(Path(folder).glob("python3*/*-packages"))
        found |= {str(place / "grader") for place in candidates if (place / "grader").is_dir()}
    return sorted(found)


def unused_uid() -> int | None:
    """A numeric user that nobody is, another one for each sandbox; None where we can't become it."""
    if os.geteuid() != 0:
        return None
    spans = []
    with open("/proc/self/uid_map", encoding="ascii") as file:
        for line in file:
            inside, _, count = (int(value) for value in line.split())
            spans.append((inside, inside + count))
    start = int.from_bytes(os.urandom(4), "big")
    for base, size in ((_UID_BASE, _UID_COUNT), (_SMALL_BASE, 300)):
        for step in range(300):
            uid = base + (start + step) % size
            if any(low <= uid < high for low, high in spans) and not _known(uid):
                return uid
    return None


def _known(uid: int) -> bool:
    import pwd

    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
