"""Image data sets in a zip: class folders as in our own data folder, and photographs as Microsoft publishes them.

Ours: ``train/<class>/<name>.jpg`` and ``test/<class>/<name>.jpg``; whatever can't be read is an error.
Microsoft's: ``PetImages/Cat/0.jpg`` to ``12499.jpg``, and the same for ``Dog``; 25,000 photographs would fill
gigabytes of cache for budgets that use a thousand, so the first of them do. Some of its files are empty or damaged
(an exercise is about that); they are left out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, UnidentifiedImageError

from grader.datasets.types import Dataset, Files, Images, Labels, Pool
from grader.errors import DataError

#: Microsoft's archive: photographs of each class. Every fifth number is for testing, however many files there are.
TRAIN, TEST = 1000, 250
_TEST_EVERY = 5
_PET_NAME = re.compile(r"(?:.*/)?PetImages/(\w+)/(\d{1,6})\.jpg")
#: Of the JPEG files that drawn pictures become.
_QUALITY = 92
_SUFFIXES = (".jpg", ".jpeg", ".png")
#: A picture of these sets has at most some hundred kilobytes; a zip bomb has more.
_MAX_BYTES = 4 * 1024 * 1024
#: What Pillow and zipfile raise on files that are damaged, encrypted, or compressed in a way they don't know.
_UNREADABLE = (
    *(UnidentifiedImageError, Image.DecompressionBombError, zipfile.BadZipFile, zlib.error),
    *(OSError, ValueError, SyntaxError, EOFError, RuntimeError, NotImplementedError),
)
#: Pixels and, of photographs, the files: one split of a data set.
Part = tuple[Images, Labels, Files]


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
    """Drawn pictures, uint8 (h, w, 3), as JPEG files and, from their very pixels, as arrays of one size."""
    return _pool(_drawn(*train, size), _drawn(*test, size))


def _drawn(pictures: Sequence[Images], labels: Labels, size: tuple[int, int]) -> Part:
    images, files = [Image.fromarray(picture) for picture in pictures], []
    for image in images:
        stream = io.BytesIO()
        image.save(stream, format="JPEG", quality=_QUALITY)
        files.append(stream.getvalue())
    return np.stack([scaled(image, size) for image in images]), labels, pack(files)


def _pool(train: Part, test: Part) -> Pool:
    return Pool(*train[:2], *test[:2], train[2], test[2])


def read_class_zip(path: Path, dataset: Dataset) -> Pool:
    """Decode every image. Order: by class id, then by file name.

    Raises:
        DataError: the zip is missing or damaged, a class has no images, an image can't be read or has
            another size.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, path, dataset)
            return _pool(*(_decode_all(archive, path, members[split], dataset) for split in ("train", "test")))
    except FileNotFoundError as error:
        raise DataError("The data set is not there: {file}", file=str(path)) from error
    except zipfile.BadZipFile as error:
        raise DataError(
            "{file} is not a complete zip file ({reason}). Copy it again.", file=path, reason=str(error)
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError("{file} cannot be read: {reason}", file=path, reason=reason) from error


def _members(archive: zipfile.ZipFile, path: Path, dataset: Dataset) -> dict[str, list[list[zipfile.ZipInfo]]]:
    """Entries by split and class id. A folder around ``train`` and ``test`` does no harm."""
    ids = {name: number for number, name in enumerate(dataset.class_names)}
    found: dict[str, list[list[zipfile.ZipInfo]]] = {split: [[] for _ in ids] for split in ("train", "test")}
    for entry in archive.infolist():
        parts = PurePosixPath(entry.filename).parts
        if len(parts) < 3 or parts[-3] not in found or parts[-2] not in ids:
            continue
        name = parts[-1].lower()
        if name.endswith(_SUFFIXES) and not name.startswith("."):
            found[parts[-3]][ids[parts[-2]]].append(entry)
    for split, classes in found.items():
        for entries in classes:
            entries.sort(key=lambda entry: entry.filename)
        _check_classes(path, [len(entries) for entries in classes], [f"{split}/{name}" for name in ids])
    return found


def _check_classes(path: Path, counts: Sequence[int], folders: Sequence[str]) -> None:
    lacking = [folder for folder, count in zip(folders, counts, strict=True) if not count]
    if lacking:
        raise DataError(
            "{file} has no images in these folders: {folders}", file=str(path), folders=", ".join(lacking)
        )


def _decode_all(
    archive: zipfile.ZipFile, path: Path, classes: list[list[zipfile.ZipInfo]], dataset: Dataset
) -> Part:
    labels = np.repeat(np.arange(len(classes), dtype=np.int64), [len(entries) for entries in classes])
    images = np.empty((len(labels), *dataset.size, 3), dtype=np.uint8)
    kept = []
    for row, entry in enumerate(entry for entries in classes for entry in entries):
        place = f"{path.name}:{entry.filename}"
        if entry.file_size > _MAX_BYTES:
            raise DataError("{file} is too large for an image of this data set.", file=place)
        try:
            images[row], file = _decode(archive, entry, dataset, place)
        except _UNREADABLE as error:
            reason = f"{type(error).__name__}: {error}"
            raise DataError("{file} cannot be read as an image ({reason}).", file=place, reason=reason) from error
        kept += [file] if dataset.photographs else []
    return images, labels, pack(kept)


def _decode(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, dataset: Dataset, place: str
) -> tuple[Images, bytes]:
    """One entry's pixels, and its bytes."""
    size, file = dataset.size[::-1], archive.read(entry)
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


def read_pet_images(path: Path, dataset: Dataset) -> Pool:
    """Decode the first photographs of each class. Order: by class id, then by number.

    Raises:
        DataError: the zip is missing or damaged, or a class has no photographs.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            train, test = (_decode_first(archive, dataset, testing) for testing in (False, True))
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            "{file} in Keras' cache cannot be read ({reason}). Delete it.", file=path, reason=reason
        ) from error
    for _, labels, _ in (train, test):
        _check_classes(
            path,
            np.bincount(labels, minlength=len(dataset.class_names)).tolist(),
            [f"PetImages/{name.capitalize()}" for name in dataset.class_names],
        )
    return _pool(train, test)


def _decode_first(archive: zipfile.ZipFile, dataset: Dataset, testing: bool) -> Part:
    """The photographs of one part that can be decoded."""
    images: list[Images] = []
    kept: list[bytes] = []
    counts = []
    for name in dataset.class_names:
        decoded = (_decode_or_none(archive, entry, dataset) for entry in _pet_entries(archive, name, testing))
        found = list(islice((pair for pair in decoded if pair is not None), TEST if testing else TRAIN))
        images += [image for image, _ in found]
        kept += [file for _, file in found]
        counts.append(len(found))
    labels = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    return np.array(images, dtype=np.uint8).reshape(-1, *dataset.size, 3), labels, pack(kept)


def _pet_entries(archive: zipfile.ZipFile, name: str, testing: bool) -> list[zipfile.ZipInfo]:
    """One class's entries of one part, by number."""
    found = []
    for entry in archive.infolist():
        match = _PET_NAME.fullmatch(entry.filename)
        if match is None or match[1].lower() != name or not 0 < entry.file_size <= _MAX_BYTES:
            continue
        number = int(match[2])
        if (number % _TEST_EVERY == _TEST_EVERY - 1) == testing:
            found.append((number, entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _decode_or_none(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, dataset: Dataset
) -> tuple[Images, bytes] | None:
    try:
        return _decode(archive, entry, dataset, entry.filename)
    except _UNREADABLE:
        return None
