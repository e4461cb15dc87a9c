"""The functions of keras.saving, pathlib paths, to_json and np.array_equal, an explicit loop over epochs."""

from pathlib import Path

import numpy as np
from keras.saving import load_model
from keras.saving import save_model as keras_save_model


def save_model(model, path):
    keras_save_model(model, Path(path))


def restore_model(path):
    return load_model(Path(path))


def same_model(a, b):
    if a.to_json() != b.to_json():
        return np.bool_(False)
    pairs = zip(a.weights, b.weights)
    return np.all([np.array_equal(v.numpy(), w.numpy()) for v, w in pairs])


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    for epoch in range(epochs):
        model.fit(x, y, initial_epoch=epoch, epochs=epoch + 1, verbose=0)
    return model
