"""A course in step with itself, and the proof that it holds: content linted, every answer graded that it has."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from grader.authoring import Drift, Finding, lint, sync, validate
from grader.award import list_checks, read_signatures
from grader.catalog import make_inputs
from grader.errors import CourseError, NothingToGrade
from grader.schema import Course, Exercise, ExerciseResult, Level
from grader.workflows.grade import Grader
from grader.workflows.options import Options, Progress, no_progress, usable_cores
from grader.workflows.signing import signature_drift, write_signatures


def need_solutions(exercises: Sequence[Exercise]) -> None:
    """Raises CourseError on what students install: a working copy of the course has solutions."""
    if lacking := [e.id for e in exercises if e.solution_dir is None]:
        raise CourseError(
            "No solutions here for {exercises}: this command needs the course's working copy (see --course).",
            exercises=", ".join(lacking),
        )


def sync_course(
    course: Course,
    exercises: Sequence[Exercise] = (),
    *,
    check: bool,
    run: bool = True,
    progress: Callable[[Exercise, str], None] | None = None,
) -> list[Drift]:
    """Write stubs, notebooks, tables of points and signatures that differ from what they are made from.

    Args:
        exercises: by default all.
        check: only say what differs; no answer is run.
        run: where signatures differ, run answers and write them; else only say so.
        progress: told of each answer that is run.

    Raises:
        CourseError: the course is broken, or has no solutions.
    """
    wanted = exercises or course.exercises
    need_solutions(wanted)
    drift = sync(course, check=check, ids=[e.id for e in wanted], list_checks=list_checks)
    if check or not run:
        return drift + [entry for exercise in wanted for entry in signature_drift(exercise)]
    graders: list[Grader] = []

    def grader() -> Grader:
        if not graders:
            graders.append(Grader(course, Options(budget="quick", builtin=True)))
        return graders[0]

    try:
        for exercise in wanted:
            drift += write_signatures(exercise, grader, progress)
    finally:
        for one in graders:
            one.close()
    return drift


def prove_course(
    course: Course,
    exercises: Sequence[Exercise] = (),
    *,
    isolation: Level = "auto",
    jobs: int = 1,
    lint_only: bool = False,
    progress: Progress = no_progress,
) -> tuple[list[Finding], int]:
    """What does not hold of ``exercises`` (by default of all), and how many submissions were graded to find out.

    Args:
        jobs: exercises that are proved side by side; each has a grader of its own, with its share of the cores.
        lint_only: run nothing.

    Raises:
        CourseError: the course is broken, or has no solutions.
    """
    wanted = exercises or course.exercises
    need_solutions(wanted)
    ids = [e.id for e in exercises] or None
    findings = list(lint(course, list_checks=list_checks, ids=ids, make_inputs=partial(make_inputs, staff=True)))
    graded = 0
    if not lint_only:
        with tempfile.TemporaryDirectory(prefix="grader-validate-") as folder:
            proof = _Proof(course, Path(folder), isolation, min(jobs, len(wanted)), progress)
            findings += proof.prove([e.id for e in wanted])
            graded = proof.graded
    return list(dict.fromkeys(findings)), graded  # both say what keeps an answer from being graded


def signed_answers(exercise: Exercise) -> set[str]:
    """The wrong answers that must be explained by themselves."""
    return {name for name, one in read_signatures(exercise).answers.items() if one.failed}


class _Proof:
    def __init__(self, course: Course, folder: Path, isolation: Level, jobs: int, progress: Progress) -> None:
        options = Options(budget="quick", builtin=True, threads=max(1, usable_cores() // jobs))
        self._course = course
        self._folder = folder
        self._progress = progress
        self._numbers = itertools.count(1)
        self._graders = [Grader(course, options, isolation=isolation) for _ in range(jobs)]
        self.graded = 0

    def prove(self, ids: Sequence[str]) -> list[Finding]:
        """What does not hold, in the order of ``ids``."""
        free: SimpleQueue[Grader] = SimpleQueue()
        for grader in self._graders:
            free.put(grader)

        def one(exercise_id: str) -> list[Finding]:
            grader = free.get()
            try:
                return validate(
                    self._course,
                    partial(self._grade, grader),
                    ids=[exercise_id],
                    signed=signed_answers,
                    untrained=partial(self._grade, grader, train=False),
                )
            finally:
                free.put(grader)

        # The longest first: at the end, nobody is to wait for one of them.
        longest = sorted(ids, key=lambda name: self._course[name].limits.cpu_seconds, reverse=True)
        try:
            with ThreadPoolExecutor(len(self._graders)) as pool:
                found = dict(zip(longest, pool.map(one, longest), strict=True))
                return [finding for exercise_id in ids for finding in found[exercise_id]]
        finally:
            for grader in self._graders:
                grader.close()

    def _grade(self, grader: Grader, exercise: Exercise, path: Path, train: bool | None = None) -> ExerciseResult:
        out = self._folder / str(next(self._numbers))
        try:
            result = grader.grade(path, out, only=[exercise.id], progress=self._progress, train=train)
        except NothingToGrade as nothing:
            result = nothing.result
        self.graded += 1
        return result.exercises[0]
