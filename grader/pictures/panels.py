"""Sheets of small images: the stored bytes as PNG, maps laid over photographs, numbers where they say more."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import numpy as np
from PIL import Image

from grader.i18n import both
from grader.pictures.canvas import Canvas
from grader.schema import Drawing, Figure, Panel, Pixels, Sheet

#: No stored image is larger; what claims to be is not ours.
MAX_SIDE = 512
#: Share of the map's colour over the image.
STRENGTH = 0.55
#: Longest side of a panel in CSS pixels.
SIDE = 160.0

Array = np.ndarray[Any, Any]


def unpack(pixels: Pixels) -> Array:
    """The stored bytes as uint8 (h, w, c).

    Raises:
        ValueError: they are not what the shape says.
    """
    height, width, channels = pixels.shape
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE and channels in (1, 3)):
        raise ValueError(f"an image of shape {pixels.shape}")
    size = height * width * channels
    try:
        raw = zlib.decompressobj().decompress(base64.b64decode(pixels.data), size + 1)
    except zlib.error as error:
        raise ValueError(f"an image that cannot be unpacked: {error}") from error
    if len(raw) != size:
        raise ValueError("an image that is not as large as it says")
    return np.frombuffer(raw, dtype=np.uint8).reshape(pixels.shape)


def _jet() -> Array:
    """The colours of MATLAB's "jet", uint8 (256, 3), as in the textbook: blue is little, red is much."""
    level = np.linspace(0, 4, 256)[:, None]
    return np.rint(255 * np.clip(1.5 - np.abs(level - [3, 2, 1]), 0, 1)).astype(np.uint8)


def _signed() -> Array:
    """Red (negative) over white (zero) to blue (positive), uint8 (256, 3), like ColorBrewer's RdBu."""
    ends = np.array([[178, 24, 43], [247, 247, 247], [33, 102, 172]], dtype=float)
    places = np.linspace(0, 2, 256)
    return np.stack([np.interp(places, [0, 1, 2], ends[:, c]) for c in range(3)], axis=1).round().astype(np.uint8)


_MAPS = {"signed": _signed(), "heat": _jet()}


def png(values: Array, colours: Array | None = None) -> bytes:
    """uint8 (h, w, 1 or 3) as a PNG file; one channel is grey, or an index into ``colours`` (256, 3)."""
    image = Image.fromarray(values if values.shape[2] == 3 else values[..., 0])
    if colours is not None:
        image.putpalette(colours.tobytes())
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def draw_sheet(sheet: Sheet) -> Drawing:
    """All panels, and a colour bar where colours stand for numbers.

    Raises:
        ValueError: a panel holds no image.
    """
    figures = [
        Figure(svg=_panel(panel), alt=panel.caption, label=panel.label, caption=panel.caption, tone=panel.tone)
        for panel in sheet.panels
    ]
    if any(panel.over is not None or panel.pixels.palette == "heat" for panel in sheet.panels):
        figures.append(_bar("heat", "0", "1"))
    elif any(panel.pixels.palette == "signed" for panel in sheet.panels):
        figures.append(_bar("signed", "−", "+"))
    return Drawing(
        kind=sheet.kind, title=sheet.title, text=sheet.text, figures=tuple(figures), columns=sheet.columns
    )


def _panel(panel: Panel) -> str:
    height, width, _ = panel.pixels.shape
    scale = SIDE / max(height, width)
    canvas = Canvas(width * scale, height * scale)
    values = unpack(panel.pixels)
    shown = png(values, _MAPS.get(panel.pixels.palette))
    canvas.image(0, 0, canvas.width, canvas.height, shown, smooth=panel.over is not None)
    if panel.over is not None:
        heat = png(unpack(panel.over)[..., :1], _MAPS["heat"])
        canvas.image(0, 0, canvas.width, canvas.height, heat, opacity=STRENGTH, smooth=True)
    seen = _MAPS[panel.pixels.palette][values[..., 0]] if panel.pixels.palette in _MAPS else values
    size = min(0.4 * scale, 1.55 * scale / max((len(n) for row in panel.numbers for n in row), default=1))
    for i, row in enumerate(panel.numbers[:height]):
        for j, number in enumerate(row[:width]):
            dark = float(seen[i, j].mean()) < 120
            place = (j + 0.5) * scale, (i + 0.5) * scale + size / 3
            canvas.text(*place, number, size=size, fill="#fff" if dark else "#10141a")
    return canvas.svg()


def _bar(name: str, low: str, high: str) -> Figure:
    canvas = Canvas(220, 16)
    ramp = np.arange(256, dtype=np.uint8).reshape(1, 256, 1)
    canvas.text(6, 12, low, anchor="start")
    canvas.image(24, 2, 172, 12, png(ramp, _MAPS[name]), smooth=True)
    canvas.text(202, 12, high, anchor="start")
    alt = (
        both("Colour bar: from blue, 0, to red, 1.")
        if name == "heat"
        else both("Colour bar: red is negative, blue is positive.")
    )
    return Figure(svg=canvas.svg(), alt=alt, tone="bar")
