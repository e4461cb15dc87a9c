"""An exercise's alternatives and wrong answers: enough of them, and each with what it must get and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from grader.authoring.answers import Answer, Declaration, Kind, read_answers
from grader.authoring.findings import Finding
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution
from grader.errors import CourseError
from grader.i18n import both
from grader.schema import Exercise, Text

#: Fewer show too little about whether the checks are too strict, or let mistakes pass.
LEAST: dict[Kind, int] = {"alternative": 2, "wrong": 3}
_HANGUL = re.compile("[가-힣]")


def answer_findings(exercise: Exercise, checks: set[str]) -> Iterator[Finding]:
    """What is wrong with the answers; ``checks`` are the ids of all checks."""
    solution = set()
    with suppress(CourseError):  # found where the solution is looked at
        solution = {read_solution(exercise), without_markers(read_solution(exercise))}
    for kind, least in LEAST.items():
        answers = list(read_answers(exercise, kind))
        if len(answers) < least:
            text = both("Answers here: {n}. There should be at least {minimum}.", n=len(answers), minimum=least)
            yield Finding(exercise.id, f"solutions/{exercise.id}/{kind}", text, warning=True)
        for answer in answers:
            if isinstance(answer, Finding):
                yield answer
            else:
                for problem in _problems(answer, checks, solution):
                    yield Finding(exercise.id, answer.subject, problem)


def _problems(answer: Answer, checks: set[str], solution: set[str]) -> Iterator[Text]:
    if answer.source in solution:
        yield both("It is the solution itself.")
    if answer.declared is not None:
        yield from _declaration(answer.declared, checks)
        yield from _diagnosis(answer.declared.diagnosis)


def _declaration(declared: Declaration, known: set[str]) -> Iterator[Text]:
    named = {*declared.failed, *declared.skipped}
    for check_id in sorted(named - known):
        yield both("{check}: there is no such check.", check=check_id)
    for check_id in sorted({*declared.failed} & {*declared.skipped}):
        yield both("{check}: declared as failed and as skipped.", check=check_id)
    for check_id in sorted(declared.messages.keys() - named):
        yield both("{check}: has words for its message, but is not declared as failed or skipped.", check=check_id)
    if not declared.failed and declared.status == "graded":
        yield both("A wrong answer must fail at least one check.")
    words = [text for words in (*declared.messages.values(), declared.message) for text in words]
    if not words or not all(text.strip() for text in words):
        yield both("It must declare words of at least one message that the student gets.")


def _diagnosis(diagnosis: Text | None) -> Iterator[Text]:
    if diagnosis is None or not diagnosis.ko.strip() or not diagnosis.en.strip():
        yield both(
            "It has no diagnosis. Under [diagnosis], ko and en tell the student what was done and why "
            "it is wrong, in a sentence or two."
        )
    elif not _HANGUL.search(diagnosis.ko) or _HANGUL.search(diagnosis.en):
        yield both("The diagnosis must be Korean under ko and English under en.")
