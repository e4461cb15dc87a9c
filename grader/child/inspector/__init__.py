"""The inspector: our code on untrusted bytes, in a confined process of its own.

A student's ``.keras`` file is never given to ``load_model``. It is read strictly (:mod:`archive`, :mod:`weights`),
its configuration rebuilt from allowed parts (:mod:`config`), and only then does Keras build a model and do we look at
it. Each model's facts are written as soon as they are known, so a model that takes the process down takes nothing
else with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.child.box import Box
from grader.child.inspector import compiling, describe, measure
from grader.child.inspector.archive import open_archive, read_architecture
from grader.child.inspector.config import sanitise
from grader.child.inspector.rebuild import build
from grader.child.inspector.refusal import Refused
from grader.child.inspector.weights import WeightFile
from grader.child.npy import read_array, write_array

Named = list[tuple[str, np.ndarray[Any, Any]]]


@dataclass
class Known:
    """A finished model, kept for those that are compared with it."""

    fact: dict[str, Any]
    weights: Named = field(default_factory=list)
    state: Named = field(default_factory=list)
    predictions: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)


def main(box: Box) -> None:
    """Work through ``request["plans"]`` in order; leaves ``<plan>.model.json`` and ``<plan>.predict.<input>.npy``."""
    known: dict[str, Known] = {}
    for name, plan in box.request["plans"].items():
        (box.out_dir / f"{name}.begun.json").write_text("{}")
        try:
            known[name] = inspect_plan(box, name, plan, known)
            fact = known[name].fact
        except Refused as refused:
            fact = {"refused": {"kind": refused.kind, "detail": refused.detail}}
        except MemoryError:
            fact = {"refused": {"kind": "resources", "detail": "memory"}}
        fact = {"name": name, "file": plan["label"], **fact}
        partial = box.out_dir / f"{name}.part.json"
        partial.write_text(json.dumps(fact), encoding="utf-8")
        partial.rename(box.out_dir / f"{name}.model.json")


def inspect_plan(box: Box, name: str, plan: dict[str, Any], known: dict[str, Known]) -> Known:
    """Read, rebuild, train if asked, describe, predict, compare.

    Raises:
        Refused: at the first thing that is not right.
    """
    path = box.in_dir / plan["file"]
    if plan["architecture"]:
        return _architecture(path)
    unpacked = box.work_dir / f"{name}.h5"
    try:
        archive = open_archive(path, unpacked)
        with WeightFile(unpacked) as weights:
            model = build(sanitise(archive.config), weights=weights)
            state = optimizer_state(weights)
    finally:
        unpacked.unlink(missing_ok=True)
    settings = archive.config.get("compile_config")
    if plan["fit"]:
        measure.restore_optimizer(model, settings, [value for _, value in state])
        x, y = (read_array(box.in_dir / f"{plan['fit'][key]}.npy", max_bytes=1 << 31) for key in ("x", "y"))
        measure.fit(model, x, y, plan["fit"]["epochs"], plan["scale"])
        state = [
            (path, np.asarray(v)) for (path, _), v in zip(state, model.optimizer.variables, strict=False)
        ] or [(f"optimizer/{i}", np.asarray(v)) for i, v in enumerate(model.optimizer.variables)]
    values = [np.asarray(variable) for variable in model.weights]
    trainable = {id(variable) for variable in model.trainable_weights}
    fact = describe.describe(model)
    fact["weights"] = describe.weight_facts(model.weights, values, trainable)
    fact["compiled"] = compiling.compile_fact(settings)
    fact["optimizer"] = optimizer_fact(state)
    made = Known(fact, [(v.path, value) for v, value in zip(model.weights, values, strict=True)], state)
    for wanted in plan["predict"]:
        inputs = read_array(box.in_dir / f"{wanted}.npy", max_bytes=1 << 31)
        made.predictions[wanted] = measure.predict(model, inputs, plan["scale"])
        write_array(box.out_dir / f"{name}.predict.{wanted}.npy", made.predictions[wanted])
    fact["predictions"] = list(made.predictions)
    if plan["compare"]:
        fact["compare"] = compare(made, plan["compare"], known.get(plan["compare"]))
    return made


def _architecture(path: Path) -> Known:
    """A configuration without weights: tables and counts."""
    config = read_architecture(path)
    fact = describe.describe(build(sanitise(config), weights=None))
    fact["compiled"] = compiling.compile_fact(config.get("compile_config"))
    return Known(fact)


def optimizer_state(weights: WeightFile) -> Named:
    """Variables of the stored optimizer in Keras' order: iterations, learning rate, then each weight's moments."""
    names = [name for name in weights.datasets if name.startswith("optimizer/vars/")]
    numbered = sorted((int(name.rsplit("/", 1)[1]), name) for name in names if name.rsplit("/", 1)[1].isdigit())
    return [(f"optimizer/{number}", weights.read(name)) for number, name in numbered]


def optimizer_fact(state: Named) -> dict[str, Any] | None:
    """``schema.OptimizerFact``; None where the file stores no state."""
    if not state or state[0][1].size != 1:
        return None
    return {
        "iterations": int(state[0][1].reshape(())),
        "variables": [describe.weight_fact(path, value, trainable=False) for path, value in state],
    }


def compare(mine: Known, against: str, other: Known | None) -> dict[str, Any] | None:
    """``schema.Difference``; None where the other model is not there."""
    if other is None:
        return None
    rows = [
        [
            {key: value for key, value in layer.items() if key not in ("name", "trainable_parameters")}
            for layer in fact["layers"]
        ]
        for fact in (mine.fact, other.fact)
    ]
    return {
        "against": against,
        "same_architecture": rows[0] == rows[1] and mine.fact["input_shape"] == other.fact["input_shape"],
        "same_compile": mine.fact["compiled"] == other.fact["compiled"],
        "weights": measure.differences(mine.weights, other.weights),
        "optimizer": measure.differences(mine.state, other.state) if mine.state and other.state else None,
        "predictions": {
            name: measure.largest_difference(value, other.predictions[name])
            for name, value in mine.predictions.items()
            if name in other.predictions and value.shape == other.predictions[name].shape
        },
    }
