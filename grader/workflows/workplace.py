"""A student's working folder: what ``start`` puts there and what ``check`` remembers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import WorkplaceError
from grader.files import write_json
from grader.schema import Course, Exercise, Lang, Result
from grader.workflows.overview import overview

#: Inside the working folder; hidden, and never part of a submission.
STATE = ".grader"


class Workplace:
    """One folder that ``grader start`` made, or any folder in which ``grader check`` is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def here(cls) -> Workplace | None:
        """The working folder around the current one, if there is one."""
        for folder in (Path.cwd(), *Path.cwd().parents):
            if (folder / STATE / "workplace.json").is_file():
                return cls(folder)
        return None

    @property
    def reports(self) -> Path:
        """Where ``check`` writes its report."""
        return self.folder / STATE / "report"

    @property
    def lang(self) -> Lang | None:
        """The language chosen at the start."""
        value = self._state().get("lang")
        return "ko" if value == "ko" else "en" if value == "en" else None

    @property
    def suffix(self) -> str:
        """Of the files to fill in: ``.py`` or ``.ipynb``."""
        return ".ipynb" if self._state().get("notebooks") is True else ".py"

    def standing(self) -> Mapping[str, dict[str, Any]]:
        """Exercise id -> ``{"points", "max_points", "status"}`` of the last check."""
        value = self._state().get("exercises", {})
        return value if isinstance(value, dict) else {}

    def begin(self, course: Course, *, notebooks: bool, lang: Lang) -> tuple[list[Path], list[Path]]:
        """Copy every exercise's stub, task and given files; files that are there stay.

        Returns:
            The files made, and those left as they were.

        Raises:
            WorkplaceError: ``folder`` is a file, or can't be written.
        """
        made: list[Path] = []
        kept: list[Path] = []

        def put(source: bytes, target: Path) -> None:
            if target.exists():
                kept.append(target)
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source)
            made.append(target)

        readme = "README.md" if lang == "ko" else "README.en.md"
        try:
            for exercise in course.exercises:
                name = exercise.file + (".ipynb" if notebooks else ".py")
                folder = self.folder / exercise.id
                put((exercise.public_dir / name).read_bytes(), folder / name)
                put((exercise.public_dir / readme).read_bytes(), folder / "README.md")
                for given in exercise.given:
                    put((exercise.public_dir / given).read_bytes(), folder / given)
            put(overview(course, lang, notebooks=notebooks).encode(), self.folder / "README.md")
            self._save({**self._state(), "lang": lang, "notebooks": notebooks})
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            raise WorkplaceError(
                "{folder} cannot be used: {reason}.", folder=str(self.folder), reason=error.strerror or ""
            ) from error
        return made, kept

    def remember(self, result: Result) -> None:
        """Keep each exercise's standing for ``grader list``."""
        standing = dict(self.standing())
        for exercise in result.exercises:
            standing[exercise.id] = {
                "points": exercise.points,
                "max_points": exercise.max_points,
                "status": exercise.status,
            }
        self._save({**self._state(), "exercises": standing})

    def _state(self) -> dict[str, Any]:
        try:
            value = json.loads((self.folder / STATE / "workplace.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _save(self, state: dict[str, Any]) -> None:
        write_json(self.folder / STATE / "workplace.json", state)


def find_place(exercises: Sequence[Exercise]) -> Workplace:
    """The working folder around the current one, else the current one where it has work of ``exercises`` in it.

    Raises:
        WorkplaceError: it has none.
    """
    place = Workplace.here()
    if place is not None:
        return place
    folder = Path.cwd()
    names = {e.file + suffix for e in exercises for suffix in (".py", ".ipynb")} | {
        name for e in exercises for name in e.models
    }
    if not any(path.name in names for pattern in ("*", "*/*", "*/*/*") for path in folder.glob(pattern)):
        raise WorkplaceError(
            "{folder} is not a working folder and holds no exercise file: "
            "go to the folder with your work, or make one with `grader start DIR`.",
            folder=str(folder),
        )
    return Workplace(folder)
