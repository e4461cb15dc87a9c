"""What a value is, in both languages: words for :class:`grader.wire.description.Description`."""

from __future__ import annotations

from collections.abc import Callable

from grader.award.failures import clip
from grader.award.show import show
from grader.i18n import both, both_n
from grader.schema import Text
from grader.wire.description import Description


def in_words(value: Description) -> Text:
    """``value`` as people read it. Names, texts and numbers in it are the student's: shown, never interpreted."""
    if value.kind == "words":
        return Text(ko=clip(value.ko), en=clip(value.en))
    return _WORDS[value.kind](value)


def _counted(value: Description) -> Text:
    kind, n = value.kind, value.count or 0
    if n == 0:
        return both("an empty {kind}", kind="text" if kind == "string" else kind)
    if kind == "string":
        return both_n("a text of {n} character", "a text of {n} characters", n)
    if kind == "bytes":
        return both_n("a bytes object of {n} byte", "a bytes object of {n} bytes", n)
    if kind == "dict":
        return both_n("a {kind} of {n} key", "a {kind} of {n} keys", n, kind=kind)
    return both_n("a {kind} of {n} item", "a {kind} of {n} items", n, kind=kind)


def _shape(value: Description) -> str:
    return show(value.shape).en


def _number(value: Description) -> Text:
    shown = f"{clip(value.name)}, {value.dtype}" if value.dtype else clip(value.name)
    return both("the number {value}", value=shown)


_WORDS: dict[str, Callable[[Description], Text]] = {
    "constant": lambda v: Text(ko=v.name, en=v.name),
    "number": _number,
    "bits": lambda v: both("a number with {n} bits", n=v.count),
    "text": lambda v: both("the text {value}", value=repr(clip(v.name))),
    "array": lambda v: both("an array of shape {shape}, {dtype}", shape=_shape(v), dtype=v.dtype),
    "tensor": lambda v: both("a tensor of shape {shape}, {dtype}", shape=_shape(v), dtype=v.dtype),
    "symbolic_tensor": lambda v: both(
        "a symbolic Keras tensor of shape {shape}, {dtype}", shape=_shape(v), dtype=v.dtype
    ),
    **dict.fromkeys(("list", "tuple", "dict", "set", "bytes", "string"), _counted),
    "ragged": lambda v: both(
        "{what} that do not make an array of numbers", what=_counted(Description(v.name, count=v.count))
    ),
    "function": lambda v: both("the function {name}", name=clip(v.name)),
    "class": lambda v: both("the class {name}", name=clip(v.name)),
    "generator": lambda _: both("a generator"),
    "module": lambda _: both("a module"),
    "model": lambda v: both("a Keras model ({kind})", kind=clip(v.name)),
    "layer": lambda v: both("a Keras layer ({kind})", kind=clip(v.name)),
    "object": lambda v: both("an object of type {kind}", kind=clip(v.name)),
    "numbers": lambda _: both("an array of numbers"),
    "array_at_most": lambda v: both("an array of at most {n} MiB", n=v.count),
    "any_model": lambda _: both("a Keras model"),
    "small_value": lambda _: both("a small value"),
    "large_value": lambda _: both("a value with too many parts"),
    "json": lambda _: both("numbers, text, lists or dicts"),
    "keys": lambda _: both("text or numbers as keys"),
    "keras_file": lambda _: both("a file that ends in .keras"),
    "file_at_most": lambda v: both("a file of at most {n} MiB", n=v.count),
    "file_size": lambda v: both("{n} bytes", n=f"{v.count:,}"),
    "no_file": lambda _: both("no file"),
    "folder": lambda _: both("a folder"),
    "something_else": lambda _: both("something else"),
}
