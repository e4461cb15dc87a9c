"""The HDF5 member: plain contiguous numeric datasets behind hard links, nothing that reaches out or unfolds."""

from __future__ import annotations

import math
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np

from grader.confined.inspector.allowed import Refused

MAX_OBJECTS = 20_000
MAX_DEPTH = 40
MAX_RANK = 8
_LAYOUTS = (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT)
#: Little-endian floats and integers, as Keras stores weights, moments, counters and random states.
DTYPES = frozenset(("<f2", "<f4", "<f8", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"))


class WeightFile:
    """A strictly read ``model.weights.h5``. Use as a context manager.

    All datasets together are no larger than the file, so nothing in it can unfold in memory.

    Raises (on opening):
        Refused: ``damaged``, ``unsupported`` or ``too_large``.
    """

    def __init__(self, path: Path) -> None:
        self.datasets: dict[str, h5py.Dataset] = {}
        """Path such as ``layers/conv2d/vars/0`` -> dataset."""
        self.elements = 0
        """Numbers in all datasets."""
        self._seen: set[int] = set()
        self._bytes_left = path.stat().st_size
        self._size = self._bytes_left
        try:
            self._file = h5py.File(path, "r")
        except (OSError, RuntimeError, ValueError) as error:
            raise Refused("damaged", "model.weights.h5 is no HDF5 file") from error
        try:
            self._walk(self._file, "", 0)
        except Refused:
            self._file.close()
            raise
        except Exception as error:  # whatever h5py makes of bytes that no HDF5 library wrote
            self._file.close()
            raise Refused("damaged", f"model.weights.h5: {error}") from error

    def __enter__(self) -> WeightFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, name: str) -> np.ndarray[Any, Any]:
        """One dataset as an array.

        Raises:
            Refused: ``damaged``.
        """
        try:
            return np.asarray(self.datasets[name][()])
        except Exception as error:
            raise Refused("damaged", name) from error

    def _walk(self, group: Any, path: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Refused("unsupported", f"{path}: too deep")
        for name in group:
            here = f"{path}{name}"
            if len(self._seen) >= MAX_OBJECTS:
                raise Refused("too_large", "too many weights")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise Refused("unsupported", f"{here}: a link")
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address in self._seen:
                raise Refused("unsupported", f"{here}: the same object twice")
            self._seen.add(address)
            if isinstance(item, h5py.Group):
                self._walk(item, here + "/", depth + 1)
            elif isinstance(item, h5py.Dataset):
                self._check(item, here)
                self.datasets[here] = item
            else:
                raise Refused("unsupported", f"{here}: not a dataset")

    def _check(self, item: Any, here: str) -> None:
        plan = item.id.get_create_plist()
        if plan.get_layout() not in _LAYOUTS or plan.get_nfilters() or plan.get_external_count():
            raise Refused("unsupported", f"{here}: not stored plainly")
        if item.shape is None or len(item.shape) > MAX_RANK:
            raise Refused("unsupported", f"{here}: no array of numbers")
        if item.dtype.hasobject or item.dtype.subdtype or item.dtype.str not in DTYPES:
            raise Refused("unsupported", f"{here}: dtype {str(item.dtype)[:40]}")
        count, stored = math.prod(item.shape), item.id.get_storage_size()
        if stored != count * item.dtype.itemsize:
            raise Refused("damaged", f"{here}: declares {item.shape}, stores {stored} bytes")
        offset = item.id.get_offset()  # None where the values stand in the header
        self._bytes_left -= stored
        if self._bytes_left < 0 or (offset is not None and offset + stored > self._size):
            raise Refused("damaged", f"{here}: more than the file holds")
        self.elements += count
