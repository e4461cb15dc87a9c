"""Values as people read them: short, the same on every machine and in every run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Any

import numpy as np

from grader.award.failures import LIMIT, clip
from grader.schema import Text
from grader.text import format_value, told_apart

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_DEPTH = 4
_ITEMS = 12


def show(value: object, limit: int = LIMIT) -> Text:
    """``value`` in at most ``limit`` characters; a :class:`Text` stays what it is."""
    if isinstance(value, Text):
        return Text(ko=clip(value.ko, limit), en=clip(value.en, limit))
    return Text.same(clip(plain(value), limit))


def show_apart(one: object, other: object) -> tuple[Text, Text]:
    """Two values that are not equal, with digits enough to see it."""
    if isinstance(one, Text) or isinstance(other, Text):
        return show(one), show(other)
    first, second = told_apart(plain, one, other)
    return Text.same(clip(first)), Text.same(clip(second))


def plain(value: object, more: int = 0) -> str:
    """``value`` on one line. Sets are sorted and addresses left out, so that repetition gives the same bytes.

    Args:
        more: digits beyond the usual ones, see :func:`grader.text.told_apart`.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return format_value(value)
    return _plain(value, _DEPTH, more)


def scrub(text: str) -> str:
    """``text`` without memory addresses."""
    return _ADDRESS.sub("", text)


def _plain(value: object, depth: int, more: int) -> str:
    # What comes from JSON and arrays is of these types; the rest is a check author's own.
    if isinstance(value, np.ndarray):
        return _array(value, more)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return str(value)
    if isinstance(value, float):
        return format_value(value, more)
    if isinstance(value, str):
        return repr(clip(value))
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        entries = [f"{_plain(k, depth - 1, more)}: {_plain(v, depth - 1, more)}" for k, v in _first(value.items())]
        return f"{{{_joined(entries, len(value))}}}"
    if isinstance(value, Set):
        return f"{{{_joined(sorted(_plain(item, depth - 1, more) for item in value), len(value))}}}"
    if isinstance(value, list | tuple):
        inner = _joined([_plain(item, depth - 1, more) for item in value[:_ITEMS]], len(value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return scrub(str(value))


def _first(items: Any) -> list[Any]:
    return [item for _, item in zip(range(_ITEMS), items, strict=False)]


def _joined(parts: list[str], count: int) -> str:
    shown = ", ".join(parts[:_ITEMS])
    return f"{shown}, …" if count > _ITEMS else shown


def _array(value: np.ndarray[Any, Any], more: int) -> str:
    if value.ndim == 0:
        return _plain(value.item(), _DEPTH, more)
    numbers = np.array2string(
        value, precision=4 + more, threshold=24, edgeitems=2, separator=", ", max_line_width=10_000
    )
    return f"{value.dtype} {value.shape}: {' '.join(numbers.split())}"
