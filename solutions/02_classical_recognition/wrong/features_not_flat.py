"""Small images that are not flattened."""

import numpy as np


def extract_features(images):
    return np.mean(images, axis=3).reshape(len(images), 8, 4, 8, 4).mean(axis=(2, 4))


def build_classifier():
    class NearestMean:
        """The class whose mean features are nearest, after all features were brought to one scale."""

        def fit(self, features, labels):
            features = np.asarray(features, dtype=float)
            self.mean, self.spread = features.mean(axis=0), features.std(axis=0) + 1e-9
            scaled = (features - self.mean) / self.spread
            self.classes = np.unique(labels)
            self.centres = np.stack([scaled[labels == c].mean(axis=0) for c in self.classes])
            return self

        def predict(self, features):
            scaled = (np.asarray(features, dtype=float) - self.mean) / self.spread
            distances = np.linalg.norm(scaled[:, np.newaxis] - self.centres, axis=2)
            return self.classes[np.argmin(distances, axis=1)]

    return NearestMean()


def recognise(train_images, train_labels, test_images):
    classifier = build_classifier()
    classifier.fit(extract_features(train_images).reshape(len(train_images), -1), train_labels)
    return classifier.predict(extract_features(test_images).reshape(len(test_images), -1))
