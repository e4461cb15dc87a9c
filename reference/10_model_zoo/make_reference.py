"""Writes ``reference.json``: the chapter's table of pre-trained models, and what the library's own models hold.

    python reference/10_model_zoo/make_reference.py

Sizes, accuracies and depths are the chapter's, as given. Parameters are the chapter's, and recomputed: every model
is built with ``weights=None`` and counted, and the script stops where a number is not the table's. Variables are
never initialised, so the 13 models take a few seconds and little memory.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

FIELDS = ("size_mb", "top1", "top5", "parameters", "depth")
#: Chapter 10, table of pre-trained models, in its order; None is the table's dash.
CHAPTER: dict[str, tuple[int, float, float, int, int | None]] = {
    "Xception": (88, 0.790, 0.945, 22_910_480, 126),
    "VGG16": (528, 0.713, 0.901, 138_357_544, 23),
    "VGG19": (549, 0.713, 0.900, 143_667_240, 26),
    "ResNet50": (98, 0.749, 0.921, 25_636_712, None),
    "ResNet101": (171, 0.764, 0.928, 44_707_176, None),
    "ResNet152": (232, 0.766, 0.931, 60_419_944, None),
    "ResNet50V2": (98, 0.760, 0.930, 25_613_800, None),
    "ResNet101V2": (171, 0.772, 0.938, 44_675_560, None),
    "ResNet152V2": (232, 0.780, 0.942, 60_380_648, None),
    "InceptionV3": (92, 0.779, 0.937, 23_851_784, 159),
    "InceptionResNetV2": (215, 0.803, 0.953, 55_873_736, 572),
    "MobileNet": (16, 0.704, 0.895, 4_253_864, 88),
    "MobileNetV2": (14, 0.713, 0.901, 3_538_984, 88),
}


def built(name: str) -> dict[str, Any]:
    """What the running library's model ``name`` is made of."""
    with keras.StatelessScope(initialize_variables=False):
        model = getattr(keras.applications, name)(weights=None)
    kinds = Counter(type(layer).__name__ for layer in model.layers if layer.weights)
    total = model.count_params()
    trainable = sum(int(keras.ops.prod(variable.shape)) for variable in model.trainable_variables)
    return {
        "parameters": total,
        "trainable": trainable,
        "not_trainable": total - trainable,
        "mebibytes": round(total * 4 / 2**20, 1),
        "input_shape": list(model.input_shape),
        "output_shape": list(model.output_shape),
        "all_layers": len(model.layers),
        "layers": dict(sorted(kinds.items())),
    }


def main() -> None:
    found = {name: built(name) for name in CHAPTER}
    for name, row in CHAPTER.items():
        if found[name]["parameters"] != row[3]:
            raise SystemExit(f"{name}: {found[name]['parameters']} parameters, {row[3]} in the chapter")
    sources = {
        "models": "chapter 10, table of pre-trained models (13 rows), as given; a dash is null",
        "models.*.parameters": "the same table; equal to count_params() of the model, see built.*.parameters",
        "built": f"keras.applications.<name>(weights=None), Keras {keras.__version__}: all parameters, those that "
        "training changes and those that it does not (statistics of BatchNormalization), size at 4 bytes each in "
        "2**20 bytes (within 2 of the table's sizes), and layers with parameters by kind",
    }
    models = {name: dict(zip(FIELDS, row, strict=True)) for name, row in CHAPTER.items()}
    path = Path(__file__).with_name("reference.json")
    text = json.dumps({"sources": sources, "models": models, "built": found}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
