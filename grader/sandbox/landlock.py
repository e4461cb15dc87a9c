"""A wall of the kernel's around a process of ours that reads strangers' bytes: Landlock, by system call.

It can still read what its user can. It writes nowhere but where it is told, and opens no TCP connection; nor does
any program that it starts. There is no way back. Linux 5.13 and later, where Landlock is turned on; the network
from 6.7 on. See ``Documentation/userspace-api/landlock.rst`` of the kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

#: The same numbers on every architecture that Linux has today, but for alpha's.
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVS = 38
#: LANDLOCK_ACCESS_FS_*: all that changes something, by the version from which on they are known.
_WRITE_FILE = 1 << 1
_CHANGES = {1: _WRITE_FILE | sum(1 << bit for bit in range(4, 13)), 2: 1 << 13, 3: 1 << 14}
#: LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP.
_TCP, TCP_FROM = 0b11, 4


def version() -> int:
    """Of the kernel's Landlock; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = ctypes.CDLL(None).syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)
    return max(0, found)


def close_in(writable: Iterable[Path]) -> bool:
    """Wall this process in for good: it may write below ``writable`` alone. False where the kernel can't.

    Raises OSError where it can and refuses.
    """
    known = version()
    if not known:
        return False
    changes = sum(rights for since, rights in _CHANGES.items() if since <= known)
    attributes = struct.pack("QQ", changes, _TCP) if known >= TCP_FROM else struct.pack("Q", changes)
    rules = _call(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        for path in writable:
            with contextlib.suppress(FileNotFoundError):
                _allow(rules, path, changes)
        if ctypes.CDLL(None).prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError("no_new_privs")
        _call(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
    return True


def _allow(rules: int, path: Path, changes: int) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = changes if path.is_dir() else changes & (_WRITE_FILE | _CHANGES[3])
        _call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, folder), 0)
    finally:
        os.close(folder)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = libc.syscall(number, *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"landlock: {os.strerror(error)}")
    return result
