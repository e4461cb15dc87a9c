"""No more than the pixels in a row, and the one nearest neighbour."""

import numpy as np


def unit(images):
    return np.asarray(images, dtype=float) / (255 if np.asarray(images).dtype == np.uint8 else 1)


class Neighbours:
    def __init__(self, k=5):
        self.k = k

    def fit(self, features, labels):
        self.features, self.labels = np.array(features, dtype=float), np.array(labels)

    def predict(self, features):
        answers = []
        for row in features:
            order = np.argsort(((self.features - row) ** 2).sum(axis=1))
            ids, votes = np.unique(self.labels[order[: self.k]], return_counts=True)
            answers.append(ids[votes.argmax()])
        return answers


def extract_features(images):
    return unit(images).reshape(len(images), -1)


def build_classifier():
    return Neighbours(k=1)


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()
    classifier.fit(extract_features(train_images), train_labels)
    return classifier.predict(extract_features(test_images))
