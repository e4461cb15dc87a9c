"""Makes ``exercises/01_pretrained_tour/given_gap.keras``: a small network that ends as InceptionV3 does.

    python reference/01_pretrained_tour/make_given.py

Convolutions, global average pooling and one dense layer, trained for a few seconds to tell four coloured shapes
apart (``scene`` of the exercise's ``inputs.py``). Its class activation maps are bright where the shape is. The
same weights on every machine up to rounding; the bytes differ, because Keras writes the date.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

HERE = Path(__file__).resolve().parent
GIVEN = HERE.parents[1] / "exercises" / HERE.name / "given_gap.keras"


def exercise_inputs() -> ModuleType:
    """The exercise's ``inputs.py``."""
    spec = importlib.util.spec_from_file_location("inputs", GIVEN.with_name("inputs.py"))
    assert spec is not None
    assert spec.loader is not None
    inputs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inputs)
    return inputs


def samples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures float32 (count, 48, 64, 3) in [-1, 1] and kinds int64 (count,)."""
    inputs = exercise_inputs()
    rng = np.random.RandomState(seed)
    labels = rng.randint(0, len(inputs.KINDS), size=count)
    return np.stack([inputs.scaled(inputs.scene(rng, int(kind), 48, 64)) for kind in labels]), labels


def network() -> keras.Model:
    """The untrained network."""
    layers = keras.layers
    image = keras.Input((48, 64, 3), name="image")
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="conv_1")(image)
    x = layers.MaxPooling2D(2, name="pool_1")(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="conv_2")(x)
    x = layers.MaxPooling2D(2, name="pool_2")(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="features")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    scores = layers.Dense(4, activation="softmax", name="predictions")(x)
    return keras.Model(image, scores, name="small_tour")


def main() -> None:
    keras.utils.set_random_seed(1)
    model = network()
    # Smoothed labels keep it from being sure beyond reason, so that a list of its best guesses says something.
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    model.compile(keras.optimizers.AdamW(0.005, weight_decay=0.01), loss, metrics=["accuracy"])
    (x, y), (x_test, y_test) = samples(1200, seed=100), samples(400, seed=200)
    model.fit(x, np.eye(4)[y], epochs=3, batch_size=32, verbose=0)
    loss, accuracy = model.evaluate(x_test, np.eye(4)[y_test], verbose=0)
    print(f"400 unseen pictures: loss {loss:.4f}, accuracy {accuracy:.4f}")
    # Without compile settings: nobody trains it any further, and the optimizer's state would double the file.
    bare = keras.Model.from_config(model.get_config())
    bare.set_weights(model.get_weights())
    bare.save(GIVEN)


if __name__ == "__main__":
    main()
