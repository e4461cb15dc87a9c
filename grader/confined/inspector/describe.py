"""Facts about a rebuilt model: its layers, counts and weights, read off the model itself."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np

from grader.confined.inspector.config import Sanitised
from grader.wire.layer_types import ACTIVATION_LAYERS, activation_name, activation_of_layer

#: Settings that do not decide what a layer computes, or that facts carry elsewhere.
_LEFT_OUT = frozenset(
    "name trainable dtype activation seed sparse ragged optional batch_shape batch_input_shape".split()
)


def describe(model: Any, clean: Sanitised) -> dict[str, Any]:
    """Layer table, shapes and parameter counts, as ``schema.ModelFact`` names them.

    Args:
        clean: the configuration that ``model`` was built from.
    """
    trainable = count(model.trainable_weights)
    total = count(model.weights)
    return {
        "layers": [layer_fact(layer) for layer in model.layers],
        "input_shape": _shape(model.input_shape),
        "output_shape": _shape(model.output_shape),
        "parameters": total,
        "trainable_parameters": trainable,
        "frozen_parameters": total - trainable,
        "unreadable": list(clean.unreadable),
        "compute_dtype": clean.compute_dtype,
    }


def layer_fact(layer: Any) -> dict[str, Any]:
    """One row of the layer table."""
    return {
        "name": layer.name,
        "type": type(layer).__name__,
        "output_shape": _shape(_output_shape(layer)),
        "parameters": count(layer.weights),
        "trainable_parameters": count(layer.trainable_weights),
        "activation": activation(layer),
        "config": _settings(layer),
    }


def count(variables: list[Any]) -> int:
    """Numbers in all of them; random generators' states are no parameters."""
    return sum(int(np.prod(v.shape, dtype=np.int64)) for v in variables if "seed_generator" not in v.path)


def activation(layer: Any) -> str | None:
    """Name of the layer's activation, None where it has none; a layer as the argument counts as its function."""
    if type(layer).__name__ in ACTIVATION_LAYERS:
        return activation_of_layer(type(layer).__name__, layer.get_config())
    function = getattr(layer, "activation", None)
    if function is None:
        return None
    if type(function).__name__ in {*ACTIVATION_LAYERS, "Activation"}:
        return activation(function)
    name = getattr(function, "__name__", None)
    return activation_name(str(name)) if name else "unknown"


def weight_facts(model: Any, values: list[tuple[str, np.ndarray[Any, Any]]]) -> list[dict[str, Any]]:
    """``schema.WeightFact`` of each of ``model.weights``; ``values`` are theirs, in the same order."""
    trainable = {id(variable) for variable in model.trainable_weights}
    return [
        weight_fact(path, value, id(variable) in trainable)
        for variable, (path, value) in zip(model.weights, values, strict=True)
    ]


def weight_fact(path: str, value: np.ndarray[Any, Any], trainable: bool) -> dict[str, Any]:
    """Digest, mean and (population) standard deviation, the latter two in float64 and NaN where a value is."""
    plain = np.ascontiguousarray(value)
    with np.errstate(all="ignore"):
        mean, std = float(np.mean(plain, dtype=np.float64)), float(np.std(plain, dtype=np.float64))
    return {
        "path": path,
        "shape": list(value.shape),
        "dtype": str(value.dtype),
        "trainable": trainable,
        "sha256": hashlib.sha256(plain.tobytes()).hexdigest(),
        "mean": mean,
        "std": std,
    }


def rows(model: Any) -> list[dict[str, Any]]:
    """What decides what a model computes, apart from its weights: every layer, nested ones too, and its inputs.

    Names, and whether a chain of layers was written as Sequential or Functional, make no difference.
    """
    operations = [op for op in _operations(model) if type(op).__name__ != "InputLayer"]
    places = {id(op): index for index, op in enumerate(operations)}
    made = []
    for operation in operations:
        row: dict[str, Any] = {"type": type(operation).__name__, "inputs": _sources(operation, places)}
        if is_model(operation):
            row |= {"type": "Model", "rows": rows(operation), "output_shape": _shape(_output_shape(operation))}
        elif hasattr(operation, "weights"):
            fact = layer_fact(operation)
            row |= {key: fact[key] for key in ("output_shape", "parameters", "activation", "config")}
        made.append(row)
    return made


def _operations(model: Any) -> list[Any]:
    """Layers, and arithmetic between them, in the order of the graph."""
    return list(getattr(model, "operations", None) or model.layers)


def _sources(operation: Any, places: dict[int, int]) -> list[list[int]]:
    """For each call of ``operation`` in this model the places of what it is called on; -1 is a model's input."""
    return [
        [places.get(id(tensor._keras_history.operation), -1) for tensor in node.input_tensors]
        for node in operation._inbound_nodes
    ]


def output_sizes(model: Any, image_shape: tuple[int, ...]) -> tuple[int, int]:
    """Numbers in the largest output of any layer for one image, and in all of them together.

    Unknown sizes count as the image's own.
    """
    unknown = max((n for n in image_shape if isinstance(n, int)), default=1)
    largest = together = math.prod(image_shape)
    for operation in _operations(model):
        if is_model(operation):
            inner, inside = output_sizes(operation, image_shape)
            largest, together = max(largest, inner), together + inside * max(1, len(operation._inbound_nodes))
        for node in operation._inbound_nodes:
            for tensor in node.output_tensors:
                size = math.prod(n if n is not None else unknown for n in tensor.shape[1:])
                largest, together = max(largest, size), together + size
    return largest, together


def is_model(layer: Any) -> bool:
    return type(layer).__name__ in ("Functional", "Sequential")


def _settings(layer: Any) -> dict[str, Any]:
    kept = {}
    for key, value in layer.get_config().items() if not is_model(layer) else ():
        if key in _LEFT_OUT or key.endswith(("initializer", "regularizer", "constraint")):
            continue
        plain = _plain(value)
        if plain is not None:
            kept[key] = plain
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple) and all(_plain(part) is not None for part in value):
        return [_plain(part) for part in value]
    return None


def _output_shape(layer: Any) -> Any:
    if type(layer).__name__ == "InputLayer":
        return layer.batch_shape
    try:
        return layer.output.shape
    except (AttributeError, ValueError):
        # A shared layer has several outputs; its last call's stands for it.
        nodes = getattr(layer, "_inbound_nodes", [])
        return nodes[-1].outputs[0].shape if nodes else ()


def _shape(shape: Any) -> list[int | None]:
    if shape is None or (isinstance(shape, list | tuple) and shape and isinstance(shape[0], list | tuple | dict)):
        return []
    return [None if n is None else int(n) for n in shape]
