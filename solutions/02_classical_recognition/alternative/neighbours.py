"""Small grey and colour images, k nearest neighbours; loops and lists."""

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
    rows = []
    for image in unit(images):
        small = [image[i : i + 4, j : j + 4].mean() for i in range(0, 32, 4) for j in range(0, 32, 4)]
        rows.append(small + [image[..., c].std() for c in range(3)])
    return np.array(rows)


def build_classifier():
    return Neighbours()


def recognise(train_images, train_labels, test_images):
    model = build_classifier()
    model.fit(extract_features(train_images), train_labels)
    return [model.predict(extract_features(image[np.newaxis]))[0] for image in test_images]
