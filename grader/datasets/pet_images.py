"""Cats and dogs as Microsoft publishes them: ``PetImages/Cat/0.jpg`` to ``12499.jpg``, and the same for ``Dog``.

25,000 photographs would fill gigabytes of cache for budgets that use a thousand; the first of them do. Some files
of the archive are empty or damaged (an exercise is about that); they are left out here.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from grader.datasets.photographs import pack, scaled
from grader.datasets.types import Dataset, Files, Images, Labels, Pool
from grader.errors import DataError

#: Photographs of each class.
TRAIN, TEST = 1000, 250
#: Every fifth number is for testing, however many files there are.
_TEST_EVERY = 5
_NAME = re.compile(r"(?:.*/)?PetImages/(\w+)/(\d{1,6})\.jpg")
_MAX_BYTES = 4 * 1024 * 1024


def read_pet_images(path: Path, dataset: Dataset) -> Pool:
    """Decode the first photographs of each class. Order: by class id, then by number.

    Raises:
        DataError: the zip is missing or damaged, or a class has no photographs.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [_part(archive, dataset, testing) for testing in (False, True)]
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            "{file} in Keras' cache cannot be read ({reason}). Delete it.", file=str(path), reason=reason
        ) from error
    for _, labels, _ in parts:
        if len(np.unique(labels)) < len(dataset.class_names):
            raise DataError(
                "{file} has no images in these folders: {folders}",
                file=str(path),
                folders=", ".join(f"PetImages/{name.capitalize()}" for name in dataset.class_names),
            )
    (x_train, y_train, train_files), (x_test, y_test, test_files) = parts
    return Pool(x_train, y_train, x_test, y_test, train_files, test_files)


def _part(archive: zipfile.ZipFile, dataset: Dataset, testing: bool) -> tuple[Images, Labels, Files]:
    """The photographs of one part that can be decoded, as pixels, labels and files."""
    images: list[Images] = []
    kept: list[bytes] = []
    counts = []
    for name in dataset.class_names:
        decoded = (_decode(archive, entry, dataset) for entry in _entries(archive, name, testing))
        found = list(islice((pair for pair in decoded if pair is not None), TEST if testing else TRAIN))
        images += [image for image, _ in found]
        kept += [file for _, file in found]
        counts.append(len(found))
    labels = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    height, width = dataset.size
    return np.array(images, dtype=np.uint8).reshape(-1, height, width, 3), labels, pack(kept)


def _entries(archive: zipfile.ZipFile, name: str, testing: bool) -> list[zipfile.ZipInfo]:
    """One class's entries of one part, by number."""
    found = []
    for entry in archive.infolist():
        match = _NAME.fullmatch(entry.filename)
        if match is None or match[1].lower() != name or not 0 < entry.file_size <= _MAX_BYTES:
            continue
        number = int(match[2])
        if (number % _TEST_EVERY == _TEST_EVERY - 1) == testing:
            found.append((number, entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _decode(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, dataset: Dataset) -> tuple[Images, bytes] | None:
    """One entry's pixels and bytes; None where it is not a whole JPEG."""
    try:
        file = archive.read(entry)
        with Image.open(io.BytesIO(file), formats=("JPEG",)) as image:
            return scaled(image, dataset.size), file
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        Image.DecompressionBombError,
    ):
        return None
