"""Third stage: from facts to one submission's result. What award needs, and the sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader import __version__
from grader.award import AwardRequest, award
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
from grader.workflows.decide import Decision, Request


def score(request: Request, decision: Decision, gathered: Sequence[AwardRequest]) -> Result:
    """The marks for what was gathered."""
    request.progress("award", None)
    level = weakest(decision.planned, [one.facts for one in gathered])
    return make_result(request.submission, award(gathered), level)


def weakest(planned: Isolation, facts: Iterable[Facts]) -> Isolation:
    """The weakest level at which any of ``facts`` was found out; ``planned`` where nothing had to run.

    Theirs alone, whatever the grader started for somebody else: the same submission gets the same result.
    """
    outcomes = [outcome for f in facts for outcome in (f.outcome, f.inspection) if outcome is not None]
    levels = {outcome.isolation for outcome in outcomes} or {planned}
    return "process" if "process" in levels else "namespace"


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


def nothing_found(course: Course, wanted: Sequence[Exercise]) -> Text:
    """Which file names would have been graded."""
    names = ", ".join(f"{exercise.file}.py" for exercise in (wanted or course.exercises))
    return both(
        "No file of any exercise was found. Expected (as .py or .ipynb): {names}. "
        "File names must be exactly these; the folder around them does not matter.",
        names=names,
    )
