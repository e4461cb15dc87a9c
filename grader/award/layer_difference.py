"""The first place where two layer tables part, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.award.show import plain
from grader.errors import CourseFault
from grader.i18n import both
from grader.layers import FIELDS, LayerRow, LayerTable, kind_of, row_differences
from grader.schema import Text


@dataclass(frozen=True)
class LayerDifference:
    """The first place where two tables part."""

    message: Text
    expected: Text
    actual: Text


def compare_layers(
    actual: LayerTable, expected: LayerTable, fields: Sequence[str] = FIELDS
) -> LayerDifference | None:
    """The first difference in ``fields``, or None.

    A missing or an extra layer is found by aligning the types, so that one forgotten layer is not reported as
    wrong shapes all the way down.

    Raises:
        CourseFault: ``fields`` has an unknown name.
    """
    if unknown := set(fields) - set(FIELDS):
        raise CourseFault(f"unknown fields of layers: {', '.join(sorted(unknown))}")
    if "type" in fields:
        difference = _compare_types(actual, expected)
        if difference is not None:
            return difference
    elif len(actual) != len(expected):
        return LayerDifference(
            both("The number of layers is not the expected one."), _same(len(expected)), _same(len(actual))
        )
    for number, (got, want) in enumerate(zip(actual, expected, strict=True), start=1):
        for field in row_differences(got, want, [field for field in fields if field != "type"]):
            return _told(number, field, got, want)
    return None


def _compare_types(actual: LayerTable, expected: LayerTable) -> LayerDifference | None:
    got, want = [kind_of(row.type) for row in actual], [kind_of(row.type) for row in expected]
    if got == want:
        return None
    matcher = SequenceMatcher(None, want, got, autojunk=False)
    tag, want_from, want_to, got_from, got_to = next(code for code in matcher.get_opcodes() if code[0] != "equal")
    number = got_from + 1
    if tag == "insert":
        message = both("Layer {n} ({type}) should not be there.", n=number, type=actual[got_from].type)
    elif tag == "delete":
        message = both("A layer is missing: layer {n} should be {type}.", n=number, type=expected[want_from].type)
    else:
        message = both("Layer {n} has the wrong type.", n=number)
    return LayerDifference(message, _row_text(expected, want_from, want_to), _row_text(actual, got_from, got_to))


def _row_text(table: LayerTable, start: int, stop: int) -> Text:
    """The row at ``start``; where there is none, what stands there instead."""
    if start < stop:
        return _same(f"{start + 1}. {table[start]}")
    if start < len(table):
        return both("no layer here; the next one is {row}", row=f"{start + 1}. {table[start]}")
    return both("no layer here; the network has {n} layers", n=len(table))


def _told(number: int, field: str, got: LayerRow, want: LayerRow) -> LayerDifference:
    place: dict[str, object] = {"n": number, "type": got.type}
    if field.startswith("config."):
        key = field.removeprefix("config.")
        return LayerDifference(
            both("Layer {n} ({type}): the setting {key} is different.", key=key, **place),
            _same((want.config or {}).get(key)),
            _same((got.config or {}).get(key)),
        )
    message = {
        "output_shape": lambda: both("Layer {n} ({type}): the output shape is different.", **place),
        "parameters": lambda: both("Layer {n} ({type}): the number of parameters is different.", **place),
        "trainable_parameters": lambda: both(
            "Layer {n} ({type}): the number of trainable parameters is different.", **place
        ),
        "activation": lambda: both("Layer {n} ({type}): the activation function is different.", **place),
    }[field]()
    left, right = getattr(got, field), getattr(want, field)
    if field == "output_shape":  # the batch size is the caller's business
        left, right = ((None, *shape[1:]) for shape in (left, right))
    return LayerDifference(message, _same(right), _same(left))


def _same(value: object) -> Text:
    text = value if isinstance(value, str) else plain(tuple(value) if isinstance(value, list) else value)
    return Text(ko=text, en=text)
