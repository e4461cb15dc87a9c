"""The save-and-resume exercise: what ships is what its reference says, read without Keras."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path
from types import ModuleType

import h5py
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SLUG = "09_save_load"
GIVEN = ROOT / "exercises" / SLUG / "given.keras"
REFERENCE = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t09_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def variables() -> dict[str, np.ndarray]:
    """All arrays of the given file's HDF5 part by path."""
    with zipfile.ZipFile(GIVEN) as archive:
        data = archive.read("model.weights.h5")
    found: dict[str, np.ndarray] = {}
    with h5py.File(io.BytesIO(data)) as file:
        file.visititems(
            lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
        )
    return found


def test_the_given_file_is_small() -> None:
    assert GIVEN.stat().st_size < 100_000


def test_the_given_files_compile_settings_are_those_of_the_reference() -> None:
    with zipfile.ZipFile(GIVEN) as archive:
        config = json.loads(archive.read("config.json"))
    optimizer = config["compile_config"]["optimizer"]
    assert optimizer["class_name"].lower() == REFERENCE["given"]["optimizer"]
    rate = optimizer["config"]["learning_rate"]
    assert rate == pytest.approx(REFERENCE["given"]["learning_rate"])
    assert rate != pytest.approx(0.001), "the default learning rate would hide a lost one"


def test_the_given_optimizer_state_is_not_trivial(variables: dict[str, np.ndarray]) -> None:
    state = {name: value for name, value in variables.items() if name.startswith("optimizer/")}
    iterations, *_ = (value for value in state.values() if value.shape == () and value.dtype.kind in "iu")
    assert iterations == REFERENCE["given"]["iterations"] > 0
    moments = [value for value in state.values() if value.ndim]
    assert len(moments) == 12
    assert all(np.abs(moment).max() > 0 for moment in moments)


def test_the_given_model_has_the_parameters_of_the_reference(variables: dict[str, np.ndarray]) -> None:
    weights = [value for name, value in variables.items() if name.startswith("layers/")]
    assert sum(weight.size for weight in weights) == REFERENCE["given"]["parameters"]


def test_one_epoch_is_one_batch_of_the_default_size() -> None:
    arrays = load("exercises", SLUG, "inputs.py").make(0)
    assert arrays["x"].shape == (32, 8, 8, 1)
    assert arrays["x"].dtype == np.float32
    assert arrays["y"].shape == (32,)
    assert set(arrays["y"].tolist()) == {0, 1, 2}


def test_changes_of_single_weights_point_at_weights(variables: dict[str, np.ndarray]) -> None:
    """Weight arrays in the order of ``get_weights``: kernel and bias of each layer."""
    sizes = [54, 6, 432, 8, 24, 3]
    weights = sorted(value.size for name, value in variables.items() if name.startswith("layers/"))
    assert weights == sorted(sizes)
    public = load("exercises", SLUG, "inputs.py").make(0)
    hidden = load("reference", SLUG, "hidden_inputs.py")
    for arrays in (public, *(hidden.make(seed) for seed in range(20))):
        changes = {name: value for name, value in arrays.items() if "same_model." in name}
        assert changes
        for array, element, _ in changes.values():
            assert element < sizes[int(array)]


def test_the_tolerance_separates_right_from_wrong() -> None:
    resume = REFERENCE["resume"]
    assert max(resume["measured_right"].values()) * 100 < resume["tolerance"]
    assert min(resume["measured_wrong"].values()) > resume["tolerance"] * 2
    assert resume["measured_wrong"]["optimizer state lost, learning rate kept"] > resume["tolerance"] * 100
