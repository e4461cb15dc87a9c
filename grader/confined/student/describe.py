"""Plain words for values and messages that come from a student's code. Nothing here trusts what it describes."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from grader.wire.sanitise import clean_line

MAX_TEXT = 2000


def is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    """``isinstance`` that a ``__class__`` of the student's making can't lie to."""
    return issubclass(type(value), kind)


def describe(value: object) -> str:
    """``value`` in a few plain words, such as ``a list of 3 items`` or ``an array of shape (3, 3), float64``.

    Calls no method that the student could have written, but for the shape of a tensor.
    """
    kind: Any = type(value)
    if value is None or value is True or value is False:
        return str(value)
    if kind in (int, float, complex):
        return f"the number {_number(value)}"
    if kind is str:
        shown = clean_line(str(value), 60)
        return f"the text {shown!r}"
    if issubclass(kind, np.ndarray):
        return _array(value)
    if issubclass(kind, np.generic):
        return f"the number {value!s}, {kind.__name__}"
    for container, word, items in _CONTAINERS:
        if issubclass(kind, container):
            count = container.__len__(value)
            return (
                f"{word} of {count} {items[0] if count == 1 else items[1]}"
                if count
                else f"an empty {word.split()[-1]}"
            )
    if issubclass(kind, types.FunctionType | types.MethodType | types.BuiltinFunctionType):
        return f"the function {clean_line(getattr(value, '__name__', '?'), 60)}"
    if issubclass(kind, types.GeneratorType):
        return "a generator"
    if issubclass(kind, types.ModuleType):
        return "a module"
    if issubclass(kind, type):
        return f"the class {_type_name(value)}"
    return _tensor(value) or _model(kind) or f"an object of type {_type_name(kind)}"


_CONTAINERS: tuple[tuple[Any, str, tuple[str, str]], ...] = (
    (bytes, "a bytes object", ("byte", "bytes")),
    (str, "a text", ("character", "characters")),
    (list, "a list", ("item", "items")),
    (tuple, "a tuple", ("item", "items")),
    (dict, "a dict", ("key", "keys")),
    (set, "a set", ("item", "items")),
    (frozenset, "a set", ("item", "items")),
)


def _number(value: Any) -> str:
    if type(value) is int and value.bit_length() > 200:
        return f"with {value.bit_length()} bits"
    return str(value)


def _array(value: Any) -> str:
    shape = np.ndarray.shape.__get__(value)
    dtype = np.ndarray.dtype.__get__(value)
    shown = str(shape) if len(shape) <= 8 else f"({', '.join(map(str, shape[:8]))}, …)"
    return f"an array of shape {shown}, {clean_line(str(dtype), 40)}"


def _tensor(value: Any) -> str | None:
    """A tensor of Keras or TensorFlow, told by where its class comes from, not by what it says."""
    home = str(type(value).__module__)
    if not home.startswith(("keras.", "tensorflow.")):
        return None
    try:
        shape, dtype = value.shape, value.dtype
        sizes = tuple(None if size is None else int(size) for size in shape)
    except Exception:
        return None
    name = clean_line(str(getattr(dtype, "name", dtype)), 40)
    symbolic = "symbolic Keras tensor" if type(value).__name__ == "KerasTensor" else "tensor"
    return f"a {symbolic} of shape {sizes}, {name}"


def _model(kind: type) -> str | None:
    names = {f"{base.__module__}.{base.__name__}" for base in kind.__mro__}
    for name, word in (
        ("keras.src.models.model.Model", "Keras model"),
        ("keras.src.layers.layer.Layer", "Keras layer"),
    ):
        if name in names:
            return f"a {word} ({_type_name(kind)})"
    return None


def _type_name(kind: Any) -> str:
    return clean_line(str(type.__dict__["__name__"].__get__(kind)), 80)
