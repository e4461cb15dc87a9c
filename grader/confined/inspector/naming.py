"""Names that TensorFlow takes. Keras lets a layer be called anything; a saved graph knows few characters."""

from __future__ import annotations

import hashlib
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def plainly_named(config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A sanitised configuration in which every name is plain, and the new names with the old ones."""
    old: dict[str, str] = {}

    def plain(name: str) -> str:
        if _PLAIN.fullmatch(name):
            return name
        made = f"name_{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
        old[made] = name
        return made

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: plain(part) if key == "name" and isinstance(part, str) else walk(part)
                for key, part in value.items()
            }
        if not isinstance(value, list):
            return value
        if len(value) == 3 and isinstance(value[0], str):  # a tensor: whose, of which call, which one
            return [plain(value[0]), *value[1:]]
        return [walk(part) for part in value]

    return walk(config), old
