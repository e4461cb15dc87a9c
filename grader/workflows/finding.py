"""What people name on a command line or in a cell: exercises, folders with data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.choices import did_you_mean, nearest
from grader.errors import ChoiceError, DataError
from grader.i18n import both
from grader.schema import Course, Exercise


def find_exercises(course: Course, names: Sequence[str]) -> list[Exercise]:
    """Exercises by slug (``06_some_topic``), number (``06``, ``6``) or file name (``some_topic.py``).

    Raises:
        ChoiceError: there is none of that name.
    """
    found = []
    for name in names:
        wanted = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
        matches = [e for e in course.exercises if wanted in _names(e)]
        if not matches:
            known = ", ".join(e.id for e in course.exercises)
            text = both("There is no exercise “{name}”. There are: {known}.", name=name, known=known)
            near = nearest(wanted, (word for e in course.exercises for word in (e.id, e.file)), cutoff=0.6)
            raise ChoiceError(did_you_mean(text, near))
        found.extend(matches)
    return found


def _names(exercise: Exercise) -> tuple[str, ...]:
    number = exercise.id.split("_")[0]
    return exercise.id, exercise.file, number, number.lstrip("0")


def data_folder(name: str | Path) -> Path:
    """The folder with real data sets. Raises DataError where there is none of that name."""
    folder = Path(name)
    if not folder.is_dir():
        raise DataError("The data folder {folder} does not exist.", folder=str(folder))
    return folder
