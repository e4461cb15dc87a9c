"""The feature extractor: the base that ships, what real weights make of it, and what the checks compare."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

from grader.catalog import load_course
from grader.schema import Exercise, WeightFact
from grader.workflows import Options
from grader.workflows.materials import Materials, Workshop

ROOT = Path(__file__).parents[2]
SLUG = "13_mobilenet_features"
BASE = ROOT / "exercises" / SLUG / "base.keras"
WEIGHTS = "mobilenet_2_5_224_tf_no_top.h5"
REFERENCE: dict[str, Any] = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t13_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def variables(path: Path) -> dict[str, list[np.ndarray]]:
    """A model file's arrays by layer name."""
    with zipfile.ZipFile(path) as archive:
        data = archive.read("model.weights.h5")
    found: dict[str, list[np.ndarray]] = {}
    with h5py.File(io.BytesIO(data)) as file:
        for layer in file["layers"].values():
            group = layer["vars"]
            if len(group):
                found[group.attrs["name"]] = [group[str(n)][()] for n in range(len(group))]
    return found


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return load_course()[SLUG]


@pytest.fixture
def materials(exercise: Exercise, tmp_path: Path) -> Callable[..., Materials]:
    def make(**options: Any) -> Materials:
        return Workshop(Options(budget="quick", threads=1, **options), tmp_path / "made").materials(exercise)

    return make


def test_the_base_is_small_and_the_one_that_the_reference_describes() -> None:
    assert BASE.stat().st_size == REFERENCE["base"]["bytes"] < 2_000_000
    values = [value for layer in variables(BASE).values() for value in layer]
    assert sum(value.size for value in values) == REFERENCE["base"]["parameters"] == 218_544


def test_the_base_has_seen_neither_cats_nor_dogs() -> None:
    classes = REFERENCE["base"]["trained_on"]["classes"]
    assert len(classes) == 8
    assert not {"cat", "dog"} & set(classes)
    assert REFERENCE["base"]["test_accuracy"] > 0.8


def test_the_thresholds_are_out_of_reach_without_the_base() -> None:
    """A base with fresh weights gives features from which nothing is learnt in so few epochs."""
    for row in REFERENCE["accuracy"]["thresholds"]:
        assert row["minimum"] > max(*row["untrained"], row["chance"]) + 0.05
        assert len(row["samples"]["solution"]) >= 8


def test_built_in_pictures_come_with_the_base_as_it_ships(materials: Callable[..., Materials]) -> None:
    made = materials(builtin=True)
    assert made.data == "builtin"
    assert made.given == {"base.keras": BASE}


def test_real_photographs_come_with_real_weights(materials: Callable[..., Materials], real_data: Path) -> None:
    made = materials(data_dir=real_data)
    assert made.data == "cats_vs_dogs"
    assert set(made.given) == {"base.keras"}
    found, shipped = variables(made.given["base.keras"]), variables(BASE)
    assert found.keys() == shipped.keys()
    with h5py.File(real_data / "keras_home" / "models" / WEIGHTS) as file:
        for name, values in found.items():
            stored = [file[name][weight][()] for weight in file[name].attrs["weight_names"]]
            assert all(np.array_equal(a, b) for a, b in zip(values, stored, strict=True)), name
            assert not all(np.array_equal(a, b) for a, b in zip(values, shipped[name], strict=True)), name


def test_photographs_without_weights_are_not_used(
    materials: Callable[..., Materials], real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On real photographs the base that ships would fail those who did everything right."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "none"))
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "cats_vs_dogs.zip").symlink_to(real_data / "cats_vs_dogs.zip")
    made = materials(data_dir=folder)
    assert made.data == "builtin"
    assert made.given == {"base.keras": BASE}


@pytest.fixture(scope="module")
def checks() -> ModuleType:
    return load("exercises", SLUG, "checks.py")


def weight(digest: str, *, trainable: bool = False) -> WeightFact:
    return WeightFact(
        path="x/kernel", shape=(2, 2), dtype="float32", trainable=trainable, sha256=digest, mean=0, std=1
    )


def test_weights_are_told_apart_whatever_their_order_and_place(checks: ModuleType) -> None:
    base = SimpleNamespace(weights=[weight("a"), weight("b"), weight("b")])
    model = SimpleNamespace(weights=[weight("h", trainable=True), weight("b"), weight("a"), weight("b")])
    own, head, lost = checks.split_weights(model, base)
    assert [w.sha256 for w in own] == ["b", "a", "b"]
    assert [w.sha256 for w in head] == ["h"]
    assert lost == 0


def test_a_weight_that_base_has_twice_is_needed_twice(checks: ModuleType) -> None:
    base = SimpleNamespace(weights=[weight("b"), weight("b")])
    _, head, lost = checks.split_weights(SimpleNamespace(weights=[weight("b"), weight("c")]), base)
    assert lost == 1
    assert [w.sha256 for w in head] == ["c"]


@pytest.mark.parametrize("way", range(4))
def test_every_reading_of_features_is_right(checks: ModuleType, way: int) -> None:
    maps = np.random.default_rng(0).random((3, 4, 5, 6))
    checks.check_features(checks.readings(maps)[way], maps, 1e-3, None)


def test_features_of_another_layer_or_order_are_wrong(checks: ModuleType) -> None:
    maps = np.random.default_rng(0).random((3, 4, 5, 6))
    for wrong in (maps[::-1], maps.mean(axis=(1, 2)) + 0.01, np.full((3, 6), np.nan), maps[:, 0, 0, :5]):
        with pytest.raises(AssertionError):
            checks.check_features(wrong, maps, 1e-3, None)


def test_inputs_are_in_the_range_of_the_base() -> None:
    samples = load("exercises", SLUG, "inputs.py").make(0)["samples"]
    assert samples.shape == (7, 128, 128, 3)
    assert samples.dtype == np.float32
    assert -1 <= samples.min() < -0.9
    assert 0.9 < samples.max() <= 1


def test_the_hidden_base_is_computed_as_defined() -> None:
    """One output of the hidden base by hand: window, weights, normalisation, bounds."""
    inputs = load("reference", SLUG, "hidden_inputs.py").make(0)
    maps = load("reference", SLUG, "hidden_checks.py").other_maps(inputs)
    assert maps.shape == (9, 9, 13, 6)
    window = inputs["hidden.images"][4, 2 * 3 : 2 * 3 + 5, 2 * 7 : 2 * 7 + 3].astype(float)
    total = (window * inputs["hidden.kernel"][..., 2]).sum()
    normal = (total - inputs["hidden.mean"][2]) / (inputs["hidden.variance"][2] + 1e-3) ** 0.5
    expected = min(max(normal * inputs["hidden.gamma"][2] + inputs["hidden.beta"][2], 0), 6)
    assert maps[4, 3, 7, 2] == pytest.approx(expected, abs=1e-6)
