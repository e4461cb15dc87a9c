"""Builds Keras layers and models from a sanitised configuration, without Keras' own deserialisation.

Only classes that :mod:`allowed` names are looked up, by their place in Keras; what the configuration calls a
tensor, a slice or a constant is made here. The rules are those of ``keras.models.Functional.from_config`` (Keras
3.12 to 3.15); a Sequential model is built once at the end, not after every layer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.confined.inspector import allowed
from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.config import is_model

#: Element types of constants in a graph.
_CONSTANTS = frozenset({"float16", "float32", "float64", "int32", "int64", "uint8"})


def make_model(config: dict[str, Any]) -> Any:
    """The ``keras.Model`` that a sanitised configuration describes; its variables are fresh.

    Raises:
        Refused: ``unsupported`` where the graph does not hold together.
        Exception: whatever Keras raises for settings that it does not take.
    """
    settings = config["config"]
    make = _sequential if config["class_name"] == "Sequential" else _functional
    return make(settings)


def _sequential(settings: dict[str, Any]) -> Any:
    import keras

    layers = [_make(layer) for layer in settings["layers"]]
    # The flag goes in before the layers do, so it does not overwrite theirs.
    model = keras.Sequential(layers, name=settings["name"], trainable=settings["trainable"])
    if not model.built and settings.get("build_input_shape"):
        model.build(tuple(settings["build_input_shape"]))
    return model


def _make(config: dict[str, Any]) -> Any:
    """A layer, an operation or a nested model."""
    if is_model(config):
        return make_model(config)
    return _class(config["module"], config["class_name"]).from_config(dict(config["config"]))


def _class(module: str, name: str) -> Any:
    import keras

    if module in allowed.LAYER_MODULES and name in allowed.LAYERS:
        return getattr(keras.layers, name)
    if name in allowed.OPERATIONS.get(module, ()) or (module, name) in allowed.APPLICATION_LAYERS:
        place: Any = keras
        for part in module.split(".")[1:]:
            place = getattr(place, part)
        return getattr(place, name)
    raise Refused("custom_code", name)


def _functional(settings: dict[str, Any]) -> Any:
    import keras

    made: dict[str, Any] = {}
    waiting: dict[str, list[dict[str, Any]]] = {}
    for layer in settings["layers"]:
        name = layer.get("name")
        if not name or name in made:
            raise Refused("unsupported", f"two layers named {name}" if name else "a layer without a name")
        made[name] = _make(layer)
        if layer.get("inbound_nodes"):
            waiting[name] = list(layer["inbound_nodes"])
    while waiting:
        # Depth first in the order of the file; a call that needs a later layer's output waits for the next round.
        before = sum(map(len, waiting.values()))
        for name in list(waiting):
            _call_ready(name, waiting, made)
        if sum(map(len, waiting.values())) == before:
            raise Refused("unsupported", f"{next(iter(waiting))}: its inputs are nowhere")
    inputs, outputs = (_tensors(settings.get(key), made) for key in ("input_layers", "output_layers"))
    model = keras.Model(inputs=inputs, outputs=outputs, name=settings["name"])
    # Without the setter, which would overwrite the layers' own flags.
    model._trainable = settings["trainable"]
    return model


def _call_ready(name: str, waiting: dict[str, list[dict[str, Any]]], made: dict[str, Any]) -> None:
    """Make the calls of one layer, in order, as far as their inputs are there."""
    calls = waiting[name]
    while calls:
        try:
            args, kwargs = _argument(calls[0].get("args", []), made), _argument(calls[0].get("kwargs", {}), made)
        except _NotYetError:
            return
        made[name](*args, **kwargs)
        del calls[0]
    del waiting[name]


class _NotYetError(Exception):
    """A tensor that has not been calculated yet."""


def _tensor(history: Any, made: dict[str, Any], *, end: bool = False) -> Any:
    """The Keras tensor ``[layer name, call, output]``; ``end``: it is an input or output of the model."""
    if not (isinstance(history, list) and len(history) == 3 and isinstance(history[0], str)):
        raise Refused("unsupported", "a tensor of no layer")
    name, call, output = history
    if name not in made or type(call) is not int or type(output) is not int:
        raise Refused("unsupported", f"a tensor of {name}")
    if end and type(made[name]).__name__ == "Functional":
        call -= 1  # there, and only there, Keras counts the calls of a nested Functional model from 1
    if call < 0 or output < 0:
        raise Refused("unsupported", f"a tensor of {name}")
    nodes = made[name]._inbound_nodes
    if call >= len(nodes):
        raise _NotYetError
    outputs = nodes[call].output_tensors
    if output >= len(outputs):
        raise Refused("unsupported", f"output {output} of {name}")
    return outputs[output]


def _tensors(value: Any, made: dict[str, Any]) -> Any:
    """A model's inputs or outputs: one tensor, or lists and dicts of them."""
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        try:
            return _tensor(value, made, end=True)
        except _NotYetError:
            raise Refused("unsupported", f"a tensor of {value[0]}") from None
    if isinstance(value, list):
        return [_tensors(part, made) for part in value]
    if isinstance(value, dict):
        return {key: _tensors(part, made) for key, part in value.items()}
    raise Refused("unsupported", "a model without inputs or outputs")


def _argument(value: Any, made: dict[str, Any]) -> Any:
    """What one argument of a call stands for."""
    if isinstance(value, list):
        return [_argument(part, made) for part in value]
    if not isinstance(value, dict):
        return value
    special, config = value.get("class_name"), value.get("config", {})
    if special is None:
        return {key: _argument(part, made) for key, part in value.items()}
    if special == "__keras_tensor__":
        return _tensor(config.get("keras_history"), made)
    if special == "__ellipsis__":
        return Ellipsis
    if special == "__slice__":
        return slice(*(_whole(config.get(key)) for key in ("start", "stop", "step")))
    return _constant(config)


def _whole(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise Refused("unsupported", "a slice that is not of whole numbers")
    return value


def _constant(config: dict[str, Any]) -> Any:
    """A small array in the graph, such as the mean colour that ``preprocess_input`` subtracts."""
    import keras

    dtype = config.get("dtype")
    if not isinstance(dtype, str) or dtype not in _CONSTANTS:
        raise Refused("unsupported", f"a constant of type {str(dtype)[:40]}")
    return keras.ops.convert_to_tensor(np.asarray(config.get("value"), dtype=dtype))
