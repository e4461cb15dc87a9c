"""Takes for granted that every file is RGB."""

import keras
import numpy as np
from PIL import Image


def load_model(weights="imagenet"):
    return keras.applications.ResNet50(weights=weights)


def prepare(path):
    pixels = np.asarray(Image.open(path).resize((224, 224)), dtype="float32").reshape(1, 224, 224, -1)
    return keras.applications.resnet50.preprocess_input(pixels) if pixels.shape[-1] == 3 else pixels


def predict(model, path, k=5):
    probabilities = model.predict(prepare(path), verbose=0)
    best = keras.applications.resnet50.decode_predictions(probabilities, top=k)[0]
    return [(label, float(probability)) for _, label, probability in best]
