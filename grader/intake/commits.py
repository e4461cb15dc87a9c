"""When a git checkout's last commit was made.

The files of the repository are read with dulwich, and nothing in them is obeyed: git itself could run programs
that the checkout's own configuration names. Its configuration, hooks, filters, alternates, and links out of
``.git`` are not looked at. dulwich gets no more of a file than a commit may be long.
"""

from __future__ import annotations

import io
import os
import stat
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

#: Compressed; a commit is its message and a few lines. Deflate makes at most 1032 times as much of it.
MAX_COMMIT = 64 * 1024
#: A commit stored as a difference: each may copy its whole base over and over, so both stay small.
MAX_DELTA = 4 * 1024
MAX_CHAIN = 50
MAX_REF = 4 * 1024
MAX_PACKED_REFS = 16 * 1024 * 1024
MAX_PACKS = 1000


def commit_time(checkout: Path) -> datetime | None:
    """The committer's time of HEAD, which is what the student's machine said; None where it can't be told."""
    from dulwich.objects import Commit

    try:
        folder = (checkout / ".git").resolve(strict=True)
        if (checkout / ".git").is_symlink() or not folder.is_dir():
            return None
        sha = _head(folder)
        content = sha and (_loose(folder, sha) or _packed(folder, sha))
        if not content:
            return None
        commit = Commit.from_string(content)
        zone = timezone(timedelta(seconds=commit.commit_timezone)) if commit.commit_timezone else UTC
        return datetime.fromtimestamp(commit.commit_time, zone)
    except (
        Exception
    ):  # dulwich trusts what it reads to be a repository, and fails in a dozen ways where it is none
        return None


def _file(folder: Path, name: str, limit: int | None = None) -> Path | None:
    """The plain file ``name`` in ``folder``; None where there is none, or one longer than ``limit`` bytes."""
    path = folder / name
    try:
        info = path.lstat()
    except OSError:
        return None
    plain = stat.S_ISREG(info.st_mode) and path.resolve() == path
    return path if plain and (limit is None or info.st_size <= limit) else None


def _head(folder: Path) -> str | None:
    from dulwich.refs import DiskRefsContainer

    refs = DiskRefsContainer(os.fspath(folder))
    name = b"HEAD"
    for _ in range(5):
        value: bytes | None = None
        if _file(folder, os.fsdecode(name), MAX_REF):
            value = refs.read_loose_ref(name)  # type: ignore[arg-type]
        elif _file(folder, "packed-refs", MAX_PACKED_REFS):
            value = refs.get_packed_refs().get(name)  # type: ignore[call-overload]
        if value is None or not value.startswith(b"ref: "):
            return value.decode("ascii").strip() if value else None
        name = value.removeprefix(b"ref: ").strip()
    return None


def _loose(folder: Path, sha: str) -> bytes | None:
    path = _file(folder, f"objects/{sha[:2]}/{sha[2:]}", MAX_COMMIT)
    if path is None:
        return None
    head, _, content = zlib.decompressobj().decompress(path.read_bytes(), 64 * MAX_COMMIT).partition(b"\0")
    return content if head.startswith(b"commit ") else None


def _packed(folder: Path, sha: str) -> bytes | None:
    from dulwich.object_format import SHA1
    from dulwich.pack import load_pack_index

    for name in sorted(path.name for path in islice((folder / "objects/pack").glob("*.idx"), MAX_PACKS)):
        index = _file(folder, f"objects/pack/{name}")
        pack = _file(folder, f"objects/pack/{name.removesuffix('.idx')}.pack")
        if index is None or pack is None:
            continue
        with closing(load_pack_index(index, SHA1)) as table:
            try:
                offset = table.object_offset(bytes.fromhex(sha))  # type: ignore[arg-type]
            except KeyError:
                continue
            return _unpacked(pack, offset, table.object_offset, MAX_CHAIN)
    return None


def _unpacked(pack: Path, offset: int, find: Callable[[Any], int], left: int) -> bytes | None:
    """The object at ``offset``, put together from its base where it is stored as a difference."""
    from hashlib import sha1

    from dulwich.pack import OFS_DELTA, REF_DELTA, apply_delta, unpack_object

    with pack.open("rb") as file:
        file.seek(offset)
        part = io.BytesIO(file.read(MAX_COMMIT))
    found, _ = unpack_object(part.read, sha1)
    data = b"".join(found.decomp_chunks)
    if found.pack_type_num not in (OFS_DELTA, REF_DELTA):
        return data
    base: Any = found.delta_base
    before = find(base) if found.pack_type_num == REF_DELTA else offset - base
    whole = _unpacked(pack, before, find, left - 1) if left and before != offset else None
    if whole is None or len(whole) > MAX_COMMIT or len(data) > MAX_DELTA:
        return None
    return b"".join(apply_delta(whole, data))
