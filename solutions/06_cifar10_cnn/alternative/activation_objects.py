"""Activations as layer objects in the argument; the accuracy as a weighted metric."""

import keras
from keras import layers


def build_model():
    return keras.Sequential(
        [
            keras.Input(shape=(32, 32, 3)),
            layers.Conv2D(64, (3, 3), activation=layers.Activation("relu")),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(32, (3, 3), activation=layers.ReLU()),
            layers.Flatten(),
            layers.Dense(80, activation=layers.ReLU()),
            layers.Dense(10, activation=layers.Softmax()),
        ]
    )


def compile_model(model):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val, epochs):
    return model.fit(x_train, y_train, batch_size=64, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
