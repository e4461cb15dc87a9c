"""CIFAR-10 as Keras leaves it in its cache: six pickles, read without unpickling anything but plain data."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.datasets.types import Dataset, DataSource, Images, Labels, Pool
from grader.errors import DataError

#: ``file_hash`` in ``keras.datasets.cifar10.load_data``.
ARCHIVE_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
_FOLDER = "cifar-10-batches-py"
TRAINING = tuple(f"data_batch_{n}" for n in range(1, 6))
TEST = "test_batch"
#: A batch has 31 MB.
_MAX_BYTES = 64 * 1024 * 1024


def read_keras_batches(source: DataSource, dataset: Dataset) -> Pool:
    """CIFAR-10 from Keras' extracted folder or its archive.

    Raises:
        DataError: a batch is missing, damaged, or is more than plain arrays; the archive is not Keras' own.
    """
    path = source.path
    assert path is not None
    try:
        if source.kind == "keras_archive":
            batches = _archive(path)
        else:
            batches = {name: _read_file(path / name) for name in (*TRAINING, TEST)}
    except (OSError, KeyError, EOFError, tarfile.TarError) as error:
        raise _unreadable(path, error) from error
    parts = [_batch(path / name, batches[name], dataset) for name in TRAINING]
    x_test, y_test = _batch(path / TEST, batches[TEST], dataset)
    return Pool(np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts]), x_test, y_test)


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise OSError("too large")
    return data


def _archive(path: Path) -> dict[str, bytes]:
    """The batches in Keras' tar.gz, which is read only if it is the very file that Keras downloads."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != ARCHIVE_SHA256:
            raise DataError("{file} is not the CIFAR-10 archive that Keras downloads. Delete it.", file=str(path))
    batches = {}
    with tarfile.open(path) as archive:
        for name in (*TRAINING, TEST):
            member = archive.extractfile(f"{_FOLDER}/{name}")
            if member is None:
                raise KeyError(name)
            batches[name] = member.read(_MAX_BYTES)
    return batches


def _batch(path: Path, data: bytes, dataset: Dataset) -> tuple[Images, Labels]:
    """One batch as images and labels."""
    try:
        record = _PlainUnpickler(io.BytesIO(data), encoding="bytes").load()
        pixels, labels = record[b"data"], np.asarray(record[b"labels"], dtype=np.int64)
    except Exception as error:  # a damaged pickle raises almost anything
        raise _unreadable(path, error) from error
    height, width = dataset.size
    if (
        not isinstance(pixels, np.ndarray)
        or pixels.dtype != np.uint8
        or labels.ndim != 1
        or pixels.shape != (len(labels), 3 * height * width)
        or not ((labels >= 0) & (labels < len(dataset.class_names))).all()
    ):
        raise _unreadable(path, "not a CIFAR-10 batch")
    images = pixels.reshape(-1, 3, height, width).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), labels


def _unreadable(path: Path, reason: object) -> DataError:
    if isinstance(reason, Exception):
        reason = f"{type(reason).__name__}: {reason}"
    return DataError(
        "{file} in Keras' cache cannot be read ({reason}). Delete it.", file=str(path), reason=str(reason)
    )


class _PlainUnpickler(pickle.Unpickler):
    """Knows numpy's plain arrays, dicts, lists, bytes and numbers; any other name is refused before it is used."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a batch") from None


def _empty_array(kind: object, shape: object, typecode: object) -> np.ndarray[Any, Any]:
    """Stands in for ``_reconstruct``: an empty array whatever a pickle asks for; its state fills it."""
    return np.ndarray((0,), dtype="b")


def _number_type(name: object, *_: object) -> np.dtype[Any]:
    """Stands in for ``numpy.dtype``: numbers only, no Python objects."""
    if name not in ("u1", b"u1", "i8", b"i8", "b", b"b"):
        raise pickle.UnpicklingError("not an array of numbers")
    return np.dtype(name if isinstance(name, str) else name.decode())


def _encode(text: object, encoding: object) -> bytes:
    """Stands in for ``_codecs.encode``: Python 3 writes bytes this way in old protocols."""
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise pickle.UnpicklingError("not bytes")
    return text.encode("latin1")


_ALLOWED: dict[tuple[str, str], Callable[..., Any] | type] = {
    ("numpy.core.multiarray", "_reconstruct"): _empty_array,
    ("numpy._core.multiarray", "_reconstruct"): _empty_array,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): _number_type,
    ("_codecs", "encode"): _encode,
}
