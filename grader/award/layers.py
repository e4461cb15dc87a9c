"""Layer tables that compare as a person would: by what the layers do, not by how they were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from grader.award.failures import CourseFault
from grader.award.show import plain
from grader.i18n import both
from grader.schema import LayerFact, Shape, Text

#: What two rows are compared by, in the order in which a difference is told.
FIELDS = ("type", "output_shape", "parameters", "trainable_parameters", "activation", "config")

#: Layers that are nothing but an activation function, by the settings with which they are.
_ACTIVATION_LAYERS: Mapping[str, tuple[str, Mapping[str, tuple[object, ...]]]] = {
    "ReLU": ("relu", {"max_value": (None,), "negative_slope": (0, None), "threshold": (0, None)}),
    "Softmax": ("softmax", {"axis": (-1,)}),
    "LeakyReLU": ("leaky_relu", {}),
    "ELU": ("elu", {"alpha": (1,)}),
}
#: Keras writes a model inside a model as any of these.
_MODELS = ("Functional", "Model", "Sequential")


@dataclass(frozen=True)
class Row:
    """One layer. ``stated`` names the fields that are known: a reference may leave some open."""

    type: str
    output_shape: Shape = ()
    parameters: int = 0
    trainable_parameters: int = 0
    activation: str | None = None
    config: Mapping[str, Any] | None = None
    name: str = ""
    stated: frozenset[str] = frozenset(FIELDS)

    def __str__(self) -> str:
        parts = [self.type]
        if "output_shape" in self.stated:
            parts.append(str(tuple(self.output_shape)))
        if self.activation not in (None, "linear") and "activation" in self.stated:
            parts.append(str(self.activation))
        return " · ".join(parts)


class LayerTable(Sequence[Row]):
    """Layers in order, normalised: without ``InputLayer``, activation layers folded into the layer before them.

    ``==`` compares what both sides state. Layer names never matter, nor does the batch size in a shape.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = tuple(_normalised(rows))

    @classmethod
    def of_facts(cls, layers: Iterable[LayerFact]) -> LayerTable:
        """The table of a rebuilt model."""
        return cls(
            Row(
                type=layer.type,
                output_shape=layer.output_shape,
                parameters=layer.parameters,
                trainable_parameters=layer.trainable_parameters,
                activation=layer.activation,
                config=layer.config,
                name=layer.name,
            )
            for layer in layers
        )

    @classmethod
    def of_reference(cls, layers: object) -> LayerTable:
        """The table that ``reference.json`` states, a list of objects with any of :data:`FIELDS`.

        Raises:
            CourseFault: it is something else.
        """
        if not isinstance(layers, list) or not all(isinstance(row, Mapping) and "type" in row for row in layers):
            raise CourseFault("a layer table in reference.json is a list of objects that have a type at least")
        return cls(_stated_row(row) for row in layers)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LayerTable):
            return NotImplemented
        return compare_layers(self, other) is None

    __hash__ = None  # type: ignore[assignment]  # equality is up to what is stated, so there is no hash

    def __repr__(self) -> str:
        return f"<{len(self)} layers: {', '.join(row.type for row in self)}>"


@dataclass(frozen=True)
class LayerDifference:
    """The first place where two tables part."""

    message: Text
    expected: Text
    actual: Text


def compare_layers(
    actual: LayerTable, expected: LayerTable, fields: Sequence[str] = FIELDS
) -> LayerDifference | None:
    """The first difference in ``fields``, or None.

    A missing or an extra layer is found by aligning the types, so that one forgotten layer is not reported as
    wrong shapes all the way down.

    Raises:
        CourseFault: ``fields`` has an unknown name.
    """
    if unknown := set(fields) - set(FIELDS):
        raise CourseFault(f"unknown fields of layers: {', '.join(sorted(unknown))}")
    if "type" in fields:
        difference = _compare_types(actual, expected)
        if difference is not None:
            return difference
    elif len(actual) != len(expected):
        return LayerDifference(
            both("The number of layers is not the expected one."), _same(len(expected)), _same(len(actual))
        )
    for number, (got, want) in enumerate(zip(actual, expected, strict=True), start=1):
        for field in FIELDS[1:]:
            if field not in fields or field not in got.stated or field not in want.stated:
                continue
            difference = _compare_field(number, field, got, want)
            if difference is not None:
                return difference
    return None


def _compare_types(actual: LayerTable, expected: LayerTable) -> LayerDifference | None:
    got, want = [_kind(row.type) for row in actual], [_kind(row.type) for row in expected]
    if got == want:
        return None
    for tag, want_from, want_to, got_from, got_to in SequenceMatcher(
        None, want, got, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            continue
        number = got_from + 1
        wanted = _row_text(expected, want_from, want_to)
        found = _row_text(actual, got_from, got_to)
        if tag == "insert":
            message = both("Layer {n} ({type}) should not be there.", n=number, type=actual[got_from].type)
        elif tag == "delete":
            message = both(
                "A layer is missing: layer {n} should be {type}.", n=number, type=expected[want_from].type
            )
        else:
            message = both("Layer {n} has the wrong type.", n=number)
        return LayerDifference(message, wanted, found)
    raise AssertionError("types differ")


def _row_text(table: LayerTable, start: int, stop: int) -> Text:
    """The row at ``start``; where there is none, what stands there instead."""
    if start < stop:
        return _same(f"{start + 1}. {table[start]}")
    if start < len(table):
        return both("no layer here; the next one is {row}", row=f"{start + 1}. {table[start]}")
    return both("no layer here; the network has {n} layers", n=len(table))


def _compare_field(number: int, field: str, got: Row, want: Row) -> LayerDifference | None:
    if field == "config":
        return _compare_config(number, got, want)
    left, right = getattr(got, field), getattr(want, field)
    if field == "output_shape":
        left, right = _shape(left), _shape(right)
    if left == right:
        return None
    place: dict[str, object] = {"n": number, "type": got.type}
    message = {
        "output_shape": lambda: both("Layer {n} ({type}): the output shape is different.", **place),
        "parameters": lambda: both("Layer {n} ({type}): the number of parameters is different.", **place),
        "trainable_parameters": lambda: both(
            "Layer {n} ({type}): the number of trainable parameters is different.", **place
        ),
        "activation": lambda: both("Layer {n} ({type}): the activation function is different.", **place),
    }[field]()
    return LayerDifference(message, _same(right), _same(left))


def _compare_config(number: int, got: Row, want: Row) -> LayerDifference | None:
    """What ``want`` states must be so; two full tables state the same keys."""
    found = got.config or {}
    for key, value in (want.config or {}).items():
        if _plain_json(found.get(key)) != _plain_json(value):
            return LayerDifference(
                both("Layer {n} ({type}): the setting {key} is different.", n=number, type=got.type, key=key),
                _same(value),
                _same(found.get(key)),
            )
    return None


def _normalised(rows: Iterable[Row]) -> list[Row]:
    result: list[Row] = []
    for row in rows:
        if row.type == "InputLayer":
            continue
        function = _activation_of(row)
        if function == "linear":
            continue  # does nothing
        last = result[-1] if result else None
        if function is not None and last is not None and last.activation == "linear":
            result[-1] = replace(last, activation=function)
        else:
            result.append(row)
    return result


def _activation_of(row: Row) -> str | None:
    """The activation function that ``row`` is and nothing else, or None."""
    config = row.config or {}
    if row.type == "Activation":
        return row.activation or config.get("activation")
    name, settings = _ACTIVATION_LAYERS.get(row.type, (None, {}))
    if name is None or any(key in config and config[key] not in allowed for key, allowed in settings.items()):
        return None
    return name


def _stated_row(row: Mapping[str, Any]) -> Row:
    unknown = set(row) - set(FIELDS) - {"name"}
    if unknown:
        raise CourseFault(f"reference.json: a layer has unknown keys: {', '.join(sorted(unknown))}")
    return Row(
        type=str(row["type"]),
        output_shape=tuple(row.get("output_shape", ())),
        parameters=row.get("parameters", 0),
        trainable_parameters=row.get("trainable_parameters", 0),
        # A reference that folds activations states them; "linear" is what an unstated one may become.
        activation=row.get("activation"),
        config=row.get("config"),
        name=str(row.get("name", "")),
        stated=frozenset(FIELDS) & set(row),
    )


def _shape(shape: Shape) -> Shape:
    """Without the batch size, which is the caller's business."""
    return (None, *shape[1:])


def _kind(layer_type: str) -> str:
    return "Model" if layer_type in _MODELS else layer_type


def _plain_json(value: object) -> object:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, list | tuple):
        return [_plain_json(item) for item in value]
    return value


def _same(value: object) -> Text:
    text = value if isinstance(value, str) else plain(tuple(value) if isinstance(value, list) else value)
    return Text(ko=text, en=text)
