"""Layer tables: what counts as the same network, and what a difference is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.award import CourseFault, LayerTable
from grader.award.layer_difference import compare_layers
from grader.schema import Facts

Rows = list[tuple[Any, ...]]

CNN: Rows = [
    ("Conv2D", (None, 30, 30, 64), 1792, "relu"),
    ("MaxPooling2D", (None, 15, 15, 64), 0),
    ("Conv2D", (None, 13, 13, 32), 18464, "relu"),
    ("Flatten", (None, 5408), 0),
    ("Dense", (None, 80), 432720, "relu"),
    ("Dense", (None, 10), 810, "softmax"),
]
REFERENCE = [
    {"type": t, "output_shape": list(shape), "parameters": n, **({"activation": rest[0]} if rest else {})}
    for t, shape, n, *rest in CNN
]


def table(model_fact: Callable[..., Any], rows: Rows) -> LayerTable:
    return LayerTable.of_facts(model_fact(rows).layers)


def split_activations(rows: Rows, layer: Callable[[str], tuple[Any, ...]]) -> Rows:
    """The same network with each activation as a layer of its own."""
    result: Rows = [("InputLayer", (None, 32, 32, 3), 0)]
    for t, shape, n, *rest in rows:
        result.append((t, shape, n, "linear" if rest else None))
        if rest:
            name, activation, config = layer(rest[0])
            result.append((name, shape, 0, activation, config))
    return result


@pytest.mark.parametrize(
    "rows",
    [
        CNN,
        [("InputLayer", (None, 32, 32, 3), 0), *CNN],
        split_activations(CNN, lambda a: ("Activation", a, {})),
        split_activations(CNN, lambda a: ("Activation", None, {"activation": a})),
        split_activations(CNN, lambda a: ({"relu": "ReLU", "softmax": "Softmax"}[a], None, {})),
        [(t, (8, *shape[1:]), n, *rest) for t, shape, n, *rest in CNN],
        [*CNN, ("Activation", (None, 10), 0, "linear")],
    ],
)
def test_every_way_of_writing_it_is_right(model_fact: Callable[..., Any], rows: Rows) -> None:
    student, reference = table(model_fact, rows), LayerTable.of_reference(REFERENCE)
    assert student == reference
    assert reference == student
    assert (student != reference) is False


def changed(index: int, *row: Any) -> Rows:
    return [*CNN[:index], tuple(row), *CNN[index + 1 :]]


@pytest.mark.parametrize(
    ("rows", "message", "expected", "actual"),
    [
        (
            CNN[:1] + CNN[2:],
            "A layer is missing: layer 2 should be MaxPooling2D.",
            "2. MaxPooling2D · (None, 15, 15, 64)",
            "no layer here; the next one is 2. Conv2D · (None, 13, 13, 32) · relu",
        ),
        (CNN[:5], "layer 6 should be Dense", "6. Dense · (None, 10) · softmax", "the network has 5 layers"),
        (
            [*CNN[:4], ("Dropout", (None, 5408), 0), *CNN[4:]],
            "Layer 5 (Dropout) should not be there.",
            "no layer here; the next one is 5. Dense",
            "5. Dropout · (None, 5408)",
        ),
        (changed(1, "AveragePooling2D", (None, 15, 15, 64), 0), "Layer 2 has the wrong type.", "Max", "Average"),
        (
            changed(2, "Conv2D", (None, 15, 15, 32), 18464, "relu"),
            "Layer 3 (Conv2D): the output shape is different.",
            "(None, 13, 13, 32)",
            "(None, 15, 15, 32)",
        ),
        (
            changed(0, "Conv2D", (None, 30, 30, 64), 1728, "relu"),
            "Layer 1 (Conv2D): the number of parameters is different.",
            "1,792",
            "1,728",
        ),
        (changed(4, "Dense", (None, 80), 432720, "linear"), "Layer 5 (Dense): the activation", "relu", "linear"),
        ([], "A layer is missing: layer 1 should be Conv2D.", "1. Conv2D", "the network has 0 layers"),
    ],
)
def test_the_first_difference_is_named(
    model_fact: Callable[..., Any], rows: Rows, message: str, expected: str, actual: str
) -> None:
    difference = compare_layers(table(model_fact, rows), LayerTable.of_reference(REFERENCE))
    assert difference is not None
    assert message in difference.message.en
    assert expected in difference.expected.en
    assert actual in difference.actual.en
    assert table(model_fact, rows) != LayerTable.of_reference(REFERENCE)


def test_a_clipped_relu_is_no_relu(model_fact: Callable[..., Any]) -> None:
    rows = split_activations(
        CNN, lambda a: ("ReLU", None, {"max_value": 6.0}) if a == "relu" else ("Softmax", None, {})
    )
    difference = compare_layers(table(model_fact, rows), LayerTable.of_reference(REFERENCE))
    assert difference is not None


def test_only_what_the_reference_states_counts(model_fact: Callable[..., Any]) -> None:
    reference = LayerTable.of_reference([{"type": "Conv2D", "config": {"kernel_size": [3, 3]}}])
    same = table(model_fact, [("Conv2D", (None, 5, 5, 1), 7, "relu", {"kernel_size": [3, 3], "padding": "same"})])
    other = table(model_fact, [("Conv2D", (None, 5, 5, 1), 7, "relu", {"kernel_size": [5, 5]})])
    assert same == reference
    difference = compare_layers(other, reference)
    assert difference is not None
    assert "kernel_size" in difference.message.en
    assert (difference.expected.en, difference.actual.en) == ("(3, 3)", "(5, 5)")


def test_fields_can_be_chosen(model_fact: Callable[..., Any]) -> None:
    rows = changed(0, "Conv2D", (None, 30, 30, 64), 1728, "tanh")
    reference = LayerTable.of_reference(REFERENCE)
    assert compare_layers(table(model_fact, rows), reference, ("type", "output_shape")) is None
    with pytest.raises(CourseFault):
        compare_layers(reference, reference, ("shape",))


@pytest.mark.parametrize("layers", [None, {}, [1], [{}], [{"type": "Dense", "shape": [1]}]])
def test_a_broken_reference_is_a_fault_of_ours(layers: object) -> None:
    with pytest.raises(CourseFault):
        LayerTable.of_reference(layers)


def test_plain_assert_tells_the_row(bench: Any, model_fact: Callable[..., Any]) -> None:
    """The check of DESIGN.md, word for word."""
    checks = """
        @pytest.mark.points(20)
        def test_layer_shapes(facts, reference):
            '''레이어별 출력 모양 | Layer output shapes'''
            assert facts.model.layers == reference.layers
    """
    exercise = bench.exercise(checks, reference={"layers": REFERENCE}, graded_model=("built",))

    def award(rows: Rows) -> Any:
        facts: Facts = bench.facts(models={"built": model_fact(rows)}, graded_model="built")
        return bench.award(exercise, facts)

    assert award(CNN).points == 20
    result = award(changed(2, "Conv2D", (None, 15, 15, 32), 18464, "relu"))
    (check,) = result.checks
    assert check.message.en == "Layer 3 (Conv2D): the output shape is different."
    assert (check.expected.en, check.actual.en) == ("(None, 13, 13, 32)", "(None, 15, 15, 32)")
    assert result.model.name == "built"
    assert result.reference_layers[0]["type"] == "Conv2D"


@pytest.mark.parametrize(
    "rows",
    [
        split_activations(CNN, lambda a: ("Activation", a, {})),
        split_activations(CNN, lambda a: ({"relu": "ReLU", "softmax": "Softmax"}[a], a, {})),
        split_activations(
            CNN, lambda a: ("ReLU", "relu6", {"max_value": 6.0}) if a == "relu" else ("Softmax", a, {})
        ),
        split_activations(
            CNN,
            lambda a: ("LeakyReLU", "leaky_relu", {"negative_slope": 0.3}) if a == "relu" else ("Softmax", a, {}),
        ),
        [*CNN, ("Activation", (None, 10), 0, "linear")],
        [*CNN[:3], ("Activation", (None, 13, 13, 32), 0, "linear"), *CNN[3:]],
        changed(5, "Dense", (None, 10), 810, "softmax_v2"),
        changed(0, "Conv2D", (None, 30, 30, 64), 1792, "swish"),
        CNN[:4],
    ],
)
def test_the_page_and_the_marks_agree(model_fact: Callable[..., Any], rows: Rows) -> None:
    """One normalisation: the page shows a difference where, and only where, the marks see one."""
    from grader.report.layers import layer_table

    layers = model_fact(rows).layers
    shown = layer_table(layers, REFERENCE)
    assert shown is not None
    same = LayerTable.of_facts(layers) == LayerTable.of_reference(REFERENCE)
    assert (shown.different == 0) is same


@pytest.mark.parametrize(
    ("row", "activation"),
    [
        (("ReLU", (None, 3), 0, None, {"max_value": 6.0}), "relu6"),
        (("ReLU", (None, 3), 0, None, {"negative_slope": 0.1}), "relu (negative_slope=0.1)"),
        (("LeakyReLU", (None, 3), 0, None, {"negative_slope": 0.2}), "leaky_relu"),
        (("LeakyReLU", (None, 3), 0, None, {"negative_slope": 0.3}), "leaky_relu (negative_slope=0.3)"),
        (("Softmax", (None, 3), 0, "softmax", {"axis": -1}), "softmax"),
        (("Activation", (None, 3), 0, "softmax_v2"), "softmax"),
    ],
)
def test_an_activation_layer_belongs_to_the_layer_before_it(
    model_fact: Callable[..., Any], row: tuple[Any, ...], activation: str
) -> None:
    (only,) = table(model_fact, [("Dense", (None, 3), 12, "linear"), row])
    assert only.activation == activation


def test_an_activation_that_learns_is_a_layer(model_fact: Callable[..., Any]) -> None:
    rows = [("Dense", (None, 3), 12, "linear"), ("PReLU", (None, 3), 3, "prelu")]
    assert len(table(model_fact, rows)) == 2
