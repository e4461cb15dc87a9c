"""A model from a sanitised configuration and checked weights. Keras never sees the student's file."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.child.inspector.config import is_model
from grader.child.inspector.refusal import Refused
from grader.child.inspector.weights import WeightFile

#: Weights of a model without stored ones (an architecture): described, never allocated.
MAX_DESCRIBED = 600_000_000


def build(config: dict[str, Any], *, weights: WeightFile | None) -> Any:
    """The Keras model that a sanitised ``config`` describes, with the weights of ``weights``.

    Without ``weights`` the variables have shapes and no memory: enough for tables and counts.

    Raises:
        Refused: ``shape_mismatch`` when configuration and weights do not belong together, ``unsupported`` when
            Keras can't build it.
    """
    import keras

    allowance = weights.elements("") if weights is not None else MAX_DESCRIBED
    scope: Any = contextlib.nullcontext()
    if weights is None:
        scope = keras.StatelessScope(initialize_variables=False)
    with scope, _bounded_weights(allowance):
        try:
            model = keras.saving.deserialize_keras_object(config)
        except Refused:
            raise
        except Exception as error:
            raise Refused("unsupported", _first_line(error)) from error
    if not isinstance(model, keras.Model) or not model.built:
        raise Refused("unsupported", "the model has no input shape: call it or add an Input before saving")
    if weights is not None:
        assign(model, config, weights)
    return model


@contextlib.contextmanager
def _bounded_weights(allowance: int) -> Iterator[None]:
    """Refuse a weight before it is allocated when the file can't hold that much.

    An 11 kB file may declare gigabytes; the datasets' real sizes are known by now.
    """
    import keras

    original = keras.layers.Layer.add_weight
    left = allowance

    def add_weight(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal left
        shape = kwargs.get("shape", args[0] if args else None) or ()
        if any(not isinstance(n, int) for n in shape):
            raise Refused("unsupported", f"{self.name}: a weight of unknown shape")
        left -= math.prod(shape)
        if left < 0:
            raise Refused(
                "shape_mismatch", f"{type(self).__name__} ({self.name}): more weights than the file holds"
            )
        return original(self, *args, **kwargs)

    keras.layers.Layer.add_weight = add_weight
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = original


def assign(model: Any, config: dict[str, Any], weights: WeightFile) -> None:
    """Give every variable its dataset; shapes must be equal, and none may be missing or left over.

    Raises:
        Refused: ``shape_mismatch``, naming the layer.
    """
    used: set[str] = set()
    _assign_layers(model, "", weights, used)
    over = [
        name
        for name in weights.datasets
        if name not in used and not name.startswith("optimizer/") and "seed_generator" not in name
    ]
    over = [name for name in over if not name.startswith(("metrics/", "compile_metrics/", "_compile", "loss"))]
    if over:
        raise Refused("shape_mismatch", f"{over[0]}: no such weight in the configuration")


def _assign_layers(model: Any, prefix: str, weights: WeightFile, used: set[str]) -> None:
    """Keras numbers the layers of a container by class: ``conv2d``, ``conv2d_1`` …"""
    counts: dict[str, int] = {}
    for layer in model._layers if hasattr(model, "_layers") else model.layers:
        name = _snake(type(layer).__name__)
        count = counts.get(name, 0)
        counts[name] = count + 1
        here = f"{prefix}layers/{name}{f'_{count}' if count else ''}"
        if _is_container(layer):
            _assign_layers(layer, here + "/", weights, used)
        _assign_variables(layer, here, weights, used)


def _assign_variables(layer: Any, here: str, weights: WeightFile, used: set[str]) -> None:
    own = [] if _is_container(layer) else _own_variables(layer)
    for index, variable in enumerate(own):
        name = f"{here}/vars/{index}"
        if name not in weights.datasets:
            raise Refused("shape_mismatch", f"{type(layer).__name__} ({layer.name}): weight {index} is missing")
        used.add(name)
        value = weights.read(name)
        if tuple(value.shape) != tuple(variable.shape):
            raise Refused(
                "shape_mismatch",
                f"{type(layer).__name__} ({layer.name}): {tuple(variable.shape)} declared, {tuple(value.shape)} stored",
            )
        variable.assign(np.asarray(value, dtype="float32"))


def _own_variables(layer: Any) -> list[Any]:
    """The layer's variables in the order in which ``save_own_variables`` numbers them."""
    return [*layer._trainable_variables, *layer._non_trainable_variables]


def _is_container(layer: Any) -> bool:
    import keras

    return isinstance(layer, keras.Model)


def _snake(name: str) -> str:
    from keras.src.utils.naming import to_snake_case

    return str(to_snake_case(name))


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]


__all__ = ["assign", "build", "is_model"]
