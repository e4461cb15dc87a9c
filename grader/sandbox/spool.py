"""The coordinator's temporary folder: one sub-folder with the inputs of each run, and nothing after the run."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from grader.schema.run import Job

#: Copies of large inputs are kept for the next run that wants them (a data set is the same for a whole class).
_KEEP_FROM = 1 << 20
_KEEP_TOTAL = 2 << 30


class Spool:
    """A private folder; only what is below ``runs`` is ever shown to anything confined.

    ``link``: inputs may be hard links to their sources. Only where a run can't write: a link is the file.
    ``runs``: where a zygote that others have started looks for inputs; by default a folder of our own.
    """

    def __init__(self, *, link: bool, runs: Path | None = None) -> None:
        self._link = link
        self.base = Path(tempfile.mkdtemp(prefix="vision-grader-"))
        self.runs = runs or self.base / "runs"
        self.root = self.base / "root"
        self.log = self.base / "worker.log"
        self._kept_folder = self.base / "kept"
        for folder in (self.runs, self.root, self._kept_folder):
            if folder != runs:
                folder.mkdir()
                folder.chmod(0o755)
        self._kept: OrderedDict[tuple[int, int, int, int], tuple[Path, int]] = OrderedDict()

    @contextlib.contextmanager
    def inputs(self, job: Job) -> Iterator[Path]:
        """The run's folder, filled and readable by every uid; it is gone afterwards.

        Raises OSError where an input can't be read, ValueError for a name that is none.
        """
        folder = self.runs / secrets.token_hex(8)
        folder.mkdir()
        try:
            folder.chmod(0o755)
            for name, source in job.files.items():
                if name in ("", ".", "..", "job.json") or set(name) & {"/", "\\", "\0"}:
                    raise ValueError(f"not a plain file name: {name!r}")
                self._place(source, folder / name)
            request = folder / "job.json"
            request.write_text(json.dumps(job.request, ensure_ascii=False), encoding="utf-8")
            request.chmod(0o644)
            yield folder
        finally:
            remove(folder)

    def _place(self, source: Path, target: Path) -> None:
        """Link where everybody may read the source, else copy; the source itself is never changed."""
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"not a plain file: {source.name!r}")
        if self._link and status.st_mode & stat.S_IROTH and not source.is_symlink() and _linked(source, target):
            return
        if not self._link or status.st_size < _KEEP_FROM:
            _copy(source, target)
            return
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in self._kept:
            kept = self._kept_folder / secrets.token_hex(8)
            _copy(source, kept)
            self._kept[key] = (kept, status.st_size)
            while len(self._kept) > 1 and sum(size for _, size in self._kept.values()) > _KEEP_TOTAL:
                self._kept.popitem(last=False)[1][0].unlink(missing_ok=True)
        self._kept.move_to_end(key)
        if not _linked(self._kept[key][0], target):
            _copy(source, target)

    def close(self) -> None:
        """Remove everything."""
        remove(self.base)


def _linked(source: Path, target: Path) -> bool:
    try:
        target.hardlink_to(source)
    except OSError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o644)


def remove(folder: Path) -> None:
    """Remove a tree whose folders a run may have made unreadable; what resists is left to the system."""

    def again(function: object, path: str, _: object) -> None:
        with contextlib.suppress(OSError):
            parent = os.path.dirname(path)
            for folder in (parent, path):
                if not os.path.islink(folder) and os.path.isdir(folder):
                    os.chmod(folder, 0o700)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)

    shutil.rmtree(folder, onerror=again)
