"""Small courses in temporary folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

TOML = """\
file = "area"
functions = ["area"]
points = 5

[title]
ko = "넓이"
en = "Area"

[summary]
ko = "넓이를 구합니다."
en = "Compute an area."
"""

MakeCourse = Callable[..., Path]


@pytest.fixture
def make_course(tmp_path: Path) -> MakeCourse:
    """Write an exercise; more files by their path below the course."""

    def make(toml: str = TOML, files: dict[str, str] | None = None, slug: str = "01_area") -> Path:
        content = {
            f"exercises/{slug}/exercise.toml": toml,
            f"exercises/{slug}/probe.py": "def probe(student, inputs, evidence): ...\n",
            f"exercises/{slug}/checks.py": "",
            **(files or {}),
        }
        for name, text in content.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return make
