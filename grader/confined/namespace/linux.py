"""The Linux system calls that Python's ``os`` has no name for, through ctypes. Importing this works anywhere."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
from functools import cache
from typing import Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWCGROUP: Final = 0x02000000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_SECCOMP: Final = 22
PR_CAPBSET_DROP: Final = 24
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
SECCOMP_MODE_FILTER: Final = 2

_AT_FDCWD: Final = -100
_AT_RECURSIVE: Final = 0x8000
_MOUNT_ATTR_RDONLY: Final = 1
_MOUNT_ATTR_NOSUID: Final = 2
_MADV_HUGEPAGE: Final = 14
_MADV_COLLAPSE: Final = 25
_CAPABILITY_VERSION_3: Final = 0x20080522
_SYS_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
_SYS_CLOSE_RANGE: Final = 436
_SYS_MOUNT_SETATTR: Final = 442


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _syscall(what: str, number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char]) -> int:
    converted = [ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(bytes(a)) for a in arguments]
    return _checked(int(_libc().syscall(ctypes.c_long(number), *converted)), what)


def unshare(flags: int) -> None:
    """Move this process into new namespaces (for PID: its future children). Raises OSError."""
    _checked(_libc().unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """``mount(2)``. Raises OSError that names the target."""
    _checked(
        _libc().mount(
            source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), data.encode() or None
        ),
        f"mount {target}",
    )


def unmount(target: str, flags: int = 0) -> None:
    """``umount2(2)``."""
    _checked(_libc().umount2(target.encode(), ctypes.c_int(flags)), f"umount {target}")


def bind_read_only(source: str, target: str) -> None:
    """Bind ``source`` (and what is mounted below it) at ``target``, read-only and without set-uid programs.

    Older kernels (before 5.12) can't change a tree of mounts at once; there, the top mount is remounted with the
    flags it has, because an unprivileged namespace may add flags but not take them away.
    """
    mount(source, target, flags=MS_BIND | MS_REC)
    attributes = struct.pack("QQQQ", _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)
    try:
        _syscall(
            f"mount_setattr {target}",
            _SYS_MOUNT_SETATTR,
            _AT_FDCWD,
            target.encode() + b"\0",
            _AT_RECURSIVE,
            ctypes.create_string_buffer(attributes, len(attributes)),
            len(attributes),
        )
    except OSError:
        kept = os.statvfs(target).f_flag & (MS_NODEV | MS_NOEXEC | 1024 | 2048 | (1 << 21))
        mount("", target, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | kept)


def pivot_root(new_root: str, put_old: str) -> None:
    """Make ``new_root`` the root of this mount namespace. A chroot would forbid user namespaces later."""
    number = _SYS_PIVOT_ROOT.get(platform.machine())
    if number is None:
        raise OSError(38, f"pivot_root: unknown machine {platform.machine()}")
    _syscall("pivot_root", number, new_root.encode() + b"\0", put_old.encode() + b"\0")


def prctl(option: int, argument: int = 0) -> None:
    """``prctl(2)`` with one argument."""
    zero = ctypes.c_ulong(0)
    _checked(_libc().prctl(ctypes.c_int(option), ctypes.c_ulong(argument), zero, zero, zero), f"prctl({option})")


def die_with_parent() -> None:
    """Be killed when the parent (a single-threaded process) ends. Must follow any change of uid."""
    prctl(PR_SET_PDEATHSIG, 9)


def drop_capabilities() -> None:
    """Give up every capability: ambient, bounding, permitted, effective, inheritable."""
    with contextlib.suppress(OSError):
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # EINVAL: past the last one; EPERM: nothing to drop with
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION_3, 0), 8)
    _checked(_libc().capset(header, ctypes.create_string_buffer(24)), "capset")


def collapse_memory() -> None:
    """Put this process's anonymous memory on huge pages, where the kernel has them (Linux 6.1); else do nothing.

    A fork copies one table entry for each page: with 2 MiB pages that takes half the time, and so does the end.
    """
    libc = _libc()
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    huge = 2 << 20
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        areas = [line.split(None, 5) for line in file]
    for span, access, _, _, inode, *_ in areas:
        if access != "rw-p" or inode != "0":
            continue
        low, high = (int(part, 16) for part in span.split("-"))
        low, high = -(-low // huge) * huge, high // huge * huge
        if low < high and libc.madvise(low, high - low, _MADV_HUGEPAGE) == 0:
            libc.madvise(low, high - low, _MADV_COLLAPSE)


def close_from(lowest: int) -> None:
    """Close every descriptor from ``lowest`` on."""
    try:
        _syscall("close_range", _SYS_CLOSE_RANGE, lowest, 0xFFFFFFFF, 0)
    except OSError:
        os.closerange(lowest, os.sysconf("SC_OPEN_MAX"))


def kernel_at_least(major: int, minor: int) -> bool:
    """Whether the running kernel is that new; False where the release can't be read."""
    parts = platform.release().split("-")[0].split(".")
    try:
        return (int(parts[0]), int(parts[1])) >= (major, minor)
    except (ValueError, IndexError):
        return False
