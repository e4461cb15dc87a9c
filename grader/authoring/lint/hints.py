"""Whether every check that students see has a hint, and every hint a check.

A check asks for a hint by its key, often through a helper: ``compare(actual, expected, "stride")``. So a check
has a hint when one is named like it, or when its function holds a string that is a hint's key.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.i18n import both
from grader.schema import Text


def hint_problems(
    hints: Mapping[str, Text], student_checks: set[str], all_checks: set[str], files: Sequence[Path]
) -> Iterator[Text]:
    """What does not fit together.

    Args:
        hints: ``[hints]`` of exercise.toml.
        student_checks: ids of the checks that students see.
        all_checks: ids of all checks, parametrised ones also without their parameters.
        files: the modules of checks; the first one is the students'.
    """
    trees = [tree for tree in map(_tree, files) if tree is not None]
    functions = {
        node.name.removeprefix("test_"): node
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    for check in sorted(student_checks):
        plain = check.partition("[")[0]
        named = {check, plain} & hints.keys()
        if not named and not (plain in functions and _strings(*functions[plain].body) & hints.keys()):
            yield both("{check} has no hint: hints.{check} is missing.", check=plain)
    asked = {text for tree in trees for text in _asked(tree)}
    for key in sorted(asked - hints.keys()):
        if " " not in key:  # a hint with spaces is a text of its own
            yield both("A check asks for the hint {key}, which does not exist.", key=key)
    said = {text for tree in trees for text in _strings(tree)}
    for key in sorted(hints.keys() - said - all_checks):
        yield both("The hint {key} belongs to no check.", key=key)


def _tree(file: Path) -> ast.Module | None:
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None  # said elsewhere, where the checks are collected


def _strings(*trees: ast.AST) -> set[str]:
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _asked(tree: ast.AST) -> Iterator[str]:
    """Keys given as ``hint="key"``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "hint":
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
