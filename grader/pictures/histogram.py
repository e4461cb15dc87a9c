"""Distributions over a class: marks, and accuracies of its models."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from grader.i18n import both, both_n
from grader.pictures.axes import Axes, step_for, ticks
from grader.schema import Drawing, Figure, Key, Text
from grader.text import format_number, format_percent

#: Bins of marks: 10 % of full marks each.
_BINS = 10
#: Minima that are drawn.
_MINIMA = 3


def _edges(low: float, high: float, bins: int) -> list[float]:
    return [low + (high - low) * i / bins for i in range(bins + 1)]


def _counts(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    """How many values lie in each bin; the last bin holds its upper edge too, and no value is lost."""
    low, high, bins = edges[0], edges[-1], len(edges) - 1
    counts = [0] * bins
    for value in values:
        place = math.floor((value - low) / (high - low) * bins + 1e-9)
        counts[min(max(place, 0), bins - 1)] += 1
    return counts


def _bars(counts: Sequence[int], edges: Sequence[float], width: float, x_title: Text, *, share: bool) -> Axes:
    top = max(1, *counts)
    axes = Axes(x=(edges[0], edges[-1]), y=(0, top * 1.35), width=width, height=210)
    label = (lambda value: f"{format_number(100 * value, 0)}%") if share else (lambda value: format_number(value))
    along = ticks(edges[0], edges[-1], 6) if share else edges[::2]
    axes.frame(
        x_title, both("students"), along, ticks(0, top, 4, whole=True), label, lambda n: format_number(n, 0)
    )
    for count, left, right in zip(counts, edges, edges[1:], strict=False):
        if count:
            x, y = axes.at_x(left), axes.at_y(count)
            axes.canvas.rect(x + 1, y, axes.at_x(right) - x - 2, axes.floor - y, "accent")
            axes.canvas.text((x + axes.at_x(right)) / 2, y - 4, str(count), size=11)
    return axes


def draw_marks(marks: Sequence[float], max_points: float) -> Drawing | None:
    """How many students got how many points, and the median. None where there are no marks."""
    known = [value for value in marks if math.isfinite(value)]
    if not known or max_points <= 0:
        return None
    middle = statistics.median(known)
    # More than full marks (points given by hand) make more bins, not wider ones.
    bins = max(_BINS, math.ceil(max(known) / max_points * _BINS - 1e-9))
    edges = _edges(0.0, max_points * bins / _BINS, bins)
    counts = _counts(known, edges)
    top = counts.index(max(counts))
    parts = (
        both_n("Histogram of the marks of {n} student.", "Histogram of the marks of {n} students.", len(known)),
        both(
            "From {low} to {high} of {max} points, median {middle}.",
            low=format_number(min(known)),
            high=format_number(max(known)),
            max=format_number(max_points),
            middle=format_number(middle),
        ),
        both(
            "Most of them ({n}) are between {low} and {high}.",
            n=counts[top],
            low=format_number(edges[top]),
            high=format_number(edges[top + 1]),
        ),
    )
    axes = _bars(counts, edges, 420, both("points"), share=False)
    axes.mark(middle, both("median {value}", value=format_number(middle)))
    figure = Figure(svg=axes.canvas.svg(), alt=Text.join(parts))
    return Drawing(kind="marks", title=both("Distribution of marks"), figures=(figure,))


def draw_accuracies(accuracies: Sequence[float], minima: Sequence[float], below: int) -> Drawing | None:
    """How accurate the models are, dotted lines at the minima. None where no accuracy was measured.

    Args:
        accuracies: in [0, 1].
        minima: accuracies to reach, in [0, 1]; at most three are drawn.
        below: how many did not reach theirs.
    """
    if not accuracies:
        return None
    shown = sorted(minima)[:_MINIMA]
    step = max(0.01, step_for(max(*accuracies, *shown) - min(*accuracies, *shown) + 0.02, 16))
    low = max(0.0, math.floor(min(*accuracies, *shown) / step - 0.5) * step)
    high = min(1.0, math.ceil(max(*accuracies, *shown) / step + 0.5) * step)
    edges = _edges(low, high, max(1, round((high - low) / step)))
    axes = _bars(_counts(accuracies, edges), edges, 340, both("accuracy"), share=True)
    for row, minimum in enumerate(shown):
        axes.mark(minimum, both("minimum {value}", value=format_percent(minimum)), dotted=True, row=row)
    parts = [
        both_n(
            "Histogram of the accuracy of {n} model.", "Histogram of the accuracy of {n} models.", len(accuracies)
        ),
        both(
            "From {low} to {high}, median {middle}.",
            low=format_percent(min(accuracies)),
            high=format_percent(max(accuracies)),
            middle=format_percent(statistics.median(accuracies)),
        ),
    ]
    if shown:
        parts.append(both("Minimum: {value}.", value=", ".join(format_percent(value) for value in shown)))
        parts.append(both("{n} below the minimum.", n=below))
    figure = Figure(svg=axes.canvas.svg(), alt=Text.join(parts))
    keys = (Key(swatch="dots", text=both("minimum")),) if shown else ()
    return Drawing(kind="accuracies", title=both("accuracy"), figures=(figure,), keys=keys)
