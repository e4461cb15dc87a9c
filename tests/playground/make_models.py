"""Makes model files and says what Keras itself answers: run as a program, since tests import no Keras.

    python make_models.py FOLDER      small networks of many kinds, one .keras file each
    python make_models.py --serve     for each line [MODEL, SCALE, [PICTURE, …]] the answers as JSON

MODEL is a .keras file, or MobileNet's weights.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
from keras import layers
from PIL import Image

SMALL = (24, 20, 3)
MARKUP = "<img src=x onerror=alert(1)>"


def pooled(*begin: Any, classes: int = 3, last: str | None = "softmax", name: str = "dense") -> Any:
    """A network that ends in global average pooling and one layer."""
    return keras.Sequential(
        [
            keras.Input(SMALL),
            *begin,
            layers.Conv2D(6, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes, activation=last, name=name),
        ]
    )


def many_kinds() -> Any:
    return pooled(
        layers.Rescaling(1 / 127.5, offset=-1),
        layers.RandomFlip(),
        layers.RandomRotation(0.1),
        layers.ZeroPadding2D(1),
        layers.SeparableConv2D(5, 3, padding="same"),
        layers.BatchNormalization(),
        layers.LeakyReLU(),
        layers.Dropout(0.4),
        layers.AveragePooling2D(2),
        layers.UpSampling2D(),
        layers.Conv2DTranspose(4, 3),
        layers.PReLU(),
        layers.GroupNormalization(2),
    )


def flat_sigmoid() -> Any:
    return keras.Sequential(
        [
            keras.Input(SMALL),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def nested() -> Any:
    base = keras.Sequential([keras.Input(SMALL), layers.Conv2D(5, 3, activation="relu"), layers.MaxPooling2D()])
    inputs = keras.Input(SMALL)
    features = base(inputs / 2.0)
    pool = keras.ops.mean(features, axis=(1, 2))
    return keras.Model(inputs, layers.Dense(4)(layers.Dropout(0.2)(pool)))


def grey() -> Any:
    return keras.Sequential(
        [keras.Input((16, 16, 1)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )


def large() -> Any:
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(12, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(230, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def two_outputs() -> Any:
    inputs = keras.Input(SMALL)
    x = layers.Flatten()(inputs)
    return keras.Model(inputs, [layers.Dense(2)(x), layers.Dense(3)(x)])


def no_picture() -> Any:
    return keras.Sequential([keras.Input((7,)), layers.Dense(2, activation="softmax")])


def segmentation() -> Any:
    return keras.Sequential([keras.Input(SMALL), layers.Conv2D(2, 3, padding="same")])


def no_counterpart() -> Any:
    return pooled(
        layers.Conv2D(3, 3, padding="same", name="before"),
        layers.Resizing(12, 12, interpolation="bicubic", name="culprit"),
    )


KINDS: dict[str, Callable[[], Any]] = {
    "many_kinds": many_kinds,
    "flat_sigmoid": flat_sigmoid,
    "pooled_sigmoid": lambda: pooled(classes=1, last="sigmoid"),
    "nested": nested,
    "grey": grey,
    "ten_thousand": lambda: pooled(classes=10_000),
    "markup": lambda: pooled(layers.Conv2D(2, 1, name=MARKUP), name="<!--<script>층"),
    "not_a_number": lambda: pooled(layers.Rescaling(0.0), last="softmax"),
    "large": large,
    "two_outputs": two_outputs,
    "no_picture": no_picture,
    "segmentation": segmentation,
    "no_counterpart": no_counterpart,
}


def prepared(path: str, shape: tuple[int, int, int], scale: str) -> np.ndarray[Any, Any]:
    """A picture as the course gives it to a network: stretched by Pillow, (1, h, w, c)."""
    image = Image.open(path).convert("L" if shape[2] == 1 else "RGB")
    pixels = np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BILINEAR), "float32").reshape(shape)
    if scale == "caffe":
        pixels = pixels[..., ::-1] - np.array([103.939, 116.779, 123.68], "float32")
    how = {"unit": (1 / 255, 0.0), "symmetric": (1 / 127.5, -1.0)}.get(scale, (1.0, 0.0))
    scaled: np.ndarray[Any, Any] = pixels * np.float32(how[0]) + np.float32(how[1])
    return scaled[np.newaxis]


def answers(model: Any, scale: str, pictures: list[str]) -> list[dict[str, Any]]:
    """For each picture what the network says, and the feature maps of its layers by name."""
    shape = model.input_shape[1:]
    # A model inside a model has outputs of its own besides.
    shown = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer | keras.Model)]
    inner = keras.Model(model.inputs, [layer.output for layer in shown])
    found = []
    for path in pictures:
        values = inner(prepared(path, shape, scale), training=False)
        maps = {layer.name: np.asarray(value)[0] for layer, value in zip(shown, values, strict=True)}
        probabilities = np.asarray(values[-1]).ravel()
        small = {name: value.tolist() for name, value in maps.items() if value.size <= 300_000}
        found.append({"probabilities": probabilities.tolist(), "layers": small})
    return found


def activation_map(model: Any, pixels: np.ndarray[Any, Any], label: int) -> np.ndarray[Any, Any]:
    """As the course does it on its tour of a pre-trained network; raises StopIteration where nothing is pooled."""
    pooling = next(layer for layer in model.layers if isinstance(layer, keras.layers.GlobalAveragePooling2D))
    maps = np.asarray(keras.Model(model.inputs, pooling.input)(pixels, training=False))[0]
    last = [layer for layer in model.layers if layer.get_weights()][-1]
    weights = last.get_weights()[0]
    weights = weights.reshape(maps.shape[-1], -1)
    cam = maps @ weights[:, label if weights.shape[1] > 1 else 0]
    cam = cam if weights.shape[1] > 1 or label else -cam
    cam = cam - cam.min()
    return np.asarray(cam / cam.max() if cam.max() > 0 else cam)


def ask(model: Any, scale: str, pictures: list[str]) -> list[dict[str, Any]]:
    """The answers, and the class activation map of the best class where the network has one."""
    found = answers(model, scale, pictures)
    for row, path in zip(found, pictures, strict=True):
        try:
            probabilities = row["probabilities"]
            label = int(np.argmax(probabilities)) if len(probabilities) > 1 else int(probabilities[0] > 0.5)
            row["map"] = activation_map(model, prepared(path, model.input_shape[1:], scale), label).tolist()
        except StopIteration:
            row["map"] = None
    return found


def serve() -> None:
    """Answer questions until there are no more."""
    for line in sys.stdin:
        path, scale, pictures = json.loads(line)
        if path.endswith(".keras"):
            model = keras.saving.load_model(path, compile=False)
        else:
            model = keras.applications.MobileNet(alpha=0.25, weights=path)
        print(json.dumps(ask(model, scale, pictures)), flush=True)


def make(folder: Path) -> None:
    """Save a network of each kind."""
    keras.utils.set_random_seed(7)
    for name, network in KINDS.items():
        model = network()
        for variable in model.trainable_weights:
            if len(variable.shape) == 1:  # biases and the like: not all 0 or 1
                variable.assign(variable + np.random.default_rng(1).normal(0, 0.1, variable.shape))
        model.save(folder / f"{name}.keras")


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve()
    else:
        make(Path(sys.argv[1]))
