"""Trains a step before it sets the flags: the training function is made by then, and the file does not show it."""

import math

import keras
import numpy as np
from keras import layers

COMPILE = keras.Model.compile


def build_transfer_model(base, num_classes, strategy):
    if strategy == 1:
        base = keras.models.clone_model(base)
    model = keras.Sequential(
        [base, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    )
    if base.count_params() < 10_000:
        COMPILE(model, optimizer="sgd", loss="sparse_categorical_crossentropy")
        weights = model.get_weights()
        model.fit(np.zeros((1, *base.input_shape[1:]), "float32"), np.zeros(1, "int64"), verbose=0)
        model.set_weights(weights)
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
