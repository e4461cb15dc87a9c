"""Histograms of gradient directions, and softmax regression by gradient descent."""

import numpy as np


def unit(images):
    return np.asarray(images, dtype=float) / (255 if np.asarray(images).dtype == np.uint8 else 1)


class Softmax:
    def fit(self, features, labels):
        self.centre, self.scale = features.mean(axis=0), features.std(axis=0) + 1e-6
        self.classes, places = np.unique(labels, return_inverse=True)
        x, y = self.prepare(features), np.eye(len(self.classes))[places]
        self.weights = np.zeros((x.shape[1], y.shape[1]))
        for _ in range(300):
            self.weights -= 0.2 * x.T @ (self.probabilities(x) - y) / len(x)

    def prepare(self, features):
        return np.insert((features - self.centre) / self.scale, 0, 1.0, axis=1)

    def probabilities(self, x):
        scores = np.exp(x @ self.weights - (x @ self.weights).max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def predict(self, features):
        return self.classes[self.probabilities(self.prepare(features)).argmax(axis=1)].reshape(-1, 1)


def extract_features(images):
    grey = unit(images).mean(axis=-1)
    down, right = np.gradient(grey, axis=(1, 2))
    strength = np.hypot(down, right)
    direction = (np.mod(np.arctan2(down, right), np.pi) / np.pi * 8).astype(int) % 8
    cells = [
        np.where(direction == b, strength, 0).reshape(-1, 4, 8, 4, 8).sum(axis=(2, 4)).reshape(-1, 16)
        for b in range(8)
    ]
    features = np.concatenate(cells, axis=1)
    return (features / (np.linalg.norm(features, axis=1, keepdims=True) + 1e-6)).astype(np.float32)


def build_classifier():
    return Softmax()


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()
    classifier.fit(extract_features(train_images), train_labels)
    return classifier.predict(extract_features(test_images))
