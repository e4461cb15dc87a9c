"""Says the most frequent class, whatever it is shown."""

import numpy as np


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


class Majority:
    def fit(self, features, labels):
        ids, counts = np.unique(labels, return_counts=True)
        self.answer = ids[counts.argmax()]

    def predict(self, features):
        return np.full(len(features), self.answer)


def build_classifier():
    return Majority()


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()
    classifier.fit(extract_features(train_images), train_labels)
    return classifier.predict(extract_features(test_images))
