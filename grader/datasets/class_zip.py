"""Image data sets as a zip of class folders: ``train/<class>/<name>.jpg``, ``test/<class>/<name>.jpg``."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, UnidentifiedImageError

from grader.datasets.photographs import pack, scaled
from grader.datasets.types import Dataset, Files, Images, Labels, Pool
from grader.errors import DataError

_SUFFIXES = (".jpg", ".jpeg", ".png")
#: A picture of these sets has at most some hundred kilobytes; a zip bomb has more.
_MAX_BYTES = 4 * 1024 * 1024


def read_class_zip(path: Path, dataset: Dataset) -> Pool:
    """Decode every image. Order: by class id, then by file name.

    Raises:
        DataError: the zip is missing or damaged, a class has no images, an image can't be read or has
            another size.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, path, dataset)
            x_train, y_train, train_files = _decode(archive, path, members["train"], dataset)
            x_test, y_test, test_files = _decode(archive, path, members["test"], dataset)
    except FileNotFoundError as error:
        raise DataError("The data set is not there: {file}", file=str(path)) from error
    except zipfile.BadZipFile as error:
        raise DataError(
            "{file} is not a complete zip file ({reason}). Copy it again.", file=str(path), reason=str(error)
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError("{file} cannot be read: {reason}", file=str(path), reason=reason) from error
    return Pool(x_train, y_train, x_test, y_test, train_files, test_files)


def _members(archive: zipfile.ZipFile, path: Path, dataset: Dataset) -> dict[str, list[list[zipfile.ZipInfo]]]:
    """Entries by split and class id. A folder around ``train`` and ``test`` does no harm."""
    ids = {name: number for number, name in enumerate(dataset.class_names)}
    found: dict[str, list[list[zipfile.ZipInfo]]] = {
        split: [[] for _ in dataset.class_names] for split in ("train", "test")
    }
    for entry in archive.infolist():
        parts = PurePosixPath(entry.filename).parts
        if len(parts) < 3 or parts[-3] not in found or parts[-2] not in ids:
            continue
        name = parts[-1].lower()
        if name.endswith(_SUFFIXES) and not name.startswith("."):
            found[parts[-3]][ids[parts[-2]]].append(entry)
    for split, classes in found.items():
        lacking = [name for name, entries in zip(dataset.class_names, classes, strict=True) if not entries]
        if lacking:
            folders = ", ".join(f"{split}/{name}" for name in lacking)
            raise DataError("{file} has no images in these folders: {folders}", file=str(path), folders=folders)
        for entries in classes:
            entries.sort(key=lambda entry: entry.filename)
    return found


def _decode(
    archive: zipfile.ZipFile, path: Path, classes: list[list[zipfile.ZipInfo]], dataset: Dataset
) -> tuple[Images, Labels, Files]:
    labels = np.repeat(np.arange(len(classes), dtype=np.int64), [len(entries) for entries in classes])
    height, width = dataset.size
    images = np.empty((len(labels), height, width, 3), dtype=np.uint8)
    entries = [entry for entries in classes for entry in entries]
    kept = []
    for row, entry in enumerate(entries):
        images[row], file = _image(archive, path, entry, dataset)
        kept += [file] if dataset.photographs else []
    return images, labels, pack(kept)


def _image(archive: zipfile.ZipFile, path: Path, entry: zipfile.ZipInfo, dataset: Dataset) -> tuple[Images, bytes]:
    """One entry's pixels, and its bytes."""
    size = dataset.size[::-1]
    place = f"{path.name}:{entry.filename}"
    if entry.file_size > _MAX_BYTES:
        raise DataError("{file} is too large for an image of this data set.", file=place)
    try:
        file = archive.read(entry)
        with Image.open(io.BytesIO(file), formats=("JPEG", "PNG")) as image:
            if dataset.photographs:
                return scaled(image, dataset.size), file
            if image.size != size:
                raise DataError(
                    "{file} has the wrong size. Expected: {expected}, found: {found}",
                    file=place,
                    expected=f"{size[0]}x{size[1]}",
                    found=f"{image.size[0]}x{image.size[1]}",
                )
            return np.asarray(image.convert("RGB")), file
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,  # Pillow raises it for broken PNG chunks
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        RuntimeError,  # encrypted
        NotImplementedError,  # compressed in a way that this Python cannot read
        Image.DecompressionBombError,
    ) as error:
        reason = f"{type(error).__name__}: {error}"
        raise DataError("{file} cannot be read as an image ({reason}).", file=place, reason=reason) from error
