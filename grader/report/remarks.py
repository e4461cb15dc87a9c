"""What is to be said after which part of a notebook."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.schema import CheckResult, ExerciseResult, SourceFile

#: Our cells carry this; a notebook that is handed in again is read without them.
TAG = "vision-grader-feedback"


@dataclass(frozen=True)
class Place:
    """Lines of a code cell; both count from 1."""

    cell: int
    line: int


@dataclass(frozen=True)
class Remark:
    """What belongs after one place of a notebook."""

    after: Place
    names: tuple[str, ...]
    """Functions that end there."""
    checks: tuple[CheckResult, ...]
    stops_here: bool = False
    """The notebook did not run further."""


def functions(source: SourceFile) -> dict[str, tuple[int, Place]]:
    """Functions and classes on the top level: the line where each begins in its cell, and where it ends (the last
    one of a name counts, as in Python)."""
    found = {}
    for node in definitions(source.code):
        if node.end_lineno is not None and node.end_lineno <= len(source.lines):
            first, last = source.lines[node.lineno - 1], source.lines[node.end_lineno - 1]
            if first.cell is not None and first.cell == last.cell:
                found[node.name] = (first.line, Place(first.cell, last.line))
    return found


def definitions(code: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Top-level functions and classes of Python text; none where it can't be read."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]


def remarks(source: SourceFile, exercise: ExerciseResult) -> tuple[list[Remark], tuple[CheckResult, ...]]:
    """What is to be said after each function or cell, in the notebook's order, and of the exercise as a whole."""
    spans = functions(source)
    groups: dict[Place | None, list[CheckResult]] = {}
    for check in exercise.checks:
        groups.setdefault(_place_of(check, spans), []).append(check)
    whole = tuple(groups.pop(None, ()))
    stop = exercise.frames[-1] if exercise.frames and exercise.message is not None else None
    broken = Place(stop.cell, _END) if stop is not None and stop.cell is not None else None
    if broken is not None:
        groups.setdefault(broken, [])
    found = []
    for place, checks in groups.items():
        assert place is not None
        names = tuple(name for name, (_, end) in spans.items() if end == place)
        found.append(Remark(place, names, tuple(checks), stops_here=place == broken))
    return sorted(found, key=lambda remark: (remark.after.cell, remark.after.line)), whole


#: After all lines of a cell.
_END = 10**9


def _place_of(check: CheckResult, spans: Mapping[str, tuple[int, Place]]) -> Place | None:
    """Where a check belongs: the function or else the cell that its failure comes from, else the function that it
    is named after; None where neither is known."""
    frame = check.frames[-1] if check.frames else None
    if frame is not None and frame.cell is not None:
        around = [
            end for first, end in spans.values() if end.cell == frame.cell and first <= frame.line <= end.line
        ]
        return around[0] if around else Place(frame.cell, _END)
    texts = [text.en for text in (check.title, check.message, check.hint) if text is not None]
    for text in (check.id, *texts):
        named = [name for name in spans if re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9])", text)]
        if named:
            return spans[max(named, key=len)][1]
    return None


def cells_of(source: SourceFile) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """The author's own cells, code cells with their place among all cells, from 1."""
    for number, cell in enumerate(json.loads(source.notebook)["cells"], start=1):
        if TAG not in cell["metadata"].get("tags", ()):
            yield (number if cell["cell_type"] == "code" else None), cell
