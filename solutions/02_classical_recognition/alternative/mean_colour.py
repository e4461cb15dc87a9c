"""The simplest of all: the mean colour, and the nearest class mean."""

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
    return np.mean(
        np.float64(images) / np.iinfo(np.uint8).max if images.dtype == np.uint8 else images, axis=(1, 2)
    )


def build_classifier():
    return NearestMean()


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()
    classifier.fit(extract_features(train_images), train_labels)
    return classifier.predict(extract_features(test_images))
