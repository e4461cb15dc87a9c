"""Saves a clone with the weights and the compile settings, but an optimizer that never made a step."""

import keras
import numpy as np


def save_model(model, path):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    clone.save(path)


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
