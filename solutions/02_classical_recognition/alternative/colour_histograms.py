"""Colour histograms, and Gaussian naive Bayes on their square roots."""

import numpy as np


def unit(images):
    return np.asarray(images, dtype=float) / (255 if np.asarray(images).dtype == np.uint8 else 1)


class NaiveBayes:
    def fit(self, features, labels):
        self.classes = np.unique(labels)
        groups = [features[labels == c] for c in self.classes]
        self.means = np.stack([group.mean(axis=0) for group in groups])
        self.variances = np.stack([group.var(axis=0) + 0.05 * features.var() for group in groups])
        return self

    def predict(self, features):
        gap = features[:, None] - self.means
        score = -0.5 * (gap**2 / self.variances + np.log(self.variances)).sum(axis=2)
        return self.classes[score.argmax(axis=1)].astype(float)


def extract_features(images):
    shades = np.minimum((unit(images) * 8).astype(int), 7)
    counts = [[np.bincount(image[..., c].ravel(), minlength=8) for c in range(3)] for image in shades]
    return np.sqrt(np.array(counts).reshape(len(images), -1))


def build_classifier():
    return NaiveBayes()


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()
    classifier.fit(extract_features(train_images), train_labels)
    return classifier.predict(extract_features(test_images))
