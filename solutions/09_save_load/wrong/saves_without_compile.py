"""Saves architecture and weights only."""

import keras
import numpy as np


def save_model(model, path):
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    bare.save(path)


def restore_model(path):
    return keras.saving.load_model(path)


def same_model(a, b):
    if a.to_json() != b.to_json():
        return False
    ours, theirs = a.get_weights(), b.get_weights()
    return len(ours) == len(theirs) and all(map(np.array_equal, ours, theirs))


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    model.fit(x, y, epochs=epochs, verbose=0)
    return model
