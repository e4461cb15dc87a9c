"""nbgrader's ``timestamp.txt``: when an assignment was handed in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,6})?\s*(\S*)")


def stamp_time(path: Path) -> datetime | None:
    """``2026-03-02 15:58:23.948203 America/Los_Angeles`` with its zone (UTC where none is named); None where it
    can't be read."""
    try:
        with path.open("rb") as file:
            text = file.read(200).decode("utf-8", "replace").strip()
        match = _STAMP.fullmatch(text)
        if match is None:
            return None
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}")
        fraction = int((match[3] or ".0")[1:].ljust(6, "0"))
        return moment.replace(microsecond=fraction, tzinfo=_zone(match[4]))
    except (OSError, ValueError):
        return None


def _zone(name: str) -> tzinfo:
    if name in ("", "Z", "UTC", "GMT"):
        return UTC
    if re.fullmatch(r"[+-]\d\d:?\d\d", name):
        zone = datetime.strptime(name.replace(":", ""), "%z").tzinfo
        assert zone is not None
        return zone
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError):  # an unknown zone, or a system without their table
        return UTC
