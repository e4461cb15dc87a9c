"""The layer table as a diff."""

from __future__ import annotations

from grader.report.layers import layer_table
from grader.schema import LayerFact


def fact(
    kind: str, shape: tuple[int | None, ...], parameters: int = 0, activation: str | None = None
) -> LayerFact:
    return LayerFact(
        name="x",
        type=kind,
        output_shape=shape,
        parameters=parameters,
        trainable_parameters=parameters,
        activation=activation,
        config={"kernel_size": [3, 3]} if kind == "Conv2D" else {},
    )


REFERENCE: list[dict[str, object]] = [
    {"type": "Conv2D", "output_shape": [None, 30, 30, 8], "parameters": 224, "activation": "relu"},
    {"type": "Flatten", "output_shape": [None, 7200], "parameters": 0},
    {"type": "Dense", "output_shape": [None, 10], "parameters": 72010, "activation": "softmax"},
]
RIGHT = [
    fact("Conv2D", (None, 30, 30, 8), 224, "relu"),
    fact("Flatten", (None, 7200)),
    fact("Dense", (None, 10), 72010, "softmax"),
]


def test_right_answer_has_no_difference() -> None:
    table = layer_table(RIGHT, REFERENCE)
    assert table is not None
    assert table.compared
    assert table.different == 0
    assert table.columns == ("type", "output_shape", "parameters", "activation")


def test_other_ways_to_write_it_are_no_difference() -> None:
    written = [
        fact("InputLayer", (None, 32, 32, 3)),
        fact("Conv2D", (1, 30, 30, 8), 224, "linear"),
        fact("ReLU", (None, 30, 30, 8)),
        fact("Flatten", (None, 7200), 0, "linear"),
        fact("Dense", (None, 10), 72010, "linear"),
        fact("Activation", (None, 10), 0, "softmax"),
    ]
    table = layer_table(written, REFERENCE)
    assert table is not None
    assert table.different == 0


def test_wrong_cell_and_no_other_is_marked() -> None:
    table = layer_table([RIGHT[0].model_copy(update={"parameters": 999}), *RIGHT[1:]], REFERENCE)
    assert table is not None
    assert [row.kind for row in table.rows] == ["changed", "same", "same"]
    marked = [(cell.value, cell.expected) for cell in table.rows[0].cells if cell.wrong]
    assert marked == [("999", "224")]


def test_missing_and_extra_layers_do_not_shift_the_rest() -> None:
    table = layer_table([RIGHT[0], fact("Dropout", (None, 30, 30, 8)), RIGHT[2]], REFERENCE)
    assert table is not None
    assert [row.kind for row in table.rows] == ["same", "extra", "missing", "same"]
    assert table.rows[2].cells[0].value == "Flatten"


def test_layer_of_another_type_in_its_place_is_one_change() -> None:
    table = layer_table([RIGHT[0], fact("Reshape", (None, 7200)), RIGHT[2]], REFERENCE)
    assert table is not None
    assert [row.kind for row in table.rows] == ["same", "changed", "same"]
    assert table.rows[1].cells[0].expected == "Flatten"


def test_setting_gets_a_column_where_it_is_wrong() -> None:
    reference = [{**REFERENCE[0], "config": {"kernel_size": [5, 5]}}, *REFERENCE[1:]]
    table = layer_table(RIGHT, reference)
    assert table is not None
    assert table.columns[-1] == "kernel_size"
    assert table.rows[0].cells[-1].expected == "(5, 5)"
    assert not table.rows[1].cells[-1].wrong


def test_long_tables_are_cut_and_not_compared() -> None:
    table = layer_table(RIGHT * 200, REFERENCE * 200, max_rows=30)
    assert table is not None
    assert not table.compared
    assert len(table.rows) == 30
    assert table.cut == 570


def test_nothing_to_show() -> None:
    assert layer_table([], REFERENCE) is None
