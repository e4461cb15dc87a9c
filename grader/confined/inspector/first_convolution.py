"""What a network's first convolution looks for, and what it finds in one image: for reports, not for marks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from grader.confined.inspector.measure import scaled
from grader.wire.npy import write_array

#: Filters that are kept, and the longest side of image and maps in pixels.
MOST = 16
SIDE = 64
#: Numbers in all feature maps together (64 MiB).
MAX_MAPS = 16 << 20


def keep(model: Any, image: np.ndarray[Any, Any], scale: str, folder: Path, name: str) -> None:
    """Write ``picture.<name>.image`` (h, w, c), ``.filters`` (kh, kw, c, n) and ``.maps`` (h', w', n), float32.

    Nothing where the model has no two-dimensional convolution of its own, or does not take the image. A picture
    that can't be made must not cost anybody a mark, so no exception leaves here but for want of memory.

    Args:
        image: one image as a batch, (1, h, w, c).
    """
    import keras

    layer = next((layer for layer in model.layers if type(layer) is keras.layers.Conv2D), None)
    if layer is None or image.ndim != 4 or not len(image):
        return
    shape = layer.output.shape if hasattr(layer, "output") else ()
    if len(shape) != 4 or any(size is None for size in shape[1:]) or np.prod(shape[1:]) > MAX_MAPS:
        return
    try:
        given = scaled(image, scale)
        maps = np.asarray(keras.Model(model.inputs, layer.output)(given, training=False), dtype="float32")[0]
        filters = np.asarray(layer.kernel, dtype="float32")
    except MemoryError:
        raise
    except Exception as error:
        print(f"{name}: no feature maps: {type(error).__name__}", file=sys.stderr)
        return
    write_array(folder / f"picture.{name}.image.npy", _smaller(given[0]))
    write_array(folder / f"picture.{name}.filters.npy", np.ascontiguousarray(filters[..., :MOST]))
    write_array(folder / f"picture.{name}.maps.npy", _smaller(maps[..., :MOST]))


def _smaller(image: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``image`` (h, w, c) with every so many-th pixel, so that no side is longer than :data:`SIDE`."""
    step = max(1, -(-max(image.shape[:2]) // SIDE))
    return np.ascontiguousarray(image[::step, ::step], dtype="float32")
