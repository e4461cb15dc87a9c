"""Inputs of the staff's checks: random boxes, masks, detections and probabilities; values differ with the seed.

Names are those of the exercise's ``inputs.py``, with ``hidden.`` in front. No IoU of two detections lies within
``MARGIN`` of a threshold, so that rounding decides nothing.
"""

import numpy as np

MARGIN = 0.005


def iou_table(boxes: np.ndarray) -> np.ndarray:
    """IoU of every pair of (n, 4) boxes with areas."""
    low = np.maximum(boxes[:, np.newaxis, :2], boxes[np.newaxis, :, :2])
    high = np.minimum(boxes[:, np.newaxis, 2:], boxes[np.newaxis, :, 2:])
    overlap = np.prod(np.clip(high - low, 0.0, None), axis=-1)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=-1)
    return overlap / (area[:, np.newaxis] + area[np.newaxis] - overlap)


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by ``hidden.<function>.<case>.<argument>``."""
    rng = np.random.Generator(np.random.PCG64(seed + 400))

    def box(low: float, high: float) -> np.ndarray:
        corner = rng.uniform(low, high, size=2)
        return np.concatenate([corner, corner + rng.uniform(4.0, 30.0, size=2)])

    def pair(shift: tuple[float, float]) -> dict[str, object]:
        """A box and the same moved by a share of its size, then made a little larger."""
        first = box(-20.0, 60.0)
        moved = first + np.tile((first[2:] - first[:2]) * shift, 2)
        moved[2:] += rng.uniform(0.5, 2.0, size=2)
        return {"a": first, "b": moved}

    def detections(objects: int, per_object: int, thresholds: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Boxes that crowd around a few objects, in no order, and different scores."""
        while True:
            centres = rng.uniform(20.0, 180.0, size=(objects, 1, 4))
            centres[..., 2:] = centres[..., :2] + rng.uniform(25.0, 60.0, size=(objects, 1, 2))
            boxes = (centres + rng.uniform(-9.0, 9.0, size=(objects, per_object, 4))).reshape(-1, 4)
            scores = rng.permutation(np.linspace(0.05, 0.99, len(boxes)))
            table = iou_table(boxes)
            if all(np.abs(table - threshold).min() > MARGIN for threshold in thresholds):
                return boxes, scores

    def probabilities(images: int, classes: int) -> np.ndarray:
        raw = rng.exponential(size=(images, classes))
        return raw / raw.sum(axis=1, keepdims=True)

    def mask(density: float, *shape: int) -> np.ndarray:
        return rng.random(shape) < density

    boxes, scores = detections(4, 5, (0.5,))
    crowd, crowd_scores = detections(3, 6, (0.25, 0.65))
    cases: dict[str, dict[str, object]] = {
        "box_iou.slight": pair((0.7, 0.6)),
        "box_iou.strong": pair((-0.1, 0.15)),
        "box_iou.sideways": pair((0.0, -0.4)),
        "box_iou.below_left": pair((-1.5, 1.8)),
        "box_iou.beside": pair((2.5, 0.1)),
        "box_iou.flat": {"a": np.array([2.0, 7.0, 9.0, 7.0]), "b": np.array([2.0, 7.0, 9.0, 7.0])},
        "mask_iou.bool": {"prediction": mask(0.5, 13, 11), "target": mask(0.4, 13, 11)},
        "mask_iou.uint8": {
            "prediction": np.uint8(mask(0.2, 20, 20)),
            "target": np.uint8(mask(0.9, 20, 20)),
        },
        "mask_iou.mixed": {"prediction": mask(0.6, 7, 16), "target": np.int64(mask(0.3, 7, 16))},
        "mask_iou.no_target": {"prediction": mask(0.5, 6, 6), "target": np.zeros((6, 6), bool)},
        "non_max_suppression.default": {"boxes": boxes, "scores": scores},
        "non_max_suppression.strict": {"boxes": crowd, "scores": crowd_scores, "threshold": 0.25},
        "non_max_suppression.loose": {"boxes": crowd, "scores": crowd_scores, "threshold": 0.65},
        "top_k_accuracy.default": {"probabilities": probabilities(60, 12), "labels": rng.integers(0, 12, 60)},
        "top_k_accuracy.top1": {"probabilities": probabilities(40, 3), "labels": rng.integers(0, 3, 40), "k": 1},
        "top_k_accuracy.top7": {"probabilities": probabilities(50, 20), "labels": rng.integers(0, 20, 50), "k": 7},
        "top_k_accuracy.two": {"probabilities": probabilities(5, 2), "labels": rng.integers(0, 2, 5)},
    }
    return {
        f"hidden.{case}.{argument}": np.asarray(value)
        for case, arguments in cases.items()
        for argument, value in arguments.items()
    }
