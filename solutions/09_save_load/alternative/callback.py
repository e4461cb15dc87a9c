"""Removes an old file first, sums up differences, trains with a callback and validation data."""

import os

import keras


class Quiet(keras.callbacks.Callback):
    """A student's own callback does not end up in the file."""

    def on_epoch_end(self, epoch, logs=None):
        self.losses = [*getattr(self, "losses", []), (logs or {}).get("loss")]


def save_model(model, path):
    if os.path.exists(path):
        os.remove(path)
    keras.Model.save(model, os.fspath(path))


def restore_model(path):
    return keras.saving.load_model(path, safe_mode=True)


def same_model(a, b):
    if type(a) is not type(b):
        return False
    same_layers = a.to_json() == b.to_json()
    same_shapes = [v.shape for v in a.variables] == [v.shape for v in b.variables]
    if not (same_layers and same_shapes):
        return False
    return sum(float(keras.ops.sum(keras.ops.abs(v - w))) for v, w in zip(a.weights, b.weights)) == 0.0


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    model.fit(x=x, y=y, epochs=epochs, callbacks=[Quiet()], verbose=2, validation_data=(x, y))
    return model
