"""The main job on what ships: a small sample class, graded as any class is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from grader.authoring import sample_class
from grader.errors import SandboxUnavailable
from grader.schema import Course, Downloads, Lang, Level
from grader.workflows.grade_class import ClassRequest, GradedClass, Watch, default_jobs, grade_class, safe_level
from grader.workflows.options import Options, usable_cores


def grade_samples(
    course: Course,
    out: Path,
    *,
    root: Path | None,
    lang: Lang,
    isolation: Level,
    watching: Callable[[Downloads], AbstractContextManager[Watch]],
) -> GradedClass:
    """The sample class, in ``out`` with its class report; the submissions themselves are in ``out/submissions``.

    Args:
        root: of the course; None: the one that comes with the grader.

    Raises:
        SampleError: the course's plan names a file that does not exist.
        BatchError, SandboxUnavailable, OutputError: as :func:`grader.workflows.grade_class.grade_class`.
    """
    level = isolation
    if level == "auto":  # these are our own samples: they may run where other people's code may not
        try:
            level = safe_level(level, remote=False)
        except SandboxUnavailable:
            level = "process"
    sample_class(course, out / "submissions")
    jobs = default_jobs(course.exercises)
    request = ClassRequest(
        submissions=out / "submissions",
        out=out,
        lang=lang,
        options=Options(budget="quick", builtin=True, threads=max(1, usable_cores() // jobs)),
        isolation=level,
        root=root,
        jobs=jobs,
    )
    return grade_class(request, course, watching)
