"""What the data sets are, where they can come from, and what a run gets of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.i18n import both
from grader.schema import Text

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


class DataError(Exception):
    """A data set is not there or can't be read; ``text`` says which file and why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Source:
    """Where a data set is read from."""

    dataset: str
    """Such as ``cifar10``."""
    data: str
    """What reports and thresholds call it: the data set's name for real data, else ``builtin``."""
    kind: Literal["zip", "keras_batches", "keras_archive", "builtin"]
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


#: Class ids and names as the chapter lists them.
CIFAR10 = Dataset(
    name="cifar10",
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    size=(32, 32),
    zip_name="cifar10.zip",
)
DATASETS = {CIFAR10.name: CIFAR10}


def find_dataset(name: str) -> Dataset:
    """The data set ``name``.

    Raises:
        DataError: there is no such data set.
    """
    if name not in DATASETS:
        raise DataError(both("Unknown data set: {name}. Known: {known}", name=name, known=", ".join(DATASETS)))
    return DATASETS[name]
