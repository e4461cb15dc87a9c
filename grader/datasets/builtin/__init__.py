"""Data sets that our own generator draws, by the name of the real one that each stands in for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.datasets.builtin import cats_vs_dogs, cifar10


@dataclass(frozen=True)
class Generator:
    """A data set that is drawn."""

    version: int
    """A change of any pixel needs a new one: stored copies and thresholds belong to it."""
    render: Callable[[int, int], tuple[Any, NDArray[np.int64]]]
    """``render(split, count)``, split 0 for training and 1 for test -> images uint8 (of photographs a list of
    pictures, each of its own size) and labels int64."""
    train: int
    """Training images there are."""
    test: int


GENERATORS: Mapping[str, Generator] = {
    "cats_vs_dogs": Generator(cats_vs_dogs.VERSION, cats_vs_dogs.render, train=1000, test=300),
    "cifar10": Generator(cifar10.VERSION, cifar10.render, train=5000, test=1000),
}
