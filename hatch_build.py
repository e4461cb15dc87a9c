"""Build hook: compiles the message catalogues and puts the public part of the course into the wheel.

What students install holds ``exercises/`` and each ``reference.json``; never ``solutions/``, never hidden checks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        for po in (root / "grader" / "locale").glob("*/LC_MESSAGES/*.po"):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source, locale=po.parts[-3]))
        if self.target_name != "wheel" or version == "editable":
            return
        include: dict[str, str] = build_data["force_include"]
        for file in sorted((root / "exercises").rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                include[str(file)] = f"grader/course/{file.relative_to(root).as_posix()}"
        for file in sorted((root / "reference").glob("*/reference.json")):
            include[str(file)] = f"grader/course/{file.relative_to(root).as_posix()}"
