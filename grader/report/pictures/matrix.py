"""The confusion matrix as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.i18n import both
from grader.report.pictures.canvas import Palette
from grader.schema import Confusion, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Numbers in the cells up to this many classes.
NUMBERS = 12


def size(confusion: Confusion) -> tuple[float, float]:
    """Width and height in inches."""
    side = max(2.6, 0.42 * len(confusion.counts) + 1.0)
    return side + 0.25, side


def paint(confusion: Confusion, figure: Figure, palette: Palette) -> None:
    """Rows are true classes, columns predicted ones; the darker (or, on a dark page, brighter), the more."""
    from matplotlib import colormaps

    counts = np.array(confusion.counts, dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    axes.set_facecolor("none")
    shades = colormaps[palette.shades]
    axes.imshow(shares, cmap=shades, vmin=0, vmax=1, aspect="equal")
    places = range(len(counts))
    names = [name.en[:12] for name in confusion.names]
    axes.set_xticks(places, names, rotation=90 if max(map(len, names)) > 3 else 0, parse_math=False)
    axes.set_yticks(places, names, parse_math=False)
    axes.tick_params(colors=palette.ink, labelsize=8, length=0)
    for side in axes.spines.values():
        side.set_color(palette.grid)
    if len(counts) > NUMBERS:
        return
    for i in places:
        for j in places:
            if counts[i, j]:
                red, green, blue, _ = shades(shares[i, j])
                bright = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
                colour = "#10141a" if bright > 0.18 else "#ffffff"
                axes.text(j, i, str(int(counts[i, j])), ha="center", va="center", fontsize=7.5, color=colour)


def alt(confusion: Confusion) -> Text:
    """What the matrix shows, for those who do not see it."""
    return both(
        "Confusion matrix of {n} classes: rows are true classes, columns are predicted ones. {text}",
        n=len(confusion.counts),
        text=confusion.text,
    )
