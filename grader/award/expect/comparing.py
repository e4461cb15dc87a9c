"""Values, arrays and layer tables against what is expected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np

from grader.award.failures import CheckFailed, clip
from grader.award.json_values import real_number
from grader.award.layer_difference import compare_layers
from grader.award.show import show, show_apart
from grader.i18n import both
from grader.layers import FIELDS, LayerTable
from grader.schema import Text
from grader.text import format_percent, format_value, told_apart

Words = Text | str
What = Words | tuple[Words, ...]
Hint = Text | str | None


def that(
    condition: object,
    message: Words,
    *,
    expected: object = None,
    actual: object = None,
    what: What | None = None,
    hint: Hint = None,
) -> None:
    """``condition`` is true; otherwise the check fails with ``message``."""
    if not condition:
        told = _about(what, _text(message))
        if expected is None or actual is None or isinstance(expected, str) or isinstance(actual, str):
            raise CheckFailed(told, expected=_words(expected), actual=_words(actual), hint=hint)
        wanted, got = show_apart(expected, actual)
        raise CheckFailed(told, expected=wanted, actual=got, hint=hint)


def equal(actual: object, expected: object, *, what: What | None = None, hint: Hint = None) -> None:
    """Equal, whatever the container: tuples and lists (JSON has no tuples), arrays element by element.

    A boolean is no number here: ``True`` is not ``1``. Floating-point numbers must be the same; see :func:`close`.
    """
    if isinstance(actual, np.ndarray) and isinstance(expected, np.ndarray) and actual.shape != expected.shape:
        raise _shapes(actual.shape, expected.shape, what, hint)
    if isinstance(actual, LayerTable) and isinstance(expected, LayerTable):
        layers(actual, expected, hint=hint)
    elif not _equal(actual, expected):
        wanted, got = show_apart(expected, actual)
        message = _about(what, both("This is not the expected value."))
        raise CheckFailed(message, expected=wanted, actual=got, hint=hint)


def close(
    actual: object,
    expected: object,
    *,
    atol: float = 1e-5,
    rtol: float = 0.0,
    dtype: str | None = None,
    what: What | None = None,
    hint: Hint = None,
) -> None:
    """Arrays or numbers that agree within ``atol + rtol * |expected|``, element by element.

    The shape is compared first, then (where ``dtype`` names one, such as ``float32``) the type, then the values;
    the message names the element that is farthest off. NaN and infinity are right only where they are expected.
    """
    got, want = _numeric(actual), np.asarray(expected)
    if got is None:
        raise CheckFailed(
            _about(what, both("This is not an array of numbers.")),
            expected=show(want),
            actual=show(actual),
            hint=hint,
        )
    if got.shape != want.shape:
        raise _shapes(got.shape, want.shape, what, hint)
    if dtype is not None and got.dtype != np.dtype(dtype):
        raise CheckFailed(
            _about(what, both("The element type (dtype) is not the expected one.")),
            expected=show(Text(ko=dtype, en=dtype)),
            actual=Text.same(str(got.dtype)),
            hint=hint,
        )
    _close_values(got.astype(np.float64), want.astype(np.float64), atol, rtol, what, hint)


def at_least(
    value: object, minimum: float, *, as_percent: bool = False, what: What | None = None, hint: Hint = None
) -> None:
    """A number that reaches ``minimum``; NaN never does. ``as_percent``: shown as percent, for accuracies."""
    real = real_number(value)
    if real is not None and real >= minimum:
        return
    form = format_percent if as_percent else format_value
    least, got = told_apart(form, minimum, minimum if real is None else real)
    raise CheckFailed(
        _about(what, both("This is below the minimum.")),
        expected=both("at least {value}", value=least),
        actual=show(value) if real is None else Text.same(got),
        hint=hint,
    )


def layers(
    actual: LayerTable,
    expected: LayerTable,
    *,
    fields: Sequence[str] = FIELDS,
    hint: Hint = None,
) -> None:
    """Two layer tables agree in ``fields`` (of those that ``expected`` states); the first difference is named.

    Args:
        fields: some of :data:`~grader.layers.FIELDS`.
    """
    difference = compare_layers(actual, expected, fields)
    if difference is not None:
        raise CheckFailed(difference.message, expected=difference.expected, actual=difference.actual, hint=hint)


def _close_values(
    got: np.ndarray[Any, Any],
    want: np.ndarray[Any, Any],
    atol: float,
    rtol: float,
    what: What | None,
    hint: Hint,
) -> None:
    same = got == want
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.abs(got - want)
        allowed = atol + rtol * np.abs(want)
        wrong = ~same & ~(np.isnan(got) & np.isnan(want)) & ~(distance <= allowed)
    if not wrong.any():
        return
    odd = wrong & ~np.isfinite(got)
    if odd.any():
        place = np.unravel_index(int(np.argmax(odd)), got.shape)
        reason = both("There are values that are not finite numbers (NaN or infinity): {n}.", n=int(odd.sum()))
    else:
        place = np.unravel_index(int(np.argmax(np.where(wrong, distance, -1.0))), got.shape)
        reason = (
            both(
                "The value is off by {difference}; {allowed} is allowed.",
                difference=format_value(float(distance[place])),
                allowed=format_value(float(allowed[place])),
            )
            if got.ndim == 0
            else both(
                "{n} of {total} values are off; the largest difference is {difference}, {allowed} is allowed.",
                n=int(wrong.sum()),
                total=got.size,
                difference=format_value(float(distance[place])),
                allowed=format_value(float(allowed[place])),
            )
        )
    wanted, own = (_at(place, value) for value in told_apart(format_value, float(want[place]), float(got[place])))
    raise CheckFailed(_about(what, reason), expected=wanted, actual=own, hint=hint)


def _at(place: tuple[Any, ...], value: str) -> Text:
    if not place:
        return Text.same(value)
    return both("{value} at index [{index}]", value=value, index=", ".join(str(int(i)) for i in place))


def _shapes(actual: tuple[int, ...], expected: tuple[int, ...], what: What | None, hint: Hint) -> CheckFailed:
    return CheckFailed(
        _about(what, both("The shape is not the expected one.")),
        expected=Text.same(str(expected)),
        actual=Text.same(str(actual)),
        hint=hint,
    )


def _numeric(value: object) -> np.ndarray[Any, Any] | None:
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return None
    return array if array.dtype.kind in "biuf" else None


def _equal(a: object, b: object) -> bool:
    if isinstance(a, np.generic):
        a = a.item()
    if isinstance(b, np.generic):
        b = b.item()
    if isinstance(a, bool) is not isinstance(b, bool):
        return False
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        left, right = _numeric(a), _numeric(b)
        if left is None or right is None:
            return False
        return left.shape == right.shape and bool(np.array_equal(left, right))
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, Set) and isinstance(b, Set):
        return set(a) == set(b)
    if isinstance(a, float) and math.isnan(a):
        return False
    return bool(a == b)


def _about(what: What | None, sentence: Text) -> Text:
    if what is None:
        return sentence
    parts = [_text(part) for part in (what if isinstance(what, tuple) else (what,))]
    return Text.join((*(Text(ko=f"{part.ko}:", en=f"{part.en}:") for part in parts), sentence))


def _text(words: Words) -> Text:
    return words if isinstance(words, Text) else Text.same(words)


def _words(value: object) -> Text | None:
    """A text is meant to be read as it is; anything else is a value."""
    if value is None:
        return None
    return Text.same(clip(value)) if isinstance(value, str) else show(value)
