"""A stub from a solution: what stands between the markers is taken out.

In a solution::

    def area(width, height):
        \"\"\"…\"\"\"
        ### BEGIN SOLUTION
        return width * height
        ### END SOLUTION

    ### BEGIN SOLUTION: CLASS_NAMES = []
    CLASS_NAMES = ["airplane", "automobile"]
    ### END SOLUTION

In a function the block becomes ``raise NotImplementedError(…)``; at the top of the module it disappears (imports
and helpers that only the solution needs); with text after a colon it becomes that text.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import CourseError
from grader.i18n import both

#: What an unfinished function says; both languages, because a stub is the same file for everyone.
TODO = "여기에 코드를 작성하세요 | write your code here"
_BEGIN = re.compile(r"### BEGIN SOLUTION(?::\s*(?P<instead>\S.*?))?\s*")
_END = re.compile(r"### END SOLUTION\s*")
#: Anything that looks like a marker: one with a typing mistake would hand the solution to students.
_LIKE = re.compile(r"#+\s*(begin|end)[\s_-]*solutions?\b.*", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """Lines between two markers; numbers count from 1 and are those of the marker lines."""

    begin: int
    end: int
    indent: str
    instead: str | None


def make_stub(solution: str, name: str) -> str:
    """The stub of ``solution``.

    Args:
        solution: Python source with markers.
        name: what messages call the file.

    Raises:
        CourseError: no markers, markers that do not pair, or a result that is not Python; with the line.
    """
    tree = parse(solution, name)
    blocks = find_blocks(solution, name)
    if not blocks:
        raise CourseError(
            both("{file} has no “### BEGIN SOLUTION”: its stub would be the solution itself.", file=name)
        )
    lines = solution.splitlines()
    made: list[str] = []
    position = 0
    for block in blocks:
        made += lines[position : block.begin - 1]
        position = block.end
        instead = _replacement(block, tree, name)
        if instead is None:
            position = _close_gap(made, lines, position)
        else:
            made.append(block.indent + instead)
    made += lines[position:]
    stub = "\n".join(made).rstrip() + "\n"
    try:
        ast.parse(stub)
    except SyntaxError as error:
        raise CourseError(
            both(
                "The stub of {file} is not valid Python ({reason}): the markers cut through a statement.",
                file=name,
                reason=f"{error.msg}: {(error.text or '').strip()}",
            )
        ) from error
    return stub


def without_markers(solution: str) -> str:
    """The solution as a student would hand it in: the marker lines are gone, nothing else."""
    markers = {number for block in find_blocks(solution, "") for number in (block.begin, block.end)}
    lines = enumerate(solution.splitlines(keepends=True), 1)
    return "".join(line for number, line in lines if number not in markers)


def parse(source: str, name: str) -> ast.Module:
    """The syntax tree of a file of the course.

    Raises:
        CourseError: it is not Python; with the line.
    """
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise CourseError(
            both("{file} is not valid Python: {reason}.", file=f"{name}:{error.lineno}", reason=error.msg)
        ) from error


def find_blocks(source: str, name: str) -> list[Block]:
    """All marked blocks in order. Only comments count; markers in strings are text.

    Raises:
        CourseError: a marker inside another block, without its partner, misspelt, or beside code; with the line.
    """
    blocks: list[Block] = []
    opened: tuple[int, str, str | None] | None = None
    for number, indent, comment in _comments(source):
        if not _LIKE.match(comment):
            continue
        where = f"{name}:{number}"
        begin, end = _BEGIN.fullmatch(comment), _END.fullmatch(comment)
        if (not begin and not end) or indent is None:
            raise CourseError(
                both(
                    "{file}: “{comment}” is no marker. A marker stands alone on its line: "
                    "### BEGIN SOLUTION or ### END SOLUTION.",
                    file=where,
                    comment=comment.strip(),
                )
            )
        if begin:
            if opened is not None:
                raise CourseError(
                    both(
                        "{file}: BEGIN SOLUTION inside the block that begins on line {line}.",
                        file=where,
                        line=opened[0],
                    )
                )
            opened = (number, indent, begin["instead"])
            continue
        if opened is None:
            raise CourseError(both("{file}: END SOLUTION without BEGIN SOLUTION.", file=where))
        if indent != opened[1]:
            raise CourseError(
                both(
                    "{file}: END SOLUTION is not indented like its BEGIN SOLUTION on line {line}.",
                    file=where,
                    line=opened[0],
                )
            )
        blocks.append(Block(opened[0], number, indent, opened[2]))
        opened = None
    if opened is not None:
        raise CourseError(both("{file}: BEGIN SOLUTION without END SOLUTION.", file=f"{name}:{opened[0]}"))
    return blocks


def _comments(source: str) -> list[tuple[int, str | None, str]]:
    """Line, indentation (None where code stands before it) and text of every comment."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            before = token.line[: token.start[1]]
            found.append((token.start[0], before if not before.strip() else None, token.string))
    return found


def _replacement(block: Block, tree: ast.Module, name: str) -> str | None:
    """The line that stands for ``block``; None where nothing does."""
    if block.instead is not None:
        return block.instead
    function = _function_around(tree, block)
    if function is not None:
        return f'raise NotImplementedError("{function}: {TODO}")'
    if block.indent:
        raise CourseError(
            both(
                "{file}: outside a function, an indented block must say what stands in the stub: "
                "### BEGIN SOLUTION: pass",
                file=f"{name}:{block.begin}",
            )
        )
    return None


def _function_around(tree: ast.Module, block: Block) -> str | None:
    """Name of the innermost function whose body holds ``block``."""
    name, size = None, float("inf")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            inside = node.lineno < block.begin <= end and node.col_offset < len(block.indent)
            if inside and end - node.lineno < size:
                name, size = node.name, end - node.lineno
    return name


def _close_gap(made: list[str], lines: Sequence[str], position: int) -> int:
    """Where to go on after a block that disappeared, so that no more blank lines meet than stood on one side."""
    before = 0
    while before < len(made) and not made[-1 - before].strip():
        before += 1
    after = 0
    while position + after < len(lines) and not lines[position + after].strip():
        after += 1
    return position + min(before, after)
