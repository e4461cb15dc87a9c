"""A student's working folder: what ``start`` puts there and what ``check`` remembers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.i18n import both, tr
from grader.schema import Course, Lang, Result, Text

#: Inside the working folder; hidden, and never part of a submission.
STATE = ".grader"


class WorkplaceError(Exception):
    """The folder can't be used."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


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

    def standing(self) -> Mapping[str, dict[str, Any]]:
        """Exercise id -> ``{"points", "max_points", "status"}`` of the last check."""
        value = self._state().get("exercises", {})
        return value if isinstance(value, dict) else {}

    def begin(self, course: Course, *, notebooks: bool, lang: Lang) -> tuple[list[Path], list[Path]]:
        """Copy every exercise's stub and task; files that are there stay.

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
            put(overview(course, lang, notebooks=notebooks).encode(), self.folder / "README.md")
            self._save({**self._state(), "lang": lang})
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            raise WorkplaceError(
                both("{folder} cannot be used: {reason}.", folder=str(self.folder), reason=error.strerror or "")
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
        file = self.folder / STATE / "workplace.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(state, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        shutil.move(fresh, file)


def overview(course: Course, lang: Lang, *, notebooks: bool) -> str:
    """The README of a working folder: the tasks in the chapter's order, and how to check them."""
    suffix = ".ipynb" if notebooks else ".py"
    first = course.exercises[0].id.split("_")[0]
    columns = (tr(lang, "No."), tr(lang, "Exercise"), tr(lang, "File"), tr(lang, "Points"))
    rows = []
    for e in course.exercises:
        number, task = e.id.split("_")[0], f"[{e.title.get(lang)}]({e.id}/README.md)"
        rows.append(f"| {number} | {task} | `{e.id}/{e.file}{suffix}` | {e.points} |")
    commands = [
        (f"grader check {first}", tr(lang, "one exercise")),
        ("grader check", tr(lang, "all of them")),
        ("grader check --watch", tr(lang, "again whenever you save")),
        ("grader list", tr(lang, "how far you are")),
    ]
    lines = [
        "# " + tr(lang, "Image recognition: exercises"),
        "",
        tr(lang, "Work through the folders in order. Each has a README with the task and a file to fill in."),
        "",
        "| " + " | ".join(columns) + " |",
        "| --- | --- | --- | ---: |",
        *rows,
        "",
        "## " + tr(lang, "Check your work"),
        "",
        "```",
        *(f"{line:<24}# {meaning}" for line, meaning in commands),
        "```",
        "",
        tr(lang, "Hand in this folder, or a zip of it. Keep the file names as they are."),
        "",
    ]
    return "\n".join(lines)
