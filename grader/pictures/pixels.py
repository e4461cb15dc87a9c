"""Arrays of unknown origin as small images of bytes."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np

from grader.schema.pictures import Palette, Pixels

#: Longest side of a stored image, in pixels.
SIDE = 64
#: Longest side of an array that is looked at at all.
MAX_SIDE = 2048

Array = np.ndarray[Any, Any]


class NoPicture(Exception):
    """This array can't be shown; the message says why, for staff."""


def images(array: Array, what: str) -> Array:
    """``array`` as float64 images (n, h, w, c) in [0, 1], at most :data:`SIDE` pixels a side.

    What range its values have is guessed from all of them together: [0, 1], [-1, 1] or [0, 255].

    Args:
        array: (n, h, w, c) with 1, 3 or 4 channels, or (n, h, w).

    Raises:
        NoPicture: another shape, no numbers, NaN or infinity.
    """
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or array.shape[3] not in (1, 3, 4):
        raise NoPicture(f"{what}: shape {array.shape} is not that of images")
    values = smaller(_sound(array[..., :3], what))
    low, high = float(values.min()), float(values.max())
    if array.dtype == np.uint8 or high > 4:
        values = values / 255
    elif low < -0.05:
        values = (values + 1) / 2
    return np.clip(values, 0, 1)


def field(array: Array, what: str) -> Array:
    """``array`` as one map (h, w), float64 and finite, at most :data:`SIDE` a side.

    Raises:
        NoPicture: another shape, no numbers, NaN or infinity.
    """
    if array.ndim == 3 and 1 in (array.shape[0], array.shape[2]):
        array = array.reshape([size for axis, size in enumerate(array.shape) if axis == 1 or size != 1] or [1, 1])
    if array.ndim != 2:
        raise NoPicture(f"{what}: shape {array.shape} is not that of a map")
    return np.asarray(smaller(_sound(array[None, ..., None], what))[0, ..., 0])


def _sound(array: Array, what: str) -> Array:
    if array.size == 0 or max(array.shape[1:3]) > MAX_SIDE:
        raise NoPicture(f"{what}: {array.shape} is empty or too large")
    if array.dtype.kind not in "biuf":
        raise NoPicture(f"{what}: {array.dtype} is not a numeric type")
    values = array.astype(np.float64)
    if not np.isfinite(values).all():
        raise NoPicture(f"{what}: NaN or infinity")
    # Beyond this, sums overflow; no image has such values.
    return np.clip(values, -1e30, 1e30)


def smaller(values: Array) -> Array:
    """Images (n, h, w, c) with each block of pixels as their mean, so that no side is longer than SIDE."""
    step = max(1, -(-max(values.shape[1:3]) // SIDE))
    if step == 1:
        return values
    rows, columns = max(values.shape[1] // step, 1), max(values.shape[2] // step, 1)
    down, across = min(step, values.shape[1]), min(step, values.shape[2])
    cut = values[:, : rows * down, : columns * across]
    return np.asarray(
        cut.reshape(len(cut), rows, down, columns, across, values.shape[3]).mean(axis=(2, 4)), dtype=np.float64
    )


def pack(values: Array, palette: Palette = "colour") -> Pixels:
    """Values in [0, 1], (h, w, c) or (h, w), as stored bytes."""
    if values.ndim == 2:
        values = values[..., None]
    data = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    raw = zlib.compress(np.ascontiguousarray(data).tobytes(), 9)
    height, width, channels = data.shape
    kind = "grey" if palette == "colour" and channels == 1 else palette
    return Pixels(shape=(height, width, channels), data=base64.b64encode(raw).decode("ascii"), palette=kind)


def stretched(values: Array) -> Array:
    """``values`` from their smallest (0) to their largest (1); all 0 where they are all the same."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def signed(values: Array, largest: float) -> Array:
    """``values`` with 0 in the middle: ``-largest`` is 0, ``largest`` is 1."""
    return (
        np.clip(values / largest, -1, 1) * (127 / 255) + 128 / 255
        if largest > 0
        else np.full_like(values, 128 / 255)
    )
