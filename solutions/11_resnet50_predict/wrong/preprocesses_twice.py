"""Preprocesses what is preprocessed already."""

import keras
import numpy as np


def load_model(weights="imagenet"):
    return keras.applications.ResNet50(weights=weights)


def prepare(path):
    pixels = keras.utils.img_to_array(keras.utils.load_img(path, target_size=(224, 224)))
    return keras.applications.resnet50.preprocess_input(pixels[np.newaxis])


def predict(model, path, k=5):
    probabilities = model.predict(keras.applications.resnet50.preprocess_input(prepare(path)), verbose=0)
    best = keras.applications.resnet50.decode_predictions(probabilities, top=k)[0]
    return [(label, float(probability)) for _, label, probability in best]
