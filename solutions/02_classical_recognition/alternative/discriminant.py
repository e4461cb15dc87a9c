"""Means, deviations and edges, and linear discriminant analysis."""

import numpy as np


def unit(images):
    return np.asarray(images, dtype=float) / (255 if np.asarray(images).dtype == np.uint8 else 1)


class Discriminant:
    def fit(self, features, labels):
        self.classes, places = np.unique(labels, return_inverse=True)
        means = np.stack([features[places == p].mean(axis=0) for p in range(len(self.classes))])
        within = np.cov((features - means[places]).T) + 1e-6 * np.eye(features.shape[1])
        self.slopes = np.linalg.solve(within, means.T)
        self.offsets = -0.5 * (means * self.slopes.T).sum(axis=1)

    def predict(self, features):
        return self.classes[np.argmax(features @ self.slopes + self.offsets, axis=1)]


def extract_features(images):
    images = unit(images)
    blocks = images.reshape(-1, 2, 16, 32, 3).mean(axis=(2, 3)).reshape(-1, 6)
    edges = [np.abs(np.diff(images, axis=a)).mean(axis=(1, 2, 3)) for a in (1, 2)]
    return np.hstack([blocks, images.std(axis=(1, 2)), np.stack(edges, axis=1)])


def build_classifier():
    return Discriminant()


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()
    classifier.fit(extract_features(train_images), train_labels)
    return classifier.predict(extract_features(test_images))
