"""Cats and dogs: what the probe reads of data sets, and what the checks see in designed pictures."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from grader.confined.student.errors import BadReturn
from grader.confined.student.recorder import Recorder

FOLDER = Path(__file__).parents[2] / "exercises" / "08_cats_vs_dogs"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"cats_vs_dogs_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checks, probe = load("checks"), load("probe")
pictures = {k: v for k, v in load("inputs").make(0).items() if k.startswith("pictures.")}


class Endless:
    """Like keras.utils.PyDataset: it has a length, and iterating over it would never end."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        return np.full((4, 2, 2, 3), index, dtype=np.float32), np.arange(4) % 2


@pytest.fixture
def evidence(tmp_path: Path) -> Any:
    return Recorder(tmp_path, "cats_vs_dogs.py")


def test_a_data_set_with_a_length_is_read_once(evidence: Any) -> None:
    sizes, images, labels = probe.contents(evidence, Endless(), 100)
    assert sizes == [4, 4, 4]
    assert [image[0, 0, 0] for image in images] == [0] * 4 + [1] * 4 + [2] * 4
    assert labels.tolist() == [0, 1] * 6


def test_an_endless_generator_is_left(evidence: Any) -> None:
    def forever() -> Iterator[Any]:
        while True:
            yield np.zeros((4, 2, 2, 3)), np.zeros((4, 1))

    sizes, images, labels = probe.contents(evidence, forever(), 10)
    assert (sizes, len(images), labels.shape) == ([4, 4, 4], 12, (12,))


@pytest.mark.parametrize(
    "batches",
    [
        [],
        [np.zeros((4, 2, 2, 3))],
        [(np.zeros((4, 2, 2, 3)), np.zeros((4, 2)))],
        [(np.zeros((4, 2, 3)), np.zeros(4))],
    ],
)
def test_what_is_no_data_set_fails_the_step(evidence: Any, batches: Any) -> None:
    with pytest.raises(BadReturn):
        probe.contents(evidence, batches, 100)


@pytest.mark.parametrize(
    ("scaling", "name"), [((1 / 255, 0), "unit"), ((2 / 255, -1), "symmetric"), ((1, 0), "none")]
)
def test_the_scaling_is_seen(scaling: Any, name: str) -> None:
    images = [picture * scaling[0] + scaling[1] for picture in pictures.values()]
    assert probe.scaling(images) == name
    assert checks.scale(np.concatenate([image.reshape(-1) for image in images])) == name


def small(part: str) -> Any:
    """The designed pictures of ``part`` as a right answer gives them, and their labels."""
    found = [(key.split(".")[2], value) for key, value in pictures.items() if key.split(".")[1] == part]
    images = [np.asarray(Image.fromarray(value).convert("RGB").resize((48, 64))) for _, value in found]
    return np.stack(images).astype(np.float64), np.array([name == "dog" for name, _ in found]).astype(int)


def test_designed_pictures_show_their_class() -> None:
    for part, count in checks.COUNTS.items():
        images, labels = small(part)
        assert len(images) == count
        what, grey = checks.shown(images)
        assert what.tolist() == labels.tolist()
        assert int(grey.sum()) == (2 if part == "train" else 0)


def test_other_pictures_show_nothing() -> None:
    noise = np.random.default_rng(0).uniform(0, 255, size=(3, 64, 48, 3))
    swapped = small("test")[0][..., [1, 0, 2]]
    assert checks.shown(noise)[0].tolist() == [-1, -1, -1]
    assert -1 in checks.shown(swapped)[0]
