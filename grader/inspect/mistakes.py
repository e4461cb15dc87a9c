"""A few hidden test images that a model got wrong, for the report. The others, and all labels, stay here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.inspect.models import TEST, Inspection
from grader.inspect.scoring import as_probabilities, gives_logits
from grader.schema import Exercise
from grader.wire.npy import BadArray, read_array, write_array

#: Arrays of the facts that hold them; no evidence may have a name that begins like this.
PICTURE_PREFIX = "picture."
IMAGES, CLASSES = f"{PICTURE_PREFIX}mistakes.images", f"{PICTURE_PREFIX}mistakes.classes"
MOST = 8
#: Only these many test images can ever be shown, however often somebody hands in.
SHOWN_OF = 128
SIDE = 64


def keep_mistakes(
    exercise: Exercise,
    inspection: Inspection,
    labels: np.ndarray[Any, Any],
    test_images: Path | None,
    folder: Path,
) -> Inspection:
    """Store up to eight wrongly classified test images of the graded model as arrays of the facts.

    ``picture.mistakes.images`` is uint8 (n, h, w, c), at most 64 pixels a side; ``picture.mistakes.classes`` is
    float32 (n, 3): true class, predicted class, predicted probability. Nothing where nothing is wrong.
    """
    name = next((name for name in exercise.graded_model if name in inspection.models), None)
    path = inspection.arrays.get(f"{name}.predict.{TEST}")
    if name is None or path is None or test_images is None or not inspection.models[name].scores.get(TEST):
        return inspection
    try:
        values = as_probabilities(read_array(path), logits=gives_logits(inspection.models[name]))
        images = np.load(test_images, mmap_mode="r", allow_pickle=False)
    except (BadArray, OSError, ValueError):
        return inspection
    if values is None or len(values) != len(labels) or images.ndim != 4:
        return inspection
    wrong = choose(values, labels)
    if not wrong:
        return inspection
    step = max(1, -(-max(images.shape[1:3]) // SIDE))
    shown = np.stack([_smaller(np.asarray(images[i]), step) for i in wrong])
    chosen = values[wrong].argmax(axis=1)
    classes = np.stack([labels[wrong], chosen, values[wrong, chosen]], axis=1).astype("<f4")
    files = {IMAGES: folder / f"{IMAGES}.npy", CLASSES: folder / f"{CLASSES}.npy"}
    write_array(files[IMAGES], shown.astype(np.uint8))
    write_array(files[CLASSES], classes)
    return replace(inspection, arrays={**inspection.arrays, **files})


def choose(values: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> list[int]:
    """Which images to show: the surest mistake of each kind first, then the surest ones left."""
    window = range(min(SHOWN_OF, len(labels)))
    wrong = [i for i in window if np.isfinite(values[i]).all() and int(values[i].argmax()) != int(labels[i])]
    wrong.sort(key=lambda i: (-float(values[i].max()), i))
    kinds: set[tuple[int, int]] = set()
    first = [i for i in wrong if _new(kinds, (int(labels[i]), int(values[i].argmax())))]
    rest = [i for i in wrong if i not in set(first)]
    return [*first, *rest][:MOST]


def _new(seen: set[tuple[int, int]], kind: tuple[int, int]) -> bool:
    if kind in seen:
        return False
    seen.add(kind)
    return True


def _smaller(image: np.ndarray[Any, Any], step: int) -> np.ndarray[Any, Any]:
    """``image`` with each block of ``step`` x ``step`` pixels as their mean."""
    height, width = (size // step * step for size in image.shape[:2])
    blocks = image[:height, :width].reshape(height // step, step, width // step, step, image.shape[2])
    return np.asarray(np.rint(blocks.mean(axis=(1, 3))))
