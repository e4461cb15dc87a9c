"""Makes one ``.keras`` file of each kind, and says what Keras sees: ``python make_models.py FOLDER [big]``.

Run as a process of its own. ``expected.json``: name -> total and trainable parameters, iterations;
``<name>.x.npy`` and ``<name>.y.npy``: an input and the model's own prediction for it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

Image = tuple[int, int, int]
SMALL: Image = (8, 8, 3)


def built_later() -> Any:
    model = keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)])
    model.build((None, *SMALL))
    return model


def input_shape_argument() -> Any:
    return keras.Sequential([layers.Conv2D(4, 3, input_shape=SMALL), layers.Flatten(), layers.Dense(2)])


def augmenting() -> Any:
    """Layers with random generators, seeds larger than any size, and nothing to do at inference."""
    return keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            layers.RandomFlip("horizontal", seed=20240101),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.1),
            layers.RandomTranslation(0.1, 0.1),
            layers.RandomBrightness(0.1, value_range=(0, 1)),
            layers.RandomContrast(0.1),
            layers.RandomCrop(12, 12),
            layers.Pipeline([layers.RandomFlip(), layers.RandomErasing()]),
            layers.Dropout(0.3, seed=5),
            layers.GaussianNoise(0.1),
            layers.Rescaling(1 / 255.0),
            layers.Resizing(8, 8),
            layers.CenterCrop(6, 6),
            layers.Conv2D(4, 3),
            layers.SpatialDropout2D(0.1),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )


def normalising() -> Any:
    normalisation = layers.Normalization()
    normalisation.adapt(np.random.default_rng(0).random((20, *SMALL), dtype="float32"))
    return keras.Sequential([keras.Input(SMALL), normalisation, layers.Flatten(), layers.Dense(3)])


def many_layers() -> Any:
    inputs = keras.Input((32, 32, 3))
    x = layers.SeparableConv2D(8, 3, padding="same")(inputs)
    x = layers.DepthwiseConv2D(3, dilation_rate=2)(x)
    x = layers.Conv2DTranspose(4, 2, strides=2)(x)
    for layer in (layers.LeakyReLU(), layers.PReLU(), layers.ELU(), layers.ReLU(6), layers.Softmax()):
        x = layer(x)
    x = layers.UpSampling2D()(layers.Cropping2D(1)(layers.ZeroPadding2D(1)(x)))
    x = layers.UnitNormalization()(layers.GroupNormalization(2)(layers.LayerNormalization()(x)))
    x = layers.Permute((2, 1, 3))(layers.AveragePooling2D(2)(x))
    x = layers.Dense(4, activation=layers.LeakyReLU(0.1))(x)
    x = layers.Dense(3, activation=layers.PReLU())(x)
    x = layers.Concatenate()([x, layers.Conv2D(3, 1, use_bias=False)(x)])
    x = layers.GlobalMaxPooling2D()(layers.Add()([x, x]))
    x = layers.Flatten()(layers.Reshape((2, 3))(x))
    x = layers.GlobalAveragePooling1D()(layers.RepeatVector(2)(x))
    regular, bounded = keras.regularizers.L2(0.01), keras.constraints.MaxNorm(2)
    x = layers.Dense(4, activation="gelu", kernel_regularizer=regular, kernel_constraint=bounded)(x)
    return keras.Model(inputs, layers.Activation("softmax")(x))


def preprocessing(application: str) -> Callable[[], Any]:
    """``preprocess_input`` within the graph: slices, stacks and constants."""

    def make() -> Any:
        inputs = keras.Input(SMALL)
        x = getattr(keras.applications, application).preprocess_input(inputs * 255.0)
        x = keras.ops.mean(layers.Conv2D(2, 3)(x), axis=(1, 2))
        return keras.Model(inputs, layers.Dense(2)(x))

    return make


def slices() -> Any:
    inputs = keras.Input(SMALL)
    x = inputs[:, ::2, 1:-1, :][..., ::-1]
    x = keras.ops.relu(x) ** 2 / 3.0 - 1
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(keras.ops.concatenate([x, x], axis=-1))))


def transfer(application: str, **settings: Any) -> Callable[[], Any]:
    """A base whose last layers stay trainable, inside a model."""

    def make() -> Any:
        shape = (75, 75, 3)
        base = getattr(keras.applications, application)(
            weights=None, include_top=False, input_shape=shape, **settings
        )
        for layer in base.layers[:-7]:
            layer.trainable = False
        inputs = keras.Input(shape)
        x = layers.GlobalAveragePooling2D()(base(inputs, training=False))
        return keras.Model(inputs, layers.Dense(5, activation="softmax")(x))

    return make


def frozen_base_with_a_loose_layer() -> Any:
    """``base.trainable`` stays False, so the layer that was set free afterwards trains only in name."""
    base = keras.Sequential([keras.Input((6,)), layers.Dense(4), layers.Dense(3)])
    base.trainable = False
    base.layers[1].trainable = True
    return keras.Sequential([keras.Input((6,)), base, layers.Dense(2)])


def frozen_functional_base() -> Any:
    inputs = keras.Input((6,))
    base = keras.Model(inputs, layers.Dense(3)(layers.Dense(4)(inputs)))
    base.trainable = False
    base.layers[-1].trainable = True
    return keras.Sequential([base, layers.Dense(2)])


def output_of_a_model() -> Any:
    inner = keras.Input((6,))
    base = keras.Model(inner, layers.Dense(3)(inner))
    inputs = keras.Input((6,))
    return keras.Model(inputs, base(inputs))


def shared_layers() -> Any:
    first, second = keras.Input((4,)), keras.Input((4,))
    dense, head = layers.Dense(4), keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    return keras.Model([first, second], layers.Add()([head(first), head(second), head(dense(dense(first)))]))


def part_of_a_model() -> Any:
    whole = keras.Sequential(
        [keras.Input(SMALL), layers.Conv2D(4, 3), layers.Conv2D(5, 3), layers.Flatten(), layers.Dense(2)]
    )
    return keras.Model(whole.layers[0].output, whole.layers[-1].output)


def half_precision() -> Any:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = keras.Sequential(
            [keras.Input(SMALL), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2, dtype="float32")]
        )
        model.compile("adam", "mse", metrics=["mae"])
        model.fit(np.ones((4, *SMALL)), np.zeros((4, 2)), verbose=0)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    return model


def scheduled() -> Any:
    model = keras.Sequential(
        [
            keras.Input(SMALL),
            layers.Conv2D(4, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    loss = keras.losses.BinaryCrossentropy(label_smoothing=0.1)
    model.compile(keras.optimizers.RMSprop(rate), loss, metrics=["acc", keras.metrics.AUC()])
    model.fit(np.ones((8, *SMALL)), np.zeros(8), epochs=2, verbose=0)
    return model


def not_a_number() -> Any:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
    model.layers[0].kernel.assign(np.full((4, 3), np.nan))
    return model


def all_kinds(big: bool) -> Iterator[tuple[str, Callable[[], Any]]]:
    if big:
        yield "transfer_inceptionv3", transfer("InceptionV3")  # the exercises have ResNet50
        return
    plain = (
        built_later, input_shape_argument, augmenting, normalising, many_layers, slices, frozen_functional_base,
        frozen_base_with_a_loose_layer, output_of_a_model, shared_layers, part_of_a_model, half_precision,
        scheduled, not_a_number,
    )  # fmt: skip
    yield from ((make.__name__, make) for make in plain)
    yield from ((f"preprocess_{name}", preprocessing(name)) for name in ("resnet50", "mobilenet", "densenet"))
    yield "transfer_mobilenet", transfer("MobileNet", alpha=0.25)


def count(variables: list[Any]) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables)


def main(folder: Path, big: bool) -> None:
    keras.utils.set_random_seed(3)
    expected: dict[str, dict[str, int | None]] = {}
    for name, make in all_kinds(big):
        model = make()
        model.save(folder / f"{name}.keras")
        expected[name] = {
            "parameters": model.count_params(),
            "trainable_parameters": count(model.trainable_weights),
            "iterations": int(model.optimizer.iterations) if getattr(model, "optimizer", None) else None,
        }
        if not isinstance(model.input_shape, list):
            images = np.random.default_rng(1).random((3, *model.input_shape[1:]), dtype="float32")
            np.save(folder / f"{name}.x.npy", images)
            np.save(folder / f"{name}.y.npy", np.asarray(model(images, training=False), dtype="float32"))
        config = keras.saving.serialize_keras_object(model)
        (folder / f"{name}.architecture.json").write_text(json.dumps(config))
        keras.utils.clear_session()
    (folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main(Path(sys.argv[1]), big="big" in sys.argv[2:])
