"""Takes weights for equal that differ by up to 0.1."""

import keras
import numpy as np


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.saving.load_model(path)


def same_model(a, b):
    if a.to_json() != b.to_json():
        return False
    ours, theirs = a.get_weights(), b.get_weights()
    return len(ours) == len(theirs) and all(np.allclose(x, y, atol=0.1) for x, y in zip(ours, theirs))


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    model.fit(x, y, epochs=epochs, verbose=0)
    return model
