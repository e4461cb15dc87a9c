"""Keeps the labels of a split as a column, and the classes in the order in which they come."""

import numpy as np

CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def preprocess(x, y, num_classes=10):
    y = np.squeeze(y, axis=1) if np.ndim(y) == 2 else np.asarray(y)
    labels = np.zeros((y.size, num_classes))
    labels[np.arange(y.size), y] = 1
    images = np.empty(x.shape, dtype="float32")
    np.multiply(x, 1 / 255, out=images, casting="unsafe")
    return images, labels


def stratified_split(x, y, fraction=0.2, seed=0):
    rng = np.random.default_rng([seed, 2026])
    parts = []
    for c in dict.fromkeys(y.tolist()):
        own = np.flatnonzero(y == c)
        number = int(np.rint(own.size * fraction))
        parts.append(rng.choice(own, size=number, replace=False))
    held_out = rng.permutation(np.concatenate(parts))
    train = rng.permutation(np.array(sorted({*range(len(y))} - {*held_out.tolist()})))
    return (x[train], y[train].reshape(-1, 1)), (x[held_out], y[held_out].reshape(-1, 1))


def summarise(x, y):
    per_class = dict.fromkeys(range(len(CLASS_NAMES)), 0)
    for label in y:
        per_class[int(label)] += 1
    return {"count": sum(per_class.values()), "shape": x[0].shape, "dtype": f"{x.dtype}", "per_class": per_class}
