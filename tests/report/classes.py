"""A class out of the course's own corpus: solutions, and wrong answers as their ``.toml`` files declare them.

Nothing is run. What a check says when it fails is what the corpus says it must say; numbers that only a run could
give (accuracies, seconds) are drawn from a seeded generator.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from grader.authoring import Answer, Declaration, read_answers
from grader.schema import (
    CheckResult,
    ClassEntry,
    Course,
    Exercise,
    ExerciseResult,
    Learning,
    Problem,
    Result,
    Student,
    SubmissionId,
    Text,
)

WORDS = ("가람", "나래", "다온", "라온", "마루", "바름", "사랑", "아름", "자람", "차오름", "하늘", "한결")


@dataclass(frozen=True)
class Declared:
    """A check as its author wrote it."""

    id: str
    title: Text
    points: float
    staff: bool


def _declared(path: Path) -> Iterator[Declared]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        marks = [ast.unparse(mark) for mark in node.decorator_list]
        points = next((float(m.split("(")[1].rstrip(")")) for m in marks if ".points(" in m), 0.0)
        ko, _, en = (ast.get_docstring(node) or node.name).split("\n")[0].partition(" | ")
        staff = any(m.endswith(".staff") for m in marks)
        yield Declared(node.name.removeprefix("test_"), Text(ko=ko, en=en or ko), points, staff)


@cache
def checks(exercise_dir: Path, staff_dir: Path | None) -> tuple[Declared, ...]:
    found = list(_declared(exercise_dir / "checks.py"))
    if staff_dir is not None and (staff_dir / "hidden_checks.py").is_file():
        found += _declared(staff_dir / "hidden_checks.py")
    return tuple(found)


def wrong_answers(exercise: Exercise) -> list[tuple[str, Declaration]]:
    """The name of each wrong answer that is graded, and what must come of it."""
    return [
        (answer.name, answer.declared)
        for answer in read_answers(exercise, "wrong")
        if isinstance(answer, Answer) and answer.declared is not None and answer.declared.status == "graded"
    ]


def _check(check: Declared, wrong: tuple[str, Declaration] | None) -> CheckResult:
    outcome, name, said = "passed", "", None
    if wrong is not None:
        name, declared = wrong
        if check.id in declared.failed:
            outcome, said = "failed", (*declared.messages.get(check.id, ()), f"{name}.")[0]
        elif check.id in declared.skipped:
            outcome = "skipped"
    return CheckResult(
        id=check.id,
        title=check.title,
        outcome=outcome,
        points=check.points if outcome == "passed" else 0.0,
        max_points=check.points,
        message=Text(ko=said, en=said) if said else None,
        expected=Text(ko="기댓값", en="as in the textbook") if said else None,
        actual=Text(ko=name, en=name) if said else None,
        visibility="staff" if check.staff else "student",
    )


def _exercise(
    exercise: Exercise, choices: Sequence[tuple[str, Declaration]], random: np.random.Generator, skill: float
) -> ExerciseResult:
    # Some mistakes are much commoner than others, as in life.
    wrong = choices[min(random.geometric(0.25), len(choices)) - 1] if choices and random.random() > skill else None
    found = tuple(_check(one, wrong) for one in checks(exercise.public_dir, exercise.staff_dir))
    learning = None
    if exercise.budgets:
        accuracy = float(np.clip(random.normal(0.73 if wrong is None else 0.66, 0.045), 0, 1))
        borderline = 0.57 <= accuracy < 0.6
        learning = Learning(
            accuracy=accuracy + 0.03 * borderline,
            minimum=0.6,
            borderline=borderline,
            attempts=(accuracy, accuracy + 0.03) if borderline else (),
        )
    seconds = float(random.lognormal(3.2 if exercise.budgets else 0.2, 0.35))
    return ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        status="graded",
        points=sum(check.points or 0.0 for check in found),
        max_points=float(sum(check.max_points for check in found)),
        data="builtin" if exercise.dataset else None,
        budget="quick",
        checks=found,
        learning=learning,
        wall_seconds=seconds,
        cpu_seconds=seconds * float(random.uniform(0.9, 1.9)),
        peak_memory_mb=float(random.normal(900 if exercise.budgets else 420, 60)),
    )


def _accident(exercise: ExerciseResult, kind: int) -> ExerciseResult:
    """What goes wrong now and then: a fault of the harness, a run without an end, a file that cannot be used."""
    zero = tuple(c.model_copy(update={"outcome": "failed", "points": 0.0}) for c in exercise.checks)
    if kind == 0:
        open_checks = tuple(c.model_copy(update={"outcome": "ungraded", "points": None}) for c in exercise.checks)
        return exercise.model_copy(
            update={
                "status": "ungraded",
                "points": None,
                "checks": open_checks,
                "learning": None,
                "message": Text(ko="검사기를 시작하지 못했습니다.", en="The inspector could not be started."),
            }
        )
    if kind == 1:
        return exercise.model_copy(
            update={"status": "timeout", "points": 0.0, "checks": zero, "learning": None, "wall_seconds": 60.0}
        )
    problem = Problem(
        file=f"{exercise.id}.h5",
        severity="error",
        message=Text(ko=".h5 파일은 받지 않습니다.", en=".h5 files are not accepted."),
    )
    return exercise.model_copy(update={"problems": (problem,)})


def student(n: int) -> Student:
    """The n-th student; ids of several alphabets, as downloads have them."""
    name = f"학생 {WORDS[n % len(WORDS)]} {n // len(WORDS):02}"
    return Student(id=f"{20240000 + n}" if n % 7 else f"{name}-{n}", name=name, email=f"s{n}@example.org")


def make_class(course: Course, out: Path, count: int, *, seed: int = 0) -> Iterator[ClassEntry]:
    """``count`` students of all exercises, one after the other: a generator, as a batch hands them over."""
    random = np.random.default_rng(seed)
    mistakes = {exercise.id: wrong_answers(exercise) for exercise in course.exercises}
    for n in range(count):
        who = student(n)
        skill = float(random.beta(3.2, 1.5))
        exercises = [_exercise(e, mistakes[e.id], random, skill) for e in course.exercises]
        if n % 23 == 5:
            victim = int(random.integers(len(exercises)))
            exercises[victim] = _accident(exercises[victim], (n // 23) % 3)
        points = [exercise.points for exercise in exercises]
        known = [value for value in points if value is not None]
        yield ClassEntry(
            student=who,
            folder=out / who.id,
            result=Result(
                grader_version="0.1.0",
                isolation="namespace",
                submission=SubmissionId(id=who.id, sha256=f"{n:064x}"),
                points=sum(known) if len(known) == len(points) else None,
                max_points=sum(exercise.max_points for exercise in exercises),
                exercises=tuple(exercises),
            ),
            reused=n % 50 == 0,
        )
