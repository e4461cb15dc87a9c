"""Distributions as pictures, for a light and a dark page. No words in them, as in :mod:`grader.report.curves`."""

from __future__ import annotations

import base64
import io
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grader.i18n import both, both_n
from grader.report.curves import DARK, LIGHT, Palette
from grader.schema import Text
from grader.text import format_number, format_percent


@dataclass(frozen=True)
class Picture:
    """One picture and what a text must say about it."""

    light: str
    """``data:`` address of the SVG."""
    dark: str
    alt: Text
    width: int
    height: int


def _edges(low: float, high: float, bins: int) -> list[float]:
    return [low + (high - low) * i / bins for i in range(bins + 1)]


def _counts(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    """How many values lie in each bin; the last bin holds its upper edge too, and no value is lost."""
    low, high, bins = edges[0], edges[-1], len(edges) - 1
    counts = [0] * bins
    for value in values:
        place = math.floor((value - low) / (high - low) * bins)
        counts[min(max(place, 0), bins - 1)] += 1
    return counts


def _draw(
    counts: Sequence[int],
    edges: Sequence[float],
    palette: Palette,
    *,
    size: tuple[float, float],
    share: bool,
    lines: Sequence[float],
    middle: float | None,
) -> str:
    # Imported late: `grader --help` must not pay for it. Without pyplot there is no global state.
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, MultipleLocator, PercentFormatter

    settings = {"svg.hashsalt": "vision-grader", "svg.fonttype": "none", "font.family": ["sans-serif"]}
    with matplotlib.rc_context(settings):  # type: ignore[arg-type]
        figure = Figure(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.set_facecolor("none")
        width = edges[1] - edges[0]
        axes.bar(edges[:-1], counts, width=width * 0.9, align="edge", color=palette.training, linewidth=0)
        if middle is not None:
            axes.axvline(middle, color=palette.validation, linewidth=2)
        for line in lines:
            axes.axvline(line, color=palette.validation, linewidth=2, linestyle=(0, (1, 1)))
        axes.set_xlim(edges[0] - width * 0.05, edges[-1])
        axes.set_ylim(0, max(1, *counts) * 1.08)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, min_n_ticks=1))
        axes.xaxis.set_major_locator(MultipleLocator(0.2) if share else MaxNLocator(nbins=8))
        if share:
            axes.xaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
        axes.grid(axis="y", color=palette.grid, linewidth=0.8)
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(palette.grid)
        axes.tick_params(colors=palette.ink, labelsize=9, length=0)
        file = io.BytesIO()
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        FigureCanvasSVG(figure).print_svg(file, metadata=metadata)  # type: ignore[no-untyped-call]
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _picture(
    values: Sequence[float],
    edges: Sequence[float],
    alt: Text,
    *,
    size: tuple[float, float],
    share: bool = False,
    lines: Sequence[float] = (),
    middle: float | None = None,
) -> Picture:
    counts = _counts(values, edges)
    light, dark = (
        _draw(counts, edges, palette, size=size, share=share, lines=lines, middle=middle)
        for palette in (LIGHT, DARK)
    )
    return Picture(light, dark, alt, round(size[0] * 72), round(size[1] * 72))


def _join(parts: Sequence[Text]) -> Text:
    return Text(ko=" ".join(part.ko for part in parts), en=" ".join(part.en for part in parts))


def marks_picture(marks: Sequence[float], max_points: float) -> Picture | None:
    """How many students got how many points; the solid line is the median. None where there are no marks."""
    known = [value for value in marks if math.isfinite(value)]
    if not known or max_points <= 0:
        return None
    middle = statistics.median(known)
    edges = _edges(0.0, max(max_points, *known), 20)
    counts = _counts(known, edges)
    top = counts.index(max(counts))
    alt = _join(
        (
            both_n(
                "Histogram of the marks of {n} student.", "Histogram of the marks of {n} students.", len(known)
            ),
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
    )
    return _picture(known, edges, alt, size=(6.0, 2.5), middle=middle)


def accuracy_picture(accuracies: Sequence[float], minima: Sequence[float], below: int) -> Picture | None:
    """How accurate the models are, dotted lines at the minima. None where no accuracy was measured.

    Args:
        accuracies: in [0, 1].
        minima: accuracies to reach, in [0, 1]; at most three are drawn.
        below: how many did not reach theirs.
    """
    if not accuracies:
        return None
    shown = sorted(minima)[:3]
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
    return _picture(accuracies, _edges(0.0, 1.0, 40), _join(parts), size=(5.2, 2.2), share=True, lines=shown)
