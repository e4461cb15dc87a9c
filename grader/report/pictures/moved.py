"""Which layers are frozen and how far training moved the others, as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grader.i18n import both, both_n
from grader.report.pictures.canvas import Palette
from grader.schema import MovedModel, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 6.4, 1.35
#: Changes below this are drawn as this.
LEAST, MOST = 1e-7, 1e1


def paint(model: MovedModel, figure: Figure, palette: Palette) -> None:
    """A bar for each layer, from the first to the last: its height is the change (logarithmic); frozen ones are
    hatched and as high as the axis."""
    axes = figure.add_axes((0.09, 0.16, 0.9, 0.76))
    axes.set_facecolor("none")
    axes.set_yscale("log")
    axes.set_ylim(LEAST, MOST)
    for index, layer in enumerate(model.layers):
        if not layer.trainable:
            axes.bar(
                index,
                MOST,
                bottom=LEAST,
                width=0.86,
                facecolor=palette.face,
                edgecolor=palette.quiet,
                hatch="////",
                linewidth=0,
            )
        if layer.change > 0:
            height = min(max(layer.change, LEAST * 2), MOST) if math.isfinite(layer.change) else MOST
            # What moves although it is frozen is a surprise, and so is the other way round.
            axes.bar(index, height, width=0.86, color=palette.accent if layer.trainable else palette.bad)
        elif layer.trainable:
            axes.plot([index], [LEAST * 2], marker="x", markersize=4, color=palette.warm)
    axes.set_xlim(-0.6, len(model.layers) - 0.4)
    axes.set_xticks([0, len(model.layers) - 1], ["1", str(len(model.layers))])
    axes.set_yticks([1e-6, 1e-3, 1e0])
    axes.tick_params(colors=palette.ink, labelsize=8, length=0)
    axes.minorticks_off()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.grid)


def alt(model: MovedModel) -> Text:
    """What the bars show, for those who do not see it."""
    frozen = [layer for layer in model.layers if not layer.trainable]
    moved = [layer for layer in model.layers if layer.change > 0]
    parts = [
        both_n("{n} layer with weights", "{n} layers with weights", len(model.layers)),
        both_n("{n} of them frozen", "{n} of them frozen", len(frozen)),
        both_n("{n} moved by training", "{n} moved by training", len(moved)),
    ]
    surprises = [layer.name for layer in frozen if layer.change > 0]
    if surprises:
        parts.append(both("frozen but moved: {names}", names=", ".join(surprises[:5])))
    return both(
        "{label}: {parts}.",
        label=model.label,
        parts=Text(ko=", ".join(p.ko for p in parts), en=", ".join(p.en for p in parts)),
    )
