"""Writes to a temporary name first, tolerates the last bits of weights, trains batch by batch."""

import os

import keras
import numpy as np


def save_model(model, path):
    temporary = path + ".part.keras"
    model.save(temporary)
    os.replace(temporary, path)


def restore_model(path):
    with open(path, "rb"):  # fails early, and in words of the operating system, where there is no file
        pass
    return keras.models.load_model(path)


def same_model(a, b):
    def summary(model):
        lines = []
        model.summary(print_fn=lambda line: lines.append(line))
        settings = [(type(layer).__name__, str(layer.get_config())) for layer in model.layers]
        return settings, [w.shape for w in model.get_weights()]

    if summary(a) != summary(b):
        return False
    return all(np.allclose(x, y, rtol=0, atol=1e-6) for x, y in zip(a.get_weights(), b.get_weights()))


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    for _ in range(epochs):
        for start in range(0, len(x), 32):
            model.train_on_batch(x[start : start + 32], y[start : start + 32])
    return model
