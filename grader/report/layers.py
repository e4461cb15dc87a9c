"""The student's layer table beside the one asked for, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.schema import LayerFact

#: Above this a diff helps nobody (and the alignment is quadratic): the page shows the first rows only.
MAX_ROWS = 200

_COLUMNS: tuple[str, ...] = ("type", "output_shape", "parameters", "activation")
_ACTIVATION_LAYERS = {"Activation": None, "ReLU": "relu", "Softmax": "softmax"}
_SILENT = frozenset({"name", "config", "trainable_parameters"})


@dataclass(frozen=True)
class Cell:
    """One value, and what it should have been if that is something else."""

    value: str
    expected: str | None = None

    @property
    def wrong(self) -> bool:
        return self.expected is not None


@dataclass(frozen=True)
class Row:
    """One line of the table. ``missing`` rows hold what should be there, ``extra`` ones what should not."""

    kind: Literal["same", "changed", "missing", "extra"]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class LayerTable:
    """What the report shows of a network."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    compared: bool
    """Whether there was something to compare with."""
    cut: int = 0
    """Rows that are not shown."""

    @property
    def different(self) -> int:
        return sum(row.kind != "same" for row in self.rows)


def _plain_row(layer: LayerFact) -> dict[str, object]:
    return {
        "type": layer.type,
        "output_shape": layer.output_shape,
        "parameters": layer.parameters,
        "activation": layer.activation,
        **layer.config,
    }


def _reference_row(row: Mapping[str, object]) -> dict[str, object]:
    config = row.get("config")
    flat = {key: value for key, value in row.items() if key not in _SILENT}
    return {**flat, **config} if isinstance(config, Mapping) else flat


def _fold(rows: list[dict[str, object]], wanted_types: set[object]) -> list[dict[str, object]]:
    """Put the student's table in the reference's terms: an activation layer belongs to the layer before it."""
    folded: list[dict[str, object]] = []
    for row in rows:
        kind = row["type"]
        if kind == "InputLayer" and kind not in wanted_types:
            continue
        if (
            kind in _ACTIVATION_LAYERS
            and kind not in wanted_types
            and folded
            and folded[-1].get("activation") in (None, "linear")
        ):
            folded[-1] = {**folded[-1], "activation": _ACTIVATION_LAYERS[str(kind)] or row["activation"]}
            continue
        folded.append(row)
    return folded


def _same(column: str, actual: object, expected: object) -> bool:
    if column == "activation":
        return (actual or "linear") == (expected or "linear")
    if isinstance(actual, list | tuple) and isinstance(expected, list | tuple):
        left, right = list(actual), list(expected)
        if column == "output_shape":  # the batch dimension is nobody's choice
            left, right = left[1:], right[1:]
        return left == right
    return actual == expected


def show(value: object) -> str:
    """A cell's text, as Keras' ``summary()`` prints it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return "(" + ", ".join(str(item) for item in value) + ("," if len(value) == 1 else "") + ")"
    return str(value)


def _cost(actual: Mapping[str, object], expected: Mapping[str, object]) -> float:
    """How unlike two rows are. Another type *and* shape are two mistakes: a layer too many and one missing."""
    if actual.get("type") != expected.get("type"):
        return 1.6 if _same("output_shape", actual.get("output_shape"), expected.get("output_shape")) else 2.1
    return 0.25 * sum(
        not _same(key, actual.get(key), value) for key, value in expected.items() if key in _COLUMNS[1:]
    )


def _align(
    actual: Sequence[Mapping[str, object]], expected: Sequence[Mapping[str, object]]
) -> list[tuple[int | None, int | None]]:
    """Pair rows so that the fewest differ (Needleman and Wunsch 1970; a gap costs 1)."""
    # Rows that are alike from the top on are pairs in a best alignment; for a right answer that is all of them.
    start = 0
    while start < min(len(actual), len(expected)) and _cost(actual[start], expected[start]) == 0:
        start += 1
    if start:
        rest = _align(actual[start:], expected[start:])
        moved = [(i if i is None else i + start, j if j is None else j + start) for i, j in rest]
        return [(i, i) for i in range(start)] + moved
    n, m = len(actual), len(expected)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            if i == n or j == m:
                best[i][j] = float(n - i + m - j)
                continue
            best[i][j] = min(
                best[i + 1][j + 1] + _cost(actual[i], expected[j]), best[i + 1][j] + 1, best[i][j + 1] + 1
            )
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < n or j < m:
        if i < n and j < m and best[i][j] == best[i + 1][j + 1] + _cost(actual[i], expected[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < n and best[i][j] == best[i + 1][j] + 1:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def layer_table(
    layers: Sequence[LayerFact], reference: Sequence[Mapping[str, object]], *, max_rows: int = MAX_ROWS
) -> LayerTable | None:
    """The table for a page, or None where there is nothing to show.

    Args:
        layers: The graded model's layers, as inspected.
        reference: Rows of ``reference.json``: any of ``type``, ``output_shape``, ``parameters``, ``activation``,
            and settings such as ``kernel_size`` (at the top or under ``config``). Only what a row says is
            compared.
        max_rows: Show at most so many rows; a longer table is not compared.
    """
    wanted = [_reference_row(row) for row in reference]
    types: set[object] = {row.get("type") for row in wanted}
    own = [_plain_row(layer) for layer in layers]
    own = _fold(own, types if wanted else {row["type"] for row in own})
    if not own:
        return None
    compared = bool(wanted) and len(own) <= MAX_ROWS and len(wanted) <= MAX_ROWS
    columns = _COLUMNS
    pairs: list[tuple[int | None, int | None]]
    if compared:
        settings = sorted({key for row in wanted for key in row} - set(_COLUMNS))
        pairs = _align(own, wanted)
        wrong = {
            key
            for i, j in pairs
            if i is not None and j is not None
            for key in settings
            if key in wanted[j] and not _same(key, own[i].get(key), wanted[j][key])
        }
        columns += tuple(key for key in settings if key in wrong)  # a setting gets a column where it matters
    else:
        pairs = [(i, None) for i in range(len(own))]
    rows = []
    for i, j in pairs[:max_rows]:
        mine, theirs = (own[i] if i is not None else None), (wanted[j] if j is not None else None)
        if mine is None or theirs is None:
            shown = mine or theirs or {}
            kind: Literal["same", "missing", "extra"] = (
                "missing" if mine is None else "extra" if compared else "same"
            )
            rows.append(Row(kind, tuple(Cell(show(shown.get(key))) for key in columns)))
            continue
        cells = tuple(
            Cell(
                show(mine.get(key)),
                show(theirs[key]) if key in theirs and not _same(key, mine.get(key), theirs[key]) else None,
            )
            for key in columns
        )
        rows.append(Row("changed" if any(cell.wrong for cell in cells) else "same", cells))
    return LayerTable(columns, tuple(rows), compared, max(len(pairs) - max_rows, 0))
