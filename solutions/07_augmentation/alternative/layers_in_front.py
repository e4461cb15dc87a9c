"""The layers stand in front of the model while it trains; the model itself has no augmentation."""

import keras
import numpy as np
from keras import layers


def make_augmenter():
    return keras.Sequential(
        [
            layers.RandomBrightness((-0.15, 0.15), value_range=(0.0, 1.0)),
            layers.RandomRotation(0.06, fill_mode="nearest"),
            layers.RandomFlip(mode="horizontal"),
            layers.RandomZoom((-0.2, 0.1), fill_mode="constant"),
            layers.RandomTranslation(height_factor=0.08, width_factor=0.12, fill_mode="wrap"),
        ]
    )


def augment_batch(augmenter, images, seed):
    fresh = [
        type(layer).from_config({**layer.get_config(), "seed": seed * 10 + i})
        for i, layer in enumerate(augmenter.layers)
    ]
    batch = images
    for layer in fresh:
        batch = layer(batch, training=True)
    return np.asarray(batch)


def train_with_augmentation(model, augmenter, x_train, y_train, x_val, y_val, epochs):
    inputs = keras.Input(x_train.shape[1:])
    whole = keras.Model(inputs, model(augmenter(inputs)))
    whole.compile(optimizer=model.optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return whole.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
