"""``results.json`` of Gradescope's autograders."""

from __future__ import annotations

import math
from typing import Any

from grader.export.decided import Marks, counting, decided, said
from grader.export.ungraded import counted, note
from grader.i18n import tr
from grader.places import where
from grader.schema import CheckResult, ExerciseResult, Frame, Lang, Result, Text
from grader.text import clean_line, plain

#: Longest output of one test, in characters.
MAX_OUTPUT = 10_000


def to_gradescope(result: Result, lang: Lang, marks: Marks | None = None) -> dict[str, Any]:
    """``result`` as Gradescope reads it: a test for each check, the total as the score.

    Gradescope takes the total from ``score``: with a gradebook's ``marks`` it is what counts, and ``output`` says
    which exercises count otherwise than their tests and why.

    A check for staff has visibility ``hidden``: Gradescope never shows it to students, and instructors see all of
    it. What the autograder prints stays hidden too. All text is plain, not Markdown or HTML.
    Source: gradescope-autograders.readthedocs.io, "Autograder Specifications", output format.

    What is ungraded scores 0 of its full points, and says so: Gradescope has no such state.
    """
    tests = [
        test for number, exercise in enumerate(result.exercises, 1) for test in _exercise(exercise, number, lang)
    ]
    seconds = sum(e.wall_seconds for e in result.exercises if math.isfinite(e.wall_seconds))
    by_hand = [
        f"{clean_line(name)}: {_number(cell.points)} / {_number(cell.max_points)} · {said(cell, lang)}"
        for name, cell in sorted(decided(result, marks or {}).items())
    ]
    return {
        "score": _number(round(sum(counted(cell.points) for cell in counting(result, marks or {}).values()), 6)),
        "execution_time": round(seconds, 3),
        "output": "\n".join(line for line in (*by_hand, _problems(result, lang)) if line)[:MAX_OUTPUT],
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "grader_version": result.grader_version,
            "isolation": result.isolation,
            "sha256": result.submission.sha256,
            "max_score": _number(result.max_points),
        },
        "tests": tests,
    }


def _number(value: float | None) -> float | int:
    value = value or 0.0
    return int(value) if value == int(value) else round(value, 6)


def _exercise(exercise: ExerciseResult, number: int, lang: Lang) -> list[dict[str, Any]]:
    title = clean_line(exercise.title.get(lang), 200)
    ungraded = note(exercise, lang)
    tests = [
        {
            "name": f"{title}: {clean_line(check.title.get(lang), 200)}",
            "number": f"{number}.{place}",
            "score": 0 if ungraded else _number(check.points),
            "max_score": _number(check.max_points),
            "status": "passed" if check.outcome == "passed" and not ungraded else "failed",
            "output": _output(check, lang),
            "tags": [exercise.id],
            "visibility": "hidden" if check.visibility == "staff" else "visible",
        }
        for place, check in enumerate(exercise.checks, 1)
    ]
    # Where no check tells it: a missing file, say, whose points no check carries.
    rest = 0.0 if ungraded else counted(exercise.points) - sum(counted(check.points) for check in exercise.checks)
    out_of = exercise.max_points - sum(check.max_points for check in exercise.checks)
    if ungraded or exercise.message is not None or abs(rest) > 1e-6 or abs(out_of) > 1e-6:
        tests.insert(
            0,
            {
                "name": title,
                "number": str(number),
                "score": _number(max(round(rest, 6), 0.0)),
                "max_score": _number(max(round(out_of, 6), 0.0)),
                "status": "passed" if exercise.status == "graded" else "failed",
                "output": "\n".join(
                    line
                    for line in (ungraded, _say(exercise.message, lang), *_places(exercise.frames, lang))
                    if line
                ),
                "tags": [exercise.id],
                "visibility": "visible",
            },
        )
    return tests


def _say(text: Text | None, lang: Lang, limit: int = 2000) -> str:
    return "" if text is None else plain(text.get(lang), limit=limit)


def _places(frames: tuple[Frame, ...], lang: Lang) -> list[str]:
    return [clean_line(where(frames[-1]).get(lang))] if frames else []


def _output(check: CheckResult, lang: Lang) -> str:
    if check.outcome == "passed":
        return ""
    lines = [_say(check.message, lang)]
    for label, text in (
        (tr(lang, "Expected:"), check.expected),
        (tr(lang, "Actual:"), check.actual),
        (tr(lang, "Hint") + ":", check.hint),
    ):
        if text is not None:
            lines.append(f"{label} {_say(text, lang)}")
    lines += _places(check.frames, lang)
    return "\n".join(line for line in lines if line)[:MAX_OUTPUT]


def _problems(result: Result, lang: Lang) -> str:
    problems = [*result.problems, *(problem for e in result.exercises for problem in e.problems)]
    return "\n".join(f"{clean_line(p.file)}: {_say(p.message, lang)}" for p in problems[:50])
