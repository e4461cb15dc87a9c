"""Small images as embedded PNG or WebP files."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import numpy as np

from grader.report.remember import recall
from grader.schema import Panel, Pixels

#: No stored image is larger; what claims to be is not ours.
MAX_SIDE = 512
#: Up to this side every pixel counts, and lossless is smaller.
LOSSLESS = 40
#: Share of the map's colour over the image.
STRENGTH = 0.55

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


def coloured(pixels: Pixels) -> Array:
    """uint8 (h, w, 3) as it is shown."""
    values = unpack(pixels)
    if pixels.palette == "signed":
        from matplotlib import colormaps

        return np.asarray(colormaps["RdBu"](values[..., 0], bytes=True)[..., :3])
    return np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values


def image_of(panel: Panel) -> tuple[str, int, int]:
    """A panel as a ``data:`` address, and its width and height in pixels.

    Raises:
        ValueError: it holds no image.
    """
    height, width, _ = panel.pixels.shape
    if panel.over is not None:
        width, height = _enlarged(width, height)
    made_of = ("panel", panel.pixels, panel.over, STRENGTH, LOSSLESS)
    return recall(made_of, lambda: _encoded(panel)), width, height


def _enlarged(width: int, height: int) -> tuple[int, int]:
    """The size in which a map is laid over an image."""
    side = 192 / max(width, height)
    return max(1, round(width * side)), max(1, round(height * side))


def _encoded(panel: Panel) -> str:
    from PIL import Image

    picture = Image.fromarray(coloured(panel.pixels))
    if panel.over is not None:
        from matplotlib import colormaps

        size = _enlarged(picture.width, picture.height)
        heat = Image.fromarray(unpack(panel.over)[..., 0]).resize(size, Image.Resampling.BICUBIC)
        colours = Image.fromarray(colormaps["jet"](np.asarray(heat), bytes=True)[..., :3])
        picture = Image.blend(picture.resize(size, Image.Resampling.BICUBIC), colours, STRENGTH)
    file = io.BytesIO()
    if max(picture.size) > LOSSLESS:
        picture.save(file, "WEBP", quality=82, method=4)
        return _address("webp", file)
    picture.save(file, "PNG", optimize=True)
    return _address("png", file)


def _address(kind: str, file: io.BytesIO) -> str:
    return f"data:image/{kind};base64," + base64.b64encode(file.getvalue()).decode("ascii")
