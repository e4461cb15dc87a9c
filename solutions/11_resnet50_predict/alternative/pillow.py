"""Pillow and NumPy by hand: the middle of the picture, channels turned round, means subtracted."""

import numpy as np
from PIL import Image, ImageOps
from tensorflow.keras.applications import ResNet50, imagenet_utils


def load_model(weights="imagenet"):
    return ResNet50(include_top=True, weights=weights, input_shape=(224, 224, 3), classes=1000)


def prepare(path):
    with Image.open(path) as picture:
        picture = ImageOps.fit(picture.convert("RGB"), (224, 224))
    pixels = np.array(picture, dtype=float)[None, :, :, ::-1]
    return pixels - np.array([103.939, 116.779, 123.68])


def predict(model, path, k=5):
    decoded = imagenet_utils.decode_predictions(np.asarray(model(prepare(path))), top=k)
    return [list(row[1:]) for row in decoded[0]]
