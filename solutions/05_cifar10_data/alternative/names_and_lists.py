"""A tuple of names, counts keyed by name, the shape of one image; plain Python where it goes."""

import math
import random
from collections import Counter

import numpy as np

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def preprocess(x, y, num_classes=10):
    y = [int(label) for label in np.ravel(y)]
    return [np.float32(x * np.float32(1 / 255)), [[int(label == c) for c in range(num_classes)] for label in y]]


def stratified_split(x, y, fraction=0.2, seed=0):
    chance = random.Random(seed)
    groups = {}
    for index, label in enumerate(y):
        groups.setdefault(int(label), []).append(index)
    train, held_out = [], []
    for group in groups.values():
        chance.shuffle(group)
        cut = math.ceil(len(group) * fraction)
        held_out += group[:cut]
        train += group[cut:]
    return [(x[train], y[train]), (x[held_out], y[held_out])]


def summarise(x, y):
    counts = Counter(CLASS_NAMES[label] for label in y)
    return {"count": len(y), "shape": list(x.shape[1:]), "dtype": x.dtype.name, "per_class": counts, "classes": 10}
