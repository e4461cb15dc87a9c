"""Build hook: compiles the message catalogues, builds the playground's page, adds the public part of the course.

What students install holds ``exercises/`` and each ``reference.json``; never ``solutions/``, never hidden checks.
"""

from __future__ import annotations

import importlib.util
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
        self._build_page(root)
        if self.target_name != "wheel" or version == "editable":
            return
        include: dict[str, str] = build_data["force_include"]
        for file in sorted((root / "exercises").rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                include[str(file)] = f"grader/course/{file.relative_to(root).as_posix()}"
        for file in sorted((root / "reference").glob("*/reference.json")):
            include[str(file)] = f"grader/course/{file.relative_to(root).as_posix()}"

    def _build_page(self, root: Path) -> None:
        """Everything else works without the page: where npm does not, the rest is installed all the same."""
        file = root / "grader" / "playground" / "build_page.py"
        spec = importlib.util.spec_from_file_location("build_page", file)
        assert spec is not None
        assert spec.loader is not None
        build_page = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(build_page)
        try:
            build_page.build()
        except (build_page.BuildError, OSError) as error:
            self.app.display_warning(f"The playground's page was not built: {error}")
