"""The ResNet50 exercise: its tables add up, and its pictures tell right from wrong."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from grader.schema import Course
from grader.workflows import Grader, Options

ROOT = Path(__file__).parents[2]
SLUG = "11_resnet50_predict"
REFERENCE: dict[str, Any] = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t11_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checks = load("exercises", SLUG, "checks.py")
PUBLIC = load("exercises", SLUG, "inputs.py").make(0)
HIDDEN = load("reference", SLUG, "hidden_inputs.py").make(0)


def test_the_layers_have_the_chapters_number_of_parameters() -> None:
    assert (
        sum(row["parameters"] for row in REFERENCE["layers"]) == REFERENCE["chapter"]["parameters"] == 25_636_712
    )
    assert REFERENCE["layers"][-1]["output_shape"] == [None, 1000]
    chapter = ROOT.parent / "shared" / "chapter" / "chapter10.ko.txt"
    if chapter.exists():
        assert "ResNet50\t98MB\t0.749\t0.921\t25,636,712" in chapter.read_text(encoding="utf-8")


@pytest.mark.parametrize(("arrays", "prefix"), [(PUBLIC, ""), (HIDDEN, "hidden.")])
def test_no_two_neighbours_of_a_list_are_so_near_that_interpolation_would_swap_them(
    arrays: dict[str, np.ndarray], prefix: str
) -> None:
    network = arrays[f"{prefix}network.kernel"], arrays[f"{prefix}network.bias"]
    pictures = [name for name in arrays if name.startswith(f"{prefix}predict.") and name.endswith(".picture")]
    assert pictures
    for name in pictures:
        k = int(arrays.get(name.replace(".picture", ".k"), np.array(5)))
        expected = checks.ranking_of(arrays[name], *network, k + 1, 224)
        shares = np.log([share for _, share in expected])
        assert -np.diff(shares).max() > 0.04
        for method in (Image.Resampling.NEAREST, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS):
            other = np.asarray(Image.fromarray(arrays[name]).resize((224, 224), method))
            got = checks.ranking_of(other, *network, k, 224)
            assert [label for label, _ in got] == [label for label, _ in expected[:k]]
            np.testing.assert_allclose(
                [share for _, share in got],
                [share for _, share in expected[:k]],
                atol=REFERENCE["predict"]["tolerance"] / 2,
            )


@pytest.mark.parametrize(("arrays", "prefix"), [(PUBLIC, ""), (HIDDEN, "hidden.")])
def test_right_and_wrong_preparations_are_told_apart(arrays: dict[str, np.ndarray], prefix: str) -> None:
    tolerance = REFERENCE["prepare"]["tolerance"]
    for name in (name for name in arrays if name.startswith(f"{prefix}prepare.")):
        kind = name.rpartition(".")[2].partition("_")[0]
        pixels = checks.colours(arrays[name], kind)
        for method in (Image.Resampling.NEAREST, Image.Resampling.BILINEAR, Image.Resampling.LANCZOS):
            image = np.asarray(Image.fromarray(pixels).resize((224, 224), method), dtype=float)
            assert checks.off_by(checks.prepared(image), pixels, 224, checks.prepared) < tolerance / 2
            for change, mistake in checks.MISTAKES:
                if kind == "grey" and "BGR" in mistake.en:
                    continue  # all that is left of this mistake is which mean goes where
                assert checks.off_by(change(image), pixels, 224, checks.prepared) > 2 * tolerance, mistake.en


def test_the_means_are_those_that_keras_subtracts() -> None:
    keras = importlib.util.find_spec("keras")  # found, not imported
    assert keras is not None
    assert keras.origin is not None
    source = Path(keras.origin).parent / "src" / "applications" / "imagenet_utils.py"
    assert f"mean = {checks.MEANS.tolist()}" in source.read_text(encoding="utf-8")


def test_the_minimum_lies_between_right_and_wrong() -> None:
    right, *wrong = REFERENCE["photographs"]["measured"].values()
    assert max(wrong) < REFERENCE["photographs"]["hits"]["imagenet"] <= min(right) - 0.1


@pytest.mark.slow
def test_real_photographs(course: Course, real_data: Path, tmp_path: Path) -> None:
    """MobileNet with its real weights, standing in for ResNet50, recognises real photographs."""
    answer = ROOT / "solutions" / SLUG / "resnet50_predict.py"
    with Grader(course, Options(budget="quick", data_dir=real_data)) as grader:
        (result,) = grader.grade(answer, tmp_path / "out", only=[SLUG]).exercises
    assert (result.data, result.points) == ("imagenet", 15)
    title = next(check.title for check in result.checks if check.id == "photographs")
    assert "MobileNet" in title.ko
    assert "MobileNet" in title.en
