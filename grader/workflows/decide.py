"""First stage: what was asked for, and what of it an earlier grading has answered already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.schema import Course, Exercise, ExerciseFiles, Isolation, Lang, Result, Submission
from grader.workflows.keys import Keys, exercise_key, submission_key
from grader.workflows.materials import Workshop
from grader.workflows.options import Options, Progress, no_progress
from grader.workflows.previous import Previous


@dataclass(frozen=True)
class Request:
    """One submission to be graded. Nothing in it changes on the way through the stages."""

    submission: Submission
    out: Path
    work_dir: Path
    """For temporary files; removed by whoever made it."""
    options: Options
    only: tuple[str, ...] = ()
    """Exercise ids to grade, whether or not they were handed in; by default those that were."""
    lang: Lang = "ko"
    previous: Previous = field(default_factory=lambda: Previous(None))
    also_predict: str | None = None
    """Inspection plan whose model predicts the test images too."""
    reports: bool = True
    progress: Progress = no_progress

    @cached_property
    def files(self) -> Mapping[str, ExerciseFiles]:
        """What was handed in, by exercise."""
        return {files.exercise: files for files in self.submission.exercises}


@dataclass(frozen=True)
class Decision:
    """What has to be done, by exercise id, and what the marks will be made from."""

    wanted: tuple[Exercise, ...]
    planned: Isolation
    keys: Keys
    run: tuple[str, ...]
    """The student's code has to run (or it has to be found that there is none)."""
    rescored: tuple[str, ...]
    """Earlier facts, today's checks."""
    reused: tuple[str, ...]
    """Earlier facts, and nothing about them or their checks has changed."""
    stored: Result | None
    """The earlier result, where all of it still holds."""


def decide(request: Request, course: Course, workshop: Workshop, planned: Isolation) -> Decision:
    """Compare what is asked for with what is stored; runs and writes nothing.

    Raises:
        DataError: a data file is there and is not what its name says.
    """
    wanted = tuple(e for e in course.exercises if e.id in (request.only or request.files))
    keys = {
        e.id: exercise_key(
            e, request.files.get(e.id), isolation=planned, data=workshop.data_key(e, request.options.seed)
        )
        for e in wanted
    }
    whole = Keys(submission=submission_key(request.submission, request.lang), exercises=keys)
    previous = request.previous
    kept = {name for name, key in keys.items() if previous.holds(name, key)}
    unchanged = {name for name in kept if previous.key(name) == keys[name]}
    same = previous.keys == whole and len(unchanged) == len(keys)
    return Decision(
        wanted=wanted,
        planned=planned,
        keys=whole,
        run=tuple(name for name in keys if name not in kept),
        rescored=tuple(name for name in keys if name in kept - unchanged),
        reused=tuple(name for name in keys if name in unchanged),
        stored=previous.result if same else None,
    )
