"""What a submission is made of, whatever it came in: named files that are read only when somebody wants them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from grader.errors import FileError
from grader.schema import Problem
from grader.text import clean_line, format_size

MAX_ENTRIES = 50_000
MAX_DEPTH = 20
CHUNK = 1024 * 1024

#: Folders in which no student's work is.
IGNORED_FOLDERS = frozenset(("__MACOSX", "__pycache__", "node_modules", "site-packages"))


@dataclass(frozen=True)
class Entry:
    """One file of a submission."""

    path: str
    """Inside the submission, with ``/``, NFC-normalised."""
    size: int
    """In bytes, as declared: a reader checks."""
    key: object = field(compare=False, repr=False)
    """What the tree finds the file by."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")[:-1])

    @property
    def shown(self) -> str:
        """The path as it can be shown."""
        return clean_line(self.path, 200)


class Tree(Protocol):
    """A submission's files. ``problems`` are about the container, not about one exercise's file."""

    entries: list[Entry]
    problems: list[Problem]
    twice: frozenset[str]
    """Paths that the container holds more than once; the last one is used."""

    def open(self, entry: Entry) -> AbstractContextManager[BinaryIO]:
        """The bytes of ``entry``.

        Raises:
            FileError: they can't be read.
        """
        ...

    def place(self, entry: Entry) -> Path | None:
        """Where the file lies on disk; None where it has to be unpacked first."""
        ...


def ignored(path: str) -> bool:
    """Whether ``path`` is something that a system or a tool left there."""
    *folders, name = PurePosixPath(path).parts
    return name.startswith("._") or any(f in IGNORED_FOLDERS or f.startswith(".") for f in folders)


def plain_name(path: str) -> str:
    """``path`` with ``/`` between folders and its letters composed (macOS hands in decomposed Hangul)."""
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


def chunks(tree: Tree, entry: Entry, limit: int) -> Iterator[bytes]:
    """The bytes of ``entry`` piece by piece.

    Raises:
        FileError: it can't be read, or is larger than ``limit`` bytes, whatever it declared.
    """
    if entry.size > limit:
        raise too_large(entry.size, limit)
    total = 0
    with tree.open(entry) as file:
        while True:
            try:
                chunk = file.read(CHUNK)
            except FileError:
                raise
            except Exception as error:  # zlib, lzma, zipfile and the system each have their own
                raise FileError(
                    "The file is damaged and can't be read ({reason}).", reason=clean_line(str(error))
                ) from None
            if not chunk:
                return
            total += len(chunk)
            if total > limit:
                raise too_large(total, limit)
            yield chunk


def read(tree: Tree, entry: Entry, limit: int) -> bytes:
    """All bytes of ``entry``; raises :class:`FileError` as :func:`chunks` does."""
    data = bytearray()
    for chunk in chunks(tree, entry, limit):
        data += chunk
    return bytes(data)


def file_hash(tree: Tree, entry: Entry, limit: int) -> str:
    """SHA-256 of the bytes of ``entry``; raises :class:`FileError` as :func:`chunks` does."""
    digest = hashlib.sha256()
    for chunk in chunks(tree, entry, limit):
        digest.update(chunk)
    return digest.hexdigest()


def too_large(size: int, limit: int) -> FileError:
    """The error for a file over its limit."""
    return FileError(
        "The file is too large: {size}; at most {limit} are read.",
        size=format_size(size),
        limit=format_size(limit),
    )
