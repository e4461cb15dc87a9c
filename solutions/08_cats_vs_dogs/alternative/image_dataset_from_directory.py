"""Damaged files are deleted first; then Keras reads the folder. Values in [-1, 1]."""

from pathlib import Path

import keras
from keras import layers
from PIL import Image


def delete_damaged(root):
    for path in Path(root).rglob("*.jpg"):
        try:
            with Image.open(path) as image:
                image.load()
        except Exception:
            path.unlink()


def make_datasets(root, image_size=(128, 128), batch_size=32):
    delete_damaged(root)

    def read(part):
        dataset = keras.utils.image_dataset_from_directory(
            Path(root) / part, label_mode="binary", image_size=image_size, batch_size=batch_size
        )
        return dataset.map(lambda x, y: (x / 127.5 - 1, y)).prefetch(2)

    return read("train"), read("test")


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(128, 128, 3)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, train, test, epochs):
    return model.fit(train, validation_data=test, epochs=epochs, verbose=0)
