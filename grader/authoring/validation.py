"""Invariant 8, proved by grading: stubs fail, solutions and alternatives pass, wrong answers fail as declared."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from grader.authoring.declared import (
    Declaration,
    Finding,
    as_tuple,
    python_files,
    read_declarations,
    subject,
)
from grader.authoring.notebook import make_notebook
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution, read_tasks, solution_name
from grader.errors import CourseError, GraderError
from grader.i18n import both
from grader.schema import CheckResult, Course, Exercise, ExerciseResult, Text

#: Grades one file, which has the name that the exercise declares.
Grade = Callable[[Exercise, Path], ExerciseResult]
#: Told before each file is graded: the exercise, and what the file is.
Watch = Callable[[Exercise, str], None]
T = TypeVar("T")
Judge = Callable[[ExerciseResult], Iterator[Text]]


def validate(
    course: Course,
    grade: Grade,
    ids: Iterable[str] | None = None,
    progress: Watch | None = None,
    sample: int | None = None,
) -> list[Finding]:
    """Grade every stub, solution, alternative and wrong answer, and say where one does not get what it must.

    Args:
        grade: grades one file; a fault of the harness is a result with the status ``ungraded``.
        ids: exercises to prove; by default all.
        sample: at most so many alternatives and so many wrong answers, spread over all of them; by default all.

    Returns:
        What does not hold; empty: everything does. (Most of what needs no grading is
        :func:`grader.authoring.lint`'s; what keeps an answer from being graded is found by both, in equal words.)
    """
    wanted = None if ids is None else set(ids)
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="grader-answers-") as folder:
        for exercise in course.exercises:
            if wanted is None or exercise.id in wanted:
                findings += _Proof(exercise, grade, progress, Path(folder) / exercise.id, sample).run()
    return findings


class _Proof:
    """One exercise's answers, one after the other."""

    def __init__(
        self, exercise: Exercise, grade: Grade, progress: Watch | None, folder: Path, sample: int | None
    ) -> None:
        self._exercise = exercise
        self._grade = grade
        self._progress = progress
        self._folder = folder
        self._sample = sample
        self._count = 0
        self._findings: list[Finding] = []

    def run(self) -> list[Finding]:
        exercise = self._exercise
        for suffix in (".py", ".ipynb"):
            stub = exercise.public_dir / f"{exercise.file}{suffix}"
            name = f"exercises/{exercise.id}/{stub.name}"
            if stub.is_file():
                self._judge(name, stub, judge_stub)
            else:
                self._found(name, both("{file} is missing.", file=name))
        self._solution()
        for file in spread(python_files(exercise, "alternative"), self._sample):
            self._judge(subject(exercise, file), file, self._full_marks)
        for answer in spread(read_declarations(exercise), self._sample):
            if isinstance(answer, Finding):
                self._findings.append(answer)
            else:
                self._judge(answer.subject, answer.file, lambda result, a=answer: judge_wrong(result, a.declared))  # type: ignore[misc]
        return self._findings

    def _solution(self) -> None:
        name = solution_name(self._exercise)
        try:
            code = without_markers(read_solution(self._exercise))
            notebook = make_notebook(code, *read_tasks(self._exercise))
        except (CourseError, SyntaxError) as error:
            self._found(name, error.text if isinstance(error, CourseError) else both("Not valid Python."))
            return
        as_file = self._judge(name, code, self._full_marks)
        as_notebook = self._judge(f"{name} (.ipynb)", notebook, self._full_marks, suffix=".ipynb")
        if as_file is None or as_notebook is None:
            return
        marks = [
            {check.id: (check.outcome, check.points) for check in one.checks} for one in (as_file, as_notebook)
        ]
        for check_id in sorted(marks[0].keys() | marks[1].keys()):
            if marks[0].get(check_id) != marks[1].get(check_id):
                self._found(
                    f"{name} (.ipynb)",
                    both("{check}: the notebook gets other marks than the file.", check=check_id),
                )

    def _full_marks(self, result: ExerciseResult) -> Iterator[Text]:
        return judge_right(result, self._exercise.points)

    def _judge(self, name: str, source: Path | str, judge: Judge, *, suffix: str = "") -> ExerciseResult | None:
        """Grade a copy under the declared name, so that neither its own name nor its neighbours matter."""
        if self._progress is not None:
            self._progress(self._exercise, name)
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir(parents=True)
        if isinstance(source, Path):
            copy = folder / f"{self._exercise.file}{source.suffix}"
            shutil.copyfile(source, copy)
        else:
            copy = folder / f"{self._exercise.file}{suffix or '.py'}"
            copy.write_text(source, encoding="utf-8")
        try:
            result = self._grade(self._exercise, copy)
        except GraderError as error:
            self._found(name, both("It cannot be graded: {reason}", reason=error.text))
            return None
        for problem in judge(result):
            self._found(name, problem)
        return result

    def _found(self, name: str, problem: Text) -> None:
        self._findings.append(Finding(self._exercise.id, name, problem))


def spread(items: Iterable[T], most: int | None) -> list[T]:
    """At most ``most`` of ``items``, evenly spread and always the same ones."""
    found = list(items)
    if most is None or len(found) <= most:
        return found
    return [found[index * len(found) // most] for index in range(most)]


def judge_stub(result: ExerciseResult) -> Iterator[Text]:
    """An untouched stub: no points, nothing passed, and a word about every failure."""
    if result.status not in ("graded", "error"):
        yield _status(result, "graded")
        return
    if result.points != 0:
        yield both("The stub gets {points} points; it must get 0.", points=_number(result.points))
    if not result.checks:
        yield both("No check was made.")
    for check in result.checks:
        if check.outcome == "passed":
            yield both("{check}: passed, although nothing is written yet.", check=check.id)
        if check.outcome == "failed" and not _has_message(check):
            yield both("{check}: failed without a message in both languages.", check=check.id)


def judge_right(result: ExerciseResult, points: int) -> Iterator[Text]:
    """A right answer: every check passed, all of the exercise's points."""
    if result.status != "graded":
        yield _status(result, "graded")
    for check in result.checks:
        if check.outcome != "passed":
            yield _outcome(check, "passed")
    if result.points != points or result.max_points != points:
        yield both(
            "It gets {points} of {max_points} points; exercise.toml says {declared}.",
            points=_number(result.points),
            max_points=_number(result.max_points),
            declared=points,
        )


def judge_wrong(result: ExerciseResult, declared: Declaration) -> Iterator[Text]:
    """A wrong answer: exactly the declared outcomes, and the words that were promised."""
    if result.status != declared.status:
        yield _status(result, declared.status)
    wanted = dict.fromkeys(declared.skipped, "skipped") | dict.fromkeys(declared.failed, "failed")
    checks = {check.id: check for check in result.checks}
    for check in result.checks:
        expected = wanted.get(check.id, "passed")
        if check.outcome != expected:
            yield _outcome(check, expected)
    for check_id in wanted:
        if check_id not in checks:
            yield both("{check}: there is no such check.", check=check_id)
    for check_id in declared.messages:
        said = _said(checks[check_id]) if check_id in checks else ""
        for words in declared.words(check_id):
            if words.casefold() not in said.casefold():
                yield both(
                    "{check}: “{words}” is not in what it says: {said}", check=check_id, words=words, said=said
                )
    own = result.message.en if result.message else ""
    for words in as_tuple(declared.message):
        if words.casefold() not in own.casefold():
            yield both("“{words}” is not in the exercise's message: {said}", words=words, said=own)


def _said(check: CheckResult) -> str:
    parts = (check.message, check.expected, check.actual, check.hint)
    return " · ".join(part.en for part in parts if part is not None)


def _has_message(check: CheckResult) -> bool:
    return check.message is not None and bool(check.message.ko.strip() and check.message.en.strip())


def _status(result: ExerciseResult, expected: str) -> Text:
    said = result.message or Text(ko="", en="")
    if result.staff_detail:
        said = Text(ko=f"{said.ko} {result.staff_detail}".strip(), en=f"{said.en} {result.staff_detail}".strip())
    return both(
        "The status is {actual}, not {expected}. {said}", actual=result.status, expected=expected, said=said
    )


def _outcome(check: CheckResult, expected: str) -> Text:
    said = check.message or Text(ko="", en="")
    if check.outcome == "ungraded" and check.staff_detail:
        said = Text(ko=check.staff_detail, en=check.staff_detail)
    return both(
        "{check}: {actual}, not {expected}. {said}",
        check=check.id,
        actual=check.outcome,
        expected=expected,
        said=said,
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
