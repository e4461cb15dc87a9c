"""직원용 채점 | Staff's checks: the same functions on inputs that no student has seen.

Pictures are compared as in the visible checks. The class activation maps are computed here from the weights, as
plain sums of products.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from grader.award import T


def visible_checks():
    """The exercise's own ``checks.py``, for its ways to compare."""
    here = Path(__file__).resolve().parent
    file = here.parents[1] / "exercises" / here.name / "checks.py"
    spec = importlib.util.spec_from_file_location("visible_checks_of_the_tour", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


visible = visible_checks()


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("prepare_image", "prepare_image_modes")
def test_hidden_prepare_image(facts, inputs, reference):
    """prepare_image: 다른 사진 | prepare_image: other pictures"""
    names = [name for name in inputs if name.startswith("hidden.prepare_image.")]
    assert names, "no hidden pictures"
    for name in names:
        kind = name.rpartition(".")[2]
        visible.check_picture(facts, inputs, reference, name, T(f"비공개 사진 {kind}", f"Hidden picture {kind}"))


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("top_k_other", "describe_layers")
def test_hidden_lists(facts, inputs):
    """top_k, describe_layers: 다른 순위와 레이어 | top_k, describe_layers: other lists and layers"""
    for case, k in (("few", int(inputs["hidden.top_k.few.k"])), ("default", 5)):
        expected = visible.ranking_of(inputs[f"hidden.top_k.{case}.probabilities"], k)
        visible.check_ranking(facts, f"hidden.top_k.{case}", expected, T(f"비공개 k={k}", f"Hidden k={k}"))
    narrow, wide = (int(n) for n in inputs["hidden.describe_layers.filters"])
    expected = [
        {"name": "in", "type": "InputLayer", "output_shape": [None, 24, 30, 3]},
        {"name": "narrow", "type": "Conv2D", "output_shape": [None, 24, 30, narrow]},
        {"name": "wide", "type": "SeparableConv2D", "output_shape": [None, 24, 30, wide]},
        {"name": "mixed", "type": "Concatenate", "output_shape": [None, 24, 30, narrow + wide]},
        {"name": "pooled", "type": "AveragePooling2D", "output_shape": [None, 8, 10, narrow + wide]},
        {"name": "drop", "type": "Dropout", "output_shape": [None, 8, 10, narrow + wide]},
    ]
    what = T("비공개 모델", "Hidden model")
    visible.check_table(facts, "hidden.describe_layers", expected, what, with_input=True)


def convolved(image, kernel, bias, stride):
    """A convolution without padding and its relu."""
    kh, kw = kernel.shape[:2]
    rows, columns = (image.shape[0] - kh) // stride + 1, (image.shape[1] - kw) // stride + 1
    maps = np.empty((rows, columns, kernel.shape[3]))
    for row, column in np.ndindex(rows, columns):
        window = image[row * stride : row * stride + kh, column * stride : column * stride + kw]
        maps[row, column] = np.tensordot(window, kernel, axes=3) + bias
    return np.maximum(maps, 0)


def raw_map(inputs, case):
    """The definition, in float64."""
    part = {
        name: np.asarray(inputs[f"{case}.{name}"], dtype=float) for name in ("image", "conv_kernel", "conv_bias")
    }
    maps = convolved(part["image"], part["conv_kernel"], part["conv_bias"], 2)
    maps = convolved(maps, np.asarray(inputs[f"{case}.last_kernel"], dtype=float), inputs[f"{case}.last_bias"], 1)
    return maps @ np.asarray(inputs[f"{case}.kernel"], dtype=float)[:, int(inputs[f"{case}.class_index"])]


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("class_activation_map")
def test_hidden_class_activation_map(facts, inputs, reference):
    """class_activation_map: 다른 신경망 | class_activation_map: another network"""
    for case in ("one", "two"):
        name = f"hidden.class_activation_map.{case}"
        what = T(f"비공개 신경망 {case}", f"Hidden network {case}")
        visible.check_map(facts, name, raw_map(inputs, name), reference.class_activation_map, what)
