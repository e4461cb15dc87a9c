"""The HDF5 member: plain contiguous numeric datasets behind hard links, nothing that reaches out or unfolds."""

from __future__ import annotations

import math
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np

from grader.child.inspector.refusal import Refused

MAX_OBJECTS = 20_000
MAX_DEPTH = 40
#: Parameters of one model. The chapter's largest (VGG19) has 144 million.
MAX_ELEMENTS = 600_000_000
_LAYOUTS = (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT)
_KINDS = "fiub"


class WeightFile:
    """A strictly read ``model.weights.h5``. Use as a context manager.

    Raises (on opening):
        Refused: ``damaged``, ``unsupported`` or ``too_large``.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = h5py.File(path, "r")
        except (OSError, RuntimeError, ValueError) as error:
            raise Refused("damaged", "model.weights.h5 is no HDF5 file") from error
        self.datasets: dict[str, Any] = {}
        """Path such as ``layers/conv2d/vars/0`` -> h5py dataset."""
        self._seen: set[Any] = set()
        try:
            self._walk(self._file, "", 0)
        except Refused:
            self._file.close()
            raise
        except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
            self._file.close()
            raise Refused("damaged", f"model.weights.h5: {error}") from error

    def __enter__(self) -> WeightFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def elements(self, prefix: str) -> int:
        """Numbers in all datasets below ``prefix``."""
        return sum(math.prod(d.shape) for name, d in self.datasets.items() if name.startswith(prefix))

    def read(self, name: str) -> np.ndarray[Any, Any]:
        """One dataset as an array."""
        try:
            return np.asarray(self.datasets[name][()])
        except (OSError, RuntimeError, ValueError) as error:
            raise Refused("damaged", name) from error

    def _walk(self, group: Any, path: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Refused("unsupported", f"{path}: too deep")
        for name in group:
            here = f"{path}{name}"
            if len(self._seen) > MAX_OBJECTS:
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
        if self.elements("") > MAX_ELEMENTS:
            raise Refused("too_large", "too many parameters")

    def _check(self, item: Any, here: str) -> None:
        plan = item.id.get_create_plist()
        if plan.get_layout() not in _LAYOUTS or plan.get_nfilters() or plan.get_external_count():
            raise Refused("unsupported", f"{here}: not stored plainly")
        if item.shape is None or item.dtype.kind not in _KINDS or item.dtype.hasobject or item.dtype.subdtype:
            raise Refused("unsupported", f"{here}: dtype {str(item.dtype)[:40]}")
        if item.id.get_storage_size() != math.prod(item.shape) * item.dtype.itemsize:
            raise Refused("damaged", f"{here}: declares {item.shape}, stores {item.id.get_storage_size()} bytes")
