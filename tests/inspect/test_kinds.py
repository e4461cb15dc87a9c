"""What students save, as Keras saves it: the inspector counts, describes and predicts what Keras does itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Program

MAKE = Path(__file__).with_name("make_models.py")
INSPECT = """
import json, sys
from pathlib import Path
from grader.wire.entry import Box
from grader.confined.inspector import main
folder = Path(sys.argv[1])
main(Box(folder / "in", folder / "out", folder / "work", json.loads((folder / "job.json").read_text()), 1, 0))
"""


@dataclass(frozen=True)
class Inspected:
    """What went in and what came out."""

    folder: Path
    expected: dict[str, dict[str, Any]]

    def fact(self, name: str) -> dict[str, Any]:
        fault = self.folder / "out" / f"{name}.fault.json"
        assert not fault.exists(), fault.read_text()
        fact: dict[str, Any] = json.loads((self.folder / "out" / f"{name}.model.json").read_text())
        return fact


def inspect(program: Program, folder: Path, *arguments: str) -> Inspected:
    for name in ("in", "out", "work"):
        (folder / name).mkdir()
    program(MAKE, folder / "in", *arguments)
    expected = json.loads((folder / "in" / "expected.json").read_text())
    plans = {}
    for name in expected:
        plan = {"label": name, "file": f"{name}.keras", "architecture": False, "fit": None, "compare": None}
        predict = [f"{name}.x"] if (folder / "in" / f"{name}.x.npy").exists() else []
        plans[name] = {**plan, "predict": predict, "scale": "unit"}
        drawn = {"file": f"{name}.architecture.json", "architecture": True, "predict": [], "scale": "unit"}
        plans[f"{name}.drawn"] = {**plan, **drawn}
    (folder / "job.json").write_text(json.dumps({"plans": plans}))
    program(INSPECT, folder)
    return Inspected(folder, expected)


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Inspected:
    return inspect(program, tmp_path_factory.mktemp("kinds"))


def check_all(inspected: Inspected) -> None:
    for name, expected in inspected.expected.items():
        fact = inspected.fact(name)
        assert fact.get("refused") is None, f"{name}: {fact['refused']}"
        counted = {key: fact[key] for key in ("parameters", "trainable_parameters")}
        counted["iterations"] = fact["optimizer"]["iterations"] if fact["optimizer"] else None
        assert counted == expected, name
        assert fact["frozen_parameters"] == fact["parameters"] - fact["trainable_parameters"]
        assert sum(int(np.prod(weight["shape"])) for weight in fact["weights"]) == fact["parameters"]
        drawn = inspected.fact(f"{name}.drawn")
        same = ("layers", "parameters", "trainable_parameters", "input_shape", "output_shape")
        assert {key: drawn[key] for key in same} == {key: fact[key] for key in same}, name
        wanted = inspected.folder / "in" / f"{name}.y.npy"
        if wanted.exists():
            predicted = np.load(inspected.folder / "out" / f"{name}.predict.{name}.x.npy")
            tolerance = 5e-3 if name == "half_precision" else 1e-5
            np.testing.assert_allclose(predicted, np.load(wanted), atol=tolerance, err_msg=name)


def test_every_kind_is_counted_and_predicts_as_keras_does(inspected: Inspected) -> None:
    assert len(inspected.expected) >= 18
    check_all(inspected)


@pytest.mark.slow
def test_a_large_network_of_the_chapter_as_a_base(program: Program, tmp_path: Path) -> None:
    inspected = inspect(program, tmp_path, "big")
    assert set(inspected.expected) == {"transfer_inceptionv3"}
    check_all(inspected)


def test_settings_that_decide_the_computation(inspected: Inspected) -> None:
    rows = {row["type"]: row for row in inspected.fact("many_layers")["layers"]}
    assert rows["SeparableConv2D"]["config"]["filters"] == 8
    assert rows["SeparableConv2D"]["config"]["padding"] == "same"
    assert rows["DepthwiseConv2D"]["config"]["dilation_rate"] == [2, 2]
    assert rows["AveragePooling2D"]["config"]["pool_size"] == [2, 2]
    assert rows["Conv2D"]["config"]["use_bias"] is False
    assert rows["ReLU"]["activation"] == "relu6"
    assert rows["Activation"]["activation"] == "softmax"
    assert rows["Dense"]["activation"] == "gelu"
    dense = [row["activation"] for row in inspected.fact("many_layers")["layers"] if row["type"] == "Dense"]
    assert dense == ["leaky_relu (negative_slope=0.1)", "prelu", "gelu"]
    dropout = [row for row in inspected.fact("augmenting")["layers"] if row["type"] == "Dropout"]
    assert dropout[0]["config"] == {"rate": 0.3}


def test_compile_settings_have_one_name_each(inspected: Inspected) -> None:
    compiled = inspected.fact("scheduled")["compiled"]
    assert compiled["optimizer"] == "rmsprop"
    assert compiled["loss"] == "binary_crossentropy"
    assert compiled["metrics"] == ["accuracy", "auc"]
    rate = compiled["optimizer_config"]["learning_rate"]
    assert (rate["schedule"], rate["decay_steps"]) == ("ExponentialDecay", 10.0)
    half = inspected.fact("half_precision")["compiled"]
    assert (half["optimizer"], half["loss"], half["metrics"]) == (
        "adam",
        "mean_squared_error",
        ["mean_absolute_error"],
    )


def test_optimizer_state_is_named_after_the_weights(inspected: Inspected) -> None:
    scheduled = [v["path"].split("/", 1)[-1] for v in inspected.fact("scheduled")["optimizer"]["variables"]]
    assert scheduled[0] == "iterations"
    assert any(path.endswith("gamma:0") for path in scheduled)
    half = [v["path"] for v in inspected.fact("half_precision")["optimizer"]["variables"]]
    assert half[:2] == ["iterations", "learning_rate"]
    assert [path.rsplit("/", 1)[-1] for path in half[2:4]] == ["kernel:0", "kernel:1"]


def test_a_model_of_nans_has_facts(inspected: Inspected) -> None:
    weights = inspected.fact("not_a_number")["weights"]
    assert np.isnan(weights[0]["mean"])
    assert weights[1]["mean"] == 0


def test_inspecting_the_same_files_again_gives_the_same_bytes(
    tmp_path: Path, program: Program, inspected: Inspected
) -> None:
    for name in ("out", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "in").symlink_to(inspected.folder / "in")
    plans = json.loads((inspected.folder / "job.json").read_text())["plans"]
    chosen = {name: plans[name] for name in ("scheduled", "many_layers")}
    (tmp_path / "job.json").write_text(json.dumps({"plans": chosen}))
    program(INSPECT, tmp_path)
    for name in chosen:
        for file in (f"{name}.model.json", f"{name}.predict.{name}.x.npy"):
            assert (tmp_path / "out" / file).read_bytes() == (inspected.folder / "out" / file).read_bytes(), file
