"""Writes ``reference.json``: labels of the visible test images and points, minimum accuracies and their samples.

    python reference/02_classical_recognition/make_reference.py

The minimum is calibrated with the solution and all alternatives on ``SETS`` other sets of pictures: the largest
multiple of 0.05 that lies ``DEVIATIONS`` standard deviations or more below the mean accuracy of each of them, so
that none falls below it more than once in a thousand sets. Run it again when ``inputs.py`` or an answer changes; a
test holds them together.
"""

from __future__ import annotations

import importlib.util
import json
import math
import re
from pathlib import Path
from types import ModuleType

import numpy as np

from grader.authoring import read_answer
from grader.catalog import load_course

HERE = Path(__file__).resolve().parent
EXERCISE = HERE.parents[1] / "exercises" / HERE.name
SOLUTION = HERE.parents[1] / "solutions" / HERE.name
SETS = 20
DEVIATIONS = 3.1
CLASSIFIER_MINIMUM = 0.9
#: Wrong answers that run: what they reach shows that the minimum keeps them out.
TOO_WEAK = ("features_brightness", "recognise_training_labels", "classifier_majority")


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"made_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(source: str) -> ModuleType:
    """A wrong answer as a module."""
    module = ModuleType("made_wrong")
    exec(source, vars(module))
    return module


def visible_answers(inputs: ModuleType) -> tuple[np.ndarray, np.ndarray]:
    """Kinds of the visible test images and classes of the visible test points.

    Draws what ``inputs.make(0)`` draws, in its order, and keeps what that one throws away.
    """
    found: list[np.ndarray] = []

    def keep(function):  # type: ignore[no-untyped-def]
        def wrapped(*arguments):  # type: ignore[no-untyped-def]
            arrays, kinds = function(*arguments)
            found.append(kinds)
            return arrays, kinds

        return wrapped

    pictures, points = inputs.pictures, inputs.points
    inputs.pictures, inputs.points = keep(pictures), keep(points)
    try:
        inputs.make(0)
    finally:
        inputs.pictures, inputs.points = pictures, points
    _, test_kinds, _, test_points = found
    return test_kinds, test_points


def accuracies(answer: ModuleType, inputs: ModuleType) -> list[float]:
    """Accuracy of ``recognise`` on ``SETS`` sets of pictures that are neither the visible nor the hidden one."""
    results = []
    for number in range(SETS):
        rng = np.random.Generator(np.random.PCG64(10_000 + number))
        np.random.seed(number)
        train_images, train_kinds = inputs.pictures(inputs.TRAIN, rng)
        test_images, test_kinds = inputs.pictures(inputs.TEST, rng)
        predicted = np.asarray(answer.recognise(train_images, train_kinds, test_images)).reshape(-1)
        results.append(round(float(np.mean(predicted == test_kinds)), 4))
    return results


def lower_bound(samples: list[float]) -> float:
    """What an answer with these accuracies stays above."""
    return float(np.mean(samples) - DEVIATIONS * np.std(samples, ddof=1))


def main() -> None:
    inputs = load(EXERCISE / "inputs.py")
    test_kinds, test_points = visible_answers(inputs)
    files = [SOLUTION / "classical_recognition.py", *sorted((SOLUTION / "alternative").glob("*.py"))]
    samples = {file.stem: accuracies(load(file), inputs) for file in files}
    minimum = math.floor(min(map(lower_bound, samples.values())) * 20 + 1e-9) / 20
    exercise = load_course(HERE.parents[1])[EXERCISE.name]
    weak = {name: accuracies(made(read_answer(exercise, "wrong", name).source), inputs) for name in TOO_WEAK}
    document = {
        "sources": {
            "task": "chapter 10, figure 10-3: in classical image recognition people extract and select features "
            "and hand them to a classifier",
            "labels": "places in KINDS of inputs.py (and in the centres of the points), in the order of the rows",
            "recognise.minimum": f"make_reference.py: {DEVIATIONS} standard deviations below the mean accuracy of "
            f"the solution and of every alternative on {SETS} other sets of pictures, rounded down to 0.05",
            "build_classifier.minimum": "points around centres that are more than six standard deviations apart: "
            "any classifier that learns is right about (nearly) all of them",
        },
        "build_classifier": {"minimum": CLASSIFIER_MINIMUM, "labels": test_points.tolist()},
        "recognise": {
            "minimum": minimum,
            "chance": 1 / len(inputs.KINDS),
            "other_ids": list(inputs.OTHER_IDS),
            "labels": test_kinds.tolist(),
            "samples": samples,
            "too_weak": weak,
        },
    }
    text = re.sub(
        r"\[\s+([-0-9.e,\s]+?)\s+\]",
        lambda row: "[" + " ".join(row.group(1).split()) + "]",
        json.dumps(document, indent=1, ensure_ascii=False),
    )
    (HERE / "reference.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
