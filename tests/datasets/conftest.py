"""Small data sets and an empty cache of one's own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.datasets.load import _pool
from grader.datasets.types import CIFAR10

MakeZip = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder; nothing of the user's own cache, Keras' or ``GRADER_DATA`` is seen."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("GRADER_DATA", raising=False)
    _pool.cache_clear()
    return folder / "vision-grader" / "datasets"


@pytest.fixture
def make_zip(tmp_path: Path) -> MakeZip:
    """Writes a ``cifar10.zip`` of plain PNGs whose colour says class and number: (class, number, split)."""

    def make(
        *, train: int = 6, test: int = 4, skip: str = "", prefix: str = "", extra: dict[str, bytes] | None = None
    ) -> Path:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        with zipfile.ZipFile(folder / "cifar10.zip", "w") as archive:
            for split, (part, count) in enumerate((("train", train), ("test", test))):
                for label, name in enumerate(CIFAR10.class_names):
                    for number in range(count):
                        path = f"{part}/{name}/{number:04d}.png"
                        if not skip or not path.startswith(skip):
                            archive.writestr(prefix + path, png((label, number, split)))
            for path, data in (extra or {}).items():
                archive.writestr(prefix + path, data)
        return folder / "cifar10.zip"

    return make


def png(colour: tuple[int, int, int], size: tuple[int, int] = (32, 32)) -> bytes:
    """A picture of one colour."""
    buffer = io.BytesIO()
    Image.fromarray(np.full((size[1], size[0], 3), colour, dtype=np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()
