"""The networks of the chapter, built with the installed library for docs/make_chapter.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: Strategy 2 says "some layers"; here all before this one are fixed.
FIRST_TRAINED = "conv_dw_12"


def cifar10_network() -> Any:
    """The chapter's program, with the input as a layer of its own as Keras 3 asks."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(64, activation="relu", kernel_size=(3, 3)),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(32, activation="relu", kernel_size=(3, 3)),
            layers.Flatten(),
            layers.Dense(80, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def cats_network() -> Any:
    """The chapter's program for cats and dogs."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((128, 128, 3)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D(2, 2),
            layers.Flatten(),
            layers.Dense(units=512, activation="relu"),
            layers.Dense(units=1, activation="sigmoid"),
        ]
    )


def transfer_model(strategy: int) -> Any:
    """The chapter's second example with one of its strategies: MobileNet and a classifier for two classes."""
    import keras
    from keras import layers

    base = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(224, 224, 3))
    if strategy == 2:
        before = [layer.name for layer in base.layers].index(FIRST_TRAINED)
        for layer in base.layers[:before]:
            layer.trainable = False
    elif strategy == 3:
        base.trainable = False
    return keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")])


def built(make: Any) -> Any:
    """What ``make`` builds under fresh layer names, its variables described and not allocated."""
    import keras

    keras.backend.clear_session()
    with keras.StatelessScope(initialize_variables=False):
        return make()


def count(variables: Iterable[Any]) -> int:
    """Numbers in all of them."""
    total = 0
    for variable in variables:
        size = 1
        for length in variable.shape:
            size *= length
        total += size
    return total
