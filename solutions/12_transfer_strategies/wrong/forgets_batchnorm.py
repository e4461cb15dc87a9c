"""Freezes the convolutions alone in strategy 3: BatchNormalization goes on learning."""

import math

import keras
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    if strategy == 1:
        base = keras.models.clone_model(base)
    elif strategy == 2:
        with_weights = [layer for layer in base.layers if layer.weights]
        freeze_until(base, with_weights[len(with_weights) // 2].name)
    else:
        for layer in base.layers:
            if not isinstance(layer, layers.BatchNormalization):
                layer.trainable = False
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
