"""Writes ``reference.json``: parameter counts of the three strategies around models of the chapter.

    python reference/12_transfer_strategies/make_reference.py

Models are built without weights and never initialised. The classifier is global average pooling and one ``Dense``.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

#: Models of the chapter's table: side of the input image, classes, and the first layer that strategy 2 trains.
MODELS = {
    "MobileNet": (96, 2, "conv_dw_12"),
    "MobileNetV2": (96, 3, "block_14_expand"),
    "ResNet50": (224, 2, "conv5_block1_1_conv"),
}


def count(variables: list[Any]) -> int:
    """Numbers in all of them."""
    return sum(math.prod(variable.shape) for variable in variables if "seed_generator" not in variable.path)


def around(name: str, strategy: int) -> dict[str, int]:
    """Trainable and frozen parameters of one strategy's model."""
    side, classes, first = MODELS[name]
    with keras.StatelessScope(initialize_variables=False):
        base = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(side, side, 3))
        if strategy == 2:
            for layer in base.layers[: base.layers.index(base.get_layer(first))]:
                layer.trainable = False
        elif strategy == 3:
            base.trainable = False
        layers = [base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(classes)]
        model = keras.Sequential(layers)
    trainable = count(model.trainable_variables)
    return {"trainable": trainable, "frozen": count(model.weights) - trainable}


def facts(name: str) -> dict[str, Any]:
    """What the checks and the documentation say of one model."""
    side, classes, first = MODELS[name]
    with keras.StatelessScope(initialize_variables=False):
        base = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(side, side, 3))
    return {
        "classes": classes,
        "parameters": count(base.weights),
        "trainable": count(base.trainable_variables),
        "strategy2_trains_from": first,
        "strategies": {str(strategy): around(name, strategy) for strategy in (1, 2, 3)},
        "layer_parameters": [count(layer.weights) for layer in base.layers if layer.weights],
    }


def given_base() -> dict[str, Any]:
    """The given file's layers: trainable parameters of each, and the channels that it ends in."""
    here = Path(__file__).resolve().parent
    base = keras.saving.load_model(here.parents[1] / "exercises" / here.name / "given_base.keras")
    return {
        "trainable_by_layer": [count(layer.trainable_weights) for layer in base.layers],
        "channels": base.output_shape[-1],
    }


def main() -> None:
    sources = {
        "strategies": "chapter 10, redefining a pre-trained model for one's own project, figure 10-13",
        "real": f"keras.applications.<name>(weights=None, include_top=False), Keras {keras.__version__}: all "
        "parameters of the base, those that training changes, and both of the model with global average pooling "
        "and Dense(classes); strategy 2 fixes every layer before strategy2_trains_from, which is our choice "
        "(the chapter says: some)",
        "given_base": "exercises/12_transfer_strategies/given_base.keras, made by make_given.py: accuracy 1.000 "
        "on 400 new images of its five kinds below its old classifier",
    }
    path = Path(__file__).with_name("reference.json")
    contents = {"sources": sources, "given_base": given_base(), "real": {name: facts(name) for name in MODELS}}
    path.write_text(json.dumps(contents, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
