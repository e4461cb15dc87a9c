"""Activations as layers of their own, compiled in build_model already, tf.keras names, data as tf.data."""

import tensorflow as tf


def build_model():
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            tf.keras.Input((32, 32, 3)),
            layers.Conv2D(64, (3, 3)),
            layers.Activation("relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(32, (3, 3)),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(80),
            layers.Activation("relu"),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def compile_model(model):
    return model


def train(model, x_train, y_train, x_val, y_val, epochs):
    images = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train), seed=1).batch(64)
    validation = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch(256)
    return model.fit(images, validation_data=validation, epochs=epochs, verbose=0)
