"""What the data sets are, where they can come from, and what a run gets of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.errors import DataError

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


class Files(NamedTuple):
    """The image files themselves, one after the other, where a data set's pictures have different sizes."""

    data: NDArray[np.uint8]
    """All bytes, (sum of lengths,)."""
    lengths: Labels
    """Bytes of each file, int64 (n,)."""

    def pick(self, indices: NDArray[np.int64]) -> Files:
        """The files at ``indices``, in that order."""
        ends = np.cumsum(self.lengths)
        parts = [self.data[ends[i] - self.lengths[i] : ends[i]] for i in indices]
        return Files(np.concatenate([np.empty(0, np.uint8), *parts]), np.array(self.lengths[indices]))


#: A data set of which only the pixels are kept.
NO_FILES = Files(np.empty(0, np.uint8), np.empty(0, np.int64))


@dataclass(frozen=True)
class DataSource:
    """Where a data set is read from."""

    dataset: str
    """Such as ``cifar10``."""
    data: str
    """What reports and thresholds call it: the data set's name for real data, else ``builtin``."""
    kind: Literal["zip", "pet_images", "keras_batches", "keras_archive", "builtin"]
    path: Path | None = None
    """File or folder; None for ``builtin``."""


@dataclass(frozen=True)
class Pool:
    """All images of a data set, in a fixed order. Arrays may be memory-mapped: index them, don't copy them."""

    x_train: Images = field(repr=False)
    """uint8 (n, h, w, c)"""
    y_train: Labels = field(repr=False)
    """int64 (n,)"""
    x_test: Images = field(repr=False)
    y_test: Labels = field(repr=False)
    train_files: Files = field(default=NO_FILES, repr=False)
    """The files that ``x_train`` was made of, in the same order, or none."""
    test_files: Files = field(default=NO_FILES, repr=False)


@dataclass(frozen=True)
class Split:
    """What one budget takes of a data set: images uint8 (n, h, w, c), labels int64 (n,).

    Nothing is in two of the three parts. ``x_test`` and ``y_test`` stay with the grader: the run of a student's
    code gets training and validation images only.
    """

    data: str
    class_names: tuple[str, ...]
    x_train: Images = field(repr=False)
    y_train: Labels = field(repr=False)
    x_val: Images = field(repr=False)
    y_val: Labels = field(repr=False)
    x_test: Images = field(repr=False)
    y_test: Labels = field(repr=False)
    train_files: Files = field(default=NO_FILES, repr=False)
    val_files: Files = field(default=NO_FILES, repr=False)


@dataclass(frozen=True)
class Dataset:
    """One data set that exercises may name."""

    name: str
    class_names: tuple[str, ...]
    """In the order of the class ids."""
    size: tuple[int, int]
    """Height and width in pixels."""
    zip_name: str
    """File in the data folder: ``train/<class>/*`` and ``test/<class>/*``."""
    photographs: bool = False
    """Pictures of any size: they are scaled to ``size``, and their files are kept as they are."""


#: Class ids and names as the chapter lists them.
CIFAR10 = Dataset(
    name="cifar10",
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    size=(32, 32),
    zip_name="cifar10.zip",
)
#: Class ids in alphabetical order, as Keras gives them to folders.
CATS_VS_DOGS = Dataset(
    name="cats_vs_dogs",
    class_names=("cat", "dog"),
    size=(128, 128),
    zip_name="cats_vs_dogs.zip",
    photographs=True,
)
DATASETS = {dataset.name: dataset for dataset in (CIFAR10, CATS_VS_DOGS)}


def find_dataset(name: str) -> Dataset:
    """The data set ``name``.

    Raises:
        DataError: there is no such data set.
    """
    if name not in DATASETS:
        raise DataError("Unknown data set: {name}. Known: {known}", name=name, known=", ".join(DATASETS))
    return DATASETS[name]
