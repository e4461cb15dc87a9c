"""Which layers are frozen and how far training moved the others."""

from __future__ import annotations

import math

from grader.i18n import both, both_n
from grader.pictures.axes import Axes
from grader.schema import Drawing, Figure, Key, MovedModel, Movement, Text
from grader.text import format_number

#: Powers of ten. Changes outside are drawn at the edge.
LEAST, MOST = -7.0, 1.0
_MARKS = {-6.0: "10⁻⁶", -3.0: "10⁻³", 0.0: "1"}


def draw_movement(movement: Movement) -> Drawing:
    """A bar for each layer, from the first to the last: its height is the change (logarithmic); frozen ones are
    hatched and as high as the axis."""
    keys = (
        Key(swatch="box", text=both("changed")),
        Key(swatch="hatch", text=both("frozen")),
        Key(swatch="cross", text=both("trainable, but unchanged")),
        Key(swatch="alarm", text=both("frozen, but changed")),
    )
    return Drawing(
        kind="movement",
        title=movement.title,
        text=movement.text,
        figures=tuple(_figure(model) for model in movement.models),
        keys=keys,
        note=both(
            "Layers with weights, from the first to the last; height: largest change of a weight, on a "
            "logarithmic scale."
        ),
    )


def _figure(model: MovedModel) -> Figure:
    count = len(model.layers)
    axes = Axes(x=(0.4, count + 0.6), y=(LEAST, MOST), height=170)
    axes.frame(
        both("layer"),
        both("change"),
        sorted({1, count}),
        list(_MARKS),
        lambda n: format_number(n, 0),
        lambda p: _MARKS[p],
    )
    floor = axes.floor
    for n, layer in enumerate(model.layers, start=1):
        left, right = axes.at_x(n - 0.42), axes.at_x(n + 0.42)
        if not layer.trainable:
            axes.canvas.hatch(left, axes.at_y(MOST), right - left, floor - axes.at_y(MOST), "quiet", step=4)
        if layer.change > 0:
            power = math.log10(layer.change) if math.isfinite(layer.change) else MOST
            top = axes.at_y(min(max(power, LEAST + 0.3), MOST))
            # What changes although it is frozen is a surprise, and so is the other way round.
            axes.canvas.rect(left, top, right - left, floor - top, "accent" if layer.trainable else "bad")
        elif layer.trainable:
            x, y = axes.at_x(n), axes.at_y(LEAST + 0.5)
            for sign in (1, -1):
                axes.canvas.line([(x - 3, y - 3 * sign), (x + 3, y + 3 * sign)], "warm")
    return Figure(svg=axes.canvas.svg(), alt=_alt(model), title=model.label)


def _alt(model: MovedModel) -> Text:
    """What the bars show, for those who do not see it."""
    frozen = [layer for layer in model.layers if not layer.trainable]
    changed = [layer for layer in model.layers if layer.change > 0]
    parts = [
        both_n("{n} layer with weights", "{n} layers with weights", len(model.layers)),
        both_n("{n} of them frozen", "{n} of them frozen", len(frozen)),
        both_n("{n} changed by training", "{n} changed by training", len(changed)),
    ]
    surprises = [layer.name for layer in frozen if layer.change > 0]
    if surprises:
        parts.append(both("frozen but changed: {names}", names=", ".join(surprises[:5])))
    return both(
        "{label}: {parts}.",
        label=model.label,
        parts=Text.join(parts, ", "),
    )
