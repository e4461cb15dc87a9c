"""Takes out of code what IPython would act on and Python could not read: magics, shell lines, help.

Lines keep their numbers. As in IPython, only a line that begins a statement can be a magic: ``% b`` that continues
an expression, or stands inside a text of several lines, is Python and stays. A little scanner of brackets and
quotes tells which; it never looks at what the code means, so code that does not compile is no problem for it.
Nothing here backtracks: the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Cell magics whose cell is Python that runs in the notebook itself.
PYTHON_CELLS = frozenset(("check", "time", "timeit", "capture", "prun", "memit"))
#: Line magics that run the statement after them in the notebook itself.
PYTHON_LINES = frozenset(("%time", "%prun"))

_NAMES = r"[A-Za-z_][\w.]*+(?:\s*+,\s*+[A-Za-z_][\w.]*+)*+"
_ASSIGNED = re.compile(rf"({_NAMES})\s*+=\s*+(?:!|%(?=[A-Za-z]))")
_HELP = re.compile(r"\?{1,2}+\s*+[\w*%][\w.*\[\]]*+|%{0,2}+[A-Za-z_*][\w.*\[\]]*+\s*+\?{1,2}+")
#: What IPython's automagic takes for a command and what is never Python.
_AUTOMAGIC = re.compile(r"(?:pip3?|conda|mamba)\s++(?:install|uninstall|list|freeze|show)\b")
_OURS = re.compile(r"\s*(?:%%?check\b|%(?:re)?load_ext grader\b)")
_CELL_MAGIC = re.compile(r"%%(\w+)")
_OPENING = re.compile(r"\"\"\"|'''|[\"'#()\[\]{}]")
_CLOSING = {quote: re.compile(rf"\\.|{quote}") for quote in ('"', "'", '"""', "'''")}


@dataclass
class Cell:
    """Code after the magics are gone."""

    lines: list[str]
    dropped: list[int] = field(default_factory=list)
    """Numbers (from 1) of the lines that were taken out."""
    kept: bool = True
    """False: the cell is not Python (``%%bash``, ``%%writefile`` …) and was dropped whole."""
    magic: str = ""
    """Name of the cell magic."""

    def drop(self, index: int) -> None:
        """Note that a line is taken out; the grader's own commands are in every notebook and not worth a word."""
        if not _OURS.match(self.lines[index]):
            self.dropped.append(index + 1)


def python_cell(text: str) -> Cell:
    """The Python in one notebook cell's ``text``; as many lines as the text has."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return Cell(lines)
    lines = _dedented(lines, first)
    cell = Cell(lines)
    match = _CELL_MAGIC.match(lines[first])
    if match:
        cell.magic = match[1]
        cell.drop(first)
        if match[1] not in PYTHON_CELLS:
            cell.kept = False
            cell.lines = [""] * len(lines)
            return cell
        lines[first] = _comment("", lines[first])
    _take_out(cell)
    return cell


def python_file(text: str) -> Cell:
    """The Python in a ``.py`` file that a notebook was saved as; any other Python file comes back as it is."""
    cell = Cell(text.split("\n"))
    _take_out(cell)
    return cell


def _take_out(cell: Cell) -> None:
    state = _State()
    after_magic = False
    for i, line in enumerate(cell.lines):
        if after_magic:
            # A shell line that goes on: IPython takes the next line with it.
            after_magic = line.rstrip().endswith("\\")
            cell.drop(i)
            cell.lines[i] = _comment("", line)
            continue
        if state.fresh:
            python = _without_magic(line)
            if python is not None:
                cell.drop(i)
                after_magic = line.rstrip().endswith("\\")
                cell.lines[i] = line = python
        state.scan(line)


def _without_magic(line: str) -> str | None:
    """What stands in Python for a line that is a magic; None for a line that is none."""
    body = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    if body[:1] in ("%", "!"):
        magic, *statement = body.split(None, 1)
        if magic in PYTHON_LINES and statement and not statement[0].startswith("-"):
            return indent + statement[0]
        return _comment(indent, line)
    assigned = _ASSIGNED.match(body)
    if assigned:
        return f"{indent}{assigned[1]} = None  # {body[assigned.end() - 1 :]}"
    if _HELP.fullmatch(body.removesuffix(";").rstrip()) or _AUTOMAGIC.match(body):
        return _comment(indent, line)
    return None


def _comment(indent: str, line: str) -> str:
    """A line that does nothing. Inside a block it must be a statement, since it may be the block's only one."""
    text = line.strip().rstrip("\\")
    return f"{indent}pass  # {text}" if indent else f"# {text}"


def _dedented(lines: list[str], first: int) -> list[str]:
    """A cell whose first line is indented is one that IPython moves to the left."""
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip(" \t"))]
    if not indent:
        return lines
    return [line[len(indent) :] if line.startswith(indent) else line for line in lines]


class _State:
    """Where the scanner stands between two lines."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._continued = False

    @property
    def fresh(self) -> bool:
        """Whether the next line begins a statement."""
        return not self._depth and not self._quote and not self._continued

    def scan(self, line: str) -> None:
        """Go over one line."""
        self._continued = False
        at = 0
        while True:
            match = (_CLOSING[self._quote] if self._quote else _OPENING).search(line, at)
            if match is None:
                break
            at, found = match.end(), match[0]
            if self._quote:
                if found == self._quote:
                    self._quote = ""
            elif found == "#":
                return
            elif found[0] in "\"'":
                self._quote = found
            elif found in "([{":
                self._depth += 1
            else:
                self._depth = max(0, self._depth - 1)
        backslash = line.endswith("\\")
        if len(self._quote) == 1 and not backslash:
            self._quote = ""  # a text in single quotes ends with its line: the compiler will say so
        self._continued = backslash and not self._quote
