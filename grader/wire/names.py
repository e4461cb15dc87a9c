"""Names in the order in which people sort them."""

from __future__ import annotations

import re


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key that puts ``s2`` before ``s10``: runs of ASCII digits compare as numbers, before any letter;
    the name itself decides between ``s2`` and ``s02``."""
    parts = re.split(r"([0-9]{1,18})", name)
    return tuple((0, int(part), "") if i % 2 else (1, 0, part) for i, part in enumerate(parts) if part), name
