"""Names that a module defines at its top level, read without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def top_names(tree: ast.Module) -> set[str]:
    """Functions, classes, assigned names and imports, also inside ``if`` and ``try``."""
    return set(_names(tree.body))


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
        elif isinstance(node, ast.AnnAssign):
            if isinstance(node.target, ast.Name):
                yield node.target.id
        else:
            for field in ("body", "orelse", "finalbody"):
                yield from _names(getattr(node, field, []))
            for handler in getattr(node, "handlers", []):
                yield from _names(handler.body)
