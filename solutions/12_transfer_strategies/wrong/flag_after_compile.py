"""Sets the flags after compile."""

import math

import keras
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    if strategy == 1:
        base = keras.models.clone_model(base)
    model = keras.Sequential(
        [base, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    if strategy == 2:
        with_weights = [layer for layer in base.layers if layer.weights]
        freeze_until(base, with_weights[len(with_weights) // 2].name)
    if strategy == 3:
        base.trainable = False
    return model


def freeze_until(base, layer_name):
    for layer in base.layers:
        if layer.name == layer_name:
            break
        layer.trainable = False
    return base


def trainable_parameter_count(model):
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)
