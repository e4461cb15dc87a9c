"""Subtracts the means and leaves the channels in the order RGB."""

import keras
import numpy as np


def load_model(weights="imagenet"):
    return keras.applications.ResNet50(weights=weights)


def prepare(path):
    pixels = keras.utils.img_to_array(keras.utils.load_img(path, target_size=(224, 224)))
    return pixels[np.newaxis] - [123.68, 116.779, 103.939]


def predict(model, path, k=5):
    probabilities = model.predict(prepare(path), verbose=0)
    best = keras.applications.resnet50.decode_predictions(probabilities, top=k)[0]
    return [(label, float(probability)) for _, label, probability in best]
