"""Stubs, notebooks and tables of points, kept equal to what solutions and checks make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from grader.authoring.notebook import make_notebook
from grader.authoring.points import CheckInfo, ListChecks, with_points
from grader.authoring.stubs import GENERATED, make_stub
from grader.errors import CourseError
from grader.files import write_whole
from grader.i18n import both
from grader.schema import Course, Exercise, Text

#: The task in Korean and in English.
TASKS = ("README.md", "README.en.md")


@dataclass(frozen=True)
class Drift:
    """A file that is not (or, once written, was not) what its solution makes."""

    exercise: str
    path: Path
    text: Text


def sync(
    course: Course,
    check: bool = False,
    ids: Iterable[str] | None = None,
    list_checks: ListChecks | None = None,
) -> list[Drift]:
    """Write every generated file that differs from what it is made from; with ``check`` only say so.

    Args:
        ids: exercises to look at; by default all that have solutions here.
        list_checks: the checks of an exercise, for the tables of points; without it those stay as they are.

    Returns:
        One entry for each file that differed.

    Raises:
        CourseError: a solution or README is missing, or a solution's markers are wrong.
    """
    wanted = None if ids is None else set(ids)
    drift = []
    for exercise in course.exercises:
        if exercise.solution_dir is None or (wanted is not None and exercise.id not in wanted):
            continue
        for path, fresh in generate(exercise, list_checks(exercise) if list_checks else None).items():
            old = path.read_bytes() if path.is_file() else None
            if old == fresh:
                continue
            drift.append(Drift(exercise.id, path, _describe(exercise, path, old, fresh, check)))
            if not check:
                write_whole(path, fresh)
    return drift


def generate(exercise: Exercise, checks: Sequence[CheckInfo] | None = None) -> Mapping[Path, bytes]:
    """The stub, the notebook and, with ``checks``, the two pages of the task as they should be now.

    Raises:
        CourseError: as :func:`sync`.
    """
    stub = make_stub(read_solution(exercise), solution_name(exercise))
    pages = read_tasks(exercise)
    made = {}
    if checks is not None:
        code = exercise.functions
        pages = with_points(pages[0], checks, code, "ko"), with_points(pages[1], checks, code, "en")
        made = {exercise.public_dir / name: page.encode() for name, page in zip(TASKS, pages, strict=True)}
    place = f"{exercise.id}/{exercise.file}.ipynb"
    supplied = bool(exercise.given or exercise.real)
    notebook = make_notebook(stub, *pages, number_of(exercise.id), exercise.colab, place, supplied)
    return made | {
        exercise.public_dir / f"{exercise.file}.py": (GENERATED + stub).encode(),
        exercise.public_dir / f"{exercise.file}.ipynb": notebook.encode(),
    }


def number_of(slug: str) -> str:
    """What students type for an exercise: ``6`` of ``06_cifar10_cnn``."""
    return slug.split("_")[0].lstrip("0")


def solution_name(exercise: Exercise) -> str:
    """What messages call the exercise's solution."""
    return f"solutions/{exercise.id}/{exercise.file}.py"


def read_solution(exercise: Exercise) -> str:
    """The source of the exercise's solution.

    Raises:
        CourseError: there is none.
    """
    folder = exercise.solution_dir
    return read_text(None if folder is None else folder / f"{exercise.file}.py", solution_name(exercise))


def read_tasks(exercise: Exercise) -> tuple[str, str]:
    """The task in Korean and in English.

    Raises:
        CourseError: one is missing.
    """
    korean, english = (read_text(exercise.public_dir / name, f"exercises/{exercise.id}/{name}") for name in TASKS)
    return korean, english


def read_text(path: Path | None, name: str) -> str:
    """A text file of the course; line ends become ``\\n``.

    Raises:
        CourseError: it is not there, or not UTF-8.
    """
    if path is None or not path.is_file():
        raise CourseError("{file} is missing.", file=name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError("{file} is not UTF-8 text.", file=name) from error


def _describe(exercise: Exercise, path: Path, old: bytes | None, fresh: bytes, check: bool) -> Text:
    name = f"exercises/{exercise.id}/{path.name}"
    if old is None:
        return both("{file} is missing.", file=name) if check else both("{file} was written.", file=name)
    pairs = zip_longest(old.splitlines(), fresh.splitlines())
    line = next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 1)
    if check:
        return both(
            "{file} differs from what {solution} makes, from line {line} on.",
            file=name,
            solution=f"exercises/{exercise.id}/checks.py" if path.suffix == ".md" else solution_name(exercise),
            line=line,
        )
    return both("{file} was rewritten; it differed from line {line} on.", file=name, line=line)
