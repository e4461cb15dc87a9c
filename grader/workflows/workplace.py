"""A student's working folder: what ``start`` puts there and what ``check`` remembers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.datasets import find_pretrained
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
    def here(cls, start: Path | None = None) -> Workplace | None:
        """The working folder around ``start``, by default the current one, if there is one."""
        inner = start or Path.cwd()
        for folder in (inner, *inner.parents):
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
        files: dict[Path, bytes] = {}
        readme = "README.md" if lang == "ko" else "README.en.md"
        for exercise in course.exercises:
            name = exercise.file + (".ipynb" if notebooks else ".py")
            folder = self.folder / exercise.id
            files[folder / name] = (exercise.public_dir / name).read_bytes()
            files[folder / "README.md"] = (exercise.public_dir / readme).read_bytes()
            files |= {folder / given: (exercise.public_dir / given).read_bytes() for given in exercise.given}
        files[self.folder / "README.md"] = overview(course, lang, notebooks=notebooks).encode()
        made, kept = self._put(files)
        self._save({**self._state(), "lang": lang, "notebooks": notebooks})
        return made, kept

    def supply(self, exercises: Sequence[Exercise], data: Path | None = None) -> tuple[list[Path], list[Path]]:
        """Put what comes with tasks, and photographs where the data folder has them, straight into the folder.

        Returns, Raises:
            As :meth:`begin`.
        """
        files = {name: e.public_dir / name for e in exercises for name in e.given}
        for exercise in exercises:
            real = find_pretrained(exercise.real, data) if exercise.real else None
            photographs = {n: p for n, p in real.files.items() if n.startswith("photograph_")} if real else {}
            files |= photographs
        return self._put({self.folder / name: path.read_bytes() for name, path in files.items()})

    def reset(self, exercise: Exercise) -> tuple[Path, Path | None]:
        """Hand out an exercise's file again; the old one is kept where no submission takes it from.

        Returns:
            The fresh file, and where the old one is; None where there was none.

        Raises:
            WorkplaceError: the folder can't be written.
        """
        name = exercise.file + self.suffix
        path, old = self.folder / exercise.id / name, None
        if path.exists():
            kept = self.folder / STATE / "old"
            number = sum(1 for _ in kept.glob(f"*-{name}")) + 1
            old = kept / f"{number}-{name}"
            kept.mkdir(parents=True, exist_ok=True)
            path.rename(old)
        self._put({path: (exercise.public_dir / name).read_bytes()})
        standing = {known: value for known, value in self.standing().items() if known != exercise.id}
        self._save({**self._state(), "exercises": standing})
        return path, old

    def _put(self, files: Mapping[Path, bytes]) -> tuple[list[Path], list[Path]]:
        made: list[Path] = []
        kept: list[Path] = []
        try:
            for target, content in files.items():
                if target.exists():
                    kept.append(target)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                made.append(target)
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            raise WorkplaceError(
                "{folder} cannot be used: {reason}.", folder=str(self.folder), reason=error.strerror or ""
            ) from error
        return made, kept

    def remember(self, result: Result, work: Mapping[str, str], *, trained: bool = True) -> list[str]:
        """Keep each exercise's standing for ``grader list``.

        Args:
            work: exercise -> what its files are now.
            trained: False: what needs training was left out. That takes the place of a check with training only
                where the work has changed.

        Returns:
            Exercises of which the earlier check is kept.
        """
        standing = dict(self.standing())
        kept = []
        for exercise in result.exercises:
            before = standing.get(exercise.id, {})
            if not trained and before.get("trained") and before.get("work") == work.get(exercise.id):
                kept.append(exercise.id)
                continue
            standing[exercise.id] = {
                "points": exercise.points,
                "max_points": exercise.max_points,
                "status": exercise.status,
                "work": work.get(exercise.id),
                "trained": trained,
                "untouched": exercise.handed_in == "untouched",
                "so_far": {check.outcome for check in exercise.checks} == {"passed", "skipped"},
            }
        self._save({**self._state(), "exercises": standing})
        return kept

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
