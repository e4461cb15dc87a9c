"""The transfer strategies: what ships is what its reference says, and the inspector's own training step."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import re
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import Program

ROOT = Path(__file__).parents[2]
SLUG = "12_transfer_strategies"
GIVEN = ROOT / "exercises" / SLUG / "given_base.keras"
REFERENCE: dict[str, Any] = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))
CONFIG = tomllib.loads((ROOT / "exercises" / SLUG / "exercise.toml").read_text(encoding="utf-8"))


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t12_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    with zipfile.ZipFile(GIVEN) as archive:
        found: dict[str, Any] = json.loads(archive.read("config.json"))
    return found


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
    assert GIVEN.stat().st_size < 300_000


def test_the_given_layers_are_trainable_and_nothing_is_compiled(config: dict[str, Any]) -> None:
    assert not config.get("compile_config")
    assert all(layer["config"].get("trainable", True) for layer in config["config"]["layers"])


def test_the_given_weights_are_those_of_a_training(variables: dict[str, np.ndarray]) -> None:
    """None is constant, as fresh gammas, betas and statistics are, and no two are the same."""
    assert sum(value.size for value in variables.values()) == 2440
    assert all(np.ptp(value) > 0 for value in variables.values())
    digests = {hashlib.sha256(value.tobytes()).hexdigest() for value in variables.values()}
    assert len(digests) == len(variables)


def arrays(seed: int) -> dict[str, np.ndarray]:
    public = load("exercises", SLUG, "inputs.py").make(seed)
    hidden = load("reference", SLUG, "hidden_inputs.py").make(seed)
    return {**public, **hidden}


def test_one_batch_holds_all_images_and_classes() -> None:
    made = arrays(0)
    assert made["x"].shape == (24, 16, 16, 3)
    assert made["x"].dtype == np.float32
    assert set(made["y"].tolist()) == set(range(int(made["num_classes"])))


def test_the_places_of_layers_exist(config: dict[str, Any]) -> None:
    names = [layer["config"]["name"] for layer in config["config"]["layers"]]
    for seed in range(20):
        for name, value in arrays(seed).items():
            if "freeze_until." in name:
                assert 0 < value < len(names)
            if "trainable_parameter_count." in name:
                assert 0 <= value[0] <= len(names)
    assert names[10].startswith("block_2")
    assert names[19] == "block_3_pointwise"
    assert names[2] == "stem_bn"


def test_what_the_probe_saves_has_a_plan() -> None:
    strategies = {
        f"{case}.{n}" for case in ("build_transfer_model", "hidden.build_transfer_model") for n in (1, 2, 3)
    }
    strategies |= {f"build_transfer_model.{n}.{step}" for n in (1, 2, 3) for step in ("fit", "trained")}
    names = arrays(0)
    strategies |= {f"{name}.{n}" for name in names if ".real." in f".{name}" for n in (1, 2, 3)}
    strategies |= {name for name in names if "freeze_until." in name}
    assert strategies | {"given_base"} == set(CONFIG["inspect"])


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_the_tasks_counts_are_the_references(readme: str) -> None:
    text = (ROOT / "exercises" / SLUG / readme).read_text(encoding="utf-8")
    rows = re.findall(r"\| (?:전략|strategy) (\d)[^|]*\| ([\d,]+) \| ([\d,]+) \|", text)
    found = {n: tuple(int(count.replace(",", "")) for count in counts) for n, *counts in rows}
    strategies = REFERENCE["real"]["MobileNet"]["strategies"]
    assert found == {n: (counts["trainable"], counts["frozen"]) for n, counts in strategies.items()}


def test_the_strategies_counts_add_up() -> None:
    for real in REFERENCE["real"].values():
        assert sum(real["layer_parameters"]) == real["parameters"]
        first, second, third = (real["strategies"][n] for n in "123")
        assert len({sum(counts.values()) for counts in (first, second, third)}) == 1
        assert first["frozen"] == real["parameters"] - real["trainable"]
        assert third["frozen"] == real["parameters"]
        assert third["trainable"] < second["trainable"] < first["trainable"]


STEP = """
import json, sys
from pathlib import Path
import keras, numpy as np
from keras import layers
from grader.wire.entry import Box
from grader.confined.inspector import main
folder, given = Path(sys.argv[1]), sys.argv[2]
for name in ("in", "out", "work"):
    (folder / name).mkdir()
def save(name, *classifier, frozen):
    base = keras.saving.load_model(given)
    base.trainable = not frozen
    model = keras.Sequential([base, *classifier])
    model.save(folder / "in" / f"{name}.keras")
save("probabilities", layers.GlobalAveragePooling2D(), layers.Dense(5, activation="softmax"), frozen=True)
save("logits", layers.Flatten(), layers.Dense(5), frozen=False)
save("maps", layers.Dense(5), frozen=True)
save("too_few", layers.Flatten(), layers.Dense(2), frozen=True)
rng = np.random.default_rng(0)
np.save(folder / "in" / "x.npy", rng.random((24, 16, 16, 3), dtype="float32"))
np.save(folder / "in" / "y.npy", np.arange(24) % 5)
plans = {}
for name in ("probabilities", "logits", "maps", "too_few"):
    plan = {"label": name, "file": f"{name}.keras", "architecture": False, "predict": [], "scale": "unit"}
    plans[name] = {**plan, "fit": None, "compare": None}
    fit = {"x": "x", "y": "y", "epochs": 1, "recompile": True}
    plans[f"{name}.fit"] = {**plan, "fit": fit, "compare": name}
main(Box(folder / "in", folder / "out", folder / "work", {"plans": plans}, 1, 0))
"""


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory, program: Program) -> dict[str, dict[str, Any]]:
    """Facts of models that were never compiled, before and after the inspector's training step."""
    folder = tmp_path_factory.mktemp("step")
    program(STEP, folder, GIVEN)
    paths = (folder / "out").glob("*.model.json")
    return {path.name.removesuffix(".model.json"): json.loads(path.read_text()) for path in paths}


def moved(fact: dict[str, Any]) -> set[str]:
    return {path for path, difference in fact["compare"]["weights"].items() if difference > 0}


def test_a_step_moves_the_classifier_alone_where_the_base_is_frozen(inspected: dict[str, dict[str, Any]]) -> None:
    trainable = {weight["path"] for weight in inspected["probabilities"]["weights"] if weight["trainable"]}
    assert len(trainable) == 2
    assert moved(inspected["probabilities.fit"]) == trainable


def test_a_step_moves_everything_where_nothing_is_frozen(inspected: dict[str, dict[str, Any]]) -> None:
    """Statistics of BatchNormalization too, and with a classifier that gives logits."""
    everything = {weight["path"] for weight in inspected["logits"]["weights"]}
    assert moved(inspected["logits.fit"]) == everything


def test_what_is_no_classifier_of_these_labels_is_refused(inspected: dict[str, dict[str, Any]]) -> None:
    for name in ("maps", "too_few"):
        assert "refused" not in inspected[name] or inspected[name]["refused"] is None
        assert inspected[f"{name}.fit"]["refused"]["kind"] == "unsupported", name
