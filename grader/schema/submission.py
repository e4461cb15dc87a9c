"""What intake makes of a folder, a zip or a file: declared files only, hashed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, overload

from pydantic import Field

from grader.schema.base import Frozen, Text


class SourceLine(Frozen):
    """Where a line of the code that ran stands in what the student wrote (both count from 1, text cells too)."""

    cell: int | None
    line: int


@dataclass(frozen=True)
class SourceLines(Sequence[SourceLine]):
    """A place for every line of code, stored as runs of consecutive lines: no object for each."""

    runs: tuple[tuple[int, int | None, int], ...] = ()
    """First index of the run (from 0), its cell, and the line in the cell at that index."""
    length: int = 0

    @classmethod
    def of(cls, places: Iterable[SourceLine]) -> SourceLines:
        """The same places, as runs."""
        runs: list[tuple[int, int | None, int]] = []
        index = -1
        for index, place in enumerate(places):
            if not runs or (place.cell, place.line) != (runs[-1][1], runs[-1][2] + index - runs[-1][0]):
                runs.append((index, place.cell, place.line))
        return cls(tuple(runs), index + 1)

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> SourceLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SourceLine]: ...
    def __getitem__(self, index: int | slice) -> SourceLine | Sequence[SourceLine]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.length))]
        if index < 0:
            index += self.length
        if not 0 <= index < self.length:
            raise IndexError(index)
        start, cell, line = self.runs[bisect_right(self.runs, index, key=lambda run: run[0]) - 1]
        return SourceLine(cell=cell, line=line + index - start)


class SourceFile(Frozen):
    """One exercise's code, ready to run."""

    name: str
    """What the student calls it, such as ``cifar10_cnn.ipynb``; tracebacks use this name."""
    code: str
    """Python text; for a notebook its code cells one after the other."""
    sha256: str
    """Of the bytes handed in."""
    notebook: str = ""
    """For a notebook: its cells as a notebook of format 4 (JSON), without outputs; given back with feedback."""
    lines: SourceLines = SourceLines()
    """For a notebook: line i of ``code`` is ``lines[i - 1]``; empty for a .py file."""
    labels: dict[int, int] = Field(default_factory=dict)
    """For a notebook: cell -> the number that stands beside it (``[3]``), where no other cell has the same."""


class ModelFile(Frozen):
    """A ``.keras`` file that was handed in: opaque bytes, opened in the confined inspector only."""

    name: str
    path: Path = Field(Path(), exclude=True)
    """While it is graded; not part of what is stored."""
    size: int
    sha256: str


class Problem(Frozen):
    """Something about one file that its author should know."""

    file: str
    severity: Literal["note", "error"]
    """``note``: it was graded all the same; ``error``: this file could not be used."""
    message: Text


class ExerciseFiles(Frozen):
    """What a submission contains for one exercise."""

    exercise: str
    source: SourceFile | None
    models: tuple[ModelFile, ...] = ()
    problems: tuple[Problem, ...] = ()


class Submission(Frozen):
    """One student's work. Files that no exercise declares are not part of it."""

    id: str
    name: str = ""
    """As people call the student; empty where nobody said."""
    sha256: str
    """Of the names and bytes of all declared files."""
    exercises: tuple[ExerciseFiles, ...]
    problems: tuple[Problem, ...] = ()
