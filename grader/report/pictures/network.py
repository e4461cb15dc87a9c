"""The network as a diagram: a box for each layer, as high as its feature maps, with what it gives on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.i18n import both, both_n
from grader.report.pictures.canvas import Palette
from grader.schema import LayerFact, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: More boxes than this can't be read.
MOST = 30
#: Boxes in one row.
ROW = 7
_KINDS = (
    (("Conv", "Separable", "Depthwise"), "accent"),
    (("Dense",), "warm"),
    (("Pool",), "good"),
)


def can_be_drawn(layers: Sequence[LayerFact]) -> bool:
    """Whether a diagram would say anything, and could be read."""
    return 3 <= len(layers) <= MOST


def size(layers: Sequence[LayerFact]) -> tuple[float, float]:
    """Width and height in inches."""
    rows = -(-len(layers) // ROW)
    return 1.12 * min(len(layers), ROW) + 0.1, 1.75 * rows


def paint(layers: Sequence[LayerFact], figure: Figure, palette: Palette) -> None:
    """Draw the boxes in rows, joined by arrows."""
    from matplotlib.patches import FancyBboxPatch

    width, height = size(layers)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(-height, 0)
    axes.axis("off")
    heights = [_height(layer) for layer in layers]
    for index, layer in enumerate(layers):
        row, column = divmod(index, ROW)
        middle, x = -1.75 * row - 0.72, 0.05 + 1.12 * column
        tall = heights[index]
        colour = _colour(layer, palette)
        axes.add_patch(
            FancyBboxPatch(
                (x + 0.12, middle - tall / 2),
                0.78,
                tall,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor=palette.face,
                edgecolor=colour,
                linewidth=1.8,
                hatch=None if layer.trainable_parameters or not layer.parameters else "////",
            )
        )
        last = index + 1 == len(layers)
        if not last:
            axes.annotate(
                "",
                xy=(x + 1.22, middle),
                xytext=(x + 0.92, middle),
                arrowprops={"arrowstyle": "-|>", "color": palette.quiet, "linewidth": 1.1},
            )
        ground = {"boxstyle": "square,pad=0.15", "facecolor": palette.face, "edgecolor": "none"}
        text = {"ha": "center", "color": palette.ink, "parse_math": False}
        axes.text(x + 0.51, middle, _shape(layer), fontsize=7.5, va="center", bbox=ground, **text)  # type: ignore[arg-type]
        axes.text(x + 0.51, middle - 0.62, short(layer.type), fontsize=7.5, va="top", **text)  # type: ignore[arg-type]
        text["color"] = palette.quiet
        note = f"{layer.parameters:,}" if layer.parameters else ""
        axes.text(x + 0.51, middle - 0.8, note, fontsize=7, va="top", **text)  # type: ignore[arg-type]


def _height(layer: LayerFact) -> float:
    """0.35 to 1.1 inches: the logarithm of a feature map's height, or of the number of values."""
    sizes = [n for n in layer.output_shape[1:] if n]
    if not sizes:
        return 0.6
    side = sizes[0] if len(sizes) >= 3 else math.sqrt(sizes[-1])
    return min(1.1, 0.35 + 0.75 * math.log(1 + side) / math.log(1 + 128))


def _colour(layer: LayerFact, palette: Palette) -> str:
    for parts, name in _KINDS:
        if any(part in layer.type for part in parts):
            return str(getattr(palette, name))
    return palette.quiet


def _shape(layer: LayerFact) -> str:
    sizes = ["?" if n is None else str(n) for n in layer.output_shape[1:]]
    return "\n×".join(["×".join(sizes[:2]), *sizes[2:]]) if len(sizes) > 1 else "".join(sizes)


def short(kind: str) -> str:
    """A class name that fits its box."""
    for long, brief in (
        ("MaxPooling", "MaxPool"),
        ("AveragePooling", "AvgPool"),
        ("BatchNormalization", "BatchNorm"),
        ("InputLayer", "Input"),
        ("DepthwiseConv2D", "DepthwConv2D"),
        ("GlobalAvgPool", "GlobAvgPool"),
    ):
        kind = kind.replace(long, brief)
    return kind if len(kind) <= 13 else kind[:12] + "…"


def alt(layers: Sequence[LayerFact], parameters: int) -> Text:
    """What the diagram shows, for those who do not see it."""
    names = ", ".join(f"{layer.type} {_shape(layer)}".replace("\n", "") for layer in layers)
    return both(
        "{count}, from left to right: {names}. {parameters} parameters in all.",
        count=both_n("Diagram of {n} layer", "Diagram of {n} layers", len(layers)),
        names=names,
        parameters=f"{parameters:,}",
    )
