"""Every exercise's files, and folders that belong to none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from grader.authoring.findings import Finding
from grader.authoring.lint.answers import answer_findings
from grader.authoring.lint.checks import check_findings, top_names
from grader.authoring.lint.reference_file import reference_problems
from grader.authoring.points import BEGIN, END, CheckInfo, ListChecks
from grader.authoring.synchronise import TASKS, read_solution, solution_name, sync
from grader.errors import CourseError, GraderError
from grader.i18n import both
from grader.schema import Course, Exercise, Text

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
        list_checks: the checks of an exercise, the staff's too; may raise a ``GraderError``.
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
    checks: Sequence[CheckInfo] | None = None
    try:
        checks = list_checks(exercise)
    except GraderError as error:
        reason = Text(ko=f"{error.text.ko} {error.detail}".strip(), en=f"{error.text.en} {error.detail}".strip())
        yield Finding(exercise.id, f"exercises/{exercise.id}/checks.py", reason)
    yield from _solution(course, exercise, checks)
    for name, problem in page_problems(exercise):
        yield Finding(exercise.id, f"exercises/{exercise.id}/{name}", problem)
    for problem in reference_problems(exercise):
        yield Finding(exercise.id, f"reference/{exercise.id}/reference.json", problem)
    yield from _secrets(exercise)
    if make_inputs is not None:
        yield from _inputs(exercise, make_inputs)
    if checks is not None:
        yield from check_findings(exercise, checks)
        yield from answer_findings(exercise, {check.id for check in checks})


def _solution(course: Course, exercise: Exercise, checks: Sequence[CheckInfo] | None) -> Iterator[Finding]:
    name = solution_name(exercise)
    known = None if checks is None else lambda _: checks
    try:
        drift = sync(course, check=True, ids=[exercise.id], list_checks=known)
        defined = top_names(read_solution(exercise), name)
    except CourseError as error:
        yield Finding(exercise.id, name, error.text)
        return
    for function in exercise.functions:
        if function not in defined:
            yield Finding(exercise.id, name, both("It does not define {name}.", name=function))
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
                problem = both(
                    "inspect.{plan} uses the input {name}, which does not exist.", plan=plan_name, name=name
                )
                yield Finding(exercise.id, toml, problem)


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


def _strays(course: Course) -> Iterator[Finding]:
    """Folders that look like an exercise's, and are not: a typing mistake in a slug would go unnoticed."""
    known = {exercise.id for exercise in course.exercises}
    for place in ("exercises", "solutions", "reference"):
        for folder in sorted((course.root / place).glob("[0-9]*")):
            if folder.is_dir() and folder.name not in known:
                problem = both("There is no exercises/{slug}/exercise.toml.", slug=folder.name)
                yield Finding("", f"{place}/{folder.name}", problem)


KOREAN, ENGLISH = TASKS
_HANGUL = re.compile("[가-힣]")


def page_problems(exercise: Exercise) -> Iterator[tuple[str, Text]]:
    """File name and problem."""
    pages: dict[str, str] = {}
    for name in (KOREAN, ENGLISH):
        try:
            pages[name] = (exercise.public_dir / name).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            yield name, both("The task is missing in this language.")
        except UnicodeDecodeError:
            yield name, both("{file} is not UTF-8 text.", file=name)
    for name, text in pages.items():
        if not text.lstrip().startswith("# "):
            yield name, both("It must begin with a heading: # Title")
        if BEGIN not in text or END not in text.partition(BEGIN)[2]:
            place = {"begin": BEGIN, "end": END}
            yield name, both("It has no place for the table of points: {begin} and, below it, {end}.", **place)
        for function in exercise.functions:
            if function not in text:
                yield name, both("It does not mention {name}.", name=function)
        if exercise.file not in text:
            yield name, both("It does not mention {name}.", name=exercise.file)
    if KOREAN in pages and not _HANGUL.search(pages[KOREAN]):
        yield KOREAN, both("It is not in Korean.")
    if len(pages) == 2 and _headings(pages[KOREAN]) != _headings(pages[ENGLISH]):
        yield ENGLISH, both("Its headings do not match those of {file}, one for one.", file=KOREAN)


def _headings(text: str) -> list[int]:
    """Levels of the Markdown headings, in order; lines in fenced code are none."""
    levels, fenced = [], False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        heading = re.match(r"(#{1,6})\s", line)
        if heading and not fenced:
            levels.append(len(heading[1]))
    return levels
