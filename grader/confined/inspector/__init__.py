"""The inspector: our code on untrusted bytes, in a confined process of its own.

A student's ``.keras`` file is never given to ``load_model``. It is read strictly (:mod:`archive`, :mod:`weights`),
its configuration rebuilt from allowed parts (:mod:`config`), and only then do we build a model of built-in layers
(:mod:`graph`, :mod:`rebuild`) and look at it. Each model's facts are written as soon as they are known, so a model
that takes the process down takes nothing else with it.
"""

from __future__ import annotations

import gc
import json
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from grader.confined.inspector import compiling, describe, export_litert, measure
from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.archive import open_archive, read_architecture
from grader.confined.inspector.comparing import Known, compare
from grader.confined.inspector.config import Sanitised, sanitise
from grader.confined.inspector.flatten import plainly_named
from grader.confined.inspector.rebuild import build
from grader.confined.inspector.weights import WeightFile
from grader.wire.entry import Box
from grader.wire.npy import read_array, write_array

MAX_INPUT_BYTES = 1 << 31
#: Parameters from which a finished model is worth collecting at once.
LARGE = 2_000_000


def main(box: Box) -> None:
    """Work through ``request["plans"]`` in order; leaves ``<plan>.model.json`` and ``<plan>.predict.<input>.npy``.

    ``<plan>.begun.json`` says that work on a plan began, ``<plan>.fault.json`` that we failed at it ourselves.
    """
    known: dict[str, Known] = {}
    plans: dict[str, dict[str, Any]] = box.request["plans"]
    compared = {plan["compare"] for plan in plans.values()}
    for name, plan in plans.items():
        (box.out_dir / f"{name}.begun.json").write_text("{}")
        try:
            made = inspect_plan(box, name, plan, known)
            fact = made.fact
            if name in compared:
                known[name] = made
            del made
        except Refused as refused:
            fact = {"refused": {"kind": refused.kind, "detail": refused.detail}}
        except MemoryError:
            fact = {"refused": {"kind": "resources", "detail": "memory"}}
        except Exception as error:
            # The file was read, and the model built: whatever fails now is a gap of ours, and no other model's.
            traceback.print_exc(file=sys.stderr)
            _write(box.out_dir / f"{name}.fault.json", {"fault": f"{type(error).__name__}: {error}"[:2000]})
            continue
        _write(box.out_dir / f"{name}.model.json", {"name": name, "file": plan["label"], **fact})
        if fact.get("parameters", 0) > LARGE:
            gc.collect()  # models are full of cycles


def _write(path: Path, value: dict[str, Any]) -> None:
    """Whole or not at all."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(value), encoding="utf-8")
    partial.rename(path)


def inspect_plan(box: Box, name: str, plan: dict[str, Any], known: dict[str, Known]) -> Known:
    """Read, rebuild, train if asked, describe, predict, compare.

    A model that does not take an input that it should predict has no predictions, and is described all the same.

    Raises:
        Refused: at the first thing that is not right.
    """
    path = box.in_dir / plan["file"]
    if plan.get("application"):
        return _application(box, name, plan, path)
    if plan["architecture"]:
        return _architecture(path)
    unpacked = box.work_dir / f"{name}.h5"
    try:
        archive = open_archive(path, unpacked)
        clean = sanitise(archive.config)
        config, names = plainly_named(clean.config) if plan.get("export") else (clean.config, {})
        with WeightFile(unpacked) as weights:
            model = build(config, weights=weights)
            state = compiling.stored_state(weights)
    finally:
        unpacked.unlink(missing_ok=True)
    settings = archive.config.get("compile_config")
    if plan["fit"]:
        if plan["fit"].get("recompile"):
            measure.compile_plainly(model)
        else:
            measure.restore_optimizer(model, settings, [value for _, value in state])
        x, y = (
            read_array(box.in_dir / f"{plan['fit'][key]}.npy", max_bytes=MAX_INPUT_BYTES) for key in ("x", "y")
        )
        measure.fit(model, x, y, plan["fit"]["epochs"], plan["scale"])
        state = compiling.state_of(model)
    else:
        state = compiling.named_state(state, model)
    made = Known(describe.describe(model, clean), describe.rows(model), state=state)
    made.weights = [(variable.path, np.asarray(variable)) for variable in model.weights]
    made.fact["weights"] = describe.weight_facts(model, made.weights)
    made.fact["compiled"] = compiling.compile_fact(settings, made.fact["output_shape"])
    made.fact["optimizer"] = compiling.optimizer_fact(state)
    for wanted in plan["predict"]:
        inputs = read_array(box.in_dir / f"{wanted}.npy", max_bytes=MAX_INPUT_BYTES)
        try:
            made.predictions[wanted] = measure.predict(model, inputs, plan["scale"])
        except Refused as refused:
            print(f"{name}: no predictions of {wanted}: {refused}", file=sys.stderr)
            continue
        write_array(box.out_dir / f"{name}.predict.{wanted}.npy", made.predictions[wanted])
    made.fact["predictions"] = list(made.predictions)
    if plan.get("look"):
        measure.keep_first_convolution(
            model,
            read_array(box.in_dir / f"{plan['look']}.npy", max_bytes=MAX_INPUT_BYTES)[:1],
            plan["scale"],
            box.out_dir,
            name,
        )
    if plan.get("export"):
        export_litert.export(model, plan["export"], box.out_dir, name, names=names)
    if plan["compare"]:
        made.fact["compare"] = compare(made, plan["compare"], known.get(plan["compare"]))
    return made


def _application(box: Box, name: str, plan: dict[str, Any], weights: Path) -> Known:
    """A network that Keras itself knows, with weights of a file, made ready for the browser."""
    model = export_litert.application(plan["application"], weights)
    export_litert.export(model, plan["export"], box.out_dir, name)
    ours = Sanitised({}, unreadable=(), compute_dtype="float32")
    return Known(describe.describe(model, ours), [])


def _architecture(path: Path) -> Known:
    """A configuration without weights: tables and counts."""
    config = read_architecture(path)
    clean = sanitise(config)
    model = build(clean.config, weights=None)
    made = Known(describe.describe(model, clean), describe.rows(model))
    made.fact["compiled"] = compiling.compile_fact(config.get("compile_config"), made.fact["output_shape"])
    return made
