"""Writes ``reference.json``: layer tables and class activation maps as Keras computes them.

    python reference/01_pretrained_tour/make_reference.py

Run it after ``make_given.py``, and when the exercise's ``inputs.py`` changes; tests hold them together.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

HERE = Path(__file__).resolve().parent
EXERCISE = HERE.parents[1] / "exercises" / HERE.name


def load(name: str) -> ModuleType:
    """A module of the exercise."""
    spec = importlib.util.spec_from_file_location(name, EXERCISE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(model: keras.Model) -> list[dict[str, Any]]:
    """``model.layers`` as a table."""
    return [
        {"name": layer.name, "type": type(layer).__name__, "output_shape": list(layer.output.shape)}
        for layer in model.layers
    ]


def raw_map(model: keras.Model, image: np.ndarray, class_index: int) -> np.ndarray:
    """The definition: the last convolution's maps, each times the weight that leads from it to the class."""
    features = keras.Model(model.inputs, model.get_layer("features").output)
    maps = np.asarray(features(image[np.newaxis]))[0].astype(np.float64)
    weights = model.get_layer("predictions").get_weights()[0][:, class_index].astype(np.float64)
    return np.asarray((maps * weights).sum(axis=-1))


def main() -> None:
    inputs, probe = load("inputs"), load("probe")
    arrays = inputs.make(0)
    keras.utils.clear_session()
    inception = keras.applications.InceptionV3(weights=None)
    table = rows(inception)
    given = keras.saving.load_model(EXERCISE / "given_gap.keras")
    maps = {}
    for name in arrays:
        match = re.fullmatch(r"class_activation_map\.(\w+)\.image", name)
        if match and match[1] != "constant":
            class_index = int(arrays[f"class_activation_map.{match[1]}.class_index"])
            maps[match[1]] = raw_map(given, arrays[name], class_index).round(6).tolist()
    version = f"Keras {keras.__version__}"
    fox = {"red fox": 0.67, "kit fox": 0.13, "grey fox": 0.06, "dhole": 0.004, "lesser panda": 0.003}
    document = {
        "sources": {
            "top_k.fox": "chapter 10, Inception v3 in Keras.js: red fox 67%, kit fox 13%, grey fox 6%, dhole 0%, "
            "lesser panda 0%",
            "describe_layers.inception": "chapter 10, the same page: InputLayer [299,299,3]; Conv2D, 32 3x3 "
            "filters, 2x2 striding, no border padding; BatchNormalization; Activation relu. Shapes and the number "
            f"of layers: keras.applications.InceptionV3(weights=None), {version}",
            "describe_layers": f"the networks of probe.py, built by {version}",
            "class_activation_map": "Zhou et al. 2016, Learning Deep Features for Discriminative Localization, "
            "equation 2; feature maps of given_gap.keras computed by Keras, before any normalisation",
            "tour.hits": "share of pictures whose class is the best one (builtin) or among the best five "
            "(imagenet); 10 sample photographs, measured by reference/11_resnet50_predict/measure_real.py",
            "made_by": f"make_reference.py with {version}",
        },
        "prepare_image": {"size": 299, "tolerance": 0.03},
        "top_k": {"fox": [list(pair) for pair in fox.items()]},
        "describe_layers": {
            "functional": rows(probe.functional_network(keras)),
            "sequential": rows(probe.sequential_network(keras)),
            "inception": {"layers": len(table), "first": table[:4], "last": table[-2:]},
        },
        "class_activation_map": {"tolerance": 0.005, "tolerance_resized": 0.06, "maps": maps},
        "tour": {
            "kinds": ["square", "disc", "triangle"],
            "photographs": probe.PHOTOGRAPHS,
            "hits": HITS,
            "measured": MEASURED,
        },
    }
    # One row of numbers, or one layer, to a line.
    text = json.dumps(document, indent=1, ensure_ascii=False)
    text = re.sub(r"\[[^\[\]{}]*\]", lambda row: "[" + " ".join(row[0][1:-1].split()) + "]", text)
    text = re.sub(r'\{\s+("name"[^{}]*?)\s+\}', lambda row: "{" + " ".join(row[1].split()) + "}", text)
    (HERE / "reference.json").write_text(text + "\n", encoding="utf-8")


#: Share of photographs that must be recognised; measured by ``measure_real.py`` of 11_resnet50_predict.
HITS = {"builtin": 1.0, "imagenet": 0.7}
MEASURED = {
    "right (nearest, bilinear, lanczos, middle cut out)": [1.0, 0.9, 0.9, 0.9],
    "channels reversed": 0.6,
    "not scaled": 0.0,
}


if __name__ == "__main__":
    main()
