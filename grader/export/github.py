"""The JSON of a test runner as GitHub Classroom's reporter reads it (``classroom-resources/autograding-*``, v1).

GitHub Classroom itself has been retired; its reporter is an ordinary action that goes on working. What it does
with the fields was read in its source: it adds up ``tests[].score`` (a missing one would print NaN, a string would
be concatenated), takes ``max_score`` and ``status`` from the top, and prints ``name``, ``message``, ``test_code``
and ``line_no`` as they are, so none of them may hold a line feed or a workflow command.
"""

from __future__ import annotations

import json
import re
from typing import Any

from grader.export.decided import Marks, decided, said, whole
from grader.export.table import Cell
from grader.export.ungraded import counted, note
from grader.export.whole import in_whole_points
from grader.i18n import both, tr
from grader.schema import CheckResult, ExerciseResult, Lang, Result, Text
from grader.text import clean_line

#: A runner passes this on, base64-encoded, in one environment variable, and Linux ends those at 128 KiB.
MAX_JSON_BYTES = 96_000
#: Longest name and message, tried from left to right until all of it fits.
_LIMITS = ((160, 600), (120, 200), (80, 60), (60, 0), (24, 0))


def one_line(text: str, limit: int) -> str:
    """``text`` in one line in which nothing acts: no control characters, no workflow command."""
    line = " ".join(clean_line(text, limit).split())
    # Words joined by an invisible character: readable, and no command anywhere in a line.
    return re.sub(r":(?=:)", ":\u2060", line).replace("##[", "##\u2060[")


def hidden_title(number: int) -> Text:
    """What a check that is hidden from students is called in front of them."""
    return both("Hidden check {number}", number=number)


def to_github(result: Result, lang: Lang, marks: Marks | None = None) -> dict[str, Any]:
    """``result`` for the reporter: ``status``, ``max_score`` and one entry of ``tests`` for each check.

    Points are whole (:func:`grader.export.whole.in_whole_points`). A check that is for staff only keeps its points
    and loses its name and everything it says. What is ungraded has status ``error``, scores 0 of its full
    points and says so: nobody gets more by making the grader fail. Where a gradebook's ``marks`` count otherwise
    than an exercise's checks, one entry has the points and the reason, and the checks' have none. The JSON stays
    below :data:`MAX_JSON_BYTES`, by shorter messages first and, at last, by one entry for each exercise.
    """
    rounded, other = in_whole_points(result), decided(result, marks or {})
    titles = {exercise.id: exercise.title.get(lang) for exercise in result.exercises}
    by_hand = [_by_hand(titles.get(name, name), cell, lang) for name, cell in sorted(other.items())]
    for name_limit, message_limit in _LIMITS:
        tests = [
            test | ({"score": 0, "max_score": 0} if exercise.id in other else {})
            for exercise in rounded.exercises
            for test in _tests(exercise, lang, name_limit, message_limit)
        ]
        report = _report([*by_hand, *tests], lang)
        if _size(report) <= MAX_JSON_BYTES:
            return report
    kept = [_summed(exercise, lang) for exercise in rounded.exercises if exercise.id not in other]
    return _report([*by_hand, *kept], lang)


def to_github_rows(result: Result, lang: Lang) -> dict[str, dict[str, Any]]:
    """The same for one runner per check: runner id -> its JSON with a single test.

    Beside the points the reporter prints a table, which counts each runner's *passed tests* and not its scores.
    With one test for each runner table and points agree. Ids are letters and digits and begin with a letter, so
    that ``<ID>_RESULTS`` is a variable that every shell can export.
    """
    rounded = in_whole_points(result)
    rows: dict[str, dict[str, Any]] = {}
    for exercise in rounded.exercises:
        number = "e" + exercise.id.split("_")[0]
        hidden = 0
        for check, test in zip(exercise.checks, _tests(exercise, lang, 160, 600), strict=False):
            hidden += check.visibility == "staff"
            name = f"hidden{hidden}" if check.visibility == "staff" else check.id
            rows[_free(f"{number}{name}", rows)] = _runner(test["status"], [test])
        if not exercise.checks:
            test = _summed(exercise, lang)
            rows[_free(number, rows)] = _runner(test["status"], [test])
    return rows


def _free(wanted: str, taken: dict[str, Any]) -> str:
    """``wanted`` as an id of at most 18 characters (the width of the reporter's table) that is not taken."""
    plain = re.sub(r"[^A-Za-z0-9]", "", wanted)[:18] or "check"
    known = {name.upper() for name in taken}
    number, name = 1, plain
    while name.upper() in known:
        number += 1
        name = f"{plain[: 18 - len(str(number))]}{number}"
    return name


def _report(tests: list[dict[str, Any]], lang: Lang) -> dict[str, Any]:
    # Without a test the reporter would divide by their number.
    tests = tests or [_entry(one_line(tr(lang, "No file of any exercise was found."), 160), "fail", 0, 0, "")]
    statuses = {test["status"] for test in tests}
    status = "error" if "error" in statuses else "fail" if statuses != {"pass"} else "pass"
    return _runner(status, tests)


def _runner(status: str, tests: list[dict[str, Any]]) -> dict[str, Any]:
    return {"version": 1, "status": status, "max_score": sum(test["max_score"] for test in tests), "tests": tests}


def _tests(exercise: ExerciseResult, lang: Lang, name_limit: int, message_limit: int) -> list[dict[str, Any]]:
    if not exercise.checks:
        return [_summed(exercise, lang)]
    tests, hidden = [], 0
    for check in exercise.checks:
        hidden += check.visibility == "staff"
        title = hidden_title(hidden) if check.visibility == "staff" else check.title
        ungraded = exercise.points is None
        tests.append(
            _entry(
                one_line(f"{exercise.title.get(lang)}: {title.get(lang)}", name_limit),
                "error" if ungraded else "pass" if check.outcome == "passed" else "fail",
                0 if ungraded else int(counted(check.points)),
                int(check.max_points),
                one_line(_message(exercise, check, lang), message_limit) if message_limit else "",
            )
        )
    return tests


def _message(exercise: ExerciseResult, check: CheckResult, lang: Lang) -> str:
    """Why, in one paragraph; nothing for what passed."""
    if check.outcome == "passed":
        return ""
    if ungraded := note(exercise, lang):
        return ungraded
    if check.visibility == "staff":
        return ""
    parts = [check.message, check.expected, check.actual]
    labels = ("", tr(lang, "Expected:") + " ", tr(lang, "Actual:") + " ")
    said = [label + text.get(lang) for label, text in zip(labels, parts, strict=True) if text is not None]
    return " ".join(said) or (exercise.message.get(lang) if exercise.message else "")


def _summed(exercise: ExerciseResult, lang: Lang) -> dict[str, Any]:
    """One entry for a whole exercise."""
    passed = exercise.points == exercise.max_points and all(c.outcome == "passed" for c in exercise.checks)
    message = note(exercise, lang) or (exercise.message.get(lang) if exercise.message else "")
    return _entry(
        one_line(exercise.title.get(lang), 60),
        "error" if exercise.points is None else "pass" if passed else "fail",
        int(counted(exercise.points)),
        int(exercise.max_points),
        one_line(message, 200),
    )


def _by_hand(title: str, cell: Cell, lang: Lang) -> dict[str, Any]:
    """An exercise that counts otherwise than its checks. Points above full marks lift what is full."""
    score, full = whole(cell.points), whole(cell.max_points)
    status = "error" if cell.points is None else "pass" if cell.points >= cell.max_points else "fail"
    return _entry(one_line(title, 60), status, score, max(score, full), one_line(said(cell, lang), 300))


def _entry(name: str, status: str, score: int, max_score: int, message: str) -> dict[str, Any]:
    return {
        "name": name,
        "status": status,
        "score": score,
        "max_score": max_score,
        "message": message,
        "test_code": "",
        "line_no": 0,  # anything else is printed, a missing one as "undefined"
    }


def _size(report: dict[str, Any]) -> int:
    return len(json.dumps(report, ensure_ascii=False).encode("utf-8"))
