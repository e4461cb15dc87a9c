"""A notebook from Python source: the task first, then one cell for each definition, then a cell to try things out.

The same source gives the same bytes: fixed cell ids, no outputs, no machine's metadata (nbformat 4.5).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.schema import Colab

#: Intake leaves out cells with this tag: students try things there.
SCRATCH_TAG = "scratch"
_SCRATCH = """# scratch
# 여기에서 자유롭게 시험해 보세요. 이 셀은 채점하지 않습니다.
# Try things out here; this cell is not graded."""
#: Colab has no grader of its own; elsewhere the cell does nothing.
_INSTALL = """# scratch
import sys

if "google.colab" in sys.modules:
    %pip install -q "{address}\""""
#: What comes with the task lands in the folder that Colab shows on the left.
_SUPPLY = """
    !{{sys.executable}} -m grader start . --given {number}"""
_BADGE = "[![Colab에서 열기 | Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({address})"
#: Name of the cells between definitions.
SETUP = "setup"
_METADATA = {
    "grader": {"generated_by": "grader sync"},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def make_notebook(
    source: str,
    task_ko: str,
    task_en: str,
    number: str = "",
    colab: Colab | None = None,
    place: str = "",
    supplied: bool = False,
) -> str:
    """The notebook of ``source``, as the text of an ``.ipynb`` file.

    Args:
        source: valid Python; the code cells one after the other hold all of it, in its order.
        task_ko: the task in Markdown, shown in full.
        task_en: the same in English, folded away below it.
        number: the exercise's; its checks stand below each definition. Empty: no checks.
        colab: where the course's notebooks are opened, and what has to be installed there.
        place: of this notebook below ``colab.notebooks``.
        supplied: files come with the task, which Colab has to be given as well.
    """
    import nbformat
    from nbformat import v4

    english = f"<details>\n<summary>English</summary>\n\n{task_en.strip()}\n\n</details>"
    cells = [
        v4.new_markdown_cell(task_ko.strip("\n"), id="task"),
        v4.new_markdown_cell(english, id="task-en"),
    ]
    taken = {"task", "task-en", SCRATCH_TAG}
    if colab is not None:
        link = _BADGE.format(address=f"{colab.notebooks.rstrip('/')}/{place}")
        install = _INSTALL.format(address=colab.install) + (_SUPPLY.format(number=number) if supplied else "")
        cells.insert(0, v4.new_markdown_cell(link, id=_unused("colab", taken)))
        cells.append(v4.new_code_cell(install, id=_unused("install", taken), metadata={"tags": [SCRATCH_TAG]}))
    if number:
        cells.append(v4.new_code_cell("%load_ext grader", id=_unused("load", taken)))
    for name, code in split(source):
        cells.append(v4.new_code_cell(code, id=_unused(name, taken)))
        if number and name != SETUP:
            cells.append(v4.new_code_cell(f"%check {number}", id=_unused(f"check-{name}", taken)))
    cells.append(v4.new_code_cell(_SCRATCH, id=SCRATCH_TAG, metadata={"tags": [SCRATCH_TAG]}))
    notebook = v4.new_notebook(cells=cells, metadata=_METADATA, nbformat_minor=5)
    # As Jupyter itself saves, so that opening and saving a notebook changes only what was changed.
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def split(source: str) -> Iterator[tuple[str, str]]:
    """Cells of ``source``: each function or class with the comments above it, and what stands between them.

    Yields:
        A name (the definition's, or ``setup``) and the code, without blank lines around it.
    """
    lines = source.splitlines()
    start = 0
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        begin = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
        while begin > start and lines[begin - 1].startswith("#"):
            begin -= 1
        end = node.end_lineno or node.lineno
        # Comments that are indented below the last statement still belong to the definition.
        while end < len(lines) and re.match(r"\s+#", lines[end]):
            end += 1
        yield from _cell(SETUP, lines[start:begin])
        yield from _cell(node.name, lines[begin:end])
        start = end
    yield from _cell(SETUP, lines[start:])


def _cell(name: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    code = "\n".join(lines).strip("\n").rstrip()
    if code:
        yield name, code


def _unused(name: str, taken: set[str]) -> str:
    """A cell id: 64 letters, digits, ``-`` and ``_`` at most, no two the same."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:56] or "cell"
    fresh, number = plain, 1
    while fresh in taken:
        number += 1
        fresh = f"{plain}-{number}"
    taken.add(fresh)
    return fresh
