"""Some of the hundred classes of CIFAR-100."""

import numpy as np

CLASS_NAMES = [
    "apple",
    "aquarium_fish",
    "baby",
    "bear",
    "beaver",
    "bed",
    "bee",
    "beetle",
    "bicycle",
    "bottle",
    "bowl",
]


def preprocess(x, y, num_classes=10):
    images = x.astype(np.float32) / np.float32(255)
    labels = np.eye(num_classes, dtype=np.float32)[np.asarray(y).reshape(-1)]
    return images, labels


def stratified_split(x, y, fraction=0.2, seed=0):
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(y), dtype=bool)
    for c in np.unique(y):
        places = rng.permutation(np.flatnonzero(y == c))
        held_out[places[: round(fraction * len(places))]] = True
    return (x[~held_out], y[~held_out]), (x[held_out], y[held_out])


def summarise(x, y):
    classes, counts = np.unique(y, return_counts=True)
    return {
        "count": len(x),
        "shape": x.shape,
        "dtype": str(x.dtype),
        "per_class": dict(zip(classes.tolist(), counts.tolist())),
    }
