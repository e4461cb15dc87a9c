"""What is measured on a rebuilt model: predictions, a training of our own, its first convolution's maps."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.compiling import loss_object, optimizer_object
from grader.confined.inspector.describe import activation, output_sizes
from grader.confined.inspector.rebuild import first_line
from grader.wire.npy import write_array

#: Images in one eager call: large enough to keep the cores busy …
BATCH = 250
#: … and few enough for the outputs of all layers, which Keras holds until the last is done, to stay at this many
#: numbers (1 GiB).
MAX_ACTIVATIONS = 256 << 20
#: Numbers in the output of one layer for one image (256 MiB).
MAX_OUTPUT = 64 << 20
#: Numbers in all predictions of one input (64 MiB): 9,000 images of 1,000 classes are half of it.
MAX_PREDICTIONS = 16 << 20


def scaled(images: np.ndarray[Any, Any], scale: str) -> np.ndarray[Any, Any]:
    """uint8 images as the model expects them, float32: ``unit`` [0, 1], ``symmetric`` [-1, 1], ``none`` [0, 255].

    Other arrays are taken as they are.
    """
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
        Refused: ``unsupported`` where the model does not take these inputs, or has several outputs; ``resources``
            where the output of one layer for one image is out of all proportion.
    """
    largest, together = output_sizes(model, inputs.shape[1:])
    if largest > MAX_OUTPUT or together > MAX_ACTIVATIONS:
        raise Refused("resources", f"layers whose outputs have {together:,} numbers, the largest {largest:,}")
    batch = max(1, min(BATCH, MAX_OUTPUT // max(1, largest), MAX_ACTIVATIONS // max(1, together)))
    parts: list[np.ndarray[Any, Any]] = []
    for start in range(0, len(inputs), batch):
        images = scaled(inputs[start : start + batch], scale)
        try:
            output = model(images, training=False)
            if isinstance(output, list | tuple | dict):
                raise Refused("unsupported", "the model has several outputs")
            part = np.asarray(output, dtype="float32")
        except (Refused, MemoryError):
            raise
        except Exception as error:
            raise Refused("unsupported", f"prediction: {first_line(error)}") from error
        if part.ndim == 0 or len(part) != len(images) or part.shape[1:] != (parts or [part])[0].shape[1:]:
            raise Refused("unsupported", f"an output of shape {part.shape} for {len(images)} images")
        if math.prod(part.shape[1:]) * len(inputs) > MAX_PREDICTIONS:
            raise Refused("resources", f"predictions of shape {part.shape[1:]}")
        parts.append(part)
    return np.concatenate(parts) if parts else np.zeros((0,), "float32")


def restore_optimizer(model: Any, compile_config: Any, state: list[np.ndarray[Any, Any]]) -> None:
    """Compile ``model`` as its file says and give the optimizer its stored state.

    Raises:
        Refused: a custom optimizer or loss, settings that Keras does not take, or a state of other shapes.
    """
    import keras

    if not isinstance(compile_config, dict) or not compile_config:
        raise Refused("unsupported", "the model was never compiled, so it cannot be trained")
    config = optimizer_object(compile_config.get("optimizer"))
    loss = loss_object(compile_config.get("loss"))
    try:
        optimizer = keras.optimizers.deserialize(config)
        model.compile(optimizer=optimizer, loss=loss)
        optimizer.build(model.trainable_variables)
    except Exception as error:
        raise Refused("unsupported", first_line(error)) from error
    if not state:
        return
    if [tuple(v.shape) for v in optimizer.variables] != [value.shape for value in state]:
        raise Refused("shape_mismatch", "optimizer state")
    for variable, value in zip(optimizer.variables, state, strict=True):
        variable.assign(value.astype(variable.dtype))


def compile_plainly(model: Any) -> None:
    """Compile as a classifier, whatever the file says: SGD takes a step in proportion to each gradient.

    Raises:
        Refused: ``unsupported`` where the output is not one value for each class.
    """
    import keras

    shape = tuple(model.output_shape)
    if len(shape) != 2 or not isinstance(shape[1], int) or shape[1] < 2:
        raise Refused("unsupported", f"the output {shape} is not one value for each class")
    last = model.layers[-1]
    while isinstance(last, keras.Model):
        last = last.layers[-1]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=activation(last) not in ("softmax", "sigmoid"))
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)


def fit(model: Any, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], epochs: int, scale: str) -> None:
    """Train with Keras' defaults (batch size 32, shuffled) from seed 0.

    Raises:
        Refused: ``unsupported`` where the model can't be trained on these arrays.
    """
    import keras

    keras.utils.set_random_seed(0)
    try:
        model.fit(scaled(x, scale), y, epochs=epochs, verbose=0)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("unsupported", f"training: {first_line(error)}") from error


#: Filters that are kept, and the longest side of image and maps in pixels.
MOST = 16
SIDE = 64
#: Numbers in all feature maps together (64 MiB).
MAX_MAPS = 16 << 20


def keep_first_convolution(model: Any, image: np.ndarray[Any, Any], scale: str, folder: Path, name: str) -> None:
    """Write ``picture.<name>.image`` (h, w, c), ``.filters`` (kh, kw, c, n) and ``.maps`` (h', w', n), float32.

    Nothing where the model has no two-dimensional convolution of its own, or does not take the image. A picture
    that can't be made must not cost anybody a mark, so no exception leaves here but for want of memory.

    Args:
        image: one image as a batch, (1, h, w, c).
    """
    import keras

    layer = next((layer for layer in model.layers if type(layer) is keras.layers.Conv2D), None)
    if layer is None or image.ndim != 4 or not len(image):
        return
    shape = layer.output.shape if hasattr(layer, "output") else ()
    if len(shape) != 4 or any(size is None for size in shape[1:]) or np.prod(shape[1:]) > MAX_MAPS:
        return
    try:
        given = scaled(image, scale)
        maps = np.asarray(keras.Model(model.inputs, layer.output)(given, training=False), dtype="float32")[0]
        filters = np.asarray(layer.kernel, dtype="float32")
    except MemoryError:
        raise
    except Exception as error:
        print(f"{name}: no feature maps: {type(error).__name__}", file=sys.stderr)
        return
    write_array(folder / f"picture.{name}.image.npy", _smaller(given[0]))
    write_array(folder / f"picture.{name}.filters.npy", np.ascontiguousarray(filters[..., :MOST]))
    write_array(folder / f"picture.{name}.maps.npy", _smaller(maps[..., :MOST]))


def _smaller(image: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``image`` (h, w, c) with every so many-th pixel, so that no side is longer than :data:`SIDE`."""
    step = max(1, -(-max(image.shape[:2]) // SIDE))
    return np.ascontiguousarray(image[::step, ::step], dtype="float32")
