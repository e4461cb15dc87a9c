"""Decoded data sets on disk: decoding 60,000 JPEGs takes seconds, mapping four arrays takes none."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from grader.datasets.types import Files, Pool
from grader.errors import DataError

#: Part of every key: a change of how pools are made or stored needs a new one.
_FORMAT = 2
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
_FILES = ("train_files", "test_files")


def cache_dir() -> Path | None:
    """The user's cache folder for this program; None where there is no home."""
    try:
        folder = user_cache_path("vision-grader", appauthor=False) / "datasets"
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None  # older versions of platformdirs leave "~" as it is


def file_identity(*paths: Path) -> str:
    """Names these files as they are now: another place, size or time of change is another identity.

    Raises:
        OSError: one of them is not there.
    """
    parts = []
    for path in paths:
        state = path.stat()
        parts.append(f"{path.resolve()}\0{state.st_size}\0{state.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()[:24]


def cached(key: str, size: tuple[int, int], make: Callable[[], Pool]) -> Pool:
    """The pool stored under ``key``, memory-mapped; else ``make`` it and store it where that is possible.

    A cache that is read-only, full, damaged or not there at all costs time and nothing else.

    Args:
        key: plain name.
        size: height and width that the images must have.
    """
    base = cache_dir()
    folder = base / f"{key}-{_FORMAT}" if base else None
    if folder is not None and (stored := _read(folder, size)) is not None:
        return stored
    pool = make()
    if folder is not None and _write(folder, pool) and (stored := _read(folder, size)) is not None:
        return stored
    return pool


def _read(folder: Path, size: tuple[int, int]) -> Pool | None:
    try:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS}
        files = [_read_files(folder, name) for name in _FILES]
    except (OSError, ValueError, EOFError):
        return None
    for split, kept in zip(("train", "test"), files, strict=True):
        x, y = arrays[f"x_{split}"], arrays[f"y_{split}"]
        if x.dtype != np.uint8 or y.dtype != np.int64 or y.ndim != 1 or x.shape != (len(y), *size, 3):
            return None
        if len(kept.lengths) not in (0, len(y)) or kept.lengths.sum() != len(kept.data):
            return None
    return Pool(*arrays.values(), *files)


def _read_files(folder: Path, name: str) -> Files:
    parts = [np.load(folder / f"{name}.{part}.npy", allow_pickle=False) for part in Files._fields]
    files = Files(*parts)
    if files.data.dtype != np.uint8 or files.lengths.dtype != np.int64 or files.data.ndim != 1:
        raise ValueError(f"{name}: not files")
    return files


def _write(folder: Path, pool: Pool) -> bool:
    """Store ``pool`` whole or not at all. Whoever comes first wins: the contents are the same."""
    made = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name in _ARRAYS:
            # Written, not mapped: a full disk is then an error and not a signal.
            np.save(made / f"{name}.npy", getattr(pool, name), allow_pickle=False)
        for name in _FILES:
            files: Files = getattr(pool, name)
            for part, value in files._asdict().items():
                np.save(made / f"{name}.{part}.npy", value, allow_pickle=False)
        if folder.exists() and _read(folder, pool.x_train.shape[1:3]) is None:
            shutil.rmtree(folder)
        made.replace(folder)
    except OSError:
        return folder.is_dir()
    finally:
        if made is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(made, ignore_errors=True)
    return True


def find_keras_home() -> Path | None:
    """Keras' cache folder: ``KERAS_HOME``, else ``~/.keras``; None where there is no home folder."""
    try:
        return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    except RuntimeError:
        return None


def keras_home() -> Path:
    """Keras' cache folder, which need not exist yet.

    Raises:
        DataError: there is no home folder.
    """
    home = find_keras_home()
    if home is None:
        raise DataError("There is no home folder for Keras' cache. Set KERAS_HOME to a folder of your own.")
    return home
