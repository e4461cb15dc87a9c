"""Asks for the k largest of fewer than k probabilities."""

import numpy as np


def box_iou(a, b):
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    intersection = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - intersection
    return float(intersection / union) if union > 0 else 0.0


def mask_iou(prediction, target):
    prediction = np.asarray(prediction).astype(bool)
    target = np.asarray(target).astype(bool)
    union = np.count_nonzero(prediction | target)
    if union == 0:
        return 0.0
    return np.count_nonzero(prediction & target) / union


def non_max_suppression(boxes, scores, threshold=0.5):
    kept = []
    for index in np.argsort(scores)[::-1]:
        if all(box_iou(boxes[index], boxes[other]) <= threshold for other in kept):
            kept.append(int(index))
    return kept


def top_k_accuracy(probabilities, labels, k=5):
    best = np.argpartition(-probabilities, k - 1, axis=1)[:, :k]
    return np.mean([label in row for label, row in zip(labels, best)])
