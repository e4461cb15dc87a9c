"""Pictures are opened when their batch is asked for; the network is functional, activations are layers."""

import os

import keras
import numpy as np
from PIL import Image


class Pictures(keras.utils.PyDataset):
    def __init__(self, folder, image_size, batch_size, shuffle):
        super().__init__()
        self.image_size, self.batch_size, self.shuffle = image_size, batch_size, shuffle
        self.files = []
        for label, name in enumerate(sorted(os.listdir(folder))):
            for file in os.listdir(os.path.join(folder, name)):
                path = os.path.join(folder, name, file)
                if self.read(path) is not None:
                    self.files.append((path, label))
        if shuffle:
            np.random.shuffle(self.files)

    def read(self, path):
        height, width = self.image_size
        try:
            image = Image.open(path)
            return np.asarray(image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)) / 255.0
        except Exception:
            return None

    def __len__(self):
        return -(-len(self.files) // self.batch_size)

    def __getitem__(self, index):
        batch = self.files[index * self.batch_size : (index + 1) * self.batch_size]
        x = np.stack([self.read(path) for path, _ in batch]).astype("float32")
        return x, np.array([[float(label)] for _, label in batch], dtype="float32")

    def on_epoch_end(self):
        if self.shuffle:
            np.random.shuffle(self.files)


def make_datasets(root, image_size=(128, 128), batch_size=32):
    return (
        Pictures(os.path.join(root, "train"), image_size, batch_size, True),
        Pictures(os.path.join(root, "test"), image_size, batch_size, False),
    )


def build_model():
    inputs = keras.Input((128, 128, 3))
    x = keras.layers.Activation("relu")(keras.layers.Conv2D(32, 3)(inputs))
    x = keras.layers.MaxPool2D()(x)
    x = keras.layers.ReLU()(keras.layers.Conv2D(64, 3)(x))
    x = keras.layers.MaxPool2D()(x)
    x = keras.layers.Dense(512, activation=keras.activations.relu)(keras.layers.Flatten()(x))
    return keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(x))


def train(model, train, test, epochs):
    model.compile(
        keras.optimizers.Adam(), keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.BinaryAccuracy()]
    )
    return model.fit(train, validation_data=test, epochs=epochs, verbose=0)
