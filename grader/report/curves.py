"""Learning curves as pictures: one small plot of accuracy, one of loss, for a light and for a dark page.

There are no words in the pictures. The page says beside them, in the reader's language, what they show; that keeps
one picture good for both languages, and the same bytes on every machine whatever fonts it has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from grader.i18n import both, both_n
from grader.report.pictures.canvas import draw
from grader.schema import Text
from grader.text import format_number, format_percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Quantity = Literal["accuracy", "loss"]

#: Keras' names for the same thing.
_NAMES: dict[Quantity, tuple[str, ...]] = {
    "accuracy": ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy"),
    "loss": ("loss",),
}
#: A history is a claim of unlimited size.
_MAX_EPOCHS = 1000
_MAX_VALUE = 1e6
#: Inches.
_SIZE = (4.4, 2.5)


@dataclass(frozen=True)
class Palette:
    """Colours of one scheme; each has at least 3:1 against the page (WCAG 1.4.11)."""

    ink: str
    grid: str
    training: str
    validation: str
    minimum: str


LIGHT = Palette("#4b5563", "#e2e5ea", "#1d5fbf", "#a34a00", "#6b7280")
DARK = Palette("#b6bdc9", "#343a46", "#7fb2ff", "#f2a65a", "#a2a9b6")


@dataclass(frozen=True)
class Curve:
    """One picture and what a text must say about it."""

    quantity: Quantity
    light: str
    """``data:`` address of the SVG."""
    dark: str
    epochs: int
    training_first: float | None
    training_last: float | None
    validation_last: float | None
    has_validation: bool
    minimum: float | None

    @property
    def alt(self) -> Text:
        """What the picture says, for those who do not see it."""
        show = format_percent if self.quantity == "accuracy" else format_number
        parts = [
            both_n("Line chart over {n} epoch.", "Line chart over {n} epochs.", self.epochs),
        ]
        if self.training_first is not None and self.training_last is not None:
            parts.append(
                both(
                    "Training: from {first} to {last}.",
                    first=show(self.training_first),
                    last=show(self.training_last),
                )
            )
        if self.validation_last is not None:
            parts.append(both("Validation: {last} in the end.", last=show(self.validation_last)))
        if self.minimum is not None:
            parts.append(both("Minimum: {value}.", value=show(self.minimum)))
        return Text(ko=" ".join(part.ko for part in parts), en=" ".join(part.en for part in parts))


def _series(history: Mapping[str, Sequence[float]], quantity: Quantity, prefix: str) -> list[tuple[int, float]]:
    for name in _NAMES[quantity]:
        values = history.get(prefix + name)
        if values:
            pairs = enumerate(values[:_MAX_EPOCHS], start=1)
            return [(epoch, value) for epoch, value in pairs if math.isfinite(value) and abs(value) <= _MAX_VALUE]
    return []


def _paint(
    quantity: Quantity,
    training: Sequence[tuple[int, float]],
    validation: Sequence[tuple[int, float]],
    minimum: float | None,
    figure: Figure,
    palette: Palette,
) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    axes.set_facecolor("none")
    dots = len(training) <= 40
    if training:
        x, y = zip(*training, strict=True)
        axes.plot(x, y, color=palette.training, linewidth=2, marker="o" if dots else None, markersize=4)
    if validation:
        x, y = zip(*validation, strict=True)
        marker = "s" if dots else None
        axes.plot(x, y, color=palette.validation, linewidth=2, linestyle=(0, (4, 2)), marker=marker, markersize=4)
    if minimum is not None:
        axes.axhline(minimum, color=palette.minimum, linewidth=1.5, linestyle=(0, (1, 1.5)))
    if quantity == "accuracy":
        axes.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
        axes.set_ylim(0, 1.02)
    else:
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    axes.margins(x=0.03)
    axes.grid(axis="y", color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.grid)
    axes.tick_params(colors=palette.ink, labelsize=9, length=0)


def draw_curves(history: Mapping[str, Sequence[float]], minimum: float | None) -> list[Curve]:
    """Pictures of a ``History``: accuracy and loss by epoch, whichever it has.

    Args:
        history: Metric name -> one value an epoch, in Keras' names. A claim of the student's process: values that
            are not finite or absurdly large are left out, and so is all after epoch 1000.
        minimum: Accuracy to reach, drawn as a dotted line, in [0, 1].
    """
    curves = []
    for quantity in ("accuracy", "loss"):
        assert quantity == "accuracy" or quantity == "loss"
        training = _series(history, quantity, "")
        validation = _series(history, quantity, "val_")
        if not training and not validation:
            continue
        line = minimum if quantity == "accuracy" else None
        paint = partial(_paint, quantity, training, validation, line)
        curves.append(
            Curve(
                quantity=quantity,
                light=draw(*_SIZE, paint, LIGHT),
                dark=draw(*_SIZE, paint, DARK),
                epochs=max(epoch for epoch, _ in (*training, *validation)),
                training_first=training[0][1] if training else None,
                training_last=training[-1][1] if training else None,
                validation_last=validation[-1][1] if validation else None,
                has_validation=bool(validation),
                minimum=line,
            )
        )
    return curves
