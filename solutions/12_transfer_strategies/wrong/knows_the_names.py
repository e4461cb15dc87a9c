"""Strategy 2 relies on the names of the given model."""

import math

import keras
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    if strategy == 1:
        base = keras.models.clone_model(base)
    elif strategy == 2:
        freeze_until(base, base.get_layer("block_2_depthwise").name)
    else:
        base.trainable = False
    return keras.Sequential(
        [base, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    )


def freeze_until(base, layer_name):
    for layer in base.layers:
        if layer.name == layer_name:
            break
        layer.trainable = False
    return base


def trainable_parameter_count(model):
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)
