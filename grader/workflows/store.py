"""Last stage: a result and what it was made from, on the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader.award import AwardRequest
from grader.errors import OutputError
from grader.files import write_whole
from grader.schema import Result
from grader.workflows.decide import Decision, Request
from grader.workflows.keys import Keys, write_keys
from grader.workflows.reports import write_reports
from grader.workflows.score import weakest


def prepare_folder(out: Path) -> None:
    """Make ``out`` and make sure that it can be written before anything is run.

    Raises:
        OutputError: it can't.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise OutputError(
            "The output folder {folder} cannot be written ({reason}). Choose another one with --out.",
            folder=str(out),
            reason=error.strerror or str(error),
        ) from error


def begin(request: Request) -> None:
    """Make the folder; what was read of the submission is there from now on, whatever becomes of the rest."""
    prepare_folder(request.out)
    write_whole(request.out / "submission.json", request.submission.model_dump_json(indent=1))


def store(request: Request, decision: Decision, result: Result, gathered: Sequence[AwardRequest]) -> None:
    """Write the reports, and at last the keys: what a key vouches for is there, and worth keeping."""
    if request.reports:
        write_reports(result, request.out, request.lang, decision.wanted)
    graded = {e.id for e in result.exercises if e.status != "ungraded"}
    kept = {
        one.exercise.id: decision.keys.exercises[one.exercise.id].at_level(weakest(decision.planned, [one.facts]))
        for one in gathered
        if one.exercise.id in graded
    }
    write_keys(request.out, Keys(submission=decision.keys.submission, exercises=kept))
    request.progress("done", None)
