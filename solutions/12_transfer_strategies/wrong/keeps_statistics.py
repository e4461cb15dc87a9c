"""Strategy 1 draws new filters and keeps BatchNormalization as it was."""

import math

import keras
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    if strategy == 1:
        fresh = keras.models.clone_model(base)
        for layer, new in zip(base.layers, fresh.layers, strict=True):
            if not isinstance(layer, layers.BatchNormalization):
                layer.set_weights(new.get_weights())
    elif strategy == 2:
        with_weights = [layer for layer in base.layers if layer.weights]
        freeze_until(base, with_weights[len(with_weights) // 2].name)
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
