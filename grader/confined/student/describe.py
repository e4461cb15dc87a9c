"""What values of a student's code are. Nothing here trusts what it describes."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from grader.wire.description import Description
from grader.wire.sanitise import clean_line


def is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    """``isinstance`` that a ``__class__`` of the student's making can't lie to."""
    return issubclass(type(value), kind)


def describe(value: object) -> Description:
    """What ``value`` is. Calls no method that the student could have written, but for the shape of a tensor."""
    kind: Any = type(value)
    if value is None or value is True or value is False:
        return Description("constant", str(value))
    if kind is int and int(value).bit_length() > 200:  # type: ignore[call-overload]
        return Description("bits", count=int(value).bit_length())  # type: ignore[call-overload]
    if kind in (int, float, complex):
        return Description("number", str(value))
    if kind is str:
        return Description("text", clean_line(str(value), 60))
    if issubclass(kind, np.ndarray):
        dtype = clean_line(str(np.ndarray.dtype.__get__(value)), 40)
        return Description("array", shape=np.ndarray.shape.__get__(value), dtype=dtype)
    if issubclass(kind, np.generic):
        return Description("number", clean_line(str(value), 60), dtype=kind.__name__)
    for container, word in _CONTAINERS:
        if issubclass(kind, container):
            return Description(word, count=container.__len__(value))
    if issubclass(kind, types.FunctionType | types.MethodType | types.BuiltinFunctionType):
        return Description("function", clean_line(getattr(value, "__name__", "?"), 60))
    if issubclass(kind, types.GeneratorType):
        return Description("generator")
    if issubclass(kind, types.ModuleType):
        return Description("module")
    if issubclass(kind, type):
        return Description("class", _type_name(value))
    return _tensor(value) or _model(kind) or Description("object", _type_name(kind))


_CONTAINERS: tuple[tuple[Any, str], ...] = (
    (bytes, "bytes"),
    (str, "string"),
    (list, "list"),
    (tuple, "tuple"),
    (dict, "dict"),
    (set, "set"),
    (frozenset, "set"),
)


def _tensor(value: Any) -> Description | None:
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
    kind = "symbolic_tensor" if type(value).__name__ == "KerasTensor" else "tensor"
    return Description(kind, shape=sizes, dtype=name)


def _model(kind: type) -> Description | None:
    names = {f"{base.__module__}.{base.__name__}" for base in kind.__mro__}
    for name, word in (
        ("keras.src.models.model.Model", "model"),
        ("keras.src.layers.layer.Layer", "layer"),
    ):
        if name in names:
            return Description(word, _type_name(kind))
    return None


def _type_name(kind: Any) -> str:
    return clean_line(str(type.__dict__["__name__"].__get__(kind)), 80)
