"""Makes ``exercises/09_save_load/given.keras``: a small network in the middle of its training.

    python reference/09_save_load/make_given.py

5 epochs of one batch of 64 with Adam at a learning rate of its own, so that iterations (5), moments and
learning rate all differ from what a freshly compiled model has, and few enough that Adam's bias correction
still tells a continued training from one that began anew. The same numbers on every machine up to the rounding
of float32; the bytes differ, because Keras writes the date.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

HERE = Path(__file__).resolve().parent
GIVEN = HERE.parents[1] / "exercises" / HERE.name / "given.keras"


def samples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The exercise's own images: see ``samples`` of its ``inputs.py``."""
    spec = importlib.util.spec_from_file_location("inputs", GIVEN.with_name("inputs.py"))
    assert spec is not None
    assert spec.loader is not None
    inputs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inputs)
    images, labels = inputs.samples(count, seed)
    return images, labels


def main() -> None:
    keras.utils.set_random_seed(10)
    model = keras.Sequential(
        [
            keras.Input(shape=(8, 8, 1)),
            keras.layers.Conv2D(6, (3, 3), activation="relu"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ],
        name="shapes",
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.02),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    x, y = samples(64, seed=1)
    model.fit(x, y, epochs=5, batch_size=64, verbose=0)
    model.save(GIVEN)


if __name__ == "__main__":
    main()
