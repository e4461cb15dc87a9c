"""Keeps the whole picture and its proportions, with a margin around it."""

import keras
import numpy as np
from PIL import Image, ImageOps


def load_model(weights="imagenet"):
    name = "ResNet50"
    return getattr(keras.applications, name)(weights=weights)


def prepare(path):
    picture = ImageOps.pad(Image.open(path).convert("RGB"), (224, 224), method=Image.Resampling.BICUBIC)
    pixels = np.asarray(picture, dtype=np.float32)[..., ::-1] - np.float32([103.939, 116.779, 123.68])
    return pixels.reshape((1, *pixels.shape))


def predict(model, path, k=5):
    (scores,) = model.predict(prepare(path), verbose=0)
    order = np.argsort(scores)[::-1]
    names = keras.applications.resnet50.decode_predictions(scores[np.newaxis], top=len(scores))[0]
    return [(names[rank][1], scores[i].item()) for rank, i in enumerate(order[:k])]
