"""Writes ``reference.json``: what Keras and TensorFlow compute for the inputs of the visible checks.

    python reference/04_vision_tasks/make_reference.py

Run it again when ``exercises/04_vision_tasks/inputs.py`` changes; a test holds the two together.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
INPUTS = HERE.parents[1] / "exercises" / HERE.name / "inputs.py"


def box_iou(a: np.ndarray, b: np.ndarray) -> float:
    """``keras.utils.bounding_boxes.compute_iou`` (float32)."""
    import keras

    table = keras.utils.bounding_boxes.compute_iou(np.float32([a]), np.float32([b]), bounding_box_format="xyxy")
    return round(float(np.asarray(table)[0, 0]), 6)


def mask_iou(prediction: np.ndarray, target: np.ndarray) -> float | None:
    """``keras.metrics.BinaryIoU`` of the class 1; None where both masks are empty, which is left open."""
    import keras

    if not prediction.any() and not target.any():
        return None
    metric = keras.metrics.BinaryIoU(target_class_ids=[1])
    metric.update_state(np.float32(target), np.float32(prediction))
    return round(float(metric.result()), 6)


def non_max_suppression(boxes: np.ndarray, scores: np.ndarray, threshold: float = 0.5) -> list[int]:
    """``tf.image.non_max_suppression``; it takes (y1, x1, y2, x2)."""
    import tensorflow as tf

    turned = np.float32(boxes)[:, [1, 0, 3, 2]]
    count = max(len(boxes), 1)
    kept = tf.image.non_max_suppression(turned, np.float32(scores), count, iou_threshold=float(threshold))
    return [int(index) for index in kept.numpy()]


def top_k_accuracy(probabilities: np.ndarray, labels: np.ndarray, k: int = 5) -> float:
    """Mean of ``keras.metrics.sparse_top_k_categorical_accuracy``."""
    import keras

    k = min(int(k), probabilities.shape[1])  # Keras takes no k beyond the number of classes
    hits = keras.metrics.sparse_top_k_categorical_accuracy(labels, np.float32(probabilities), k=k)
    return round(float(np.mean(np.asarray(hits))), 6)


FUNCTIONS = {f.__name__: f for f in (box_iou, mask_iou, non_max_suppression, top_k_accuracy)}


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import tensorflow as tf

    spec = importlib.util.spec_from_file_location("inputs", INPUTS)
    assert spec is not None
    assert spec.loader is not None
    inputs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inputs)

    arguments: dict[str, dict[str, Any]] = {}
    for name, array in inputs.make(0).items():
        case, _, argument = name.rpartition(".")
        arguments.setdefault(case, {})[argument] = array if array.ndim else array.item()
    expected: dict[str, dict[str, Any]] = {}
    for case, given in arguments.items():
        function, _, label = case.partition(".")
        expected.setdefault(function, {})[label] = FUNCTIONS[function](**given)

    document = {
        "sources": {
            "box_iou": "keras.utils.bounding_boxes.compute_iou, format xyxy, float32; the intersection "
            "over union of Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 88 (2010)",
            "mask_iou": "keras.metrics.BinaryIoU(target_class_ids=[1]); two empty masks are 0/0, left open: "
            "Keras gives 0, and 1 says that the two agree",
            "non_max_suppression": "tf.image.non_max_suppression: greedy, suppresses what is above the threshold",
            "top_k_accuracy": "keras.metrics.sparse_top_k_categorical_accuracy; the columns Top-1 and Top-5 of "
            "the table of pre-trained models in chapter 10",
            "tasks": "chapter 10, examples of computer vision: 영상 분할, 객체 감지, 영상 분류",
            "made_by": f"make_reference.py with Keras {keras.__version__} and TensorFlow {tf.__version__}",
        },
        "tolerance": 1e-4,
        **expected,
    }
    text = re.sub(
        r"\[\s+([-0-9.e,\s]+?)\s+\]",
        lambda row: "[" + " ".join(row.group(1).split()) + "]",
        json.dumps(document, indent=1, ensure_ascii=False),
    )
    (HERE / "reference.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
