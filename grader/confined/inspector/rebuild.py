"""A model from a sanitised configuration and checked weights. Keras never sees the student's file."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.graph import make_model
from grader.confined.inspector.weights import WeightFile

#: Parameters of one model; the chapter's largest (VGG19) has 144 million.
MAX_PARAMETERS = 200_000_000
#: The state of a random generator: two words. No parameter, and not needed to predict.
_RANDOM_STATE = ((2,), "uint32")
#: Where Keras keeps what is not a layer's, of the model or of one inside it that was compiled by itself.
_NOT_LAYERS = re.compile(r"(?:layers/[^/]+/)*(?:optimizer|metrics|_compile_metrics|compile_metrics|loss)/")


def build(config: dict[str, Any], *, weights: WeightFile | None) -> Any:
    """The Keras model that a sanitised ``config`` describes, with the weights of ``weights``.

    Without ``weights`` the variables have shapes and no memory: enough for tables and counts.

    Raises:
        Refused: ``shape_mismatch`` when configuration and weights do not belong together, ``too_large``, or
            ``unsupported`` when Keras can't build it.
    """
    import keras

    scope: Any = contextlib.nullcontext()
    if weights is None:
        scope = keras.StatelessScope(initialize_variables=False)
    with scope, _bounded_weights(weights.elements if weights is not None else None):
        try:
            model = make_model(config)
        except (Refused, MemoryError):
            raise
        except Exception as error:
            raise Refused("unsupported", first_line(error)) from error
    if not model.built or not _one_input(model):
        raise Refused("unsupported", "the model has no input shape: call it or add an Input before saving")
    if weights is not None:
        assign(model, weights)
    return model


def _one_input(model: Any) -> bool:
    try:
        return model.input_shape is not None
    except (AttributeError, ValueError):
        return False


@contextlib.contextmanager
def _bounded_weights(held: int | None) -> Iterator[None]:
    """Refuse a weight before it is allocated when the file, holding ``held`` numbers, can't contain it.

    An 11 kB file may declare gigabytes; the datasets' real sizes are known by now.
    """
    import keras

    original = keras.layers.Layer.add_weight
    total = 0

    def add_weight(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal total
        shape = kwargs.get("shape", args[0] if args else None) or ()
        if isinstance(shape, int):
            shape = (shape,)
        if any(not isinstance(n, int) for n in shape):
            raise Refused("unsupported", f"{self.name}: a weight of unknown shape")
        total += math.prod(shape)
        if held is not None and total > held:
            raise Refused(
                "shape_mismatch", f"{type(self).__name__} ({self.name}): more weights than the file holds"
            )
        if held is not None and len(args) < 2:
            kwargs["initializer"] = "zeros"  # each gets its dataset: random numbers would be drawn for nothing
        if total > MAX_PARAMETERS:
            raise Refused("too_large", f"more than {MAX_PARAMETERS:,} parameters")
        return original(self, *args, **kwargs)

    keras.layers.Layer.add_weight = add_weight
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = original


def assign(model: Any, weights: WeightFile) -> None:
    """Give every variable its dataset; shapes must be equal, and none may be missing or left over.

    Raises:
        Refused: ``shape_mismatch``, naming the layer.
    """
    used: set[str] = set()
    _assign_layers(model, "", weights, used)
    for name, dataset in weights.datasets.items():
        if name in used or _NOT_LAYERS.match(name):
            continue
        if (dataset.shape, dataset.dtype.name) != _RANDOM_STATE:
            raise Refused("shape_mismatch", f"{name}: no such weight in the configuration")


def _assign_layers(model: Any, prefix: str, weights: WeightFile, used: set[str]) -> None:
    """Keras numbers the layers of a container by class: ``conv2d``, ``conv2d_1`` …"""
    import keras

    counts: dict[str, int] = {}
    for layer in model.layers:
        name = _snake(type(layer).__name__)
        count = counts.get(name, 0)
        counts[name] = count + 1
        here = f"{prefix}layers/{name}{f'_{count}' if count else ''}"
        if isinstance(layer, keras.Model):
            _assign_layers(layer, here + "/", weights, used)
        else:
            _assign_variables(layer, here, weights, used)


def _assign_variables(layer: Any, here: str, weights: WeightFile, used: set[str]) -> None:
    """In the order in which ``Layer.save_own_variables`` numbers them."""
    for index, variable in enumerate([*layer._trainable_variables, *layer._non_trainable_variables]):
        name = f"{here}/vars/{index}"
        if name not in weights.datasets:
            raise Refused("shape_mismatch", f"{type(layer).__name__} ({layer.name}): weight {index} is missing")
        used.add(name)
        declared, stored = tuple(variable.shape), tuple(weights.datasets[name].shape)
        if stored != declared:
            raise Refused(
                "shape_mismatch", f"{type(layer).__name__} ({layer.name}): {declared} declared, {stored} stored"
            )
        variable.assign(np.asarray(weights.read(name), dtype=variable.dtype))
    activation = getattr(layer, "activation", None)
    if hasattr(activation, "_trainable_variables"):  # Dense(activation=PReLU())
        _assign_variables(activation, f"{here}/activation", weights, used)
    if type(layer).__name__ == "Normalization" and layer.built:
        layer.finalize_state()  # mean and variance are used in a form of their own


def _snake(name: str) -> str:
    from keras.src.utils.naming import to_snake_case

    return str(to_snake_case(name))


def first_line(error: BaseException) -> str:
    """``ValueError: what it says first``, for a person."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]
