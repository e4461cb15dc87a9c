"""The sample class that ``grader demo`` grades: right, wrong and misbehaving, named by what they do."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.authoring.answers import read_answer
from grader.errors import SampleError
from grader.files import write_whole
from grader.schema import Course
from grader.toml import read_toml

#: Which file of the course each sample submission hands in, and under which name.
PLAN = "solutions/demo/class.toml"


def sample_class(course: Course, folder: Path) -> list[Path]:
    """Lay out the sample submissions under ``folder``, one folder each, and return them in order.

    An installed course has no solutions; then the class is the untouched stubs, as files and as notebooks.

    Raises:
        CourseError: the plan names a file that does not exist, or a wrong answer that cannot be used.
    """
    made = []
    for student, files in _plan(course).items():
        target = folder / student
        if target.exists():
            shutil.rmtree(target)
        target.mkdir(parents=True)
        for name, source in files.items():
            write_whole(target / name, _content(course, source))
        made.append(target)
    return made


def _content(course: Course, name: str) -> str | bytes:
    """A file of the course, or the wrong answer that a ``.toml`` file of it makes."""
    file = course.root / name
    for exercise in course.exercises:
        if exercise.solution_dir is not None and file.parent == exercise.solution_dir / "wrong":
            return read_answer(exercise, "wrong", file.stem).source
    if not file.is_file():
        raise SampleError("{plan} names {file}, which does not exist.", plan=PLAN, file=name)
    return file.read_bytes()


def _plan(course: Course) -> dict[str, dict[str, str]]:
    plan = course.root / PLAN
    if plan.is_file():
        return read_toml(plan, PLAN)
    return {
        f"untouched-{kind}": {
            f"{e.file}{suffix}": str((e.public_dir / f"{e.file}{suffix}").relative_to(course.root))
            for e in course.exercises
        }
        for kind, suffix in (("files", ".py"), ("notebooks", ".ipynb"))
    }
