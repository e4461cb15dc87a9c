"""Learning curves: accuracy and loss by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from grader.i18n import both, both_n
from grader.pictures.axes import Axes, ticks
from grader.pictures.canvas import Colour, Point
from grader.schema import Drawing, Figure, Key, Text
from grader.text import format_number, format_percent, format_value

Quantity = Literal["accuracy", "loss"]

#: Keras' names for the same thing.
_NAMES: dict[Quantity, tuple[str, ...]] = {
    "accuracy": ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy"),
    "loss": ("loss",),
}
#: A history is a claim of unlimited size.
_MAX_EPOCHS = 1000
_MAX_VALUE = 1e6
#: Above this, points are not marked.
_DOTS = 40


def draw_curves(history: Mapping[str, Sequence[float]], minimum: float | None) -> Drawing | None:
    """A ``History``: accuracy and loss by epoch, whichever it has; None where it has neither.

    Args:
        history: Metric name -> one value an epoch, in Keras' names. A claim of the student's process: values that
            are not finite or absurdly large are left out, and so is all after epoch 1000.
        minimum: Accuracy to reach, in [0, 1].
    """
    figures = []
    dashed = False
    for quantity in _NAMES:
        training, validation = _series(history, quantity, ""), _series(history, quantity, "val_")
        if training or validation:
            limit = minimum if quantity == "accuracy" and minimum is not None and math.isfinite(minimum) else None
            figures.append(_figure(quantity, training, validation, limit))
            dashed = dashed or bool(validation)
    if not figures:
        return None
    keys = (Key(swatch="line", text=both("training")), Key(swatch="dashes", text=both("validation")))
    return Drawing(
        kind="curves",
        title=both("Learning curves"),
        figures=tuple(figures),
        keys=keys if dashed else keys[:1],
        note=both("The curves are what your training reported; the grader measured the accuracy above itself."),
    )


def _series(history: Mapping[str, Sequence[float]], quantity: Quantity, prefix: str) -> list[Point]:
    for name in _NAMES[quantity]:
        if values := history.get(prefix + name):
            pairs = enumerate(values[:_MAX_EPOCHS], start=1)
            return [(epoch, value) for epoch, value in pairs if math.isfinite(value) and abs(value) <= _MAX_VALUE]
    return []


def _range(quantity: Quantity, values: Sequence[float]) -> tuple[float, float]:
    """The values at the lower and upper edge: zoomed to what there is, with some room."""
    low, high = min(values), max(values)
    room = max((high - low) * 0.12, 0.02 if quantity == "accuracy" else 0.02 * abs(high), 1e-6)
    if quantity == "accuracy":
        return max(low - room, 0.0 if low >= 0 else low), min(high + room, 1.0 if high <= 1 else high)
    return min(low - room, 0.0) if low - room < 0.3 * high else low - room, high + room


def _figure(
    quantity: Quantity, training: Sequence[Point], validation: Sequence[Point], minimum: float | None
) -> Figure:
    accuracy = quantity == "accuracy"
    values = [value for _, value in (*training, *validation)] + ([minimum] if minimum is not None else [])
    epochs = int(max(epoch for epoch, _ in (*training, *validation)))
    axes = Axes(x=(1 - 0.03 * epochs, epochs + 0.03 * epochs), y=_range(quantity, values))
    title = both("accuracy") if accuracy else both("loss")
    down = ticks(*axes.y, 5)
    digits = 0 if len(down) < 2 or down[1] - down[0] >= 0.0099 else 1
    axes.frame(
        both("epoch"),
        title,
        ticks(1, max(epochs, 2), 8, whole=True) if epochs > 1 else [1],
        down,
        lambda value: format_number(value, 0),
        (lambda value: f"{format_number(100 * value, digits)}%") if accuracy else (format_value),
    )
    if minimum is not None:
        axes.limit(minimum, both("minimum {value}", value=format_percent(minimum)))
    series: tuple[tuple[Sequence[Point], Colour, str], ...] = (
        (training, "accent", ""),
        (validation, "warm", "6 3"),
    )
    for points, colour, dash in series:
        placed = [(axes.at_x(x), axes.at_y(y)) for x, y in points]
        if len(placed) > 1:
            axes.canvas.line(placed, colour, dash=dash)
        if len(placed) <= _DOTS:
            for x, y in placed:
                axes.canvas.dot(x, y, colour, square=bool(dash))
    heading = both("Accuracy by epoch") if accuracy else both("Loss by epoch")
    return Figure(svg=axes.canvas.svg(), alt=_alt(quantity, epochs, training, validation, minimum), title=heading)


def _alt(
    quantity: Quantity,
    epochs: int,
    training: Sequence[Point],
    validation: Sequence[Point],
    minimum: float | None,
) -> Text:
    """What the chart says, for those who do not see it."""
    show = format_percent if quantity == "accuracy" else format_value
    parts = [both_n("Line chart over {n} epoch.", "Line chart over {n} epochs.", epochs)]
    if training:
        first, last = show(training[0][1]), show(training[-1][1])
        parts.append(both("Training: from {first} to {last}.", first=first, last=last))
    if validation:
        parts.append(both("Validation: {last} at the end.", last=show(validation[-1][1])))
    if minimum is not None:
        parts.append(both("Minimum: {value}.", value=show(minimum)))
    return Text.join(parts)
