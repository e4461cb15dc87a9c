"""JSON as checks see it: lists equal tuples, and a missing key is somebody's fault in particular."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.schema import Json

#: Makes the exception for a missing key or index of the value called ``name``.
Fault = Callable[[str, object], Exception]


class JsonList(list[Any]):
    """A list that equals a tuple with the same elements: JSON knows no tuples, and shapes are written as such."""

    def __init__(self, items: list[Any], name: str, fault: Fault) -> None:
        super().__init__(items)
        self._name = name
        self._fault = fault

    def __getitem__(self, index: Any) -> Any:
        try:
            return super().__getitem__(index)
        except IndexError:
            raise self._fault(self._name, index) from None

    def __eq__(self, other: object) -> bool:
        return list.__eq__(self, list(other)) if isinstance(other, list | tuple) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other if isinstance(other, list | tuple) else NotImplemented

    __hash__ = None  # as for any list


class JsonDict(dict[str, Any]):
    """An object; keys that are names can be asked for as attributes too."""

    def __init__(self, items: dict[str, Any], name: str, fault: Fault) -> None:
        super().__init__(items)
        self._name = name
        self._fault = fault

    def __missing__(self, key: str) -> Any:
        raise self._fault(self._name, key)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return self[key]


def real_number(value: object) -> float | None:
    """``value`` as a finite float; None for anything else: a boolean, a text, NaN, an integer beyond any float."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def wrap(value: Json, name: str, fault: Fault) -> Any:
    """``value`` with its lists and objects as :class:`JsonList` and :class:`JsonDict`, all the way down."""
    if isinstance(value, list | tuple):
        return JsonList([wrap(item, f"{name}[{i}]", fault) for i, item in enumerate(value)], name, fault)
    if isinstance(value, dict):
        return JsonDict({str(k): wrap(v, f"{name}.{k}", fault) for k, v in value.items()}, name, fault)
    return value
