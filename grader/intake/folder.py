"""A folder (or one file) as a submission. Links out of it are not followed; only plain files are read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from grader.errors import FileError, IntakeError
from grader.intake.problems import note
from grader.intake.tree import MAX_DEPTH, MAX_ENTRIES, Entry, ignored, plain_name
from grader.schema import Problem
from grader.text import clean_line


class Folder:
    """The files below ``root``, or ``root`` itself where that is a file.

    Raises:
        IntakeError: the folder itself can't be listed.
    """

    def __init__(self, root: Path) -> None:
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.twice: frozenset[str] = frozenset()
        self._root = root.resolve()
        self._full = False
        self._seen = 0
        if self._root.is_file():
            # Whoever runs the grader named this file: a link to it is as good as the file.
            self._add(self._root, root.name)
            self._root = self._root.parent
            return
        try:
            os.scandir(self._root).close()
        except OSError as error:
            raise IntakeError(
                "The folder {name} can't be read ({reason}).",
                name=clean_line(root.name),
                reason=error.strerror or "?",
            ) from None
        self._walk(self._root, "", 0)

    def _walk(self, folder: Path, inside: str, depth: int) -> None:
        try:
            with os.scandir(folder) as found:
                items = sorted(islice(found, MAX_ENTRIES + 1), key=lambda item: item.name)
        except OSError as error:
            self.problems.append(
                note(clean_line(inside), "This folder can't be read ({reason}).", reason=error.strerror or "?")
            )
            return
        for item in items:
            path = f"{inside}/{item.name}" if inside else item.name
            self._seen += 1
            if self._seen > MAX_ENTRIES or depth > MAX_DEPTH:
                self._stop(path)
                return
            if item.is_dir(follow_symlinks=False):
                if not ignored(f"{path}/x"):
                    self._walk(folder / item.name, path, depth + 1)
            elif not ignored(path):
                self._add(folder / item.name, path)

    def _stop(self, path: str) -> None:
        if not self._full:
            self._full = True
            self.problems.append(
                note(
                    clean_line(path),
                    "The folder has more than {entries} files or {depth} levels; the rest was not looked at.",
                    entries=MAX_ENTRIES,
                    depth=MAX_DEPTH,
                )
            )

    def _add(self, place: Path, path: str) -> None:
        """An entry for every file, the unusable too: only one that is wanted is worth a word."""
        try:
            info = place.lstat()
        except OSError:
            return
        if stat.S_ISDIR(info.st_mode):
            return
        self.entries.append(Entry(_encodable(plain_name(path)), info.st_size, place))

    @contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        place = self._inside(entry)
        flags = (
            os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        )
        try:
            descriptor = os.open(place, flags)
        except OSError as error:
            raise FileError("The file can't be opened ({reason}).", reason=error.strerror or "?") from None
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _not_plain()
            yield file

    def place(self, entry: Entry) -> Path | None:
        return self._inside(entry)

    def _inside(self, entry: Entry) -> Path:
        """Where the bytes are: links within the submission are followed, links out of it are not."""
        assert isinstance(entry.key, Path)
        try:
            place = entry.key.resolve(strict=True)
        except (OSError, RuntimeError):
            raise FileError("This link leads nowhere.") from None
        if not place.is_relative_to(self._root):
            raise FileError("This is a link to a place outside of the submission; it was not followed.")
        if not place.is_file():
            raise _not_plain()
        return place


def _not_plain() -> FileError:
    return FileError("This is not a plain file.")


def _encodable(path: str) -> str:
    """File names that are no text in the system's encoding still need a name that can be written."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
