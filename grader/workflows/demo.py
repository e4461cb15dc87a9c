"""The main job on what ships: a small sample class, graded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from grader.authoring import sample_class
from grader.errors import NothingToGrade
from grader.schema import Course, Lang, Level, Result
from grader.workflows.grade import Grader
from grader.workflows.options import Options, Progress


def grade_samples(
    course: Course,
    out: Path,
    *,
    lang: Lang,
    isolation: Level,
    watching: Callable[[str], AbstractContextManager[Progress]],
) -> Iterator[Result]:
    """Each sample submission's result; its reports are then in ``out``, in a folder of its name.

    Args:
        watching: told the name of the submission that is graded next, shows how far it is.

    Raises:
        SampleError: the course's plan names a file that does not exist.
        SandboxUnavailable, OutputError: as :meth:`grader.workflows.grade.Grader.grade`.
    """
    with Grader(course, Options(budget="quick", builtin=True), isolation=isolation) as grader:
        for path in sample_class(course, out / "submissions"):
            with watching(path.stem) as progress:
                try:
                    yield grader.grade(path, out / path.stem, lang=lang, progress=progress)
                except NothingToGrade as nothing:
                    yield nothing.result
