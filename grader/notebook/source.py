"""The notebook's own code as it would be handed in, found by the front end's own means.

* Colab answers the message ``get_ipynb`` with the notebook as it is on the screen.
* VS Code names the file in ``__vsc_ipynb_file__``, Jupyter's server in ``JPY_SESSION_NAME``. The file holds what
  was saved; a cell that ran after that takes the place of the saved one, told by the cell's id (in VS Code, whose
  ids are not the file's, by what the cell defines).
* Elsewhere there are only the cells that ran, in the order in which they ran.
"""

from __future__ import annotations

import ast
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

#: Seconds for Colab's page to answer.
COLAB_SECONDS = 20
#: Larger files are not read: outputs, most likely, but a kernel must not stall on them.
MAX_BYTES = 100 << 20

Origin = Literal["colab", "file", "file_and_cells", "cells"]
Cell = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """The cells of a notebook, and how they were found."""

    cells: list[Cell]
    """As in nbformat 4; text cells are there so that cells are counted as on the screen, and empty."""
    origin: Origin
    path: Path | None = None
    """The notebook's file where it is known."""

    def as_notebook(self) -> str:
        """As the text of an ``.ipynb`` file (nbformat 4.4), without outputs."""
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        notebook = {"cells": self.cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(notebook, ensure_ascii=True)


@dataclass(frozen=True)
class Ran:
    """One cell that ran."""

    source: str
    cell_id: str | None
    at: float
    """Seconds since the epoch."""
    count: int | None = None
    """What stands beside it since then: ``[3]``."""


class History:
    """The cells that ran since the extension was loaded; before that, IPython's own list of inputs."""

    def __init__(self, shell: Any) -> None:
        before = shell.user_ns.get("In", [])
        self.ran: list[Ran] = [
            Ran(str(source), None, 0.0, number or None)
            for number, source in enumerate(before)
            if not _only_magics(str(source))
        ]
        self._shell = shell
        shell.events.register("pre_run_cell", self._note)

    def _note(self, info: Any) -> None:
        source = getattr(info, "raw_cell", None)
        if isinstance(source, str) and not _only_magics(source):
            self.ran.append(Ran(source, getattr(info, "cell_id", None), time.time(), self._shell.execution_count))

    def latest(self) -> list[Ran]:
        """Each cell once, as it ran last, in the order of first runs; without an id, every run counts."""
        last = {ran.cell_id: ran for ran in self.ran if ran.cell_id is not None}
        kept: list[Ran] = []
        for ran in self.ran:
            if ran.cell_id is None:
                kept.append(ran)
            elif ran.cell_id in last:
                kept.append(last.pop(ran.cell_id))
        return kept


def _only_magics(source: str) -> bool:
    """Whether a cell, such as one with ``%check``, is of the front end and not of the work."""
    lines = [line.strip() for line in source.splitlines()]
    return all(not line or line.startswith(("%", "!")) for line in lines) or source.lstrip().startswith(
        "get_ipython().run"
    )


def find_notebook(shell: Any, history: History) -> Found:
    """The code of the notebook that runs in ``shell``."""
    asked = _from_colab()
    if asked is not None:
        return Found(_cells(asked), "colab")
    path = _file(shell)
    saved = _read(path) if path is not None else None
    if saved is not None and path is not None:
        merged, changed = merge_cells(_cells(saved), history.latest(), path.stat().st_mtime)
        if merged is not None:
            return Found(merged, "file_and_cells" if changed else "file", path)
    return Found([_cell(ran.source, count=ran.count) for ran in history.latest()], "cells", path)


def _from_colab() -> dict[str, Any] | None:
    try:
        from google.colab import _message  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    try:
        reply = _message.blocking_request("get_ipynb", request="", timeout_sec=COLAB_SECONDS)
    except Exception:  # a page that was closed, another version: the cells that ran are still there
        return None
    notebook = reply.get("ipynb") if isinstance(reply, dict) else None
    return notebook if isinstance(notebook, dict) else None


def _file(shell: Any) -> Path | None:
    named = shell.user_ns.get("__vsc_ipynb_file__")
    if isinstance(named, str) and Path(named).is_file():
        return Path(named)
    session = os.environ.get("JPY_SESSION_NAME", "")
    # The path is the server's: below its root folder, while the kernel runs in the notebook's own.
    for path in (Path(session), Path(Path(session).name)) if session.endswith(".ipynb") else ():
        if path.is_file():
            return path.resolve()
    return None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        notebook = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return notebook if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list) else None


def _cells(notebook: dict[str, Any]) -> list[Cell]:
    cells = notebook.get("cells")
    found = []
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict) and cell.get("cell_type") != "code":
            found.append({"cell_type": "markdown", "metadata": {}, "source": ""})
        elif isinstance(cell, dict):
            source, metadata = cell.get("source", ""), cell.get("metadata")
            text = (
                "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else source
            )
            tags = metadata.get("tags") if isinstance(metadata, dict) else None
            found.append(_cell(text, tags, cell.get("id"), cell.get("execution_count")))
    return found


def _cell(source: str, tags: object = None, cell_id: object = None, count: object = None) -> Cell:
    cell: Cell = {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": [], "source": source}
    if isinstance(tags, list):
        cell["metadata"] = {"tags": [tag for tag in tags if isinstance(tag, str)]}
    if isinstance(cell_id, str):
        cell["id"] = cell_id
    return cell


def defined(source: str) -> set[str]:
    """Names that a cell defines at its top level; one that does not compile defines none."""
    lines = (line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))
    try:
        body = ast.parse("\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError):
        return set()
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def merge_cells(saved: list[Cell], ran: list[Ran], saved_at: float) -> tuple[list[Cell] | None, bool]:
    """The saved cells, each as it ran after it was saved; None where it can't be told which cell is which.

    Returns:
        The cells, and whether any differs from the file.
    """
    place = {cell["id"]: number for number, cell in enumerate(saved) if "id" in cell}
    texts = {cell["source"].strip(): number for number, cell in enumerate(saved) if cell["cell_type"] == "code"}
    # VS Code's ids are not those of the file: there a cell is known by its text, else by what it defines.
    ids_hold = any(run.cell_id in place for run in ran)
    names = {} if ids_hold else {n: number for number, cell in enumerate(saved) for n in defined(cell["source"])}

    def home(run: Ran) -> int | None:
        if run.cell_id in place:
            return place[str(run.cell_id)]
        if ids_hold or run.source.strip() in texts:
            return texts.get(run.source.strip())
        found = {names[name] for name in defined(run.source) if name in names}
        return found.pop() if len(found) == 1 else None

    if not ids_hold and any(run.at > saved_at and home(run) is None for run in ran):
        return None, True
    merged = [dict(cell) for cell in saved]
    added: dict[int, list[Cell]] = {}
    changed, here = False, -1
    for run in ran:
        number = home(run)
        if number is not None:
            here = number
            if run.count is not None:
                merged[here]["execution_count"] = run.count
            if run.at > saved_at and merged[here]["source"] != run.source:
                merged[here]["source"], changed = run.source, True
        elif run.at > saved_at:
            added.setdefault(here, []).append(_cell(run.source, count=run.count))  # new, and not yet saved
            changed = True
    ordered = list(added.get(-1, []))
    for number, cell in enumerate(merged):
        ordered += [cell, *added.get(number, [])]
    for cell in ordered:
        cell.pop("id", None)
    return ordered, changed
