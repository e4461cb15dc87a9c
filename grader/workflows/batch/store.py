"""The folder of a graded class: each student's results appear in it whole, or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, overload

from filelock import BaseFileLock, FileLock, Timeout
from pydantic import TypeAdapter

from grader.errors import BatchError
from grader.files import write_whole
from grader.schema import ClassEntry, Download, Downloads, Lang, Result, SimilarPair, Student
from grader.schema.base import Frozen
from grader.text import natural_key

STUDENT_FILE = "student.json"
BATCH_FILE = "batch.json"
SIMILAR_FILE = "similar.json"
_NEW, _OLD, _LOCK, _SCRATCH = ".new-", ".old-", ".lock", ".scratch"
_PAIRS = TypeAdapter(tuple[SimilarPair, ...])
_SCRATCH_PREFIX = "grader-batch-"


class StudentRecord(Frozen):
    """``student.json``: whose work it is, beside the result."""

    student: Student
    submitted_at: datetime | None = None
    late: bool | None = None
    received: tuple[str, ...] = ()
    """The download's own names, under which the work goes back."""

    @classmethod
    def of(cls, download: Download) -> StudentRecord:
        return cls(
            student=download.student,
            submitted_at=download.submitted_at,
            late=download.late,
            received=tuple(path.name for path in download.paths),
        )

    def write(self, folder: Path) -> None:
        """Put it into ``folder``, unless it is there already."""
        content = self.model_dump_json(indent=1) + "\n"
        path = folder / STUDENT_FILE
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            write_whole(path, content)


class Store:
    """``OUT``, locked for one batch at a time. Use as a context manager."""

    def __init__(self, out: Path, *, resume: bool) -> None:
        """Make it or open it, and tidy up what an interrupted batch left.

        Raises:
            BatchError: it can't be written, holds results and ``resume`` is not asked for, or is in use.
        """
        self.out = out
        try:
            out.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(out / _LOCK)
        except Timeout as error:
            raise BatchError("Another batch is writing to {folder} right now.", folder=str(out)) from error
        except OSError as error:
            raise BatchError(
                "The output folder {folder} cannot be written ({reason}). Choose another one with --out.",
                folder=str(out),
                reason=error.strerror or str(error),
            ) from error
        try:
            self._tidy()
            if not resume and next(student_folders(out), None) is not None:
                raise BatchError(
                    "{folder} already holds results. Add --resume to continue with them (what has not changed "
                    "is not run again), or choose another folder with --out.",
                    folder=str(out),
                )
            self.scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH_PREFIX))
            write_whole(out / _SCRATCH, f"{self.scratch}\n")
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        for entry in self.out.glob(f"{_NEW}*"):
            shutil.rmtree(entry, ignore_errors=True)
        with contextlib.suppress(OSError):
            (self.out / _SCRATCH).unlink()
        self._lock.release()

    def fresh(self, student: str) -> Path:
        """Where ``student`` is graded into: a name beside the final one, so that renaming is all that is left."""
        place = self.out / f"{_NEW}{student}"
        discard(place)
        return place

    def stored(self, student: str) -> Path | None:
        """The folder of an earlier result; None where there is none."""
        place = self.out / student
        return place if (place / "result.json").is_file() else None

    def put(self, student: str, fresh: Path) -> None:
        """Make ``fresh`` the result of ``student``. At any moment the old one or the new one can be found."""
        place, old = self.out / student, self.out / f"{_OLD}{student}"
        if place.exists():
            place.rename(old)
        fresh.rename(place)
        sync_folder(self.out)
        discard(old)

    def _tidy(self) -> None:
        """After kill -9 or a power cut: take back what was being replaced, throw away what was not finished."""
        for entry in list(self.out.iterdir()):
            if entry.name.startswith(_OLD):
                place = self.out / entry.name.removeprefix(_OLD)
                if place.exists():
                    discard(entry)
                else:
                    entry.rename(place)
            elif entry.name.startswith(_NEW):
                discard(entry)
        with contextlib.suppress(OSError):
            left = Path((self.out / _SCRATCH).read_text(encoding="utf-8").strip())
            if left.parent == Path(tempfile.gettempdir()) and left.name.startswith(_SCRATCH_PREFIX):
                shutil.rmtree(left, ignore_errors=True)


def discard(folder: Path) -> None:
    """Remove a tree, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)


def sync_folder(folder: Path) -> None:
    """Wait until the names in ``folder`` are on the disk."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Wait until all below ``folder`` is on the disk: renaming must not overtake what is renamed."""
    if sys.platform == "linux":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            # One call for the file system is far cheaper than one for each of a hundred small files.
            if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) == 0:
                return
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
        finally:
            os.close(descriptor)
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _locked(path: Path) -> BaseFileLock:
    """The lock, held until it is released or the process ends however.

    Raises:
        Timeout: another has it. OSError: the file can't be made.
    """
    lock = FileLock(path)
    # A network file system may have no locks: two batches at once are then the person's own care.
    with contextlib.suppress(NotImplementedError):
        lock.acquire(blocking=False)
    return lock


def student_folders(out: Path) -> Iterator[Path]:
    """Folders of graded students below ``out``, sorted by name."""
    for entry in sorted(out.iterdir(), key=lambda entry: natural_key(entry.name)):
        if not entry.name.startswith(".") and (entry / "result.json").is_file():
            yield entry


def is_class(out: Path) -> bool:
    """Whether ``out`` is the folder of a graded class."""
    return out.is_dir() and ((out / BATCH_FILE).is_file() or next(student_folders(out), None) is not None)


class BatchRecord(Frozen):
    """``batch.json``: what the class report needs besides the results."""

    format_version: Literal[1] = 1
    lang: Lang
    reused: tuple[str, ...] = ()
    """Students for whom nothing had to be run."""
    downloads: Downloads
    """Without the paths."""

    def write(self, out: Path) -> None:
        write_whole(out / BATCH_FILE, self.model_dump_json(indent=1) + "\n")


def read_batch(out: Path) -> BatchRecord | None:
    """What is stored of the last batch that came to its end; None where that is not known."""
    try:
        return BatchRecord.model_validate_json((out / BATCH_FILE).read_bytes())
    except (OSError, ValueError):
        return None


def write_similar(out: Path, pairs: Sequence[SimilarPair]) -> None:
    """Store which work is alike, for reports that are made again."""
    write_whole(out / SIMILAR_FILE, _PAIRS.dump_json(tuple(pairs), indent=1).decode() + "\n")


def read_similar(out: Path) -> tuple[SimilarPair, ...] | None:
    """What :func:`write_similar` stored; None where that is not known."""
    try:
        return _PAIRS.validate_json((out / SIMILAR_FILE).read_bytes())
    except (OSError, ValueError):
        return None


def read_entries(out: Path) -> Iterator[ClassEntry]:
    """The graded class, one student after the other, read from the disk when asked for: none is held."""
    return iter(ClassEntries(out))


class ClassEntries(Sequence[ClassEntry]):
    """The graded class as a sequence that holds names alone; each entry is read when it is asked for."""

    def __init__(self, out: Path) -> None:
        self._folders = list(student_folders(out))
        record = read_batch(out)
        self._reused = set(record.reused if record is not None else ())

    def __len__(self) -> int:
        return len(self._folders)

    def of(self, student: str) -> ClassEntry:
        """One student's entry. Raises ValueError where there is none."""
        return self[self.names.index(student)]

    @property
    def names(self) -> list[str]:
        """The students' folders, which are their ids."""
        return [folder.name for folder in self._folders]

    @overload
    def __getitem__(self, index: int) -> ClassEntry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ClassEntry]: ...
    def __getitem__(self, index: int | slice) -> ClassEntry | Sequence[ClassEntry]:
        if isinstance(index, slice):
            part = ClassEntries.__new__(ClassEntries)
            part._folders, part._reused = self._folders[index], self._reused
            return part
        folder = self._folders[index]
        try:
            record = StudentRecord.model_validate_json((folder / STUDENT_FILE).read_bytes())
        except (OSError, ValueError):
            record = StudentRecord(student=Student(id=folder.name))
        return ClassEntry(
            student=record.student,
            folder=folder,
            result=Result.model_validate_json((folder / "result.json").read_bytes()),
            submitted_at=record.submitted_at,
            late=record.late,
            received=record.received,
            reused=folder.name in self._reused,
        )
