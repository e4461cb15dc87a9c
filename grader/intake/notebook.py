"""A notebook's code as one Python text, with every line's cell and line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from grader.errors import FileError
from grader.i18n import both, both_n
from grader.intake.magics import python_cell
from grader.schema import SourceLine, Text
from grader.text import clean_line

MAX_DEPTH = 64
MAX_CELLS = 5000
#: Cells with one of these tags are the student's own business.
SKIPPED_TAGS = frozenset(("scratch", "skip-grading"))
SHOWN_PLACES = 8


@dataclass(frozen=True)
class Notebook:
    """What a notebook's code cells come to."""

    code: str
    lines: tuple[SourceLine, ...]
    """One for each line of ``code``. Cells count from 1 among the code cells, as ``In [n]`` does after "Restart
    and run all"; cells that were left out count too."""
    notes: tuple[Text, ...] = ()
    plain: str = ""
    """All its cells as a notebook of format 4 (JSON), without outputs, which may hold anything."""


def read_notebook(text: str) -> Notebook:
    """The code of the notebook in ``text`` (JSON), in the order of its cells; outputs are never looked at.

    Raises:
        FileError: it is not a notebook, or one in another language.
    """
    notes: list[Text] = []
    notebook = _load(text)
    version = notebook.get("nbformat")
    if isinstance(version, int) and not isinstance(version, bool) and version < 4:
        notebook = _upgraded(notebook, version)
        notes.append(both("The notebook has the old format {version}; it was read all the same.", version=version))
    cells = _code_cells(notebook)
    produced: list[str] = []
    places: list[SourceLine] = []
    dropped: list[str] = []
    left_out: list[str] = []
    foreign: list[str] = []
    for number, (source, tags) in enumerate(cells, start=1):
        if tags & SKIPPED_TAGS:
            left_out.append(str(number))
            continue
        cell = python_cell(source)
        if not cell.kept:
            foreign.append(f"{number} (%%{clean_line(cell.magic, 30)})")
            continue
        dropped += [f"{number}:{line}" for line in cell.dropped]
        for line, content in enumerate(cell.lines, start=1):
            produced.append(content)
            places.append(SourceLine(cell=number, line=line))
        # An empty line, so that a cell that ends in a backslash does not run on into the next one.
        produced.append("")
        places.append(SourceLine(cell=number, line=len(cell.lines)))
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
        notes.append(both("Cells tagged scratch or skip-grading were left out: {cells}", cells=_some(left_out)))
    return Notebook("\n".join(produced) + "\n", tuple(places), tuple(notes), _plain(notebook))


def _some(items: list[str]) -> str:
    return ", ".join(items[:SHOWN_PLACES]) + (f", … ({len(items)})" if len(items) > SHOWN_PLACES else "")


def _load(text: str) -> dict[str, Any]:
    if not text.strip():
        raise FileError(both("The notebook is empty."))
    if _too_deep(text):
        raise FileError(both("This is not a notebook: its JSON is nested too deeply."))
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileError(
            both(
                "The notebook is damaged: its JSON can't be read (line {line}, column {column}: {reason}). "
                "Please open it in Jupyter or Colab and save it again.",
                line=error.lineno,
                column=error.colno,
                reason=error.msg,
            )
        ) from None
    except (ValueError, RecursionError):
        raise FileError(both("The notebook is damaged: its JSON can't be read.")) from None
    if not isinstance(value, dict):
        raise _not_a_notebook()
    return value


def _too_deep(text: str) -> bool:
    """Whether brackets outside of strings nest deeper than any notebook's."""
    level = 0
    for part in re.finditer(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', text, re.DOTALL):
        first = part[0][0]
        if first in "[{":
            level += 1
            if level > MAX_DEPTH:
                return True
        elif first in "]}":
            level -= 1
    return False


def _code_cells(notebook: dict[str, Any]) -> list[tuple[str, frozenset[str]]]:
    """Source and tags of every code cell."""
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise _not_a_notebook()
    _check_language(notebook)
    if len(cells) > MAX_CELLS:
        raise FileError(both("The notebook has more than {cells} cells.", cells=MAX_CELLS))
    found = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = _source(cell)
        if "\0" in source:
            raise FileError(both("The file contains NUL bytes; it is not a text file."))
        found.append((source, frozenset(_tags(cell))))
    return found


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        source = ""
    # JSON can spell halves of characters, which no file can hold.
    source = source.encode("utf-8", "replace").decode("utf-8")
    return source.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _tags(cell: dict[str, Any]) -> list[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _plain(notebook: dict[str, Any]) -> str:
    """Kinds, texts and tags of all cells, in format 4.4 (whose cells need no identifiers)."""
    cells: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if kind not in ("code", "markdown", "raw"):
            continue
        tags = [clean_line(tag, 60) for tag in _tags(cell)[:10]]
        kept = {"cell_type": kind, "metadata": {"tags": tags} if tags else {}, "source": _source(cell)}
        cells.append(kept | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}, ensure_ascii=False
    )


def _upgraded(notebook: dict[str, Any], version: int) -> dict[str, Any]:
    """A notebook of format 1 to 3 as format 4, by nbformat's own rules."""
    import nbformat

    for sheet in _dicts(notebook.get("worksheets")) or [notebook]:
        for cell in _dicts(sheet.get("cells")):
            # Outputs don't matter, and old ones are what a conversion fails on.
            if cell.get("cell_type") == "code":
                cell["outputs"] = []
    try:
        node = nbformat.from_dict(notebook)
        return dict(nbformat.convert(node, 4))
    except Exception as error:  # nbformat trusts the shape of what it converts
        raise FileError(
            both(
                "The notebook's old format {version} can't be converted ({reason}). "
                "Please open it in Jupyter and save it again.",
                version=version,
                reason=clean_line(f"{type(error).__name__}: {error}"),
            )
        ) from None


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
            raise FileError(
                both("The notebook is in {language}, not in Python.", language=clean_line(language, 40))
            )


def _not_a_notebook() -> FileError:
    return FileError(both("This is not a notebook: it has no list of cells."))
