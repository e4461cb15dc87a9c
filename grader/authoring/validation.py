"""Invariant 8, proved by grading: stubs fail, solutions and alternatives pass, wrong answers fail as declared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grader.authoring.answers import Answer, Declaration, Kind, read_answers
from grader.authoring.findings import Finding
from grader.authoring.notebook import make_notebook
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution, read_tasks, read_text, solution_name
from grader.errors import CourseError, GraderError
from grader.i18n import both
from grader.schema import CheckResult, Course, Exercise, ExerciseResult, Text
from grader.schema.result import Status
from grader.text import format_points

#: Grades one file, which has the name that the exercise declares.
Grade = Callable[[Exercise, Path], ExerciseResult]
#: Told before each file is graded: the exercise, and what the file is.
Watch = Callable[[Exercise, str], None]
Judge = Callable[[ExerciseResult], Iterator[Text]]


def validate(
    course: Course,
    grade: Grade,
    ids: Iterable[str] | None = None,
    progress: Watch | None = None,
    brief: bool = False,
    signed: Callable[[Exercise], Collection[str]] | None = None,
    untrained: Grade | None = None,
) -> list[Finding]:
    """Grade every stub, solution, alternative and wrong answer, and say where one does not get what it must.

    Args:
        grade: grades one file; a fault of the harness is a result with the status ``ungraded``.
        ids: exercises to prove; by default all.
        signed: wrong answers of an exercise that must be explained by themselves; by default none.
        brief: only the stub and the solution, not as notebooks too, and the wrong answer that loses most. Where
            there is a network, both answers are then only graded ``untrained``.
        untrained: grades one file and leaves training out, for what is not about its outcome: of a solution with a
            network nothing may fail then either, and its notebook gets the same as its file.

    Returns:
        What does not hold; empty: everything does. (Most of what needs no grading is
        :func:`grader.authoring.lint`'s; what keeps an answer from being graded is found by both, in equal words.)
    """
    wanted = None if ids is None else set(ids)
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="grader-answers-") as folder:
        for exercise in course.exercises:
            if wanted is None or exercise.id in wanted:
                names = frozenset(signed(exercise) if signed else ())
                findings += _Proof(exercise, grade, progress, folder, brief, names, untrained).run()
    return findings


@dataclass
class _Proof:
    """One exercise's answers, one after the other."""

    exercise: Exercise
    grade: Grade
    progress: Watch | None
    folder: str
    brief: bool
    signed: frozenset[str] = frozenset()
    untrained: Grade | None = None
    findings: list[Finding] = field(default_factory=list)

    def run(self) -> list[Finding]:
        exercise = self.exercise
        for suffix in (".py",) if self.brief else (".py", ".ipynb"):
            stub = exercise.public_dir / f"{exercise.file}{suffix}"
            name = f"exercises/{exercise.id}/{stub.name}"
            try:
                self._judge(name, read_text(stub, name), judge_stub, suffix=suffix)
            except CourseError as error:
                self._found(name, error.text)
        self._solution()
        if not self.brief:
            self._answers("alternative")
        self._answers("wrong")
        return self.findings

    def _answers(self, kind: Kind) -> None:
        answers = list(read_answers(self.exercise, kind))
        for answer in [max(answers, key=_loses)] if self.brief and answers else answers:
            if isinstance(answer, Finding):
                self.findings.append(answer)
                continue
            declared = answer.declared
            judge = self._full_marks if declared is None else partial(judge_wrong, declared=declared)
            quick = self._quick if self.brief else None
            if quick and declared is not None:
                judge = partial(judge_wrong, declared=declared, untrained=True)
            result = self._judge(answer.subject, answer.source, judge, grade=quick)
            if result and not quick and answer.name in self.signed - {one.id for one in result.diagnoses}:
                text = both("It is not explained by its own diagnosis any more; run `grader sync`.")
                self._found(answer.subject, text)

    def _solution(self) -> None:
        name = solution_name(self.exercise)
        try:
            code = without_markers(read_solution(self.exercise))
            notebook = make_notebook(code, *read_tasks(self.exercise))
        except (CourseError, SyntaxError) as error:
            self._found(name, error.text if isinstance(error, CourseError) else both("Not valid Python."))
            return
        judge, quick = self._full_marks, self._quick
        as_file = None if quick and self.brief else self._judge(name, code, judge)
        if quick:
            judge = judge_untrained
            as_file = self._judge(f"{name} (untrained)", code, judge, grade=quick)
        if self.brief:
            return
        as_notebook = self._judge(f"{name} (.ipynb)", notebook, judge, suffix=".ipynb", grade=quick)
        if as_file is None or as_notebook is None:
            return
        marks = [{(c.id, c.outcome, c.points) for c in one.checks} for one in (as_file, as_notebook)]
        for check_id in sorted({check_id for check_id, *_ in marks[0] ^ marks[1]}):
            text = both("{check}: the notebook gets other marks than the file.", check=check_id)
            self._found(f"{name} (.ipynb)", text)

    @property
    def _quick(self) -> Grade | None:
        return self.untrained if self.exercise.inspect else None

    def _full_marks(self, result: ExerciseResult) -> Iterator[Text]:
        return judge_right(result, self.exercise.points)

    def _judge(
        self, name: str, source: str, judge: Judge, *, suffix: str = ".py", grade: Grade | None = None
    ) -> ExerciseResult | None:
        """Grade a copy under the declared name, so that neither its own name nor its neighbours matter."""
        if self.progress is not None:
            self.progress(self.exercise, name)
        copy = Path(tempfile.mkdtemp(dir=self.folder)) / f"{self.exercise.file}{suffix}"
        copy.write_text(source, encoding="utf-8")
        try:
            result = (grade or self.grade)(self.exercise, copy)
        except GraderError as error:
            self._found(name, both("It cannot be graded: {reason}", reason=error.text))
            return None
        for problem in judge(result):
            self._found(name, problem)
        return result

    def _found(self, name: str, problem: Text) -> None:
        self.findings.append(Finding(self.exercise.id, name, problem))


def judge_stub(result: ExerciseResult) -> Iterator[Text]:
    """An untouched stub: no points, nothing passed, and a word about every failure."""
    if result.status not in ("graded", "error"):
        yield _status(result, "graded")
        return
    if result.points != 0:
        yield both("The stub gets {points} points; it must get 0.", points=format_points(result.points))
    if not result.checks:
        yield both("No check was made.")
    for check in result.checks:
        if check.outcome == "passed":
            yield both("{check}: passed, although nothing is written yet.", check=check.id)
        if check.outcome == "failed" and not _has_message(check):
            yield both("{check}: failed without a message in both languages.", check=check.id)


def judge_right(result: ExerciseResult, points: int) -> Iterator[Text]:
    """A right answer: every check passed, all of the exercise's points."""
    yield from _outcomes(result, "graded", {})
    for one in result.diagnoses:
        yield both("It is explained by the wrong answer {name}.", name=one.id)
    if result.points != points or result.max_points != points:
        yield both(
            "It gets {points} of {max_points} points; exercise.toml says {declared}.",
            points=format_points(result.points),
            max_points=format_points(result.max_points),
            declared=points,
        )


def judge_untrained(result: ExerciseResult) -> Iterator[Text]:
    """A right answer whose training was left out: nothing fails for that, and something is passed all the same."""
    yield from _outcomes(result, "graded", {c.id: "skipped" for c in result.checks if c.outcome == "skipped"})
    if all(check.outcome == "skipped" for check in result.checks):
        yield both("No check was made.")


def judge_wrong(result: ExerciseResult, declared: Declaration, *, untrained: bool = False) -> Iterator[Text]:
    """A wrong answer: exactly the declared outcomes, and the words that were promised.

    Args:
        untrained: training was left out, and checks may be skipped for that.
    """
    wanted = dict.fromkeys(declared.skipped, "skipped") | dict.fromkeys(declared.failed, "failed")
    if untrained:
        wanted |= {check.id: "skipped" for check in result.checks if check.outcome == "skipped"}
    yield from _outcomes(result, declared.status, wanted)
    checks = {check.id: check for check in result.checks}
    for check_id in wanted:
        if check_id not in checks:
            yield both("{check}: there is no such check.", check=check_id)
    for check_id, promised in declared.messages.items():
        said = _said(checks[check_id]) if check_id in checks else ""
        for words in promised if wanted.get(check_id) != "skipped" else ():
            if words.casefold() not in said.casefold():
                yield both(
                    "{check}: “{words}” is not in what it says: {said}", check=check_id, words=words, said=said
                )
    own = result.message.en if result.message else ""
    for words in declared.message:
        if words.casefold() not in own.casefold():
            yield both("“{words}” is not in the exercise's message: {said}", words=words, said=own)


def _loses(answer: Answer | Finding) -> int:
    """How many checks it does not pass; what can't be read comes first."""
    if isinstance(answer, Finding) or answer.declared is None:
        return 1 << 20
    return len(answer.declared.failed) + len(answer.declared.skipped)


def _said(check: CheckResult) -> str:
    parts = (check.message, check.expected, check.actual, check.hint)
    return " · ".join(part.en for part in parts if part is not None)


def _has_message(check: CheckResult) -> bool:
    return check.message is not None and bool(check.message.ko.strip() and check.message.en.strip())


def _outcomes(result: ExerciseResult, status: Status, wanted: Mapping[str, str]) -> Iterator[Text]:
    """Where the status is another one, or a check's outcome is not the ``wanted`` one (where none is: passed)."""
    if result.status != status:
        yield _status(result, status)
    for check in result.checks:
        expected = wanted.get(check.id, "passed")
        if check.outcome != expected:
            said = check.message or Text(ko="", en="")
            if check.outcome == "ungraded" and check.staff_detail:
                said = Text(ko=check.staff_detail, en=check.staff_detail)
            found = {"check": check.id, "actual": check.outcome, "expected": expected, "said": said}
            yield both("{check}: {actual}, not {expected}. {said}", **found)


def _status(result: ExerciseResult, expected: str) -> Text:
    said = result.message or Text(ko="", en="")
    if result.staff_detail:
        said = Text(ko=f"{said.ko} {result.staff_detail}".strip(), en=f"{said.en} {result.staff_detail}".strip())
    found = {"actual": result.status, "expected": expected, "said": said}
    return both("The status is {actual}, not {expected}. {said}", **found)
