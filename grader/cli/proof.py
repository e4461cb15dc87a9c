"""Grades every answer of a course for ``grader validate``, several exercises side by side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from grader.authoring import Finding, validate
from grader.cli.staff import make_options
from grader.errors import NothingToGrade
from grader.schema import Course, Exercise, ExerciseResult
from grader.workflows import Grader, Progress, usable_cores


class Proof:
    """Each worker has a grader of its own, with its share of the cores."""

    def __init__(self, course: Course, folder: Path, *, isolation: str, jobs: int, progress: Progress) -> None:
        self._course = course
        self._folder = folder
        self._isolation = isolation
        self._jobs = jobs
        self._progress = progress
        self._numbers = itertools.count(1)
        self.graded = 0
        """Submissions so far."""

    def prove(self, ids: Sequence[str]) -> list[Finding]:
        """What does not hold, in the order of ``ids``."""
        options = make_options(
            budget="quick", data=None, builtin=True, threads=max(1, usable_cores() // self._jobs)
        )
        graders: SimpleQueue[Grader] = SimpleQueue()
        made = [
            Grader(self._course, options, isolation=self._isolation)  # type: ignore[arg-type]
            for _ in range(min(self._jobs, len(ids)))
        ]
        for grader in made:
            graders.put(grader)

        def one(exercise_id: str) -> list[Finding]:
            grader = graders.get()
            try:
                return validate(self._course, lambda e, path: self._grade(grader, e, path), ids=[exercise_id])
            finally:
                graders.put(grader)

        try:
            with ThreadPoolExecutor(len(made)) as pool:
                return [finding for findings in pool.map(one, ids) for finding in findings]
        finally:
            for grader in made:
                grader.close()

    def _grade(self, grader: Grader, exercise: Exercise, path: Path) -> ExerciseResult:
        out = self._folder / str(next(self._numbers))
        try:
            result = grader.grade(path, out, only=[exercise.id], progress=self._progress)
        except NothingToGrade as nothing:
            result = nothing.result
        self.graded += 1
        return result.exercises[0]
