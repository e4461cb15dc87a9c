"""Turns what a student's code returned into arrays and JSON, or says in plain words why it can't be."""

from __future__ import annotations

import math
from collections.abc import KeysView, Mapping, ValuesView
from itertools import islice
from typing import Any

import numpy as np

from grader.confined.student.describe import describe, is_a
from grader.confined.student.errors import BadReturn
from grader.wire.description import Description
from grader.wire.npy import DTYPES

MAX_ARRAY_BYTES = 128 * 1024 * 1024
MAX_DEPTH = 16
MAX_ITEMS = 20_000
MAX_STRING = 10_000

AN_ARRAY = Description("numbers")


def to_array(value: object, name: str = "") -> np.ndarray[Any, Any]:
    """``value`` as a plain NumPy array: C order, little endian, of one of :data:`grader.wire.npy.DTYPES`.

    Takes arrays, tensors, numbers, booleans, and lists and tuples of them. bfloat16 becomes float32, long double
    becomes float64.

    Raises:
        BadReturn: it is anything else, ragged, or larger than :data:`MAX_ARRAY_BYTES`.
    """
    if value is None or is_a(value, (str, bytes, dict, set, frozenset, type)):
        raise BadReturn(AN_ARRAY, describe(value), name)
    try:
        array = np.array(_numpy(value), copy=None, subok=False)
    except BadReturn:
        raise
    except Exception:  # ragged lists, symbolic tensors, an __array__ of the student's own
        array = None
    if array is None or type(array) is not np.ndarray:
        raise BadReturn(AN_ARRAY, _ragged(value), name)
    if array.nbytes > MAX_ARRAY_BYTES:
        raise BadReturn(Description("array_at_most", count=MAX_ARRAY_BYTES >> 20), describe(array), name)
    if array.dtype.kind == "V" and array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    elif array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
    if array.dtype.str not in DTYPES:
        raise BadReturn(AN_ARRAY, _ragged(value) if array.dtype.kind == "O" else describe(array), name)
    return array


def _numpy(value: Any) -> Any:
    """Tensors by their own ``numpy()``: it is the way that works for all of them (variables, torch, gradients)."""
    if is_a(value, (np.ndarray, np.generic, int, float, list, tuple)):
        return value
    home = str(type(value).__module__).partition(".")[0]
    if home in ("tensorflow", "keras", "torch") and hasattr(value, "numpy"):
        return value.numpy()
    return value


def _ragged(value: object) -> Description:
    said = describe(value)
    return Description("ragged", said.kind, said.count) if said.kind in ("list", "tuple") else said


def to_json(value: object, name: str = "") -> Any:
    """``value`` as JSON.

    NumPy scalars become numbers, whatever has a length and an order a list, mappings objects with strings as keys,
    NaN and infinities null.

    Raises:
        BadReturn: it holds anything else, or too much.
    """
    budget = [MAX_ITEMS]
    return _json(value, name, MAX_DEPTH, budget)


def _json(value: Any, name: str, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        raise BadReturn(Description("small_value"), Description("large_value"), name)
    if value is None or value is True or value is False:
        return value
    if is_a(value, np.generic):
        value = np.ndarray.item(np.asarray(value))
        if type(value) is bool:
            return value
    if is_a(value, np.ndarray):
        if np.ndarray.size.__get__(value) > MAX_ITEMS:
            raise BadReturn(Description("small_value"), describe(value), name)
        return _json(np.ndarray.tolist(value), name, depth, budget)
    if is_a(value, int):
        number = int.__int__(value)
        return number if number.bit_length() <= 64 else float(number) if number.bit_length() < 1000 else None
    if is_a(value, float):
        real = float.__float__(value)
        return real if math.isfinite(real) else None
    if is_a(value, str):
        return str.__getitem__(value, slice(0, MAX_STRING)).encode("utf-8", "replace").decode("utf-8")
    if is_a(value, (list, tuple)):
        items = list.__iter__(value) if is_a(value, list) else tuple.__iter__(value)
        return [_json(item, name, depth - 1, budget) for item in items]
    if is_a(value, dict):
        return {_key(key, name): _json(item, name, depth - 1, budget) for key, item in dict.items(value)}
    home = str(type(value).__module__).partition(".")[0]
    if home in ("tensorflow", "keras", "torch") and hasattr(value, "numpy"):
        return _json(value.numpy(), name, depth, budget)
    if (plain := _plain(value)) is not None:
        return _json(plain, name, depth, budget)
    raise BadReturn(Description("json"), describe(value), name)


def _plain(value: Any) -> object:
    """Other collections (a column of pandas, a range, the keys of a dict) as an array, a list or a dict."""
    if is_a(value, Mapping):
        return dict(islice(value.items(), MAX_ITEMS + 1))
    if hasattr(type(value), "__array__"):
        array = np.asarray(value)
        return array if type(array) is np.ndarray and array.ndim else None
    listed = all(hasattr(type(value), name) for name in ("__len__", "__getitem__"))
    ordered = is_a(value, (KeysView, ValuesView)) or (listed and not is_a(value, (bytes, bytearray, memoryview)))
    return list(islice(value, MAX_ITEMS + 1)) if ordered else None


def _key(key: object, name: str) -> str:
    if is_a(key, np.generic):
        key = np.ndarray.item(np.asarray(key))
    if key is None or is_a(key, (str, int, float)):
        return str(key)[:MAX_STRING].encode("utf-8", "replace").decode("utf-8")
    raise BadReturn(Description("keys"), describe(key), name)
