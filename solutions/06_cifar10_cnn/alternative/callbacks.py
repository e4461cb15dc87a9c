"""Early stopping and a checkpoint file, as many tutorials have it."""

import os
import tempfile

import keras
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D


def build_model():
    return keras.models.Sequential(
        [
            keras.layers.Input(shape=(32, 32, 3)),
            Conv2D(filters=64, kernel_size=(3, 3), padding="valid", activation="relu"),
            MaxPooling2D(pool_size=(2, 2), padding="same"),
            Conv2D(filters=32, kernel_size=(3, 3), padding="valid", activation="relu"),
            Flatten(),
            Dense(80, activation="relu"),
            Dense(10, activation="softmax"),
        ]
    )


def compile_model(model):
    model.compile(optimizer="adam", loss=keras.losses.sparse_categorical_crossentropy, metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val, epochs):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "best.weights.h5")
        history = model.fit(
            x_train,
            y_train,
            batch_size=64,
            epochs=epochs,
            validation_data=(x_val, y_val),
            callbacks=[
                EarlyStopping(monitor="val_loss", patience=3),
                ModelCheckpoint(path, monitor="val_accuracy", save_best_only=True, save_weights_only=True),
            ],
            verbose=0,
        )
        model.load_weights(path)
    return history
