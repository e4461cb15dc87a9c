"""From facts to one submission's result: what award needs, and the sum."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader import __version__
from grader.award import AwardRequest
from grader.catalog import make_inputs
from grader.i18n import both
from grader.report import feedback_files
from grader.schema import (
    Course,
    Exercise,
    ExerciseResult,
    Facts,
    Isolation,
    Result,
    Submission,
    SubmissionId,
    Text,
)


def award_request(exercise: Exercise, facts: Facts, folder: Path, *, staff: bool) -> AwardRequest:
    """What ``award`` needs; the inputs are made only if a check asks for them."""
    return AwardRequest(
        exercise=exercise,
        facts=facts,
        folder=folder,
        staff=staff,
        inputs=lambda: make_inputs(exercise, staff=staff),
    )


def make_result(submission: Submission, exercises: Sequence[ExerciseResult], isolation: Isolation) -> Result:
    """Add up. One ungraded exercise leaves the sum open: a total without it would be a wrong mark."""
    points = [exercise.points for exercise in exercises]
    known = [value for value in points if value is not None]
    return Result(
        grader_version=__version__,
        isolation=isolation,
        submission=SubmissionId(id=submission.id, sha256=submission.sha256),
        points=round(sum(known), 2) if len(known) == len(points) else None,
        max_points=round(sum(exercise.max_points for exercise in exercises), 2),
        exercises=tuple(_with_feedback(submission, exercise) for exercise in exercises),
        problems=submission.problems,
    )


def _with_feedback(submission: Submission, result: ExerciseResult) -> ExerciseResult:
    """``result`` with the places where its notebook, if it was one, comes back with feedback in it."""
    source = next((files.source for files in submission.exercises if files.exercise == result.id), None)
    return result.model_copy(update={"feedback": feedback_files(source)})


def prepare_folder(out: Path) -> None:
    """Make ``out`` and make sure that it can be written before anything is run."""
    from grader.errors import OutputError

    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise OutputError(
            both(
                "The output folder {folder} cannot be written ({reason}). Choose another one with --out.",
                folder=str(out),
                reason=error.strerror or str(error),
            )
        ) from error


def nothing_found(course: Course, wanted: Sequence[Exercise]) -> Text:
    """Which file names would have been graded."""
    names = ", ".join(f"{exercise.file}.py" for exercise in (wanted or course.exercises))
    return both(
        "No file of any exercise was found. Expected (as .py or .ipynb): {names}. "
        "File names must be exactly these; the folder around them does not matter.",
        names=names,
    )
