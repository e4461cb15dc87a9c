"""Scales images that are in [-1, 1] to [-1, 1] once more, everywhere."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    base.trainable = False
    return keras.Sequential(
        [
            keras.Input(base.input_shape[1:]),
            layers.Rescaling(1 / 127.5, offset=-1),
            base,
            layers.GlobalAveragePooling2D(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


def extract_features(base, images):
    return base.predict(keras.applications.mobilenet.preprocess_input(images.copy()), verbose=0)


def train(model, x_train, y_train, x_val, y_val, epochs):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
