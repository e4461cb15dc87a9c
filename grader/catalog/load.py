"""All exercises of a course, found by their ``exercise.toml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from grader.catalog.root import course_root
from grader.catalog.rules import check_exercise, check_together
from grader.errors import CourseError
from grader.schema import Course, CourseFile, Exercise
from grader.toml import at, explain, read_model, read_toml, unknown_key

#: Fields of an exercise that the grader fills from where the files are, so not keys of the file.
PLACES = frozenset({"id", "public_dir", "packages", "colab", "reference_file", "staff_dir", "solution_dir"})
_PLAIN_PROBE = Path(__file__).with_name("plain_probe.py")


def load_course(root: Path | None = None) -> Course:
    """Read the course at ``root`` (see :func:`course_root`), its exercises sorted by slug.

    Runs none of the course's code.

    Raises:
        CourseError: there is no course, or something in it is wrong; names the file, and key and line if known.
    """
    place = course_root(root)
    files = sorted((place / "exercises").glob("*/exercise.toml"), key=lambda file: file.parent.name)
    if not files:
        raise CourseError("{folder} has no exercise: no exercises/*/exercise.toml.", folder=str(root or place))
    shared = _course_file(place)
    exercises = tuple(load_exercise(place, file.parent.name, shared) for file in files)
    check_together(exercises)
    return Course(root=place, exercises=exercises, packages=shared.packages)


def load_exercise(root: Path, slug: str, shared: CourseFile | None = None) -> Exercise:
    """One exercise of the course at ``root``; ``shared`` is what its file says for all, by default read here.

    Raises:
        CourseError: as :func:`load_course`.
    """
    shared = shared or _course_file(root)
    public = root / "exercises" / slug
    file = public / "exercise.toml"
    name = f"exercises/{slug}/exercise.toml"
    table = read_toml(file, name)
    text = file.read_text(encoding="utf-8-sig")
    for key in sorted(PLACES & table.keys()):
        raise CourseError(unknown_key(at(name, text, [key]), key, ()))
    # Without inputs, the plain probe would have nothing to call.
    for needed, instead in (("probe.py", "inputs.py"), ("checks.py", "checks.py")):
        if not any((public / one).is_file() for one in (needed, instead)):
            raise CourseError("exercises/{slug} has no {file}.", slug=slug, file=needed)
    reference, solution = root / "reference" / slug, root / "solutions" / slug
    staff_files = (reference / "hidden_checks.py", reference / "hidden_inputs.py")
    try:
        exercise = Exercise(
            **table,
            id=slug,
            packages=shared.packages,
            colab=shared.colab,
            public_dir=public,
            reference_file=_if(reference / "reference.json"),
            staff_dir=reference if any(path.is_file() for path in staff_files) else None,
            solution_dir=solution if solution.is_dir() else None,
        )
    except ValidationError as error:
        raise CourseError(explain(error, name, text, Exercise, PLACES)) from error
    check_exercise(exercise, lambda *keys: at(name, text, keys))
    return exercise


def probe_file(exercise: Exercise) -> Path:
    """What calls the student's functions: the exercise's own probe, or the plain one."""
    own = exercise.public_dir / "probe.py"
    return own if own.is_file() else _PLAIN_PROBE


def _course_file(root: Path) -> CourseFile:
    """``exercises/course.toml``; an empty one where there is none."""
    file = root / "exercises" / "course.toml"
    return read_model(file, "exercises/course.toml", CourseFile) if file.is_file() else CourseFile()


def _if(path: Path) -> Path | None:
    return path if path.is_file() else None
