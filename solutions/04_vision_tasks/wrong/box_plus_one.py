"""Counts pixels (+ 1) where the coordinates are continuous."""

import numpy as np


def box_iou(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]) + 1)
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]) + 1)
    both = width * height
    area_a = (a[2] - a[0] + 1) * (a[3] - a[1] + 1)
    area_b = (b[2] - b[0] + 1) * (b[3] - b[1] + 1)
    return both / (area_a + area_b - both)


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
    best = np.argsort(probabilities, axis=1)[:, ::-1][:, :k]
    hits = (best == np.asarray(labels)[:, np.newaxis]).any(axis=1)
    return float(hits.mean())
