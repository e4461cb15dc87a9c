"""A notebook's code as one Python text, with every line's cell and line."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from grader.errors import FileError
from grader.i18n import both, both_n
from grader.intake.magics import python_cell, python_file
from grader.intake.notebook_json import ListOf, NotebookJson, Shape
from grader.places import cell_mark
from grader.schema import SourceLines
from grader.schema import Text as Message
from grader.text import clean_line

MAX_CELLS = 5000
#: Of all code cells together; the longest notebooks that people write have a few thousand lines.
MAX_LINES = 200_000
#: Characters of code, and of the text cells that are given back with the feedback: pictures pasted into a text
#: cell are part of its text, and stay behind.
MAX_CODE = 10_000_000
MAX_PROSE = 2_000_000
#: Cells with one of these tags, or with such a comment as their first line, are the student's own business.
SKIPPED_TAGS = frozenset(("scratch", "skip-grading"))
SHOWN_PLACES = 8

_SKIPPED_LINE = re.compile(r"#+[ \t]*+(?:scratch|skip-grading)[ \t]*+[.:]?[ \t]*+", re.IGNORECASE)
_CELL: Shape = {
    "cell_type": "scalar",
    "source": "text",
    "input": "text",
    "execution_count": "scalar",
    "prompt_number": "scalar",
    "level": "scalar",
    "metadata": {"tags": ListOf("scalar", 100)},
}
_NOTEBOOK: Shape = {
    "nbformat": "scalar",
    "metadata": {"kernelspec": {"language": "scalar"}, "language_info": {"name": "scalar"}},
    "cells": ListOf(_CELL, MAX_CELLS + 1),
    "worksheets": ListOf({"cells": ListOf(_CELL, MAX_CELLS + 1)}, 100),
}


@dataclass(frozen=True)
class Notebook:
    """What a notebook's code cells come to."""

    code: str
    lines: SourceLines
    """One for each line of ``code``. Cells count from 1 among all cells, text cells and those left out too."""
    labels: dict[int, int]
    """Cell -> its ``[n]``; of cells that share one (from two sessions), none."""
    notes: tuple[Message, ...] = ()
    plain: str = ""
    """All its cells as a notebook of format 4 (JSON), without outputs, which may hold anything."""


def read_notebook(text: str) -> Notebook:
    """The code of the notebook in ``text`` (JSON), in the order of its cells; outputs are never looked at.

    Raises:
        FileError: it is not a notebook, is one in another language, or has more code than anybody writes.
    """
    notes: list[Message] = []
    cells = _cells(text, notes)
    produced: list[str] = []
    runs: list[tuple[int, int | None, int]] = []
    dropped: list[str] = []
    left_out: list[str] = []
    foreign: list[str] = []
    labels = _labels(cells)
    for number, cell in enumerate(cells, start=1):
        if cell.kind != "code":
            continue
        place = cell_mark(number, labels.get(number))
        if cell.tags & SKIPPED_TAGS or _SKIPPED_LINE.fullmatch(cell.source.lstrip().partition("\n")[0]):
            left_out.append(place)
            continue
        python = python_cell(cell.source)
        if not python.kept:
            foreign.append(f"{place} (%%{clean_line(python.magic, 30)})")
            continue
        dropped += [f"{place}:{line}" for line in python.dropped]
        # An empty line, so that a cell that ends in a backslash does not run on into the next one.
        runs += [(len(produced), number, 1), (len(produced) + len(python.lines), number, len(python.lines))]
        produced += [*python.lines, ""]
    if dropped:
        notes.append(
            both_n(
                "{n} line for the notebook's shell (%magic, !command) was left out (cell:line): {places}",
                "{n} lines for the notebook's shell (%magic, !command) were left out (cell:line): {places}",
                len(dropped),
                places=_some(dropped),
            )
        )
    if foreign:
        notes.append(both("Cells that are not Python were left out: {cells}", cells=_some(foreign)))
    if left_out:
        notes.append(both("Cells marked scratch or skip-grading were left out: {cells}", cells=_some(left_out)))
    lines = SourceLines(tuple(runs), len(produced))
    return Notebook("\n".join(produced) + "\n", lines, labels, tuple(notes), _plain(cells))


def _labels(cells: list[_Cell]) -> dict[int, int]:
    shared = Counter(cell.label for cell in cells)
    numbered = ((number, cell.label) for number, cell in enumerate(cells, start=1))
    return {number: label for number, label in numbered if label is not None and shared[label] == 1}


def read_script(text: str) -> tuple[tuple[Message, ...], str]:
    """The Python of a ``.py`` file, and what is to be said of it.

    Colab and Jupyter save a notebook as Python with its magics and shell lines in it: they are left out as in a
    notebook. Any other file comes back as it is.

    Raises:
        FileError: it has more lines than anybody writes.
    """
    if text.count("\n") >= MAX_LINES:
        raise FileError("The code has more than {limit} lines.", limit=MAX_LINES)
    script = python_file(text)
    if not script.dropped:
        return (), text
    message = both_n(
        "{n} line for the notebook's shell (%magic, !command) was left out: line {places}",
        "{n} lines for the notebook's shell (%magic, !command) were left out: lines {places}",
        len(script.dropped),
        places=_some([str(line) for line in script.dropped]),
    )
    return (message,), "\n".join(script.lines)


def _some(items: list[str]) -> str:
    """The first few of ``items``, and how many there are where that is not all."""
    return ", ".join(items[:SHOWN_PLACES]) + (f", … ({len(items)})" if len(items) > SHOWN_PLACES else "")


@dataclass(frozen=True)
class _Cell:
    kind: str
    source: str
    tags: frozenset[str]
    label: int | None


def _cells(text: str, notes: list[Message]) -> list[_Cell]:
    """Every cell with its text, of a notebook of any format."""
    if not text.strip():
        raise FileError("The notebook is empty.")
    reader = NotebookJson(text)
    notebook = reader.read(_NOTEBOOK)
    if not isinstance(notebook, dict):
        raise _not_a_notebook()
    _check_language(notebook)
    version = notebook.get("nbformat")
    old = isinstance(version, int) and not isinstance(version, bool) and version < 4
    parts = _dicts(notebook.get("worksheets")) or [notebook] if old else [notebook]
    lists = [part["cells"] for part in parts if isinstance(part.get("cells"), list)]
    if not lists:
        raise _not_a_notebook()
    cells = [cell for found in lists for cell in _dicts(found)]
    if len(cells) > MAX_CELLS:
        raise FileError("The notebook has more than {cells} cells.", cells=MAX_CELLS)
    if old:
        notes.append(both("The notebook has the old format {version}; it was read anyway.", version=version))
    return _decoded(reader, cells)


def _decoded(reader: NotebookJson, cells: list[dict[str, Any]]) -> list[_Cell]:
    code, prose, lines = MAX_CODE, MAX_PROSE, MAX_LINES
    found = []
    for cell in cells:
        kind = cell.get("cell_type")
        place = cell.get("input") or cell.get("source")  # format 3 called a code cell's text its input
        if kind == "code":
            source = reader.decoded(place, code)
            if source is None:
                raise FileError("The notebook has more than {limit} MB of code.", limit=MAX_CODE // 1_000_000)
            code -= len(source)
            source = _plain_text(source)
            lines -= source.count("\n") + 1
            if lines < 0:
                raise FileError("The code has more than {limit} lines.", limit=MAX_LINES)
        elif kind in ("markdown", "raw", "heading"):
            source = _plain_text(reader.decoded(place, prose) or "")
            prose -= len(source)
            if kind == "heading":  # of format 3
                level = cell.get("level")
                kind, source = "markdown", f"{'#' * level if level in (1, 2, 3, 4, 5, 6) else '#'} {source}"
        else:
            continue
        metadata = cell.get("metadata")
        tags = metadata.get("tags") if isinstance(metadata, dict) else None
        names = frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()
        found.append(_Cell(kind, source, names, _label(cell) if kind == "code" else None))
    return found


def _label(cell: dict[str, Any]) -> int | None:
    count = cell.get("execution_count", cell.get("prompt_number"))
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10**6 else None


def _plain_text(source: str) -> str:
    if "\0" in source:
        raise FileError("The file contains NUL bytes; it is not a text file.")
    # JSON can spell halves of characters, which no file can hold.
    source = source.encode("utf-8", "replace").decode("utf-8")
    return source.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _plain(found: list[_Cell]) -> str:
    """Kinds, texts, tags and numbers of all cells, in format 4.4 (whose cells need no identifiers)."""
    cells: list[dict[str, Any]] = []
    for cell in found:
        tags = [clean_line(tag, 60) for tag in sorted(cell.tags)[:10]]
        kept = {"cell_type": cell.kind, "metadata": {"tags": tags} if tags else {}, "source": cell.source}
        cells.append(kept | ({"execution_count": cell.label, "outputs": []} if cell.kind == "code" else {}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}, ensure_ascii=False
    )


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _check_language(notebook: dict[str, Any]) -> None:
    metadata = notebook.get("metadata")
    if not isinstance(metadata, dict):
        return
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        told = metadata.get(part)
        language = told.get(key) if isinstance(told, dict) else None
        if isinstance(language, str) and language and not language.lower().startswith(("python", "ipython")):
            raise FileError("The notebook is in {language}, not in Python.", language=clean_line(language, 40))


def _not_a_notebook() -> FileError:
    return FileError("This is not a notebook: it has no list of cells.")
