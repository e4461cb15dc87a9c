"""The network as a diagram: a box for each layer, as high as its feature maps, with what it gives on.

Each box is a picture of its own, so that the row of boxes wraps where the page is narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from grader.i18n import both, both_n
from grader.pictures.canvas import Canvas, Colour
from grader.schema import Drawing, Figure, Key, LayerFact, Text

#: More boxes than this can't be read.
MOST = 30
_WIDTH, _HEIGHT, _BOX = 104.0, 150.0, 76.0
_MIDDLE, _TALLEST = 54.0, 104.0
_KINDS: tuple[tuple[tuple[str, ...], Colour], ...] = (
    (("Conv", "Separable", "Depthwise"), "accent"),
    (("Dense",), "warm"),
    (("Pool",), "good"),
)


def can_be_drawn(layers: Sequence[LayerFact]) -> bool:
    """Whether a diagram would say anything, and could be read."""
    return 3 <= len(layers) <= MOST


def draw_network(layers: Sequence[LayerFact], parameters: int) -> Drawing | None:
    """The boxes, joined by arrows; None where :func:`can_be_drawn` says no."""
    if not can_be_drawn(layers):
        return None
    boxes = "".join(_box(layer, last=index + 1 == len(layers)) for index, layer in enumerate(layers))
    keys = (Key(swatch="hatch", text=both("frozen")),) if any(_frozen(layer) for layer in layers) else ()
    return Drawing(
        kind="network",
        title=both("Your network as a diagram"),
        text=both("Output shape in each box, type and number of parameters below."),
        figures=(Figure(svg=boxes, alt=_alt(layers, parameters)),),
        keys=keys,
    )


def _frozen(layer: LayerFact) -> bool:
    return bool(layer.parameters) and not layer.trainable_parameters


def _box(layer: LayerFact, *, last: bool) -> str:
    canvas = Canvas(_WIDTH, _HEIGHT)
    tall = _height(layer) * _TALLEST
    left, top = 3.0, _MIDDLE - tall / 2
    canvas.rect(left, top, _BOX, tall, "sunk", stroke=_colour(layer), radius=5)
    if _frozen(layer):
        canvas.hatch(left + 1, top + 1, _BOX - 2, tall - 2, "line", step=7)
    centre = left + _BOX / 2
    lines = _shape(layer)
    for n, line in enumerate(lines):
        canvas.text(centre, _MIDDLE + 4 + 14 * (n - (len(lines) - 1) / 2), line, colour="ink", size=11)
    canvas.text(centre, _HEIGHT - 26, _short(layer.type), colour="ink", size=11)
    canvas.text(centre, _HEIGHT - 12, f"{layer.parameters:,}" if layer.parameters else "–", size=11)
    if not last:
        tip = _WIDTH - 3
        canvas.line([(left + _BOX + 6, _MIDDLE), (tip, _MIDDLE)], "quiet", width=1.3)
        canvas.line([(tip - 5, _MIDDLE - 4), (tip, _MIDDLE), (tip - 5, _MIDDLE + 4)], "quiet", width=1.3)
    return canvas.svg()


def _height(layer: LayerFact) -> float:
    """Share of the tallest box: by the side of the feature maps, or by what a flat output would be as a square."""
    sizes = [n for n in layer.output_shape[1:] if n]
    if not sizes:
        return 0.5
    side = sizes[0] if len(sizes) >= 3 else math.sqrt(sizes[-1])
    return min(1.0, 0.36 + 0.64 * math.log(1 + side) / math.log(1 + 128))


def _colour(layer: LayerFact) -> Colour:
    for parts, colour in _KINDS:
        if any(part in layer.type for part in parts):
            return colour
    return "quiet"


def _shape(layer: LayerFact) -> list[str]:
    sizes = ["?" if n is None else str(n) for n in layer.output_shape[1:]]
    return ["×".join(sizes[:2]), *(f"×{size}" for size in sizes[2:4])] if len(sizes) > 1 else ["".join(sizes)]


def _short(kind: str) -> str:
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
    return kind if len(kind) <= 14 else kind[:13] + "…"


def _alt(layers: Sequence[LayerFact], parameters: int) -> Text:
    """What the diagram shows, for those who do not see it."""
    return both(
        "{count}, from left to right: {names}. {parameters} parameters in all.",
        count=both_n("Diagram of {n} layer", "Diagram of {n} layers", len(layers)),
        names=", ".join(f"{layer.type} {''.join(_shape(layer))}" for layer in layers),
        parameters=f"{parameters:,}",
    )
