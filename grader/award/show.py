"""Values as people read them: short, the same on every machine and in every run."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Set
from typing import Any

import numpy as np

from grader.award.failures import LIMIT, clip
from grader.schema import Text

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_DEPTH = 4
_ITEMS = 12


def show(value: object, limit: int = LIMIT) -> Text:
    """``value`` in at most ``limit`` characters; a :class:`Text` stays what it is."""
    if isinstance(value, Text):
        return Text(ko=clip(value.ko, limit), en=clip(value.en, limit))
    text = clip(plain(value), limit)
    return Text(ko=text, en=text)


def plain(value: object) -> str:
    """``value`` on one line. Sets are sorted and addresses left out, so that repetition gives the same bytes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return _plain(value, _DEPTH)


def number(value: float) -> str:
    """Six significant digits; the words of Python for what is no number."""
    if isinstance(value, int | np.integer):
        return str(int(value))
    return f"{float(value):.6g}" if math.isfinite(value) else str(float(value))


def scrub(text: str) -> str:
    """``text`` without memory addresses."""
    return _ADDRESS.sub("", text)


def _plain(value: object, depth: int) -> str:
    # What comes from JSON and arrays is of these types; the rest is a check author's own.
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return repr(clip(value))
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        entries = [f"{_plain(k, depth - 1)}: {_plain(v, depth - 1)}" for k, v in _first(value.items())]
        return f"{{{_joined(entries, len(value))}}}"
    if isinstance(value, Set):
        return f"{{{_joined(sorted(_plain(item, depth - 1) for item in value), len(value))}}}"
    if isinstance(value, list | tuple):
        inner = _joined([_plain(item, depth - 1) for item in value[:_ITEMS]], len(value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return scrub(str(value))


def _first(items: Any) -> list[Any]:
    return [item for _, item in zip(range(_ITEMS), items, strict=False)]


def _joined(parts: list[str], count: int) -> str:
    shown = ", ".join(parts[:_ITEMS])
    return f"{shown}, …" if count > _ITEMS else shown


def _array(value: np.ndarray[Any, Any]) -> str:
    if value.ndim == 0:
        return _plain(value.item(), _DEPTH)
    numbers = np.array2string(value, precision=4, threshold=24, edgeitems=2, separator=", ", max_line_width=10_000)
    return f"{value.dtype} {value.shape}: {' '.join(numbers.split())}"
