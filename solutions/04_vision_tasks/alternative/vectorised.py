"""Tables of all pairs at once; arrays as results; a small number keeps the division safe."""

import numpy as np


def pairwise_iou(first, second):
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=2)
    area_first = np.prod(first[:, 2:] - first[:, :2], axis=1)[:, None]
    area_second = np.prod(second[:, 2:] - second[:, :2], axis=1)[None]
    return both / (area_first + area_second - both + 1e-7)


def box_iou(a, b):
    return pairwise_iou(np.atleast_2d(a), np.atleast_2d(b))


def mask_iou(prediction, target):
    prediction, target = prediction != 0, target != 0
    return (prediction * target).sum() / max((prediction + target).sum(), 1)


def non_max_suppression(boxes, scores, threshold=0.5):
    order = np.argsort(-scores, kind="stable")
    table = pairwise_iou(boxes[order], boxes[order])
    alive = np.ones(len(order), dtype=bool)
    for i in range(len(order)):
        if alive[i]:
            alive[i + 1 :] &= table[i, i + 1 :] <= threshold
    return order[alive]


def top_k_accuracy(probabilities, labels, k=5):
    own = probabilities[np.arange(len(labels)), labels]
    rank = (probabilities > own[:, None]).sum(axis=1)
    return np.mean(rank < k)
