"""A model as a LiteRT file that takes one picture and gives the output of every layer, for a page in a browser.

Beside the file goes a description of it: what each output is, what the numbers at the end mean, and where in the
file the weights of the classifier are, with which the page calculates class activation maps.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.describe import activation, layer_fact
from grader.confined.inspector.describe import count as count_numbers
from grader.confined.inspector.flatten import Flat, Step, flatten, pooled_maps
from grader.confined.inspector.rebuild import first_line
from grader.wire.npy import write_array

#: Numbers in all outputs together (64 MiB); the largest are left out beyond that.
MAX_OUTPUTS = 16 << 20
#: Layers that bring pixels into the network's own range, at its beginning.
_SCALING = frozenset({"Rescaling", "Normalization"})
#: How the converter names what it has no counterpart for.
_OPERATION = re.compile(r"'tf\.(\w+)' op|fused\[\"(\w+):\"")


def export(
    model: Any, plan: dict[str, Any], folder: Path, name: str, *, names: Mapping[str, str] | None = None
) -> None:
    """Write ``<name>.litert.npy``, the file's bytes as uint8 (n,), and ``<name>.litert.json``.

    Args:
        model: as rebuilt.
        plan: ``size`` (height, width) where the model leaves them open; ``half``: weights as half floats, which
            are also taken from ``half_from`` parameters on.
        names: what layers were called before they got plain names.

    Raises:
        Refused: ``unsupported``; the detail names the layer that can't be converted.
    """
    flat = flatten(model, tuple(plan["size"]), names or {})
    half = bool(plan["half"] or count_numbers(model.weights) >= plan["half_from"])
    count = int(np.prod(flat.result.shape)) if None not in flat.result.shape else 0
    if count < 1 or max(flat.result.shape) != count:
        raise Refused("unsupported", f"an output {tuple(flat.result.shape)}: not one value for each class")
    aliases = _unchanged(flat)
    shown = _affordable(flat, aliases)
    try:
        data = _convert(flat.image, {f"layer_{i}": flat.steps[i].output for i in shown}, half)
    except Exception as error:
        raise Refused("unsupported", _culprit(flat, half, error)) from error
    write_array(folder / f"{name}.litert.npy", np.frombuffer(data, dtype=np.uint8))
    rows = []
    for index, step in enumerate(flat.steps):
        place = aliases.get(index, index)
        rows.append(
            {
                **_fact(step),
                "within": step.within,
                "output_shape": list(step.output.shape[1:]),
                "output": f"layer_{place}" if place in shown else None,
            }
        )
    described = {
        "input_shape": list(flat.image.shape[1:]),
        "scales_itself": bool(flat.steps) and flat.steps[0].kind in _SCALING,
        "half": half,
        "classes": count,
        "output": f"layer_{_place(flat, flat.result, aliases)}",
        "activation": _last_activation(flat),
        "layers": rows,
        "map": _map(flat, aliases, data, folder, name),
    }
    (folder / f"{name}.litert.json").write_text(json.dumps(described), encoding="utf-8")


def application(plan: dict[str, Any], weights: Path) -> Any:
    """A network of ``keras.applications`` with the weights of a file: ours, not a stranger's."""
    import keras

    make = getattr(keras.applications, plan["name"])
    return make(weights=str(weights), **plan["settings"])


def _fact(step: Step) -> dict[str, Any]:
    """A row of the layer table; arithmetic between layers has neither weights nor settings."""
    made: dict[str, Any] = {"parameters": 0, "activation": None, "config": {}}
    if hasattr(step.operation, "weights"):
        fact = layer_fact(step.operation)
        made = {key: fact[key] for key in ("parameters", "activation", "config")}
    return {"name": step.name, "type": step.kind, **made}


def _unchanged(flat: Flat) -> dict[int, int]:
    """Layers that do nothing when a network predicts (dropout, augmentation) -> the layer whose output they show.

    They are told by a trial: on noise, their output is their input. -1 stands for the picture itself.
    """
    import keras

    doubtful = [
        index
        for index, step in enumerate(flat.steps)
        if len(step.inputs) == 1
        and (getattr(step.operation, "_call_has_training_arg", False) or step.kind in ("Identity", "Activation"))
        and step.kind != "BatchNormalization"
        and tuple(step.output.shape) == tuple(step.inputs[0].shape)
        and (step.kind != "Activation" or activation(step.operation) == "linear")
    ]
    if not doubtful:
        return {}
    pairs = [tensor for index in doubtful for tensor in (flat.steps[index].inputs[0], flat.steps[index].output)]
    noise = np.random.default_rng(0).uniform(-1, 1, flat.image.shape).astype("float32")
    values = keras.Model(flat.image, pairs)(noise, training=False)
    aliases: dict[int, int] = {}
    for row, index in enumerate(doubtful):
        if np.array_equal(np.asarray(values[2 * row]), np.asarray(values[2 * row + 1])):
            aliases[index] = _place(flat, flat.steps[index].inputs[0], aliases)
    return aliases


def _place(flat: Flat, tensor: Any, aliases: dict[int, int]) -> int:
    """Number of the step that makes ``tensor``, or of the one whose output it shows."""
    for index, step in enumerate(flat.steps):
        if step.output is tensor:
            return aliases.get(index, index)
    return -1


def _affordable(flat: Flat, aliases: dict[int, int]) -> list[int]:
    """Steps whose outputs the file gives: all but the largest, and in any case the classes and the pooled maps."""
    pooled = pooled_maps(flat)
    wanted = [_place(flat, flat.result, aliases)] + ([_place(flat, pooled[0], aliases)] if pooled else [])
    chosen = {place for place in wanted if place >= 0}
    total = sum(int(np.prod(flat.steps[place].output.shape)) for place in chosen)
    rest = [index for index in range(len(flat.steps)) if index not in aliases and index not in chosen]
    for index in sorted(rest, key=lambda i: int(np.prod(flat.steps[i].output.shape))):
        total += int(np.prod(flat.steps[index].output.shape))
        if total > MAX_OUTPUTS:
            break
        chosen.add(index)
    return sorted(chosen)


def _convert(image: Any, outputs: dict[str, Any], half: bool) -> bytes:
    """The LiteRT file of the graph between ``image`` and ``outputs``, whose names it keeps."""
    import keras
    import tensorflow as tf

    model = keras.Model(image, outputs)
    target: dict[str, Any] = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
    options: dict[str, Any] = {"target_spec": target}
    if half:
        target["supported_types"] = [tf.float16]
        options["optimizations"] = [tf.lite.Optimize.DEFAULT]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        signature = [tf.TensorSpec(image.shape, "float32", name="image")]
        model.export(str(path), format="litert", verbose=False, input_signature=signature, **options)
        return path.read_bytes()


def _culprit(flat: Flat, half: bool, error: Exception) -> str:
    """Which layer can't be converted: the first one up to which the network can't be."""
    low, high = 0, len(flat.steps) - 1
    while low < high:
        middle = (low + high) // 2
        try:
            _convert(flat.image, {"output": flat.steps[middle].output}, half)
        except Exception:
            high = middle
        else:
            low = middle + 1
    missing = _OPERATION.search(str(error))
    reason = f"LiteRT has no {missing[1] or missing[2]}" if missing else first_line(error)
    return f"{flat.steps[low]} can't be converted: {reason}"


def _last_activation(flat: Flat) -> str:
    """What the numbers at the end went through: ``softmax``, ``sigmoid``, or another name; ``linear``: nothing."""
    for step in reversed(flat.steps):
        if step.kind == "Sigmoid":
            return "sigmoid"
        name = activation(step.operation)
        if name is not None and name != "linear":
            return name
        if step.kind not in ("Flatten", "Reshape", "Dropout", "Activation"):
            break
    return "linear"


def _map(flat: Flat, aliases: dict[int, int], data: bytes, folder: Path, name: str) -> dict[str, Any] | None:
    """Where the page finds what a class activation map is made of: an output, and weights (classes, maps).

    The weights are in the LiteRT file already, a row for each class; where they are not found in it, they are
    written to ``<name>.kernel.npy``.
    """
    pooled = pooled_maps(flat)
    place = _place(flat, pooled[0], aliases) if pooled else -1
    if pooled is None or place < 0:
        return None
    rows = np.ascontiguousarray(pooled[1].T)
    found = {"output": f"layer_{place}", "offset": None, "half": False}
    for half in (False, True):
        offset = data.find(rows.astype("<f2" if half else "<f4").tobytes())
        if offset >= 0:
            return found | {"offset": offset, "half": half}
    write_array(folder / f"{name}.kernel.npy", rows.astype("<f4"))
    return found
