"""Keras makes the one-hot labels; the summary has dtypes and counts of NumPy, keyed by class id."""

import keras
import numpy as np

CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def preprocess(x, y, num_classes=10):
    return x.astype("float32") / 255.0, keras.utils.to_categorical(y, num_classes)


def stratified_split(x, y, fraction=0.2, seed=0):
    np.random.seed(seed)
    order = np.random.permutation(len(y))
    x, y = x[order], y[order]
    held_out = []
    for c in range(10):
        places = np.where(y == c)[0]
        held_out.extend(places[: int(len(places) * fraction)])
    rest = np.setdiff1d(np.arange(len(y)), held_out)
    return (x[rest], y[rest]), (x[held_out], y[held_out])


def summarise(x, y):
    return {
        "count": np.int64(x.shape[0]),
        "shape": np.array(x.shape),
        "dtype": x.dtype,
        "per_class": {c: np.sum(y == c) for c in np.arange(10)},
    }
