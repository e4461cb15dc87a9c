"""Classes by argpartition, masks by summing, an epsilon in the denominators, suppression on a shrinking array."""

import numpy as np


def box_iou(a, b):
    a, b = np.float64(a), np.float64(b)
    sides = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    overlap = sides[0] * sides[1]
    total = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])
    return overlap / np.maximum(total - overlap, 1e-9)


def mask_iou(prediction, target):
    total = np.int64(prediction) + np.int64(target)
    return np.sum(total == 2) / (np.sum(total > 0) + 1e-8)


def non_max_suppression(boxes, scores, threshold=0.5):
    order = scores.argsort()
    keep = []
    while order.size > 0:
        i, order = order[-1], order[:-1]
        keep.append(i)
        overlaps = np.array([box_iou(boxes[i], boxes[j]) for j in order])
        order = order[overlaps <= threshold] if order.size else order
    return np.array(keep, dtype=np.int32)


def top_k_accuracy(probabilities, labels, k=5):
    classes = probabilities.shape[1]
    if k >= classes:
        return 1.0
    best = np.argpartition(probabilities, classes - k, axis=1)[:, -k:]
    return np.array([label in row for label, row in zip(labels, best)]).mean()
