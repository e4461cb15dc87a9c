"""Asks whether the two are one object."""

import keras
import numpy as np


def save_model(model, path):
    model.save(path)


def restore_model(path):
    return keras.saving.load_model(path)


def same_model(a, b):
    return a is b


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    model.fit(x, y, epochs=epochs, verbose=0)
    return model
