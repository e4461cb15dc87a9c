"""A zip as a submission. Nothing is unpacked but a declared model, and that under a name of our own."""

from __future__ import annotations

import stat
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from grader.errors import FileError, IntakeError
from grader.i18n import both_n
from grader.intake.problems import note
from grader.intake.tree import MAX_DEPTH, MAX_ENTRIES, Entry, ignored, plain_name
from grader.schema import Problem
from grader.text import clean_line

#: What people pack with and is not read here.
OTHER_ARCHIVES = (".7z", ".rar", ".gz", ".tar", ".tgz", ".xz", ".bz2", ".egg", ".alz")
#: 50,000 files with paths of 200 bytes have a table of contents of this size.
MAX_DIRECTORY = 16 * 1024 * 1024
#: No file system takes longer names, and composing the letters of one takes time that grows with its square.
MAX_NAME = 255
#: Deflate reaches 1000:1 on zeros; text and weights stay far below 100:1. So much of a file, and of all files
#: together, is free: what is small does no harm.
MAX_RATIO = 200
RATIO_FREE = 1024 * 1024
TOTAL_FREE = 64 * 1024 * 1024

_ENTRY = b"PK\x01\x02"
_END = b"PK\x05\x06"
_END64_LOCATOR = b"PK\x06\x07"
_END64 = b"PK\x06\x06"


class Archive:
    """The files in the zip at ``path``, which its author calls ``name``. Close it when done.

    Raises:
        IntakeError: it is no zip, or its table of contents is missing or too large.
    """

    def __init__(self, path: Path, *, name: str = "") -> None:
        self._name = clean_line(name or path.name)
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.twice: frozenset[str] = frozenset()
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise IntakeError(
                "{name} can't be opened ({reason}).", name=self._name, reason=error.strerror or "?"
            ) from None
        try:
            self._check_directory()
            self._zip = zipfile.ZipFile(cast(IO[bytes], self._file))
        except IntakeError:
            self._file.close()
            raise
        except Exception:  # zipfile raises half a dozen kinds on damaged directories
            self._file.close()
            raise _damaged(self._name) from None
        self._list()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._file.close()

    def _check_directory(self) -> None:
        """Look at the size of the table of contents before zipfile loads it whole."""
        size = self._file.seek(0, 2)
        start = max(0, size - 65_557)
        self._file.seek(start)
        tail = self._file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) < at + 22:
            self._file.seek(0)
            if self._file.read(4) in (b"PK\x03\x04", _END):
                raise _damaged(self._name)
            raise IntakeError(
                "{name} is not a zip file. Please hand in a .zip, a folder, or the file itself.", name=self._name
            )
        length = struct.unpack("<L", tail[at + 12 : at + 16])[0]
        if length == 0xFFFFFFFF and tail[at - 20 : at - 16] == _END64_LOCATOR:
            self._file.seek(struct.unpack("<Q", tail[at - 12 : at - 4])[0])
            end = self._file.read(56)
            length = struct.unpack("<Q", end[40:48])[0] if end[:4] == _END64 else length
        if length > MAX_DIRECTORY:
            raise IntakeError("{name}: the zip's table of contents is too large.", name=self._name)
        # Each entry becomes an object of zipfile's, so they are counted before it sees them. The table ends here.
        end_of_table = start + at
        self._file.seek(max(0, end_of_table - length - 76))
        if self._file.read(end_of_table - self._file.tell()).count(_ENTRY) > MAX_ENTRIES:
            raise IntakeError(
                "{name}: the zip has more than {entries} files.", name=self._name, entries=MAX_ENTRIES
            )
        self._file.seek(0)

    def _list(self) -> None:
        found: dict[str, Entry] = {}
        twice: set[str] = set()
        unsafe = 0
        total = 0
        for info in self._zip.infolist():
            total += info.file_size
            name = real_name(info)
            if max(map(len, name.replace("\\", "/").split("/"))) > MAX_NAME:
                unsafe += 1
                continue
            path = plain_name(name)
            if path.endswith("/") or info.is_dir():
                continue
            parts = path.split("/")
            if path.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in path:
                unsafe += 1
                continue
            if len(parts) > MAX_DEPTH or ignored(path):
                continue
            path = "/".join(part for part in parts if part not in ("", "."))
            if path in found:
                twice.add(path)
            # As when unpacking, the later one replaces the earlier.
            found[path] = Entry(path, info.file_size, info)
        packed = self._file.seek(0, 2)
        if total > TOTAL_FREE and total > MAX_RATIO * packed:
            self.close()
            raise IntakeError(
                "{name} unpacks to {times} times its size, which no ordinary zip does; it was not opened.",
                name=self._name,
                times=total // packed,
            )
        self.entries = list(found.values())
        if unsafe:
            self.problems.append(
                note(
                    "",
                    both_n(
                        "{n} entry of the zip points outside of it and was ignored.",
                        "{n} entries of the zip point outside of it and were ignored.",
                        unsafe,
                    ),
                )
            )
        self.twice = frozenset(twice)

    @contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        info = entry.key
        assert isinstance(info, zipfile.ZipInfo)
        if info.flag_bits & 0x1:
            raise FileError("The file is locked with a password. Please zip it again without one.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileError("This is a link; a zip's links are not followed.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # zipfile unpacks the others (bzip2, LZMA) without a limit on what one piece becomes.
            raise FileError("The file is compressed in an unsupported way. Please zip it again as a plain zip.")
        if info.file_size > RATIO_FREE and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise FileError("The file unpacks to an abnormal size; it was not opened.")
        try:
            file = self._zip.open(info)
        except Exception as error:  # bad local header, overlapping entries, damaged bytes
            raise FileError("The file is damaged inside the zip ({reason}).", reason=str(error)[:200]) from None
        with file:
            yield cast(BinaryIO, file)

    def place(self, entry: Entry) -> Path | None:
        return None


def real_name(info: zipfile.ZipInfo) -> str:
    """The name that the zip's author meant.

    Without the UTF-8 flag a name is bytes in no stated encoding, which zipfile reads as cp437. macOS writes UTF-8
    there all the same, Windows in Korea cp949.
    """
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    if raw.isascii():
        return info.filename
    for encoding in ("utf-8", "cp949"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or any("HANGUL" in unicodedata.name(letter, "") for letter in name):
            return name
    return info.filename


def _damaged(name: str) -> IntakeError:
    return IntakeError(
        "The zip file {name} is damaged: its table of contents, which stands at the end, can't be read. "
        "Was the upload cut short? Please zip and hand it in again.",
        name=name,
    )
