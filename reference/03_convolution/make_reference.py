"""Writes ``reference.json``: what Keras itself computes for the inputs of the visible checks.

    python reference/03_convolution/make_reference.py

Run it again when ``exercises/03_convolution/inputs.py`` changes; a test holds the two together.
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
PADDING = ("valid", "same")


def conv2d(image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0) -> Any:
    """``keras.ops.conv`` in float64, one image and one filter."""
    import keras

    if image.ndim == 2:
        image, kernel = image[..., np.newaxis], kernel[..., np.newaxis]
    result = keras.ops.conv(
        np.float64(image)[np.newaxis],
        np.float64(kernel)[..., np.newaxis],
        strides=int(stride),
        padding=PADDING[int(padding)],
        data_format="channels_last",
    )
    return np.asarray(result)[0, ..., 0].round(9).tolist()


def max_pool2d(feature_map: np.ndarray, size: int = 2) -> Any:
    """``keras.ops.max_pool`` without padding; Keras wants a channel axis."""
    import keras

    flat = feature_map.ndim == 2
    maps = np.float64(feature_map[..., np.newaxis] if flat else feature_map)
    pooled = keras.ops.max_pool(maps[np.newaxis], int(size), padding="valid", data_format="channels_last")
    result = np.float64(np.asarray(pooled)[0]).round(6)  # Keras pools in float32
    return (result[..., 0] if flat else result).tolist()


def _layer(filters: int, kernel_size: np.ndarray, **options: Any) -> Any:
    import keras

    kernel = tuple(int(n) for n in kernel_size) if kernel_size.ndim else int(kernel_size)
    return keras.layers.Conv2D(int(filters), kernel, **options)


def conv_output_shape(
    input_shape: np.ndarray, filters: int, kernel_size: np.ndarray, stride: int = 1, padding: int = 0
) -> list[int]:
    """``keras.layers.Conv2D.compute_output_shape`` without the batch size."""
    layer = _layer(filters, kernel_size, strides=int(stride), padding=PADDING[int(padding)])
    shape = layer.compute_output_shape((None, *(int(n) for n in input_shape)))
    return [int(n) for n in shape[1:]]


def conv_parameter_count(kernel_size: np.ndarray, in_channels: int, filters: int, use_bias: bool = True) -> int:
    """``count_params`` of a built ``keras.layers.Conv2D``."""
    layer = _layer(filters, kernel_size, use_bias=bool(use_bias))
    layer.build((None, 64, 64, int(in_channels)))
    return int(layer.count_params())


FUNCTIONS = {f.__name__: f for f in (conv2d, max_pool2d, conv_output_shape, conv_parameter_count)}


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    spec = importlib.util.spec_from_file_location("inputs", INPUTS)
    assert spec is not None
    assert spec.loader is not None
    inputs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inputs)

    arguments: dict[str, dict[str, np.ndarray]] = {}
    for name, array in inputs.make(0).items():
        case, _, argument = name.rpartition(".")
        arguments.setdefault(case, {})[argument] = array
    expected: dict[str, dict[str, Any]] = {}
    for case, given in arguments.items():
        function, _, label = case.partition(".")
        expected.setdefault(function, {})[label] = FUNCTIONS[function](**given)

    document = {
        "sources": {
            "conv2d": "keras.ops.conv, Keras 3.15, float64, channels_last",
            "max_pool2d": "keras.ops.max_pool, Keras 3.15, padding valid",
            "conv_output_shape": "keras.layers.Conv2D.compute_output_shape, Keras 3.15",
            "conv_parameter_count": "keras.layers.Conv2D.count_params, Keras 3.15",
            "conv_output_shape.cifar10": "chapter 10, table of the CIFAR-10 network: (None, 30, 30, 64), 1792",
            "conv_output_shape.cifar10_second": "chapter 10, the same table: (None, 13, 13, 32), 18464",
            "conv_output_shape.cats_vs_dogs": "chapter 10, table of cats and dogs: (None, 126, 126, 32), 896",
            "conv_parameter_count.cats_vs_dogs_second": "chapter 10, the same table: 18496",
            "conv_output_shape.inception": "chapter 10, Inception v3 in Keras.js: 32 3x3 filters, 2x2 "
            "striding, no border padding on [299,299,3]",
            "made_by": f"make_reference.py with Keras {keras.__version__}",
        },
        "tolerance": 1e-3,
        **expected,
    }
    # One row of numbers to a line, so that a person can read a map.
    text = re.sub(
        r"\[\s+([-0-9.e,\s]+?)\s+\]",
        lambda row: "[" + " ".join(row.group(1).split()) + "]",
        json.dumps(document, indent=1, ensure_ascii=False),
    )
    (HERE / "reference.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
