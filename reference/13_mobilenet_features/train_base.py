"""Trains base.keras of this exercise: MobileNet(alpha=0.25) on drawn pictures of eight other things.

    python reference/13_mobilenet_features/train_base.py

It stands in for ImageNet weights where those are not at hand. The pictures are those of the built-in cats and dogs
in everything but what they show: an airplane, a car, a bird, a deer, a frog, a horse, a ship or a truck. The base
has seen no cat and no dog, and its features tell them apart all the same, which those of fresh weights do not.

Takes about two minutes of one core; writes the base, and ``base`` in reference.json. The thresholds of
accuracy belong to this very file: calibrate again after running it.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

from grader.authoring.calibrate import format_json
from grader.datasets.builtin.cats_vs_dogs import paint
from grader.datasets.builtin.objects import DRAWINGS
from grader.datasets.class_zip import scaled
from grader.datasets.types import CATS_VS_DOGS, CIFAR10

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "exercises" / HERE.name / "base.keras"
#: All things of CIFAR-10 but cats and dogs.
CLASSES = tuple(name for name in CIFAR10.class_names if name not in CATS_VS_DOGS.class_names)
TRAIN, TEST, EPOCHS, BATCH, RATE = 3000, 400, 8, 32, 0.002
#: First number of the pictures' streams: no data set's.
KEY = 13


def pictures(split: int, count: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Pictures float32 (count, 128, 128, 3) in [-1, 1] and class ids (count,); the classes take turns."""
    labels = np.arange(count) % len(CLASSES)
    drawings = [DRAWINGS[CIFAR10.class_names.index(name)] for name in CLASSES]
    drawn = (paint(drawings[label], (KEY, split, index)) for index, label in enumerate(labels.tolist()))
    images = np.stack([scaled(Image.fromarray(picture), CATS_VS_DOGS.size) for picture in drawn])
    return images / np.float32(127.5) - np.float32(1), labels


def write(base: Any) -> None:
    """Save ``base`` with fixed dates, so that the same weights are the same file."""
    base.save(TARGET)
    with zipfile.ZipFile(TARGET) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = "2000-01-01@00:00:00"
    members["metadata.json"] = json.dumps(metadata).encode()
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)


def record(history: Sequence[float], accuracy: float, base: Any) -> None:
    """Put what is known about the base into reference.json."""
    path = HERE / "reference.json"
    reference = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    reference["base"] = {
        "parameters": base.count_params(),
        "features": list(base.output_shape[1:]),
        "trained_on": {"classes": CLASSES, "images": TRAIN, "epochs": EPOCHS, "learning_rate": RATE},
        "training_accuracy": round(history[-1], 4),
        "test_accuracy": round(accuracy, 4),
        "test_images": TEST,
        "bytes": TARGET.stat().st_size,
    }
    path.write_text(format_json(reference) + "\n", encoding="utf-8")


def main() -> None:
    """Train, save and record."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(13)
    shape = (*CATS_VS_DOGS.size, 3)
    base = keras.applications.MobileNet(alpha=0.25, include_top=False, weights=None, input_shape=shape)
    head = [layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(len(CLASSES), activation="softmax")]
    model = keras.Sequential([base, *head])
    steps = EPOCHS * -(-TRAIN // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(RATE, steps)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(*pictures(0, TRAIN), epochs=EPOCHS, batch_size=BATCH, verbose=2)
    _, accuracy = model.evaluate(*pictures(1, TEST), verbose=0)
    write(base)
    record(history.history["accuracy"], accuracy, base)


if __name__ == "__main__":
    main()
