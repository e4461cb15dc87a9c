"""A layer in the chapter's words: “32 3x3 filters, 2x2 striding, no border padding”."""

from __future__ import annotations

from collections.abc import Callable

from grader.i18n import both
from grader.playground.convert import Layer
from grader.schema import Json, Text
from grader.text import format_value

_LONGEST = 60
_FIXED = {
    "Flatten": both("all numbers in one row"),
    "GlobalAveragePooling2D": both("the mean of each feature map"),
    "GlobalMaxPooling2D": both("the largest number of each feature map"),
    "BatchNormalization": both("each feature map scaled to the same mean and spread"),
    "Add": both("sum of its inputs"),
    "Concatenate": both("its inputs, concatenated"),
}


def describe_layer(layer: Layer) -> Text:
    """What ``layer`` does, as the chapter's page says it; empty where its name says all."""
    config = layer.config
    parts: list[Text] = []
    made = _WORDS.get(layer.type)
    if made is not None:
        parts += made(config)
    elif layer.type in _FIXED:
        parts.append(_FIXED[layer.type])
    if layer.activation not in (None, "linear"):
        parts.append(Text.same(str(layer.activation)[:_LONGEST]))
    return Text.join(parts, ", ")


def _pair(value: Json) -> str:
    """``3x3`` of 3, of (3, 3) and of nothing at all."""
    sides = value if isinstance(value, list | tuple) else [value, value]
    return "x".join(str(side)[:8] for side in sides[:4]) if sides else ""


def _convolution(config: dict[str, Json]) -> list[Text]:
    count, size = str(config.get("filters"))[:8], _pair(config.get("kernel_size"))
    return [both("{count} {size} filters", count=count, size=size), *_moves(config)]


def _moves(config: dict[str, Json]) -> list[Text]:
    parts = [both("{size} striding", size=_pair(config.get("strides", 1)))]
    dilation = _pair(config.get("dilation_rate", 1))
    if set(dilation) - {"1", "x"}:
        parts.append(both("{size} dilation", size=dilation))
    same = config.get("padding") == "same"
    parts.append(both("border padding (same)") if same else both("no border padding"))
    return parts


def _pooling(config: dict[str, Json]) -> list[Text]:
    size = _pair(config.get("pool_size"))
    strides = config.get("strides")
    return [both("{size} windows", size=size), *_moves({**config, "strides": strides or config.get("pool_size")})]


def _padding(config: dict[str, Json]) -> list[Text]:
    sides = config.get("padding")
    flat = (
        [side for pair in sides for side in (pair if isinstance(pair, list) else [pair, pair])]
        if isinstance(sides, list)
        else [sides] * 4
    )
    return [both("{sides} pixels of 0 (top, bottom, left, right)", sides=", ".join(str(s)[:6] for s in flat[:4]))]


def _number(value: Json) -> str:
    return format_value(value) if isinstance(value, int | float) else str(value)[:_LONGEST]


def _rescaling(config: dict[str, Json]) -> list[Text]:
    scale, offset = _number(config.get("scale")), _number(config.get("offset"))
    return [both("pixels times {scale}, plus {offset}", scale=scale, offset=offset)]


_WORDS: dict[str, Callable[[dict[str, Json]], list[Text]]] = {
    **dict.fromkeys(("Conv2D", "SeparableConv2D", "Conv2DTranspose"), _convolution),
    "DepthwiseConv2D": lambda c: [
        both("a {size} filter for each feature map", size=_pair(c.get("kernel_size"))),
        *_moves(c),
    ],
    **dict.fromkeys(("MaxPooling2D", "AveragePooling2D"), _pooling),
    "Dense": lambda c: [both("{count} units", count=str(c.get("units"))[:8])],
    **dict.fromkeys(
        ("Dropout", "SpatialDropout2D", "GaussianDropout", "AlphaDropout"),
        lambda c: [both("rate {rate}; does nothing when the network predicts", rate=_number(c.get("rate")))],
    ),
    "Rescaling": _rescaling,
    "ZeroPadding2D": _padding,
    "UpSampling2D": lambda c: [both("{size} times as large", size=_pair(c.get("size")))],
    "Reshape": lambda c: [both("shape: {shape}", shape=_pair(c.get("target_shape")))],
}
