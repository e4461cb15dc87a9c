"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

An array is named ``<function>.<case>.<argument>``; an argument that a case leaves out keeps its default. The
expected values are in ``reference.json``, computed by Keras and TensorFlow from these very arrays, so they are the
same for every seed. No IoU lies near a threshold, and there are no equal scores or probabilities.
"""

import numpy as np

#: Three objects: two boxes on the first, three on the second, one on the third.
SCENE = [
    (12.0, 10.0, 52.0, 50.0),
    (60.0, 20.0, 100.0, 90.0),
    (15.0, 12.0, 55.0, 50.0),
    (62.0, 18.0, 104.0, 88.0),
    (110.0, 5.0, 125.0, 25.0),
    (58.0, 25.0, 98.0, 95.0),
]
SCENE_SCORES = [0.81, 0.62, 0.93, 0.88, 0.35, 0.71]
#: Each box overlaps with the next one by an IoU of 2/3, and with the one after that by 3/7 only.
CHAIN = [(0.0, 0.0, 10.0, 10.0), (2.0, 0.0, 12.0, 10.0), (4.0, 0.0, 14.0, 10.0), (6.0, 0.0, 16.0, 10.0)]
#: Beside the first box: IoU 0.8, 0.6 and 0.38.
STEPS = [(0.0, 0.0, 10.0, 10.0), (0.0, 0.0, 8.0, 10.0), (0.0, 0.0, 10.0, 6.0), (0.0, 0.0, 3.8, 10.0)]


def cases() -> dict[str, dict[str, object]]:
    """Arguments by ``<function>.<case>``."""
    rng = np.random.Generator(np.random.PCG64(104))

    def boxes(a: tuple[float, ...], b: tuple[float, ...]) -> dict[str, object]:
        return {"a": np.array(a), "b": np.array(b)}

    def mask(density: float) -> np.ndarray:
        return rng.random((8, 10)) < density

    def scene(threshold: float | None = None) -> dict[str, object]:
        given = {"boxes": np.array(SCENE), "scores": np.array(SCENE_SCORES)}
        return given if threshold is None else given | {"threshold": threshold}

    def steps(threshold: float) -> dict[str, object]:
        return {"boxes": np.array(STEPS), "scores": np.array([0.9, 0.8, 0.7, 0.6]), "threshold": threshold}

    def probabilities(images: int, classes: int) -> np.ndarray:
        raw = rng.random((images, classes))
        return (raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)

    def labels(images: int, classes: int) -> np.ndarray:
        return rng.integers(0, classes, size=images)

    left, right = np.zeros((6, 7), bool), np.zeros((6, 7), bool)
    left[1:4, :3] = True
    right[2:5, 3:6] = True
    target, inner = np.zeros((9, 9), bool), np.zeros((9, 9), bool)
    target[1:7, 2:8] = True
    inner[2:5, 3:6] = True
    blob = mask(0.4)
    return {
        "box_iou.overlap": boxes((0.0, 0.0, 10.0, 10.0), (5.0, 5.0, 15.0, 15.0)),
        "box_iou.part": boxes((20.0, 30.0, 80.0, 70.0), (50.0, 40.0, 110.0, 100.0)),
        "box_iou.inside": boxes((0.0, 0.0, 12.0, 8.0), (3.0, 2.0, 9.0, 6.0)),
        "box_iou.unit": boxes((0.1, 0.2, 0.5, 0.6), (0.3, 0.1, 0.7, 0.5)),
        "box_iou.negative": boxes((-4.0, -3.0, 4.0, 3.0), (-2.0, -5.0, 6.0, 1.0)),
        "box_iou.identical": boxes((3.5, 4.5, 20.0, 31.0), (3.5, 4.5, 20.0, 31.0)),
        "box_iou.beside": boxes((0.0, 0.0, 10.0, 10.0), (14.0, 0.0, 24.0, 10.0)),
        "box_iou.above": boxes((0.0, 20.0, 10.0, 30.0), (0.0, 2.0, 10.0, 12.0)),
        # Both sides of the intersection are negative: their product is not.
        "box_iou.diagonal": boxes((0.0, 0.0, 10.0, 10.0), (20.0, 20.0, 30.0, 30.0)),
        "box_iou.touching": boxes((0.0, 0.0, 10.0, 10.0), (10.0, 0.0, 20.0, 10.0)),
        "box_iou.corner": boxes((0.0, 0.0, 10.0, 10.0), (10.0, 10.0, 20.0, 20.0)),
        "box_iou.line": boxes((5.0, 0.0, 5.0, 10.0), (0.0, 0.0, 10.0, 10.0)),
        "box_iou.point": boxes((3.0, 3.0, 3.0, 3.0), (3.0, 3.0, 3.0, 3.0)),
        "box_iou.lines": boxes((1.0, 1.0, 1.0, 9.0), (0.0, 4.0, 8.0, 4.0)),
        "mask_iou.bool": {"prediction": mask(0.5), "target": mask(0.5)},
        "mask_iou.uint8": {"prediction": np.uint8(mask(0.6)), "target": np.uint8(mask(0.3))},
        "mask_iou.int64": {"prediction": np.int64(mask(0.3)), "target": np.int64(mask(0.7))},
        "mask_iou.inside": {"prediction": inner, "target": target},
        "mask_iou.identical": {"prediction": blob, "target": blob},
        "mask_iou.apart": {"prediction": left, "target": right},
        "mask_iou.no_prediction": {"prediction": np.zeros((8, 10), bool), "target": mask(0.4)},
        "mask_iou.both_empty": {"prediction": np.zeros((5, 6), np.uint8), "target": np.zeros((5, 6), np.uint8)},
        "non_max_suppression.scene": scene(),
        "non_max_suppression.apart": {
            "boxes": np.array([(40.0 * i, 0.0, 40.0 * i + 20.0, 30.0) for i in range(4)]),
            "scores": np.array([0.2, 0.9, 0.4, 0.7]),
        },
        "non_max_suppression.one": {"boxes": np.array([(1.0, 2.0, 3.0, 5.0)]), "scores": np.array([0.6])},
        "non_max_suppression.chain": {"boxes": np.array(CHAIN), "scores": np.array([0.9, 0.8, 0.7, 0.6])},
        "non_max_suppression.strict": steps(0.3),
        "non_max_suppression.middle": steps(0.5),
        "non_max_suppression.loose": steps(0.7),
        "non_max_suppression.empty": {"boxes": np.zeros((0, 4)), "scores": np.zeros(0)},
        "top_k_accuracy.top5": {"probabilities": probabilities(20, 10), "labels": labels(20, 10)},
        "top_k_accuracy.top3": {"probabilities": probabilities(15, 8), "labels": labels(15, 8), "k": 3},
        "top_k_accuracy.top2": {"probabilities": probabilities(7, 5), "labels": labels(7, 5), "k": 2},
        "top_k_accuracy.top1": {"probabilities": probabilities(16, 4), "labels": labels(16, 4), "k": 1},
        "top_k_accuracy.one_image": {"probabilities": probabilities(1, 6), "labels": labels(1, 6), "k": 4},
        "top_k_accuracy.all_classes": {"probabilities": probabilities(9, 4), "labels": labels(9, 4), "k": 4},
        "top_k_accuracy.few_classes": {"probabilities": probabilities(9, 3), "labels": labels(9, 3)},
    }


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by ``<function>.<case>.<argument>``; ``seed`` changes nothing here."""
    del seed
    return {
        f"{case}.{argument}": np.asarray(value)
        for case, arguments in cases().items()
        for argument, value in arguments.items()
    }
