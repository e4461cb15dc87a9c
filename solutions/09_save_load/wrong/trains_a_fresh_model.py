"""Goes on with the architecture, but from fresh weights and a fresh optimizer."""

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
    return len(ours) == len(theirs) and all(map(np.array_equal, ours, theirs))


def resume_training(path, x, y, epochs):
    saved = restore_model(path)
    model = keras.models.clone_model(saved)
    model.compile(
        optimizer=keras.optimizers.Adam(float(saved.optimizer.learning_rate)),
        loss=saved.loss,
        metrics=["accuracy"],
    )
    model.fit(x, y, epochs=epochs, verbose=0)
    return model
