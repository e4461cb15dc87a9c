"""The sample class that ``grader demo`` grades: right, wrong and misbehaving, named by what they do."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.errors import SampleError
from grader.i18n import both
from grader.schema import Course
from grader.toml import read_toml

#: Which file of the course each sample submission hands in, and under which name.
PLAN = "solutions/demo/class.toml"


def sample_class(course: Course, folder: Path) -> list[Path]:
    """Lay out the sample submissions under ``folder``, one folder each, and return them in order.

    An installed course has no solutions; then the class is the untouched stubs, as files and as notebooks.

    Raises:
        SampleError: the plan names a file that does not exist.
    """
    made = []
    for student, files in _plan(course).items():
        target = folder / student
        if target.exists():
            shutil.rmtree(target)
        target.mkdir(parents=True)
        for name, source in files.items():
            origin = course.root / source
            if not origin.is_file():
                raise SampleError(both("{plan} names {file}, which does not exist.", plan=PLAN, file=source))
            shutil.copyfile(origin, target / name)
        made.append(target)
    return made


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
