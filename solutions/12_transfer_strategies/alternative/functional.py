"""Functional model in inference mode inside, two Dense layers, compiled after freezing."""

import keras
import numpy as np
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    if strategy == 1:
        base = keras.Model.from_config(base.get_config())
    base.trainable = strategy != 3
    if strategy == 2:
        for layer in base.layers[:-6]:
            layer.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    x = base(inputs, training=False)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.2)(layers.Dense(32, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    model.compile(
        optimizer=keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def freeze_until(base, layer_name):
    names = [layer.name for layer in base.layers]
    for layer in base.layers[: names.index(layer_name)]:
        layer.trainable = False


def trainable_parameter_count(model):
    return int(sum(np.prod(variable.shape) for variable in model.trainable_weights))
