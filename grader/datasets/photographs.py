"""Pictures of different sizes: kept as files, and scaled to one size where arrays are needed."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from grader.datasets.types import Files, Images, Labels, Pool

#: Of the JPEG files that drawn pictures become.
_QUALITY = 92


def scaled(image: Image.Image, size: tuple[int, int]) -> Images:
    """RGB pixels uint8 (height, width, 3), stretched to ``size`` (height, width) as Keras does by default."""
    height, width = size
    return np.asarray(image.convert("RGB").resize((width, height), Image.Resampling.BILINEAR))


def pack(files: Sequence[bytes]) -> Files:
    """Files one after the other."""
    lengths = np.array([len(file) for file in files], dtype=np.int64)
    return Files(np.frombuffer(b"".join(files), dtype=np.uint8), lengths)


def drawn_pool(
    train: tuple[Sequence[Images], Labels], test: tuple[Sequence[Images], Labels], size: tuple[int, int]
) -> Pool:
    """Drawn pictures as JPEG files and, from their very pixels, as arrays of one size.

    Args:
        train, test: pictures uint8 (h, w, 3), each of its own size, and labels int64 (n,).
    """
    x_train, train_files = _both(train[0], size)
    x_test, test_files = _both(test[0], size)
    return Pool(x_train, train[1], x_test, test[1], train_files, test_files)


def _both(pictures: Sequence[Images], size: tuple[int, int]) -> tuple[Images, Files]:
    images = [Image.fromarray(picture) for picture in pictures]
    return np.stack([scaled(image, size) for image in images]), pack([_jpeg(image) for image in images])


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=_QUALITY)
    return stream.getvalue()
