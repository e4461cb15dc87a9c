"""JSON that a stranger's process wrote: read in time and memory linear in its size, never an exception."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.schema import Json
from grader.text import plain

MAX_LINE = 1024 * 1024
MAX_BYTES = 8 * 1024 * 1024
MAX_LINES = 20_000
MAX_DEPTH = 20
MAX_ITEMS = 100_000
MAX_STRING = 10_000
MAX_KEY = 200

_LINE = re.compile(rb"[^\n]+")


def read_plain(path: Path, limit: int) -> bytes | None:
    """At most ``limit`` bytes of a plain file, or None; no link is followed and no FIFO waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
        return file.read(limit) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file of lines, those that can be read."""
    data = read_plain(path, MAX_BYTES) or b""
    for found, _ in zip(_LINE.finditer(data), range(MAX_LINES), strict=False):
        if found.end() - found.start() <= MAX_LINE:
            value = parse(found[0])
            if isinstance(value, dict):
                yield value


def parse(data: bytes, *, items: int = MAX_ITEMS, nan: bool = False) -> Json:
    """One JSON value, cleaned; None where it is none, or too deep, or has more than ``items`` parts.

    Numbers that JSON does not know (NaN, infinities) are null, or what they are where ``nan`` allows them.
    """
    constant = float if nan else _null
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=constant, parse_float=_float, parse_int=_int)
        return _cleaned(value, [items], MAX_DEPTH)
    except (ValueError, RecursionError, MemoryError):
        return None


def _null(_: str) -> None:
    return None


def _float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _int(text: str) -> int | float | None:
    if len(text) <= 18:
        return int(text)
    value = _float(text[:400])
    if value is not None and abs(value) < 2**63:
        return int(text)
    return value


def _cleaned(value: Json, budget: list[int], depth: int) -> Json:
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        raise ValueError("too many parts, or too deep")
    if isinstance(value, str):
        return plain(value, limit=MAX_STRING)
    if isinstance(value, list):
        return [_cleaned(item, budget, depth - 1) for item in value]
    if isinstance(value, dict):
        return {plain(key, limit=MAX_KEY): _cleaned(item, budget, depth - 1) for key, item in value.items()}
    return value
