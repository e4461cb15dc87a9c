"""The classifier grows out of the base's own graph; logits; one-hot labels; compiled twice."""

import keras
import numpy as np
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    if strategy == 1:
        base = keras.models.clone_model(base)
    x = layers.GlobalMaxPooling2D()(base.output)
    x = layers.BatchNormalization()(layers.Dense(16, use_bias=False)(x))
    model = keras.Model(base.input, layers.Dense(num_classes)(layers.ReLU()(x)))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="sgd", loss=loss)
    count = len(base.layers)
    fixed = {1: 0, 2: count // 3, 3: count}[strategy]
    for number, layer in enumerate(model.layers[:count]):
        layer.trainable = number >= fixed
    model.compile(optimizer="rmsprop", loss=loss)
    return model


def freeze_until(base, layer_name):
    position = base.layers.index(base.get_layer(layer_name))
    for number, layer in enumerate(base.layers):
        layer.trainable = number >= position
    return base


def trainable_parameter_count(model):
    frozen = sum(array.size for array in map(np.asarray, model.non_trainable_weights))
    return model.count_params() - frozen
