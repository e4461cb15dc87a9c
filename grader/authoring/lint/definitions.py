"""Names that a module defines at its top level, read without importing it."""

from __future__ import annotations

import symtable


def top_names(source: str, name: str) -> set[str]:
    """Functions, classes, assigned names and imports of valid Python, also inside ``if`` and ``try``."""
    symbols = symtable.symtable(source, name, "exec").get_symbols()
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported() or one.is_namespace()}
