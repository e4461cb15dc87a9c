"""scikit-learn's train_test_split with stratify, pandas for the names and the counts."""

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder

CLASS_NAMES = pd.Index(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"])


def preprocess(x, y, num_classes=10):
    encoder = OneHotEncoder(categories=[range(num_classes)], sparse_output=False)
    return x.astype("float32") / 255, encoder.fit_transform(np.reshape(y, (-1, 1)))


def stratified_split(x, y, fraction=0.2, seed=0):
    x_train, x_held, y_train, y_held = train_test_split(x, y, test_size=fraction, stratify=y, random_state=seed)
    return (x_train, y_train), (x_held, y_held)


def summarise(x, y):
    counts = pd.Series(y).value_counts()
    return {"count": len(x), "shape": x.shape, "dtype": str(x.dtype), "per_class": counts}
