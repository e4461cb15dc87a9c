"""Where a line stands in a student's file, said so that its author finds it."""

from __future__ import annotations

from grader.i18n import both
from grader.schema import Frame, Text


def cell_name(cell: int, label: int | None) -> Text:
    """A notebook's cell.

    Args:
        cell: its place among all cells, from 1.
        label: the number that Jupyter, Colab and VS Code show beside it (``[3]``), where it has one of its own.
    """
    if label is not None:
        return both("cell [{label}]", label=label)
    return both("cell {n} from the top, text cells included", n=cell)


def cell_mark(cell: int, label: int | None) -> str:
    """The same where there is room for a number alone: ``[3]``, or ``5`` without a label."""
    return str(cell) if label is None else f"[{label}]"


def where(frame: Frame) -> Text:
    """File, in a notebook the cell, and line."""
    if frame.cell is None:
        return both("{file}, line {line}", file=frame.file, line=frame.line)
    cell = cell_name(frame.cell, frame.label)
    return both("{file}, {cell}, line {line}", file=frame.file, cell=cell, line=frame.line)
