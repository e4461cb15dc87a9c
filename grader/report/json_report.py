"""``report.json``: the fields of the contract, and more. Other people's scripts read it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from grader.report import words
from grader.schema import (
    CheckResult,
    ExerciseResult,
    Frame,
    Json,
    Lang,
    Learning,
    Mark,
    Problem,
    Result,
    StaffNote,
    Text,
)
from grader.text import plain

#: Longest text of one field, in characters. A student's exception message can be as long as they like.
MAX_TEXT = 20_000


def _text(text: Text | None, lang: Lang) -> str:
    return "" if text is None else plain(text.get(lang), limit=MAX_TEXT)


def _number(value: float | None) -> float | int | None:
    """Whole numbers without a fraction; what JSON cannot hold (NaN, infinity) is null."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else round(value, 6)


def _frames(frames: Sequence[Frame]) -> list[Json]:
    return [
        {
            "file": plain(frame.file, limit=300, one_line=True),
            "cell": frame.cell,
            "line": frame.line,
            "function": plain(frame.function, limit=200, one_line=True),
            "text": plain(frame.text, limit=500),
        }
        for frame in frames
    ]


def _problems(problems: Sequence[Problem], lang: Lang) -> list[Json]:
    return [
        {
            "file": plain(problem.file, limit=300, one_line=True),
            "severity": problem.severity,
            "message": _text(problem.message, lang),
        }
        for problem in problems
    ]


def _learning(learning: Learning | None) -> Json:
    if learning is None:
        return None
    return {
        "accuracy": _number(learning.accuracy),
        "minimum": _number(learning.minimum),
        "borderline": learning.borderline,
        "attempts": [_number(value) for value in learning.attempts],
    }


def _check(check: CheckResult, lang: Lang) -> Json:
    return {
        "id": check.id,
        "title": _text(check.title, lang),
        "outcome": check.outcome,
        "points": _number(check.points),
        "max_points": _number(check.max_points),
        "message": _text(check.message, lang),
        "expected": _text(check.expected, lang),
        "actual": _text(check.actual, lang),
        "hint": _text(check.hint, lang),
        "visibility": check.visibility,
        "frames": _frames(check.frames),
    }


def _notes(notes: Sequence[StaffNote], lang: Lang) -> list[Json]:
    return [
        {"kind": note.kind, "text": _text(note.text, lang), "check": note.check, "model": note.model}
        for note in notes
    ]


def _exercise(exercise: ExerciseResult, lang: Lang, mark: Mark | None) -> Json:
    return {
        "id": exercise.id,
        "title": _text(exercise.title, lang),
        "points": _number(mark.points if mark else exercise.points),
        "max_points": _number(mark.max_points if mark else exercise.max_points),
        "automatic_points": _number(exercise.points),
        "late_penalty": _number(mark.penalty if mark else 0.0),
        "adjustment": _number(mark.adjustment if mark else 0.0),
        "comments": [plain(comment, limit=MAX_TEXT) for comment in (mark.comments if mark else ())],
        "data": exercise.data,
        "budget": exercise.budget,
        "status": exercise.status,
        "message": _text(exercise.message, lang),
        "frames": _frames(exercise.frames),
        "diagnoses": [
            {"id": one.id, "text": _text(one.text, lang), "checks": list(one.checks), "whole": one.whole}
            for one in exercise.diagnoses
        ],
        "checks": [_check(check, lang) for check in exercise.checks],
        "learning": _learning(exercise.learning),
        "notes": _notes(exercise.notes, lang),
        "problems": _problems(exercise.problems, lang),
        "wall_seconds": _number(exercise.wall_seconds),
        "cpu_seconds": _number(exercise.cpu_seconds),
        "peak_memory_mb": _number(exercise.peak_memory_mb),
    }


def to_json(result: Result, lang: Lang, marks: Mapping[str, Mark] | None = None) -> str:
    """``report.json`` of ``result``, its texts in ``lang``.

    Absent texts are empty strings. ``points`` is null where something was not graded, which is not zero; ``data``
    is null where the exercise needs none. ``notes`` are for staff: empty in a result made for students.
    ``points`` are what counts: with a gradebook's ``marks`` (by exercise) these, and what the checks gave is
    ``automatic_points``; ``earlier`` are exercises that count from a hand-in before this one. Staff-only details
    of our own failures are in ``result.json`` alone. The same result and marks give the same bytes.
    """
    counts = marks or {}
    standing = words.standing(result, counts)
    report = {
        "format_version": result.format_version,
        "grader_version": result.grader_version,
        "lang": lang,
        "isolation": result.isolation,
        "submission": {
            "id": plain(result.submission.id, limit=300, one_line=True),
            "sha256": result.submission.sha256,
        },
        "points": _number(standing.got if standing.complete else None),
        "max_points": _number(standing.max_points),
        "automatic_points": _number(result.points),
        "ungraded": [
            e.id
            for e in result.exercises
            if (counts[e.id].points is None if e.id in counts else e.status == "ungraded" or e.points is None)
        ],
        "earlier": [
            {"id": mark.exercise, "points": _number(mark.points), "max_points": _number(mark.max_points)}
            for mark in standing.others
        ],
        "problems": _problems(result.problems, lang),
        "exercises": [_exercise(exercise, lang, counts.get(exercise.id)) for exercise in result.exercises],
    }
    return json.dumps(report, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
