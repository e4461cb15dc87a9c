"""Makes ``exercises/12_transfer_strategies/given_base.keras``: a small pre-trained feature extractor.

    python reference/12_transfer_strategies/make_given.py

Built like MobileNet, of depthwise separable convolutions: a stem and three blocks, no classifier. It has learned
the five kinds of images of the exercise's ``inputs.py`` below a classifier that is thrown away, so every weight,
BatchNorm's statistics included, differs from what it was initialised with. All layers are trainable and nothing is
compiled. The same numbers on every machine up to the rounding of float32; the bytes differ, because Keras writes
the date.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

HERE = Path(__file__).resolve().parent
GIVEN = HERE.parents[1] / "exercises" / HERE.name / "given_base.keras"
#: Stride of the depthwise convolution and filters of the pointwise one, block by block.
BLOCKS = ((1, 16), (2, 24), (1, 32))


def samples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The exercise's own images: see ``samples`` of its ``inputs.py``."""
    spec = importlib.util.spec_from_file_location("inputs", GIVEN.with_name("inputs.py"))
    assert spec is not None
    assert spec.loader is not None
    inputs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inputs)
    images, labels = inputs.samples(count, seed)
    return images, labels


def normalised(x: Any, name: str) -> Any:
    """BatchNorm, whose statistics follow quickly, and ReLU."""
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def build_base() -> Any:
    """(16, 16, 3) -> (4, 4, 32)."""
    layers = keras.layers
    inputs = keras.Input((16, 16, 3), name="image")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="stem_conv")(inputs)
    x = normalised(x, "stem")
    for number, (stride, filters) in enumerate(BLOCKS, 1):
        name = f"block_{number}"
        convolution = layers.DepthwiseConv2D(
            3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
        )
        x = normalised(convolution(x), f"{name}_depthwise")
        x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_pointwise")(x)
        x = normalised(x, f"{name}_pointwise")
    return keras.Model(inputs, x, name="mini_mobilenet")


def main() -> None:
    keras.utils.set_random_seed(12)
    base = build_base()
    x, y = samples(640, seed=1)
    model = keras.Sequential(
        [base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(5, activation="softmax")]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = model.fit(x, y, epochs=10, batch_size=32, verbose=0)
    accuracy = model.evaluate(*samples(400, seed=2), verbose=0)[1]
    print(f"training accuracy {history.history['accuracy'][-1]:.3f}, on new images {accuracy:.3f}")
    base.save(GIVEN)


if __name__ == "__main__":
    main()
