"""A student's working folder: what ``start`` puts there and what ``check`` remembers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.errors import WorkplaceError
from grader.i18n import both, tr
from grader.schema import Course, Lang, Result

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
            self._save({**self._state(), "lang": lang, "notebooks": notebooks})
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
    """The README of a working folder: the tasks in the chapter's order, how to check them, and where help is."""
    suffix = ".ipynb" if notebooks else ".py"
    first = course.exercises[0]
    number = first.id.split("_")[0]
    total = sum(e.points for e in course.exercises)

    def bullets(*texts: str) -> list[str]:
        return [f"* {text}" for text in texts]

    lines = [
        "# " + tr(lang, "Image recognition: exercises"),
        "",
        tr(lang, "The exercises follow the chapter. In each folder, README.md explains the task."),
        tr(
            lang,
            "Fill in the functions in the file beside it, then check your work, as often as you like.",
        ),
        *_packages(course, lang),
        "",
        "## " + tr(lang, "The exercises"),
        "",
        *_tasks(course, lang, suffix),
        "",
        tr(lang, "There are {points} points in all.", points=total),
        "",
        "## " + tr(lang, "Check your work"),
        "",
        tr(lang, "Run these commands in this folder."),
        "",
        *_commands(
            (f"grader check {number}", tr(lang, "one exercise, by its number")),
            (f"grader check {first.file}{suffix}", tr(lang, "the same, by its file")),
            ("grader check", tr(lang, "all of them")),
            ("grader check --watch", tr(lang, "again whenever you save")),
            ("grader list", tr(lang, "your points and how far you are")),
        ),
        "",
        tr(lang, "A check that fails says what was expected, what your code gave, and a hint."),
        tr(lang, "The full report is `.grader/report/report.html`; open it in a browser."),
        "",
        "## " + tr(lang, "Where help is"),
        "",
        *bullets(
            tr(
                lang,
                "Each exercise's README ends with hints. Open the next one only when the last was not enough.",
            ),
            tr(lang, "What goes in and what comes out of a function is said where it is defined."),
            *(
                [tr(lang, "Cells with the tag `scratch` are not graded: try things out there.")]
                if notebooks
                else []
            ),
            tr(lang, "`grader doctor` says whether this computer has what the checks need."),
            tr(
                lang,
                "“{word}” means that the grader failed, not you. Tell your instructor.",
                word=tr(lang, "Not graded yet"),
            ),
        ),
        "",
        "## " + tr(lang, "Real data"),
        "",
        tr(lang, "Checks work without a network, on built-in sample images."),
        tr(lang, "Real images and pre-trained weights are downloaded only when you ask for them:"),
        "",
        *_commands(
            ("grader fetch --list", tr(lang, "what there is, and how much")),
            ("grader fetch " + _with_data(course), tr(lang, "what one exercise needs")),
        ),
        "",
        "## " + tr(lang, "Hand in"),
        "",
        *bullets(
            tr(lang, "Hand in this folder, or a zip of it. Keep the file names as they are."),
            tr(lang, "Points are given per check: hand in unfinished exercises, too."),
            tr(lang, "If there is a .py and a .ipynb of one exercise, the .py counts."),
        ),
        "",
    ]
    return "\n".join(lines)


def _packages(course: Course, lang: Lang) -> list[str]:
    """What answers may import."""
    packages = ", ".join(["tensorflow", "keras", "numpy", *course.packages])
    return [tr(lang, "Besides Python's own modules, your code may import {packages}.", packages=packages)]


def _tasks(course: Course, lang: Lang, suffix: str) -> list[str]:
    """The table of exercises, in Markdown."""
    columns = (
        tr(lang, "No."),
        tr(lang, "Exercise"),
        tr(lang, "What you do"),
        tr(lang, "File"),
        tr(lang, "Points"),
    )
    rows = [
        (
            e.id.split("_")[0],
            f"[{e.title.get(lang)}]({e.id}/README.md)",
            " ".join(e.summary.get(lang).split()).replace("|", "\\|"),
            f"[{e.file}{suffix}]({e.id}/{e.file}{suffix})",
            str(e.points),
        )
        for e in course.exercises
    ]
    head = "| " + " | ".join(columns) + " |"
    return [head, "| --- | --- | --- | --- | ---: |", *("| " + " | ".join(row) + " |" for row in rows)]


def _commands(*pairs: tuple[str, str]) -> list[str]:
    """Commands with what they do, as a block."""
    width = max(len(command) for command, _ in pairs) + 2
    return ["```", *(f"{command:<{width}}# {meaning}" for command, meaning in pairs), "```"]


def _with_data(course: Course) -> str:
    """The number of an exercise that can use real data."""
    wanting = [e for e in course.exercises if e.dataset or e.real or e.fetch]
    return (wanting or course.exercises)[0].id.split("_")[0]
