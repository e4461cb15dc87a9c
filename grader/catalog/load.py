"""Where the course is, all its exercises, found by their ``exercise.toml``, and the packages they may import."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from pydantic import ValidationError

from grader.catalog.rules import check_exercise, check_together
from grader.errors import CourseError
from grader.schema import Course, CourseFile, Exercise
from grader.toml import at, explain, read_model, read_toml, unknown_key

PACKAGE = Path(__file__).resolve().parent.parent


def course_root(explicit: Path | None = None) -> Path:
    """The folder that holds ``exercises/``, as an absolute path.

    Args:
        explicit: ``--course DIR``. Without it: the working copy that this package lies in, else ``grader/course``
            inside the installed package.

    Raises:
        CourseError: there is no ``exercises`` folder there.
    """
    if explicit is not None:
        root = explicit.expanduser().resolve()
        if not root.is_dir():
            raise CourseError("The course folder {folder} does not exist.", folder=str(explicit))
        if not (root / "exercises").is_dir():
            raise CourseError("{folder} is not a course: it has no folder “exercises”.", folder=str(explicit))
        return root
    checkout = PACKAGE.parent
    # A package index installs into site-packages, which may have an unrelated folder of that name beside it.
    if (checkout / "pyproject.toml").is_file() and (checkout / "exercises").is_dir():
        return checkout
    installed = PACKAGE / "course"
    if (installed / "exercises").is_dir():
        return installed
    raise CourseError("This installation has no course; name one with --course DIR.")


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


def installed_versions(packages: Mapping[str, str]) -> dict[str, str | None]:
    """The version of each distribution in ``packages`` (import name -> distribution); None: not installed.

    Imports none of them. A module that another distribution provides, as several do OpenCV's, has the version "?".
    """
    return {distribution: _version(module, distribution) for module, distribution in packages.items()}


@cache
def _version(module: str, distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "?" if find_spec(module) is not None else None
