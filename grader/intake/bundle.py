"""A submission with the zips in it opened: several of them, zips in zips, each only as far as its limits go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from grader.errors import FileError, IntakeError
from grader.intake.archive import Archive
from grader.intake.problems import note
from grader.intake.tree import MAX_ENTRIES, Entry, Tree, chunks
from grader.schema import Problem

#: A platform's zip, a student's zip in it and one more: deeper ones are a puzzle, not a submission.
MAX_LEVELS = 3
MAX_ZIPS = 40
#: What one student's files may come to when unpacked: three models of the largest exercise with their optimizers,
#: and as much again.
MAX_UNPACKED = 2 * 1024**3


class Bundle:
    """The files of ``tree`` and of the zips in it, whose paths begin with their zip's.

    Nothing is unpacked but a zip within a zip, which can't be read otherwise; and that under a name of our own,
    for as long as the bundle is open. Close it when done.

    Args:
        work_dir: where inner zips are unpacked.
    """

    def __init__(self, tree: Tree, work_dir: Path) -> None:
        self.entries: list[Entry] = []
        self.problems: list[Problem] = list(tree.problems)
        self.left = MAX_UNPACKED
        """Bytes that may still be unpacked for this student."""
        self.twice = tree.twice
        self._stack = ExitStack()
        self._work_dir = work_dir
        self._zips = 0
        self._add(tree, "", 0)

    def close(self) -> None:
        """Close and remove what was opened and unpacked."""
        self._stack.close()

    def _add(self, tree: Tree, prefix: str, level: int) -> None:
        zips = []
        for entry in tree.entries:
            inner = Entry(f"{prefix}{entry.path}", entry.size, _Place(tree, entry, prefix.rstrip("/")))
            if entry.name.casefold().endswith(".zip"):
                zips.append(inner)
            elif len(self.entries) < MAX_ENTRIES:
                self.entries.append(inner)
        for entry in sorted(zips, key=lambda entry: (entry.size, entry.path)):
            try:
                if level >= MAX_LEVELS or self._zips >= MAX_ZIPS or len(self.entries) >= MAX_ENTRIES:
                    raise FileError(
                        "At most {zips} zips are opened, nested {levels} deep at most; this one was not.",
                        zips=MAX_ZIPS,
                        levels=MAX_LEVELS,
                    )
                self._zips += 1
                archive = self._opened(entry)
            except (FileError, IntakeError) as error:
                self.problems.append(note(entry.shown, error.text))
                continue
            self.problems += archive.problems
            self.twice |= {f"{entry.path}/{path}" for path in archive.twice}
            self._add(archive, f"{entry.path}/", level + 1)

    def _opened(self, entry: Entry) -> Archive:
        place = self.place(entry)
        if place is None:
            place = self._work_dir / "zips" / f"{self._zips}.zip"
            place.parent.mkdir(parents=True, exist_ok=True)
            self._stack.callback(place.unlink, missing_ok=True)
            with place.open("wb") as file:
                for chunk in self.unpacked(entry, MAX_UNPACKED):
                    file.write(chunk)
        archive = Archive(place, name=entry.name)
        self._stack.callback(archive.close)
        return archive

    def unpacked(self, entry: Entry, limit: int) -> Iterator[bytes]:
        """The bytes of ``entry`` piece by piece, counted against what the student may unpack.

        Raises:
            FileError: it can't be read, or is larger than ``limit`` or than what is left.
        """
        for chunk in chunks(self, entry, min(limit, self.left)):
            self.left -= len(chunk)
            yield chunk

    def zip_of(self, entry: Entry) -> str:
        """Path of the zip in the submission that ``entry`` came out of; "" where it was in none."""
        return _place(entry).zip

    @contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        place = _place(entry)
        with place.tree.open(place.entry) as file:
            yield file

    def place(self, entry: Entry) -> Path | None:
        place = _place(entry)
        return place.tree.place(place.entry)


@dataclass(frozen=True)
class _Place:
    tree: Tree
    entry: Entry
    zip: str


def _place(entry: Entry) -> _Place:
    assert isinstance(entry.key, _Place)
    return entry.key
