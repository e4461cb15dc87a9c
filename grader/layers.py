"""Layer tables that compare as a person would: by what the layers do, not by how they were written.

The one normalisation that marks and reports share. Which layer types are activation functions stands in
:mod:`grader.wire.layer_types`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.errors import CourseFault
from grader.schema import LayerFact, Shape
from grader.wire.layer_types import activation_name, activation_of_layer

#: What two rows are compared by, in the order in which a difference is told.
FIELDS = ("type", "output_shape", "parameters", "trainable_parameters", "activation", "config")
#: Keras writes a model inside a model as any of these.
_MODELS = ("Functional", "Model", "Sequential")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class LayerRow:
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


class LayerTable(Sequence[LayerRow]):
    """Layers in order, normalised: without ``InputLayer``, activation layers folded into the layer before them.

    ``==`` compares what both sides state. Layer names never matter, nor does the batch size in a shape.
    """

    def __init__(self, rows: Iterable[LayerRow]) -> None:
        self._rows = tuple(_normalised(rows))

    @classmethod
    def of_facts(cls, layers: Iterable[LayerFact]) -> LayerTable:
        """The table of a rebuilt model."""
        return cls(map(row_of_fact, layers))

    @classmethod
    def of_reference(cls, layers: object) -> LayerTable:
        """The table that ``reference.json`` states, a list of objects with any of :data:`FIELDS`.

        Raises:
            CourseFault: it is something else.
        """
        if not isinstance(layers, list | tuple) or not all(
            isinstance(row, Mapping) and "type" in row for row in layers
        ):
            raise CourseFault("a layer table in reference.json is a list of objects that have a type at least")
        return cls(_stated_row(row) for row in layers)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[LayerRow]:
        return iter(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LayerTable):
            return NotImplemented
        return len(self) == len(other) and not any(
            row_differences(got, want) for got, want in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]  # equality is up to what is stated, so there is no hash

    def __repr__(self) -> str:
        return f"<{len(self)} layers: {', '.join(row.type for row in self)}>"


def row_of_fact(layer: LayerFact) -> LayerRow:
    """An inspected layer as a row, as it was written."""
    return LayerRow(
        type=layer.type,
        output_shape=layer.output_shape,
        parameters=layer.parameters,
        trainable_parameters=layer.trainable_parameters,
        activation=layer.activation,
        config=layer.config,
        name=layer.name,
    )


def row_differences(got: LayerRow, want: LayerRow, fields: Sequence[str] = FIELDS) -> list[str]:
    """The fields, and settings of ``config`` that ``want`` states, in which two rows differ; ``[]``: the same.

    Settings are named ``config.kernel_size``.
    """
    found = []
    for field in FIELDS:
        if field not in fields or field not in got.stated or field not in want.stated:
            continue
        if field == "config":
            mine = got.config or {}
            settings = want.config or {}
            found += [f"config.{key}" for key, value in settings.items() if _json(mine.get(key)) != _json(value)]
        elif not _same(field, getattr(got, field), getattr(want, field)):
            found.append(field)
    return found


def kind_of(layer_type: str) -> str:
    """The type by which layers are compared: a model inside a model is one, however it was written."""
    return "Model" if layer_type in _MODELS else layer_type


def _same(field: str, a: Any, b: Any) -> bool:
    if field == "type":
        return kind_of(a) == kind_of(b)
    if field == "output_shape":  # the batch size is nobody's choice
        return tuple(a)[1:] == tuple(b)[1:] and bool(a) == bool(b)
    if field == "activation":
        return (a or "linear") == (b or "linear")
    return bool(a == b)


def _normalised(rows: Iterable[LayerRow]) -> list[LayerRow]:
    result: list[LayerRow] = []
    for row in rows:
        if row.type == "InputLayer":
            continue
        function = _function_of(row)
        if function == "linear":
            continue  # does nothing
        last = result[-1] if result else None
        if function is not None and last is not None and last.activation == "linear":
            result[-1] = replace(last, activation=function)
        elif row.activation is not None:
            result.append(replace(row, activation=function or activation_name(row.activation)))
        else:
            result.append(row)
    return result


def _function_of(row: LayerRow) -> str | None:
    """The activation function that ``row`` is and nothing else, or None."""
    if row.type == "Activation" and row.activation is not None:
        return activation_name(row.activation)
    if row.parameters:  # one that learns is a layer in its own right
        return None
    return activation_of_layer(row.type, row.config or _NOTHING)


def _stated_row(row: Mapping[str, Any]) -> LayerRow:
    unknown = set(row) - set(FIELDS) - {"name"}
    if unknown:
        raise CourseFault(f"reference.json: a layer has unknown keys: {', '.join(sorted(unknown))}")
    return LayerRow(
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


def _json(value: object) -> object:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return value
