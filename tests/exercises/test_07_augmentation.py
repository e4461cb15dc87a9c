"""What the augmentation checks measure with: known affine changes are found again, whatever fills the gaps."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "exercises" / "07_augmentation"
ndimage = pytest.importorskip("scipy.ndimage")


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"augmentation_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checks = load("checks")
MARKERS = load("inputs").make(0)["markers"][..., 0].astype(np.float64)


def changed(linear: np.ndarray, shift: tuple[float, float], fill: str) -> np.ndarray:
    """MARKERS moved by x' = linear x + shift about the middle; x is (x, y)."""
    back = np.linalg.inv(linear)[::-1, ::-1]  # SciPy's axes are (row, column)
    middle = np.full(2, (checks.SIDE - 1) / 2)
    offset = middle - back @ (middle + np.array(shift[::-1]))
    moved: np.ndarray = ndimage.affine_transform(MARKERS, back, offset, order=1, mode=fill, cval=0.0)
    return moved


def turn(degrees: float, size: float = 1.0, mirrored: bool = False) -> np.ndarray:
    angle = math.radians(degrees)
    rotation = size * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return rotation @ np.diag([-1.0 if mirrored else 1.0, 1.0])


@pytest.mark.parametrize("fill", ["nearest", "reflect", "constant", "grid-wrap"])
@pytest.mark.parametrize(
    ("degrees", "size", "mirrored", "shift"),
    [
        (0, 1, False, (0, 0)),
        (0, 1, True, (0, 0)),
        (20, 1.2, False, (5, -9)),
        (-40, 0.7, True, (-12, 10)),
        (180, 1, False, (0, 0)),
        (10, 1.5, False, (14, 3)),
        (0, 0.55, False, (0, 18)),
    ],
)
def test_known_changes_are_found(degrees: float, size: float, mirrored: bool, shift: Any, fill: Any) -> None:
    linear = turn(degrees, size, mirrored)
    found = checks.affine(changed(linear, shift, fill), 0.4)
    assert found is not None
    assert np.allclose(found[:, :2], linear, atol=0.05)
    assert np.allclose(found[:, 2], shift, atol=0.5)


@pytest.mark.parametrize(
    "light", [lambda x: x * 0.5, lambda x: np.clip(x * 1.5, 0, 1), lambda x: np.clip(x + 0.3, 0, 1)]
)
def test_brightness_does_not_disturb(light: Any) -> None:
    picture = light(changed(turn(15), (4, 4), "nearest"))
    grey = float(checks.grey_levels(picture[None])[0])
    assert grey == pytest.approx(float(light(np.array(0.4))), abs=1e-6)
    assert np.allclose(checks.affine(picture, grey)[:, :2], turn(15), atol=0.03)


def test_discs_that_left_are_not_found() -> None:
    assert checks.affine(changed(turn(0), (60, 0), "nearest"), 0.4) is None
    assert checks.affine(np.full((checks.SIDE, checks.SIDE), 0.4), 0.4) is None


def test_the_checks_know_the_pictures() -> None:
    inputs = load("inputs")
    assert checks.SIDE == inputs.SIDE
    assert np.array_equal(np.column_stack([checks.DISCS, checks.RADII]), np.array(inputs.DISCS))
    assert np.allclose(checks.affine(MARKERS, 0.4), [[1, 0, 0], [0, 1, 0]], atol=0.02)


def test_training_squares_stay_in_the_left_half() -> None:
    arrays = load("inputs").make(0)
    assert not arrays["train.x"][:, :, 16:].any()
    assert not arrays["train.mirrored"][:, :, :16].any()
    assert set(arrays["train.y"]) == {0, 1, 2}
    assert set(arrays["val.y"]) == {0, 1, 2, 3}
