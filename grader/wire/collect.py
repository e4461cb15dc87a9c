"""Evidence from a dead run's output folder: allow-listed names, plain files, no link followed, sizes capped.

The folder was written by a stranger's process. It is read after every such process is dead, so nothing moves
under our feet; still, each file is opened without following links and judged by what was opened.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")
SUFFIXES = (".npy", ".keras", ".json", ".jsonl")
MAX_FILES = 512
MAX_REFUSED = 50
#: Directory entries looked at, of however many were left.
MAX_ENTRIES = 20_000


def good_name(name: str) -> bool:
    """Whether evidence may have this file name."""
    return (
        NAME.fullmatch(name) is not None
        and name.endswith(SUFFIXES)
        and not name.startswith(".")
        and not name.startswith("-")
    )


@dataclass
class Collector:
    """Walks one folder once.

    ``refused`` names (repr-escaped, shortened) with why; ``broken``: something there was no plain file or over a
    limit, which an honest run can't leave.
    """

    max_file: int
    max_total: int
    refused: list[str] = field(default_factory=list)
    broken: bool = False

    def files(self, folder: int | str) -> Iterator[tuple[str, int, int]]:
        """Yield ``(name, descriptor, size)`` of each good file in name order; the descriptor closes after use.

        ``folder`` is an open directory's descriptor, or a path where descriptors can't be listed (Windows).
        """
        total = count = 0
        names: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(names) >= MAX_ENTRIES:
                    self._refuse("…", "more files than can be listed", broken=True)
                    break
                names.append(entry.name)
        for name in sorted(names):
            descriptor = self._open(folder, name)
            if descriptor is None:
                continue
            try:
                size = os.fstat(descriptor).st_size
                if size > self.max_file:
                    self._refuse(name, f"{size} bytes; at most {self.max_file}", broken=True)
                elif total + size > self.max_total:
                    self._refuse(name, f"all files together over {self.max_total} bytes", broken=True)
                elif count >= MAX_FILES:
                    self._refuse(name, f"more than {MAX_FILES} files", broken=True)
                else:
                    total += size
                    count += 1
                    yield name, descriptor, size
            finally:
                os.close(descriptor)

    def _open(self, folder: int | str, name: str) -> int | None:
        """A descriptor of the plain file ``name``, or None when it is refused."""
        at = folder if isinstance(folder, int) else None
        path = name if at is not None else os.path.join(str(folder), name)
        try:
            mode = os.stat(path, dir_fd=at, follow_symlinks=False)
            if not stat.S_ISREG(mode.st_mode):
                self._refuse(name, f"a {_kind(mode.st_mode)}, not a plain file", broken=True)
                return None
            if mode.st_nlink != 1:
                self._refuse(name, f"{mode.st_nlink} names for one file", broken=True)
                return None
            if not good_name(name):
                self._refuse(name, "not an evidence file's name", broken=False)
                return None
            flags = os.O_RDONLY
            for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
                flags |= getattr(os, flag, 0)
            descriptor = _open_owned(path, flags, at)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                self._refuse(name, "not a plain file", broken=True)
                return None
            return descriptor
        except OSError as error:
            self._refuse(name, f"can't be read: {error.strerror}", broken=True)
            return None

    def _refuse(self, name: str, why: str, *, broken: bool) -> None:
        self.broken = self.broken or broken
        if len(self.refused) < MAX_REFUSED:
            self.refused.append(f"{ascii(name)[1:-1][:120]}: {why}")
        elif len(self.refused) == MAX_REFUSED:
            self.refused.append("…")


def _open_owned(path: str, flags: int, at: int | None) -> int:
    """Open; a file whose owner (the run, with our uid) took away the right to read it gets that back once."""
    try:
        return os.open(path, flags, dir_fd=at)
    except PermissionError:
        with contextlib.suppress(OSError, NotImplementedError):
            os.chmod(path, 0o600, dir_fd=at)
        return os.open(path, flags, dir_fd=at)


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFLNK: "symbolic link",
        stat.S_IFDIR: "folder",
        stat.S_IFIFO: "FIFO",
        stat.S_IFSOCK: "socket",
        stat.S_IFCHR: "device",
        stat.S_IFBLK: "device",
    }
    return kinds.get(stat.S_IFMT(mode), "special file")
