"""The tour of a pre-trained network: expected values from a second source; right told from wrong."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from grader.schema import Course
from grader.workflows import Grader, Options

ROOT = Path(__file__).parents[2]
SLUG = "01_pretrained_tour"
GIVEN = ROOT / "exercises" / SLUG / "given_gap.keras"
REFERENCE: dict[str, Any] = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))
MAPS = REFERENCE["class_activation_map"]["maps"]


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t01_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inputs = load("exercises", SLUG, "inputs.py")
checks = load("exercises", SLUG, "checks.py")
hidden_inputs = load("reference", SLUG, "hidden_inputs.py")
hidden_checks = load("reference", SLUG, "hidden_checks.py")
ARRAYS = inputs.make(0)


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    """Kernel and bias of the given file's layers, read without Keras."""
    with zipfile.ZipFile(GIVEN) as archive:
        data = archive.read("model.weights.h5")
    found: dict[str, np.ndarray] = {}
    with h5py.File(io.BytesIO(data)) as file:
        file.visititems(
            lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
        )
    return found


def convolved(image: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """A 3x3 convolution with "same" padding and its relu."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, ((1, 1), (1, 1), (0, 0))), (3, 3), (0, 1))
    maps: np.ndarray = np.maximum(np.einsum("hwcij,ijcn->hwn", windows, kernel) + bias, 0)
    return maps


def pooled(maps: np.ndarray) -> np.ndarray:
    """2x2 max pooling."""
    h, w, c = maps.shape
    smaller: np.ndarray = maps.reshape(h // 2, 2, w // 2, 2, c).max(axis=(1, 3))
    return smaller


@pytest.mark.parametrize("case", MAPS)
def test_the_expected_maps_are_those_of_the_definition(weights: dict[str, np.ndarray], case: str) -> None:
    layers = {}
    for name in ("conv2d", "conv2d_1", "conv2d_2", "dense"):
        layers[name] = weights[f"layers/{name}/vars/0"].astype(float), weights[f"layers/{name}/vars/1"]
    x = ARRAYS[f"class_activation_map.{case}.image"].astype(float)
    x = pooled(convolved(x, *layers["conv2d"]))
    x = convolved(pooled(convolved(x, *layers["conv2d_1"])), *layers["conv2d_2"])
    ours = x @ layers["dense"][0][:, int(ARRAYS[f"class_activation_map.{case}.class_index"])]
    np.testing.assert_allclose(ours, MAPS[case], atol=1e-3)


def test_the_given_file_is_small() -> None:
    assert GIVEN.stat().st_size < 100_000


def test_of_two_shapes_each_map_is_brightest_on_its_own() -> None:
    left, right = (int(np.argmax(MAPS[f"{kind}_of_two"])) % 16 for kind in ("square", "triangle"))
    assert left < 8 <= right


def test_the_chapters_numbers() -> None:
    first = REFERENCE["describe_layers"]["inception"]["first"]
    assert [row["type"] for row in first] == ["InputLayer", "Conv2D", "BatchNormalization", "Activation"]
    assert first[0]["output_shape"] == [None, 299, 299, 3]
    assert first[1]["output_shape"] == [None, (299 - 3) // 2 + 1, (299 - 3) // 2 + 1, 32]
    fox = REFERENCE["top_k"]["fox"]
    assert [round(100 * share) for _, share in fox] == [67, 13, 6, 0, 0]
    chapter = ROOT.parent / "shared" / "chapter" / "chapter10.ko.txt"
    if chapter.exists():
        text = chapter.read_text(encoding="utf-8")
        assert "shape: [299,299,3]" in text
        assert all(f"{name}\t{100 * share:.0f}%" in text for name, share in fox)


@pytest.mark.parametrize("size", [(12, 16), (48, 64), (96, 128)])
@pytest.mark.parametrize("case", MAPS)
def test_every_right_map_is_taken_and_the_other_classes_are_not(case: str, size: tuple[int, int]) -> None:
    raw = np.array(MAPS[case])
    for candidate in checks.right_maps(raw, size):
        assert candidate.min() >= 0
        assert candidate.max() <= 1 + 1e-6
        assert taken(candidate, raw)
    for other in MAPS:
        if other != case:
            assert not any(taken(candidate, raw) for candidate in checks.right_maps(np.array(MAPS[other]), size))
    assert not taken(np.full(size, 0.5), raw)


def taken(candidate: np.ndarray, raw: np.ndarray) -> bool:
    class Facts:
        @staticmethod
        def array(_: str) -> np.ndarray:
            return candidate

    class Tolerances:
        tolerance = REFERENCE["class_activation_map"]["tolerance"]
        tolerance_resized = REFERENCE["class_activation_map"]["tolerance_resized"]

    try:
        checks.check_map(Facts, "map", raw, Tolerances, "영상 | Image")
    except AssertionError:
        return False
    return True


def test_a_map_that_is_negative_throughout_becomes_zeros_or_is_stretched() -> None:
    raw = -1 - np.arange(12.0).reshape(3, 4)
    assert taken(np.zeros((3, 4)), raw)
    assert taken((raw + 12) / 11, raw)


METHODS = [m for m in Image.Resampling if m.name in ("NEAREST", "BILINEAR", "BICUBIC", "LANCZOS", "BOX")]


@pytest.mark.parametrize("arrays", [ARRAYS, *(hidden_inputs.make(seed) for seed in (0, 5))])
def test_every_interpolation_is_well_within_the_tolerance(arrays: dict[str, np.ndarray]) -> None:
    tolerance = REFERENCE["prepare_image"]["tolerance"]
    names = [name for name in arrays if "prepare_image." in name]
    assert names
    for name in names:
        pixels = checks.colours(arrays[name], name.rpartition(".")[2].partition("_")[0])
        picture = Image.fromarray(pixels)
        for method in METHODS:
            image = np.asarray(picture.resize((299, 299), method), dtype=float)
            assert checks.off_by(image / 127.5 - 1, pixels, 299, checks.unit_scale) < tolerance / 2
            assert checks.off_by(image / 255, pixels, 299, checks.unit_scale) > 3 * tolerance
            if name.rpartition(".")[2].startswith("rgb"):
                turned = image[..., ::-1] / 127.5 - 1
                assert checks.off_by(turned, pixels, 299, checks.unit_scale) > 3 * tolerance
                flipped = image[:, ::-1] / 127.5 - 1
                assert checks.off_by(flipped, pixels, 299, checks.unit_scale) > 3 * tolerance


@pytest.mark.parametrize("seed", range(5))
def test_hidden_maps_of_any_seed_tell_classes_apart(seed: int) -> None:
    arrays = hidden_inputs.make(seed)
    one, two = (hidden_checks.raw_map(arrays, f"hidden.class_activation_map.{case}") for case in ("one", "two"))
    assert one.shape == two.shape == (11, 8)
    assert not taken(next(checks.right_maps(one, one.shape)), two)


def test_the_minimum_lies_between_right_and_wrong() -> None:
    right, *wrong = REFERENCE["tour"]["measured"].values()
    assert max(wrong) < REFERENCE["tour"]["hits"]["imagenet"] <= min(right) - 0.1


@pytest.mark.slow
def test_real_photographs(course: Course, real_data: Path, tmp_path: Path) -> None:
    """The solution recognises real photographs; which classes they show never reaches its process."""
    answer = ROOT / "solutions" / SLUG / "pretrained_tour.py"
    with Grader(course, Options(budget="quick", data_dir=real_data)) as grader:
        (result,) = grader.grade(answer, tmp_path / "out", only=[SLUG]).exercises
    assert (result.data, result.points) == ("imagenet", 15)
