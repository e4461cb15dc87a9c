"""Reports of one submission, with its pictures drawn and what was handed out known."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from grader import bounds, pictures, report
from grader.errors import OverLimit
from grader.i18n import both
from grader.playground import INDEX, SINGLE
from grader.report import Audience
from grader.schema import Exercise, Lang, Result, StaffNote, Text

#: The part of the grader's own work (:mod:`grader.bounds`).
REPORTS = "its reports"


def write_reports(
    result: Result,
    out: Path,
    lang: Lang,
    exercises: Iterable[Exercise],
    *,
    audience: Audience = "staff",
    changed: Collection[str] | None = None,
) -> None:
    """See :func:`grader.report.write_reports`. Raises OutputError.

    Where writing takes more than the grader's own work on a submission may, what is long in them is left out, and
    staff are told.
    """
    try:
        with bounds.part(REPORTS):
            _write(result, out, lang, exercises, audience, changed)
    except OverLimit as error:
        _write(_short(result, error.text), out, lang, exercises, audience, ())


def _short(result: Result, why: Text) -> Result:
    """``result`` with its marks and messages, without what a submission can make long."""
    note = StaffNote(kind="over_limit", text=both("Its reports were shortened: {reason}", reason=why))
    bare = {"stdout": "", "pictures": (), "model": None, "learning": None, "frames": (), "feedback": ()}
    exercises = tuple(
        exercise.model_copy(
            update={
                **bare,
                "notes": (*exercise.notes, note),
                "checks": tuple(check.model_copy(update={"frames": ()}) for check in exercise.checks),
            }
        )
        for exercise in result.exercises
    )
    return result.model_copy(update={"exercises": exercises})


def _write(
    result: Result,
    out: Path,
    lang: Lang,
    exercises: Iterable[Exercise],
    audience: Audience,
    changed: Collection[str] | None,
) -> None:
    graded = {exercise.id for exercise in result.exercises}
    report.write_reports(
        result,
        out,
        lang,
        painter=pictures,
        pages={name: page for name in graded if (page := playground_page(out, name))},
        handed_out={e.id: handed_out(e) for e in exercises if e.id in graded},
        audience=audience,
        changed=changed,
    )


def playground_page(out: Path, exercise: str) -> str | None:
    """The page on which the exercise's network can be tried out, relative to ``out``; None where there is none."""
    folder = Path("playground") / exercise
    names = (SINGLE, INDEX)  # the single file opens without a server
    return next(((folder / name).as_posix() for name in names if (out / folder / name).is_file()), None)


def handed_out(exercise: Exercise) -> str:
    """All text that students start from: the stub, and its notebook's cells; empty where they are not here."""
    script = exercise.public_dir / f"{exercise.file}.py"
    notebook = script.with_suffix(".ipynb")
    texts = [script.read_text(encoding="utf-8")] if script.is_file() else []
    if notebook.is_file():
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells]
    return "\n\n".join(texts)
