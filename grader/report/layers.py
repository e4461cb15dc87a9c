"""The student's layer table beside the one asked for, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader import layers as ground
from grader.errors import CourseFault
from grader.layers import LayerRow
from grader.schema import LayerFact

#: Above this a diff helps nobody (and the alignment is quadratic): the page shows the first rows only.
MAX_ROWS = 200

_COLUMNS: tuple[str, ...] = ("type", "output_shape", "parameters", "activation")
_COMPARED = (*_COLUMNS, "config")


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


def _value(row: LayerRow, column: str) -> object:
    if column in _COLUMNS:
        return getattr(row, column) if column in row.stated else None
    return (row.config or {}).get(column)


def _wrong(actual: LayerRow, expected: LayerRow) -> set[str]:
    """The columns in which ``actual`` is not as it should be, by the rule of the marks."""
    return {name.removeprefix("config.") for name in ground.row_differences(actual, expected, _COMPARED)}


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


def _cost(actual: LayerRow, expected: LayerRow) -> float:
    """How unlike two rows are. Another type *and* shape are two mistakes: a layer too many and one missing."""
    wrong = ground.row_differences(actual, expected, _COLUMNS)
    if "type" in wrong:
        return 2.1 if "output_shape" in wrong else 1.6
    return 0.25 * len(wrong)


def _align(actual: Sequence[LayerRow], expected: Sequence[LayerRow]) -> list[tuple[int | None, int | None]]:
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
        layers: The graded model's layers, as inspected. Without a reference they are shown as they were written;
            with one, normalised as for the marks.
        reference: Rows of ``reference.json``, see :meth:`grader.layers.LayerTable.of_reference`. Only what a row
            says is compared. What is no such table is compared with nothing: the marks are then ungraded.
        max_rows: Show at most so many rows; a longer table is not compared.
    """
    wanted = _reference(reference)
    own: Sequence[LayerRow] = (
        ground.LayerTable.of_facts(layers) if wanted else list(map(ground.row_of_fact, layers))
    )
    if not own:
        return None
    compared = bool(wanted) and len(own) <= MAX_ROWS and len(wanted) <= MAX_ROWS
    columns = _COLUMNS
    pairs: list[tuple[int | None, int | None]]
    if compared:
        pairs = _align(own, wanted)
        wrong = {key for i, j in pairs if i is not None and j is not None for key in _wrong(own[i], wanted[j])}
        columns += tuple(sorted(wrong - set(_COLUMNS)))  # a setting gets a column where it matters
    else:
        pairs = [(i, None) for i in range(len(own))]
    alone: Literal["extra", "same"] = "extra" if compared else "same"
    rows = [
        _row(own[i] if i is not None else None, wanted[j] if j is not None else None, columns, alone)
        for i, j in pairs[:max_rows]
    ]
    return LayerTable(columns, tuple(rows), compared, max(len(pairs) - max_rows, 0))


def _reference(rows: Sequence[Mapping[str, object]]) -> Sequence[LayerRow]:
    try:
        return ground.LayerTable.of_reference(list(rows))
    except CourseFault:
        return ()


def _row(
    mine: LayerRow | None, theirs: LayerRow | None, columns: Sequence[str], alone: Literal["extra", "same"]
) -> Row:
    if mine is None or theirs is None:
        only = mine or theirs
        assert only is not None
        return Row("missing" if mine is None else alone, tuple(Cell(show(_value(only, key))) for key in columns))
    wrong = _wrong(mine, theirs)
    cells = tuple(
        Cell(show(_value(mine, key)), show(_value(theirs, key)) if key in wrong else None) for key in columns
    )
    return Row("changed" if any(cell.wrong for cell in cells) else "same", cells)
