"""Third stage: from facts to one submission's result. What award needs, and the sum."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path

from grader import __version__, bounds
from grader.award import AwardRequest, award
from grader.catalog import make_inputs
from grader.errors import OverLimit
from grader.i18n import both
from grader.pictures import make_pictures
from grader.report import feedback_files
from grader.schema import (
    Course,
    Exercise,
    ExerciseResult,
    Facts,
    Isolation,
    Picture,
    Result,
    Submission,
    SubmissionId,
    Text,
)
from grader.workflows.decide import Decision, Request

#: A file of more than so many stubs' length is not looked at for being one.
_MOST_STUBS = 20


def score(request: Request, decision: Decision, gathered: Sequence[AwardRequest]) -> Result:
    """The marks for what was gathered."""
    request.progress("award", None)
    level = weakest(decision.planned, [one.facts for one in gathered])
    return make_result(request.submission, decision.wanted, judge(gathered), level)


def judge(requests: Sequence[AwardRequest]) -> list[ExerciseResult]:
    """Points for each of ``requests``, and the pictures of it; the results are in the same order."""
    return [_with_pictures(request, result) for request, result in zip(requests, award(requests), strict=True)]


def _with_pictures(request: AwardRequest, result: ExerciseResult) -> ExerciseResult:
    """Why a picture could not be made is a note for staff, and changes no mark."""
    pictures: tuple[Picture, ...] = ()
    try:
        with bounds.part("its pictures"):
            pictures, notes = make_pictures(request.exercise, request.facts, request.folder, request.inputs)
    except OverLimit as error:
        notes = (error.text.en,)
    said = [result.staff_detail] if result.staff_detail else []
    detail = "\n\n".join((*said, *(f"no picture: {note}" for note in notes)))
    return result.model_copy(update={"pictures": pictures, "staff_detail": detail})


def weakest(planned: Isolation, facts: Iterable[Facts]) -> Isolation:
    """The weakest level at which any of ``facts`` was found out; ``planned`` where nothing had to run.

    Theirs alone, whatever the grader started for somebody else: the same submission gets the same result.
    """
    outcomes = [outcome for f in facts for outcome in (f.outcome, f.inspection) if outcome is not None]
    levels = {outcome.isolation for outcome in outcomes} or {planned}
    return "process" if "process" in levels else "namespace"


def award_request(
    exercise: Exercise,
    facts: Facts,
    folder: Path,
    *,
    staff: bool,
    reads: dict[str, set[str]] | None = None,
    diagnose: bool = True,
) -> AwardRequest:
    """What ``award`` needs; the inputs are made only if a check asks for them."""
    return AwardRequest(
        exercise=exercise,
        facts=facts,
        folder=folder,
        staff=staff,
        inputs=lambda: make_inputs(exercise, staff=staff),
        reads=reads,
        diagnose=diagnose,
    )


def make_result(
    submission: Submission,
    wanted: Iterable[Exercise],
    exercises: Sequence[ExerciseResult],
    isolation: Isolation,
    *,
    looked_at: Collection[str] = (),
) -> Result:
    """Add up. One ungraded exercise leaves the sum open: a total without it would be a wrong mark.

    ``looked_at``: exercises whose results say already what their files are.
    """
    by_id = {exercise.id: exercise for exercise in wanted}
    points = [exercise.points for exercise in exercises]
    known = [value for value in points if value is not None]
    return Result(
        grader_version=__version__,
        isolation=isolation,
        submission=SubmissionId(id=submission.id, sha256=submission.sha256, name=submission.name),
        points=round(sum(known), 2) if len(known) == len(points) else None,
        max_points=round(sum(exercise.max_points for exercise in exercises), 2),
        exercises=tuple(
            exercise if exercise.id in looked_at else _with_files(submission, by_id[exercise.id], exercise)
            for exercise in exercises
        ),
        problems=submission.problems,
    )


def _with_files(submission: Submission, exercise: Exercise, result: ExerciseResult) -> ExerciseResult:
    """``result`` with what the handed-in file says: whether anything was done, and where a notebook comes back
    with feedback in it."""
    files = next((files for files in submission.exercises if files.exercise == result.id), None)
    source = files.source if files is not None else None
    found = "file"
    if source is not None and _is_untouched(source.code, exercise):
        found = "untouched"
    elif files is not None and source is None and not files.models and files.problems:
        found = "misnamed"
    return result.model_copy(update={"feedback": feedback_files(source), "handed_in": found})


def _is_untouched(code: str, exercise: Exercise) -> bool:
    """Whether all functions that are asked for say what the stub says, whatever comments and layout are."""
    stub = exercise.public_dir / f"{exercise.file}.py"
    text = stub.read_text(encoding="utf-8") if stub.is_file() else ""
    # A tree takes two hundred times the memory of its text, and what is that long was written by somebody.
    if not text or len(code) > _MOST_STUBS * len(text):
        return False
    given = _stub_bodies(text, exercise.functions)
    return bool(given) and _bodies(code, exercise.functions) == given


def _bodies(code: str, functions: Sequence[str]) -> dict[str, str]:
    """The functions of the exercise, as one text each; empty where the code can't be read."""
    try:
        tree = ast.parse(code)
        return {
            node.name: ast.dump(node)
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name in functions
        }
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


#: A class has one stub for everybody.
_stub_bodies = cache(_bodies)


def nothing_found(course: Course, wanted: Sequence[Exercise]) -> Text:
    """Which file names would have been graded."""
    names = ", ".join(f"{exercise.file}.py" for exercise in (wanted or course.exercises))
    return both(
        "No file of any exercise was found. Expected (as .py or .ipynb): {names}. "
        "File names must be exactly these; the folder around them does not matter.",
        names=names,
    )
