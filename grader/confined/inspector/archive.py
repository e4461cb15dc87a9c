"""The outer layer of a ``.keras`` file: a zip of exactly three members, read with every size bounded.

A good file is what ``Model.save`` of Keras 3 writes: ``metadata.json``, ``config.json`` and ``model.weights.h5``.
Anything else (assets, a fourth member, a renamed HDF5 file, a SavedModel) is not one.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.confined.inspector.allowed import Refused

#: Largest size of each member once unpacked, in bytes.
MEMBERS = {"metadata.json": 64 << 10, "config.json": 8 << 20, "model.weights.h5": 1 << 30}
MAX_FILE = 1 << 30
#: Unpacked bytes for a packed one. Keras stores without compression; deflate makes about 30 of its JSON, 1.1 of
#: trained weights and 3 of those with fresh moments, which are zeros.
MAX_RATIO = 100
#: Objects and arrays inside each other; InceptionResNetV2 inside a model inside a model needs 25.
MAX_DEPTH = 60
#: No single read may ask for more: the zip's own directory is 200 bytes, but may claim gigabytes.
BLOCK = 1 << 20


@dataclass(frozen=True)
class Archive:
    """The three members: JSON parsed, weights in a file of our own."""

    config: dict[str, Any]
    weights: Path


class _BoundedReads(io.FileIO):
    """A file that refuses to be read in large pieces."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(BLOCK + 4096 if size is None or size < 0 else min(size, BLOCK + 4096))
        if data is not None and len(data) > BLOCK and (size is None or size < 0 or size > BLOCK):
            raise zipfile.BadZipFile("a directory that is too large")
        return data or b""


def open_archive(path: Path, weights: Path) -> Archive:
    """Read ``path``; its HDF5 member is unpacked to ``weights``.

    Raises:
        Refused: ``missing``, ``not_keras_file``, ``too_large`` or ``damaged``.
    """
    if not path.is_file():
        raise Refused("missing", path.name)
    if path.stat().st_size > MAX_FILE:
        raise Refused("too_large", f"{path.stat().st_size >> 20} MB")
    try:
        with _BoundedReads(path) as file, zipfile.ZipFile(file) as archive:
            members = _members(archive)
            metadata = parse(_read(archive, members["metadata.json"]), "metadata.json")
            config = parse(_read(archive, members["config.json"]), "config.json")
            with weights.open("wb") as target:
                _copy(archive, members["model.weights.h5"], target.write)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        kind = "damaged" if zipfile.is_zipfile(path) else "not_keras_file"
        raise Refused(kind, str(error)) from error
    version = str(metadata.get("keras_version", ""))[:20]
    if version.startswith(("1.", "2.")):
        raise Refused("older_keras", version)
    return Archive(config, weights)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    names = sorted(info.filename for info in infos)
    if names != sorted(MEMBERS):
        odd = [name for name in names if name not in MEMBERS] or names
        raise Refused("not_keras_file", ", ".join(odd[:3]))
    for info in infos:
        if info.flag_bits & 0x1:
            raise Refused("damaged", f"{info.filename} is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("damaged", f"{info.filename}: compression {info.compress_type}")
        if info.file_size > MEMBERS[info.filename] or info.file_size > MAX_RATIO * info.compress_size + (1 << 16):
            raise Refused("too_large", f"{info.filename}: {info.file_size >> 20} MB")
    return {info.filename: info for info in infos}


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, write: Callable[[bytes], object]) -> None:
    """Unpack one member; never more than it declares, and never less. Its checksum is compared at the end."""
    left = info.file_size
    with archive.open(info) as member:
        while block := member.read(min(BLOCK, left + 1)):
            left -= len(block)
            if left < 0:
                raise Refused("damaged", f"{info.filename} is longer than it says")
            write(block)
    if left:
        raise Refused("damaged", f"{info.filename} is shorter than it says")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    blocks: list[bytes] = []
    _copy(archive, info, blocks.append)
    return b"".join(blocks)


def parse(data: bytes, name: str) -> dict[str, Any]:
    """A JSON object of bounded depth; ``name`` is what a refusal calls it.

    Raises:
        Refused: ``damaged``.
    """
    try:
        value = json.loads(data.decode("utf-8"))
        depth = _depth(value)
    except (ValueError, RecursionError) as error:
        raise Refused("damaged", f"{name}: {error}") from error
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        raise Refused("damaged", f"{name}: unexpected structure")
    return value


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(part) for part in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(part) for part in value), default=0)
    return 0


def read_architecture(path: Path) -> dict[str, Any]:
    """A model's configuration that was saved without weights (``<name>.architecture.json``).

    Raises:
        Refused: ``missing``, ``too_large`` or ``damaged``.
    """
    if not path.is_file():
        raise Refused("missing", path.name)
    if path.stat().st_size > MEMBERS["config.json"]:
        raise Refused("too_large", path.name)
    return parse(path.read_bytes(), path.name)
