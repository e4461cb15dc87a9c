"""Pre-trained weights put into a model file: every weight, the right one, or an error that says which."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from grader.datasets import transplant
from grader.errors import DataError

Layers = dict[str, list[np.ndarray]]


def model_file(path: Path, layers: Layers) -> Path:
    """A ``.keras`` file as far as this matters: weights by class and number, the layer's name as an attribute."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for number, (name, values) in enumerate(layers.items()):
            group = file.create_group(f"layers/conv2d_{number}/vars")
            group.attrs["name"] = name
            for index, value in enumerate(values):
                group[str(index)] = value
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", '{"class_name": "Functional"}')
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", stream.getvalue())
    return path


def weight_file(path: Path, layers: Layers) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        for name, values in layers.items():
            group = file.create_group(name)
            names = [f"{name}/weight_{index}" for index in range(len(values))]
            group.attrs["weight_names"] = [n.encode() for n in names]
            for weight, value in zip(names, values, strict=True):
                group[weight] = value
    return path


def arrays(path: Path) -> Layers:
    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        groups = [layer["vars"] for layer in file["layers"].values()]
        return {group.attrs["name"]: [group[str(n)][()] for n in range(len(group))] for group in groups}


OLD: Layers = {"stem": [np.zeros((3, 3), "f4"), np.zeros(3, "f4")], "relu": [], "top": [np.zeros((3, 2), "f4")]}
# In another order, as files of another Keras may be.
NEW: Layers = {
    "top": [np.arange(6, dtype="f4").reshape(3, 2)],
    "relu": [],
    "stem": [np.arange(9, dtype="f4").reshape(3, 3), np.arange(3, dtype="f4")],
}


def test_every_weight_goes_to_the_layer_of_its_name(tmp_path: Path) -> None:
    model, target = model_file(tmp_path / "model.keras", OLD), tmp_path / "made.keras"
    before = model.read_bytes()
    transplant(model, weight_file(tmp_path / "weights.h5", NEW), target)
    made = arrays(target)
    assert all(np.array_equal(a, b) for name in NEW for a, b in zip(made[name], NEW[name], strict=True))
    with zipfile.ZipFile(target) as archive:
        assert archive.read("config.json") == b'{"class_name": "Functional"}'
    assert model.read_bytes() == before


def test_the_same_inputs_give_the_same_file(tmp_path: Path) -> None:
    model, weights = model_file(tmp_path / "model.keras", OLD), weight_file(tmp_path / "weights.h5", NEW)
    for name in ("one", "two"):
        transplant(model, weights, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "weights",
    [
        {**NEW, "top": [np.zeros((2, 3), "f4")]},
        {**NEW, "top": []},
        {**NEW, "more": [np.zeros(2, "f4")]},
        {name: values for name, values in NEW.items() if name != "stem"},
    ],
    ids=["other shape", "a weight missing", "a layer too many", "a layer missing"],
)
def test_weights_of_another_architecture_are_refused(tmp_path: Path, weights: Layers) -> None:
    target = tmp_path / "made.keras"
    with pytest.raises(DataError, match=r"do not fit the model model\.keras"):
        transplant(model_file(tmp_path / "model.keras", OLD), weight_file(tmp_path / "w.h5", weights), target)
    assert not target.exists()


def test_a_file_that_is_no_weight_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_bytes(b"not HDF5")
    with pytest.raises(DataError, match=r"w\.h5"):
        transplant(model_file(tmp_path / "model.keras", OLD), tmp_path / "w.h5", tmp_path / "made.keras")
