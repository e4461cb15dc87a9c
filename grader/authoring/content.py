"""What can be said about a course's content without running a student's kind of code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from grader.authoring.declared import (
    Declaration,
    Finding,
    python_files,
    read_declarations,
)
from grader.authoring.hints import hint_problems
from grader.authoring.pages import page_problems
from grader.authoring.stubs import parse
from grader.authoring.synchronise import read_solution, solution_name, sync
from grader.authoring.thresholds import reference_problems
from grader.authoring.topnames import top_names
from grader.errors import CourseError, GraderError
from grader.i18n import both
from grader.schema import Course, Exercise, Text, Visibility

ALTERNATIVES = 4
WRONG_ANSWERS = 6


class CheckInfo(Protocol):
    """What lint must know about a check; ``grader.award.list_checks`` gives it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> Text: ...
    @property
    def points(self) -> float: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def visibility(self) -> Visibility: ...


ListChecks = Callable[[Exercise], Sequence[CheckInfo]]
MakeInputs = Callable[[Exercise], Mapping[str, object]]


def lint(
    course: Course,
    *,
    list_checks: ListChecks,
    ids: Iterable[str] | None = None,
    make_inputs: MakeInputs | None = None,
) -> list[Finding]:
    """What is wrong with the course's content, by exercise and file.

    Args:
        list_checks: the checks of an exercise, the staff's too; may raise an error that has a ``text``.
        ids: exercises to look at; by default all, and then folders that belong to no exercise too.
        make_inputs: the arrays of an exercise, to see that the names in its plans exist.
    """
    wanted = None if ids is None else set(ids)
    findings = [] if wanted is not None else list(_strays(course))
    for exercise in course.exercises:
        if wanted is None or exercise.id in wanted:
            findings += _exercise(course, exercise, list_checks, make_inputs)
    return findings


def _exercise(
    course: Course, exercise: Exercise, list_checks: ListChecks, make_inputs: MakeInputs | None
) -> Iterator[Finding]:
    yield from _solution(course, exercise)
    for name, problem in page_problems(exercise):
        yield Finding(exercise.id, f"exercises/{exercise.id}/{name}", problem)
    for problem in reference_problems(exercise):
        yield Finding(exercise.id, f"reference/{exercise.id}/reference.json", problem)
    yield from _secrets(exercise)
    if make_inputs is not None:
        yield from _inputs(exercise, make_inputs)
    try:
        checks = list_checks(exercise)
    except GraderError as error:
        text, detail = error.text, error.detail
        reason = Text(ko=f"{text.ko} {detail}".strip(), en=f"{text.en} {detail}".strip())
        yield Finding(exercise.id, f"exercises/{exercise.id}/checks.py", reason)
        return
    yield from _checks(exercise, checks)
    yield from _answers(exercise, checks)


def _solution(course: Course, exercise: Exercise) -> Iterator[Finding]:
    try:
        defined = top_names(parse(read_solution(exercise), solution_name(exercise)))
        drift = sync(course, check=True, ids=[exercise.id])
    except CourseError as error:
        yield Finding(exercise.id, solution_name(exercise), error.text)
        return
    for name in exercise.functions:
        if name not in defined:
            yield Finding(exercise.id, solution_name(exercise), both("It does not define {name}.", name=name))
    for entry in drift:
        yield Finding(exercise.id, f"exercises/{exercise.id}/{entry.path.name}", entry.text)


def _inputs(exercise: Exercise, make_inputs: MakeInputs) -> Iterator[Finding]:
    toml = f"exercises/{exercise.id}/exercise.toml"
    try:
        known = {*make_inputs(exercise), "test"}
    except CourseError as error:
        yield Finding(exercise.id, f"exercises/{exercise.id}/inputs.py", error.text)
        return
    for plan_name, plan in exercise.inspect.items():
        for name in (*plan.predict, *((plan.fit.x, plan.fit.y) if plan.fit else ())):
            if name not in known:
                yield Finding(
                    exercise.id,
                    toml,
                    both("inspect.{plan} uses the input {name}, which does not exist.", plan=plan_name, name=name),
                )


def _secrets(exercise: Exercise) -> Iterator[Finding]:
    """Students get every file of the public folder."""
    for path in sorted(exercise.public_dir.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        name = f"exercises/{exercise.id}/{path.relative_to(exercise.public_dir).as_posix()}"
        if path.name.startswith("hidden_"):
            yield Finding(exercise.id, name, both("Students would get this file; it belongs under reference/."))
        elif path.suffix in (".py", ".ipynb", ".md") and "BEGIN SOLUTION" in path.read_text(
            encoding="utf-8", errors="replace"
        ):
            yield Finding(exercise.id, name, both("It has a solution's marker; students would get this file."))


def _checks(exercise: Exercise, checks: Sequence[CheckInfo]) -> Iterator[Finding]:
    public, hidden = f"exercises/{exercise.id}/checks.py", f"reference/{exercise.id}/hidden_checks.py"
    in_public = _test_names(exercise.public_dir / "checks.py")
    total = sum(check.points for check in checks)
    if abs(total - exercise.points) > 1e-9:
        yield Finding(
            exercise.id,
            f"exercises/{exercise.id}/exercise.toml",
            both(
                "points is {declared}, but the checks add up to {total:g}.", declared=exercise.points, total=total
            ),
        )
    known = {check.id for check in checks}
    known |= {check.partition("[")[0] for check in known}
    for check in checks:
        plain = check.id.partition("[")[0]
        file = public if plain in in_public else hidden
        ko, en = check.title.ko.strip(), check.title.en.strip()
        if not ko or not en or ko == en:
            yield Finding(
                exercise.id,
                file,
                both(
                    "{check}: the docstring must be its title in both languages: 한국어 | English", check=check.id
                ),
            )
        if plain in in_public and check.visibility == "staff":
            yield Finding(
                exercise.id,
                file,
                both(
                    "{check}: for staff only, but students have this file; move it to {hidden}.",
                    check=check.id,
                    hidden=hidden,
                ),
            )
        for needed in check.needs:
            if needed not in known:
                yield Finding(
                    exercise.id,
                    file,
                    both("{check} needs {needed}, which does not exist.", check=check.id, needed=needed),
                )
    hidden_file = exercise.staff_dir / "hidden_checks.py" if exercise.staff_dir else None
    for problem in hint_problems(
        exercise.hints,
        {check.id for check in checks if check.visibility == "student"},
        known,
        [exercise.public_dir / "checks.py", *([hidden_file] if hidden_file else [])],
    ):
        yield Finding(exercise.id, f"exercises/{exercise.id}/exercise.toml", problem)


def _answers(exercise: Exercise, checks: Sequence[CheckInfo]) -> Iterator[Finding]:
    folder = f"solutions/{exercise.id}"
    alternatives = len(python_files(exercise, "alternative"))
    if alternatives < ALTERNATIVES:
        yield Finding(
            exercise.id,
            f"{folder}/alternative",
            both(
                "{n} other correct answers; at least {minimum} are needed.", n=alternatives, minimum=ALTERNATIVES
            ),
        )
    wrong = len(python_files(exercise, "wrong"))
    if wrong < WRONG_ANSWERS:
        yield Finding(
            exercise.id,
            f"{folder}/wrong",
            both("{n} wrong answers; at least {minimum} are needed.", n=wrong, minimum=WRONG_ANSWERS),
        )
    for answer in read_declarations(exercise):
        if isinstance(answer, Finding):
            yield answer
        else:
            subject = f"{folder}/wrong/{answer.file.stem}.toml"
            for problem in _declaration(answer.declared, {check.id for check in checks}):
                yield Finding(exercise.id, subject, problem)
    for path in python_files(exercise, "alternative") + python_files(exercise, "wrong"):
        if path.read_bytes() == _bytes(exercise):
            yield Finding(
                exercise.id, f"{folder}/{path.parent.name}/{path.name}", both("It is the solution itself.")
            )


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
    words = [text for check_id in declared.messages for text in declared.words(check_id)]
    words += [declared.message] if isinstance(declared.message, str) else declared.message
    if not words or not all(text.strip() for text in words):
        yield both("It must declare words of at least one message that the student gets.")


def _strays(course: Course) -> Iterator[Finding]:
    """Folders that look like an exercise's, and are not: a typing mistake in a slug would go unnoticed."""
    known = {exercise.id for exercise in course.exercises}
    for place in ("exercises", "solutions", "reference"):
        for folder in sorted((course.root / place).glob("[0-9]*")):
            if folder.is_dir() and folder.name not in known:
                yield Finding(
                    "",
                    f"{place}/{folder.name}",
                    both("There is no exercises/{slug}/exercise.toml.", slug=folder.name),
                )


def _test_names(file: Path) -> set[str]:
    try:
        tree = parse(file.read_text(encoding="utf-8"), file.name)
    except (CourseError, OSError, UnicodeDecodeError):
        return set()  # list_checks says so better
    return {name.removeprefix("test_") for name in top_names(tree) if name.startswith("test_")}


def _bytes(exercise: Exercise) -> bytes:
    try:
        return read_solution(exercise).encode()
    except CourseError:
        return b""
