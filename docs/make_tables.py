"""Writes the tables that the documentation takes from the code: the formats in docs/exports.md."""

from __future__ import annotations

import re
from pathlib import Path

from grader.export.formats import documented

PAGE = Path(__file__).with_name("exports.md")
TABLE = re.compile(r"\| format \| PATH \|.*?(?=\n\n)", re.DOTALL)

PAGE.write_text(TABLE.sub(lambda _: documented(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
