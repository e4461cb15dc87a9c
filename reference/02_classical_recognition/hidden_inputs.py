"""Inputs of the staff's checks: other pictures and points, drawn by the same code with other seeds.

Names are those of the exercise's ``inputs.py``, with ``hidden.`` in front. The labels of what is to be recognised
are what ``answers`` returns; they never travel with the inputs.
"""

import importlib.util
from pathlib import Path

import numpy as np

_FILE = Path(__file__).resolve().parents[2] / "exercises" / "02_classical_recognition" / "inputs.py"
_SPEC = importlib.util.spec_from_file_location("classical_recognition_inputs", _FILE)
visible = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(visible)

#: Class ids of the kinds, in the order of ``KINDS``.
IDS = np.array([12, 30, 3, 21])
#: Class ids of the points, of which there are more kinds and more features than in the visible checks.
POINT_IDS = np.array([6, 0, 11, 4, 9])


def _drawn(seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    rng = np.random.Generator(np.random.PCG64(seed + 200))
    train_images, train_kinds = visible.pictures(visible.TRAIN, rng)
    test_images, test_kinds = visible.pictures(visible.TEST, rng)
    centres = 3.0 * rng.permutation(np.eye(9))[: len(POINT_IDS)] + rng.normal(0.0, 0.3, size=(len(POINT_IDS), 9))
    features, which = visible.points(centres, 15, rng)
    test_features, test_which = visible.points(centres, 10, rng)
    arrays = {
        "hidden.build_classifier.points.features": features,
        "hidden.build_classifier.points.labels": POINT_IDS[which],
        "hidden.build_classifier.points.test": test_features,
        "hidden.recognise.pictures.train_images": train_images,
        "hidden.recognise.pictures.train_labels": IDS[train_kinds],
        "hidden.recognise.pictures.test_images": test_images,
    }
    answers = {"build_classifier.points": POINT_IDS[test_which], "recognise.pictures": IDS[test_kinds]}
    return arrays, answers


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by ``hidden.<function>.<case>.<argument>``."""
    return _drawn(seed)[0]


def answers(seed: int = 0) -> dict[str, np.ndarray]:
    """Class ids of the test rows, by ``<function>.<case>``."""
    return _drawn(seed)[1]
