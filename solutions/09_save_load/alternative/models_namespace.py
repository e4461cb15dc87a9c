"""keras.models, TensorFlow's copy of Keras, layers compared one by one, batches of 32 in order."""

import tensorflow as tf

from tensorflow import keras


def save_model(model, path):
    keras.models.save_model(model, str(path), overwrite=True)
    return path


def restore_model(path):
    model = keras.models.load_model(str(path), compile=True)
    assert model.optimizer is not None
    return model


def _settings(layer):
    config = dict(layer.get_config())
    config.pop("name", None)
    return type(layer).__name__, config


def same_model(a, b):
    if len(a.layers) != len(b.layers):
        return False
    for one, other in zip(a.layers, b.layers):
        if _settings(one) != _settings(other):
            return False
        mine, yours = one.get_weights(), other.get_weights()
        if [w.shape for w in mine] != [w.shape for w in yours]:
            return False
        for w, v in zip(mine, yours):
            if not bool(tf.reduce_all(tf.equal(w, v))):
                return False
    return True


def resume_training(path, x, y, epochs):
    model = restore_model(path)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    model.fit(dataset, epochs=epochs)
    return model
