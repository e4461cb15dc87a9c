"""The built-in pictures: the same on every machine, quick, and no easier than they should be."""

from __future__ import annotations

import ast
import hashlib
import time
from pathlib import Path

import numpy as np
import pytest

from grader.datasets.builtin import GENERATORS, canvas
from grader.datasets.builtin.cifar10 import render

#: A change here means other pictures: raise VERSION in grader/datasets/builtin/cifar10.py and calibrate anew.
EXPECTED = {
    0: "5a8b6ab759a14c8cb0db1668a3fbf001ee4680693b063fd751f671deb444fc34",
    1: "d6009110465d9387db60a3d53a9a95c426a103f18edeb52520854c8f952c9881",
}


@pytest.mark.parametrize("split", EXPECTED)
def test_every_machine_draws_the_same(split: int) -> None:
    images, labels = render(split, 200)
    assert hashlib.sha256(images.tobytes() + labels.astype("<i8").tobytes()).hexdigest() == EXPECTED[split]


def test_nothing_is_computed_that_differs_between_machines() -> None:
    """Integers only: no float, no division but //, no function whose last bit is the library's choice."""
    for file in Path(canvas.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.Div), f"{file.name}: true division"
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{file.name}: a float"
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"sin", "cos", "exp", "sqrt", "mean", "dot", "default_rng", "random"} or (
                    node.attr == "random"  # numpy.random.PCG64, whose raw bits are promised to stay
                ), f"{file.name}: {node.attr}"


def test_fewer_pictures_are_a_prefix_of_more() -> None:
    few, few_labels = render(0, 37)
    more, labels = render(0, 61)
    assert np.array_equal(few, more[:37])
    assert np.array_equal(few_labels, labels[:37])


def test_training_and_test_pictures_differ() -> None:
    train, test = render(0, 300)[0], render(1, 300)[0]
    seen = {image.tobytes() for image in train}
    assert len(seen) == 300
    assert not any(image.tobytes() in seen for image in test)


def test_shapes_and_types() -> None:
    images, labels = render(0, 20)
    assert images.shape == (20, 32, 32, 3)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int64
    assert labels.tolist() == list(range(10)) * 2
    empty, none = render(0, 0)
    assert empty.shape == (0, 32, 32, 3)
    assert none.shape == (0,)


def test_drawing_4000_pictures_takes_little_time() -> None:
    started = time.process_time()
    render(0, 4000)
    assert time.process_time() - started < 1.5


def test_a_class_is_not_told_by_its_average_colour() -> None:
    """What a network must look at is shape and texture: the nearest mean colour is right for few pictures."""
    (x, y), (x_test, y_test) = render(0, 2000), render(1, 1000)
    mean = np.stack([x[y == label].mean(axis=(0, 1, 2)) for label in range(10)])
    nearest = ((x_test.mean(axis=(1, 2))[:, None] - mean) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == y_test).mean() < 0.35


def test_there_are_enough_pictures_for_the_full_budget() -> None:
    generator = GENERATORS["cifar10"]
    assert generator.train >= 4500
    assert generator.test >= 1000
