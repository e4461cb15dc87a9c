"""The share of pixels that agree, background included."""

import numpy as np


def box_iou(a, b):
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    intersection = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - intersection
    return float(intersection / union) if union > 0 else 0.0


def mask_iou(prediction, target):
    return np.mean(np.asarray(prediction, bool) == np.asarray(target, bool))


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
