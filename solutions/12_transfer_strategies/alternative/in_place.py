"""Draws new weights in the base itself; strategy 2 splits the small base into a fixed and a learning model."""

import math

import keras
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    parts = [base]
    if strategy == 1:
        fresh = type(base).from_config(base.get_config())
        base.set_weights(fresh.get_weights())
    elif strategy == 2 and has_branches(base):
        freeze_until(base, base.layers[-len(base.layers) // 3].name)
    elif strategy == 2:
        middle = base.layers[len(base.layers) // 2].output
        parts = [keras.Model(base.input, middle), keras.Model(middle, base.output)]
        parts[0].trainable = False
    else:
        base.trainable = False
    model = keras.Sequential([*parts, layers.Flatten(), layers.Dense(num_classes, activation="softmax")])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model


def has_branches(base):
    return len(base.layers) > 30


def freeze_until(base, layer_name):
    for layer in base.layers:
        if layer.name == layer_name:
            break
        layer.trainable = False
    return base


def trainable_parameter_count(model):
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)
