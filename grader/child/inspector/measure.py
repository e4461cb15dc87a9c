"""What is measured on a rebuilt model: predictions, a training of our own, the distance to another model."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.child.inspector.compiling import compile_fact, loss_name, optimizer_object
from grader.child.inspector.refusal import Refused

#: Images in one eager call: large enough to keep the cores busy, small enough for the memory of a first convolution.
BATCH = 250


def scaled(images: np.ndarray[Any, Any], scale: str) -> np.ndarray[Any, Any]:
    """uint8 images as the model expects them: ``unit`` [0, 1], ``symmetric`` [-1, 1], ``none`` [0, 255]; float32."""
    if images.dtype != np.uint8:
        return images.astype("float32", copy=False)
    values = images.astype("float32")
    if scale == "unit":
        return values / np.float32(255)
    if scale == "symmetric":
        return values / np.float32(127.5) - np.float32(1)
    return values


def predict(model: Any, inputs: np.ndarray[Any, Any], scale: str) -> np.ndarray[Any, Any]:
    """Predictions in inference mode, float32; eager, because tracing costs more than a few thousand images.

    Raises:
        Refused: ``unsupported`` where the model does not take these inputs, or has several outputs.
    """
    parts = []
    for start in range(0, len(inputs), BATCH):
        try:
            output = model(scaled(inputs[start : start + BATCH], scale), training=False)
        except Exception as error:
            raise Refused(
                "unsupported", f"prediction: {str(error).splitlines()[0] if str(error) else type(error)}"
            ) from error
        if isinstance(output, list | tuple | dict):
            raise Refused("unsupported", "the model has several outputs")
        parts.append(np.asarray(output, dtype="float32"))
    return np.concatenate(parts) if parts else np.zeros((0,), "float32")


def restore_optimizer(model: Any, compile_config: Any, state: list[np.ndarray[Any, Any]]) -> None:
    """Compile ``model`` as its file says and give the optimizer its stored state.

    Raises:
        Refused: a custom optimizer, or a state of other shapes.
    """
    import keras

    fact = compile_fact(compile_config)
    if fact is None:
        raise Refused("unsupported", "the model was never compiled, so it cannot be trained")
    optimizer = keras.optimizers.deserialize(optimizer_object(compile_config.get("optimizer")))
    loss: Any = loss_name(fact["loss"])
    if fact["from_logits"]:
        loss = {
            "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
            "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
            "binary_crossentropy": keras.losses.BinaryCrossentropy,
        }[loss](from_logits=True)
    model.compile(optimizer=optimizer, loss=loss)
    if state:
        optimizer.build(model.trainable_variables)
        if [tuple(v.shape) for v in optimizer.variables] != [value.shape for value in state]:
            raise Refused("shape_mismatch", "optimizer state")
        for variable, value in zip(optimizer.variables, state, strict=True):
            variable.assign(value)


def fit(model: Any, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], epochs: int, scale: str) -> None:
    """Train with Keras' defaults (batch size 32, shuffled) from seed 0."""
    import keras

    keras.utils.set_random_seed(0)
    model.fit(scaled(x, scale), y, epochs=epochs, verbose=0)


def largest_difference(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    """Largest absolute difference; infinite where exactly one is NaN, as no tolerance should cover that."""
    with np.errstate(all="ignore"):
        x, y = a.astype("float64"), b.astype("float64")
        same = (x == y) | (np.isnan(x) & np.isnan(y))
        gap = np.nan_to_num(np.where(same, 0.0, np.abs(x - y)), nan=np.inf, posinf=np.inf)
    return float(np.max(gap, initial=0.0))


def differences(
    mine: list[tuple[str, np.ndarray[Any, Any]]], other: list[tuple[str, np.ndarray[Any, Any]]]
) -> dict[str, float] | None:
    """By variable, in order; None where number or shapes differ."""
    if [value.shape for _, value in mine] != [value.shape for _, value in other]:
        return None
    # Shared layers make paths that are not unique; the later ones get their position.
    found: dict[str, float] = {}
    for index, ((path, a), (_, b)) in enumerate(zip(mine, other, strict=True)):
        found[f"{path}#{index}" if path in found else path] = largest_difference(a, b)
    return found
