"""What the inspector makes of compile settings and activations, without Keras."""

from __future__ import annotations

from typing import Any

import pytest

from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.compiling import compile_fact
from grader.confined.inspector.config import sanitise
from grader.confined.inspector.rebuild import _NOT_LAYERS

SPARSE, ONE_HOT, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"


def metric(name: str) -> dict[str, Any]:
    return {"module": "keras.metrics", "class_name": name, "config": {"name": "acc"}, "registered_name": None}


@pytest.mark.parametrize(
    ("value", "loss", "columns", "named"),
    [
        ("accuracy", SPARSE, 10, "accuracy"),
        ("acc", ONE_HOT, 10, "accuracy"),
        (metric("Accuracy"), SPARSE, 10, "Accuracy"),
        (metric("SparseCategoricalAccuracy"), SPARSE, 10, "accuracy"),
        (metric("SparseCategoricalAccuracy"), ONE_HOT, 10, "sparse_categorical_accuracy"),
        ("categorical_accuracy", ONE_HOT, 10, "accuracy"),
        ("categorical_accuracy", SPARSE, 10, "categorical_accuracy"),
        ("categorical_accuracy", BINARY, 1, "categorical_accuracy"),
        (metric("BinaryAccuracy"), BINARY, 1, "accuracy"),
        (metric("BinaryAccuracy"), ONE_HOT, 2, "accuracy"),
        (metric("BinaryAccuracy"), ONE_HOT, 10, "binary_accuracy"),
        (metric("BinaryAccuracy"), SPARSE, 2, "binary_accuracy"),
        (metric("TopKCategoricalAccuracy"), ONE_HOT, 10, "top_k_categorical_accuracy"),
        ("mse", SPARSE, 10, "mean_squared_error"),
    ],
)
def test_a_metric_is_accuracy_where_it_measures_it(value: object, loss: str, columns: int, named: str) -> None:
    for key in ("metrics", "weighted_metrics"):
        fact = compile_fact({"optimizer": "adam", "loss": loss, key: [value]}, [None, columns])
        assert fact is not None
        assert fact["metrics"] == [named]


def model(activation: object, dtype: object = "float32") -> dict[str, Any]:
    def layer(name: str, config: dict[str, Any]) -> dict[str, Any]:
        return {"module": "keras.layers", "class_name": name, "config": config, "registered_name": None}

    layers = [
        layer("InputLayer", {"batch_shape": [None, 4], "name": "in"}),
        layer("Dense", {"units": 2, "name": "dense", "activation": activation, "dtype": dtype}),
    ]
    config = {"name": "m", "layers": layers}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def function(name: str, module: str = "builtins") -> dict[str, Any]:
    return {"module": module, "class_name": "function", "config": name, "registered_name": "function"}


@pytest.mark.parametrize(
    ("name", "activation"), [("softmax_v2", "softmax"), ("log_softmax_v2", "log_softmax"), ("swish", "silu")]
)
def test_tensorflows_functions_count_as_what_they_compute(name: str, activation: str) -> None:
    clean = sanitise(model(function(name)))
    assert clean.config["config"]["layers"][1]["config"]["activation"] == activation
    assert clean.unreadable == (name,)


@pytest.mark.parametrize("value", [function("<lambda>"), function("mine"), function("softmax_v2", "mine")])
def test_other_functions_are_code(value: object) -> None:
    with pytest.raises(Refused, match="custom_code"):
        sanitise(model(value))


@pytest.mark.parametrize(
    ("policy", "computes"),
    [("float32", "float32"), ("mixed_float16", "float16"), ("mixed_bfloat16", "bfloat16"), ("float16", "float16")],
)
def test_the_precision_is_told(policy: str, computes: str) -> None:
    dtype = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": policy}, "registered_name": None}
    clean = sanitise(model("relu", dtype))
    assert clean.compute_dtype == computes
    assert clean.config["config"]["layers"][1]["config"]["dtype"] == "float32"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("optimizer/vars/0", False),
        ("layers/sequential/optimizer/vars/3", False),
        ("layers/sequential/layers/functional/_compile_metrics/vars/0", False),
        ("layers/dense/vars/0", True),
        ("layers/optimizer/vars/0", True),
        ("elsewhere/optimizer/vars/0", True),
    ],
)
def test_the_optimizer_of_a_model_inside_is_no_weight(name: str, kept: bool) -> None:
    assert (_NOT_LAYERS.match(name) is None) is kept
