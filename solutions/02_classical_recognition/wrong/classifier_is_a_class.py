"""Returns the class instead of an object."""

import numpy as np


class NearestMean:
    def fit(self, features, labels):
        self.classes = sorted(set(labels.tolist()))
        self.means = [features[labels == c].mean(axis=0) for c in self.classes]
        return self

    def predict(self, features):
        far = [np.square(features - mean).sum(axis=1) for mean in self.means]
        return np.array(self.classes)[np.argmin(far, axis=0)]


def extract_features(images):
    images = np.asarray(images)
    scale = 255.0 if images.dtype == np.uint8 else 1.0
    images = images.astype(np.float64) / scale
    grey = images.mean(axis=3)
    # Where it changes from row to row there are horizontal edges, from column to column vertical ones.
    edges = [np.abs(np.diff(grey, axis=axis)).mean(axis=(1, 2)) for axis in (1, 2)]
    # Mean colour in each of 4x4 fields: what is where.
    fields = images.reshape(len(images), 4, 8, 4, 8, 3).mean(axis=(2, 4)).reshape(len(images), -1)
    return np.column_stack([*edges, images.std(axis=(1, 2)), fields])


def build_classifier():
    return NearestMean


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()()
    classifier.fit(extract_features(train_images), train_labels)
    return classifier.predict(extract_features(test_images))
