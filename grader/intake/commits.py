"""When a git checkout's last commit was made, read from its files: git itself could run hooks and filters."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

_MAX_COMMIT = 1 << 20
_SHA = re.compile(r"[0-9a-f]{40}")
_REF = re.compile(r"refs/[\w./-]{1,200}")
_COMMITTER = re.compile(rb"^committer .*> (\d{1,12}) ([+-])(\d\d)(\d\d)$", re.MULTILINE)
_COMMIT_TYPE = 1


def commit_time(checkout: Path) -> datetime | None:
    """The committer's time of HEAD, which is what the student's machine said; None where it can't be told.

    Understands loose objects and packs (version 2, SHA-1, a commit that is stored whole), which is what
    ``git clone`` leaves in nearly all cases.
    """
    try:
        folder = checkout / ".git"
        sha = _head(folder) if folder.is_dir() else None
        if sha is None:
            return None
        commit = _loose(folder, sha) or _packed(folder, sha)
        match = _COMMITTER.search(commit or b"")
        if match is None:
            return None
        offset = timedelta(hours=int(match[3]), minutes=int(match[4]))
        zone = timezone(-offset if match[2] == b"-" else offset)
        return datetime.fromtimestamp(int(match[1]), zone)
    except (OSError, ValueError, OverflowError, struct.error, zlib.error, IndexError):
        return None


def _head(folder: Path) -> str | None:
    text = _small(folder / "HEAD").strip()
    if not text.startswith("ref:"):
        return text if _SHA.fullmatch(text) else None
    name = text.removeprefix("ref:").strip()
    if not _REF.fullmatch(name) or ".." in name:
        return None
    if (folder / name).is_file():
        value = _small(folder / name).strip()
        return value if _SHA.fullmatch(value) else None
    for line in _small(folder / "packed-refs", 1 << 24).splitlines():
        value, _, ref = line.partition(" ")
        if ref.strip() == name and _SHA.fullmatch(value):
            return value
    return None


def _small(path: Path, limit: int = 4096) -> str:
    with path.open("rb") as file:
        return file.read(limit).decode("utf-8", "replace")


def _loose(folder: Path, sha: str) -> bytes | None:
    path = folder / "objects" / sha[:2] / sha[2:]
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return zlib.decompressobj().decompress(file.read(_MAX_COMMIT), _MAX_COMMIT)


def _packed(folder: Path, sha: str) -> bytes | None:
    for index in sorted((folder / "objects" / "pack").glob("*.idx")):
        offset = _offset(index, bytes.fromhex(sha))
        if offset is not None:
            return _object(index.with_suffix(".pack"), offset)
    return None


def _offset(index: Path, sha: bytes) -> int | None:
    """Where the pack has ``sha``, by its index: header, 256 sums, sorted hashes, checksums, offsets."""
    with index.open("rb") as file:
        if file.read(8) != b"\xfftOc\x00\x00\x00\x02":
            return None
        sums = struct.unpack(">256I", file.read(1024))
        low, high, total = (sums[sha[0] - 1] if sha[0] else 0), sums[sha[0]], sums[255]
        while low < high:
            middle = (low + high) // 2
            file.seek(1032 + 20 * middle)
            found = file.read(20)
            if found == sha:
                file.seek(1032 + 24 * total + 4 * middle)
                offset: int = struct.unpack(">I", file.read(4))[0]
                if offset & 0x80000000:
                    file.seek(1032 + 28 * total + 8 * (offset & 0x7FFFFFFF))
                    offset = struct.unpack(">Q", file.read(8))[0]
                return offset
            low, high = (middle + 1, high) if found < sha else (low, middle)
    return None


def _object(pack: Path, offset: int) -> bytes | None:
    with pack.open("rb") as file:
        file.seek(offset)
        head = file.read(_MAX_COMMIT)
    at = 0
    kind = head[0] >> 4 & 7
    while head[at] & 0x80:
        at += 1
    return zlib.decompressobj().decompress(head[at + 1 :], _MAX_COMMIT) if kind == _COMMIT_TYPE else None
