"""Words and numbers that several reports share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.i18n import both
from grader.schema import CheckResult, Diagnosis, ExerciseResult, Lang, Mark, Result, Text


@dataclass(frozen=True)
class Badge:
    """How something went, in a word, a mark (never colour alone) and a tone for the style sheet."""

    tone: str
    """``good``, ``bad``, ``part`` or ``wait``."""
    mark: str
    word: Text


#: Nothing has failed, and what needs training was not run.
SO_FAR = Badge("part", "✓", both("so far"))


def status_badge(status: str) -> Badge | None:
    """The word for a status that says it all; None where it depends on what passed."""
    match status:
        case "ungraded":
            return Badge("wait", "?", both("Not graded yet"))
        case "missing":
            return Badge("bad", "–", both("File missing"))
        case "error":
            return Badge("bad", "✗", both("Error"))
        case "timeout":
            return Badge("bad", "✗", both("Time limit"))
        case "memory":
            return Badge("bad", "✗", both("Memory limit"))
    return None


def exercise_badge(exercise: ExerciseResult) -> Badge:
    """The state of one exercise as a reader sees it: the status, and for a graded one how much of it passed."""
    if (badge := status_badge(exercise.status)) is not None:
        return badge
    if exercise.points is None:
        return Badge("wait", "?", both("Not graded yet"))
    if exercise.points >= exercise.max_points and all(check.outcome == "passed" for check in exercise.checks):
        return Badge("good", "✓", both("All passed"))
    outcomes = {check.outcome for check in exercise.checks}
    if outcomes == {"passed", "skipped"}:  # with a failure before it: training was left out
        return SO_FAR
    if "passed" in outcomes:
        return Badge("part", "△", both("Partly passed"))
    return Badge("bad", "✗", both("Not passed"))


def check_badge(check: CheckResult) -> Badge:
    """One check's outcome."""
    match check.outcome:
        case "passed":
            return Badge("good", "✓", both("Passed"))
        case "failed":
            return Badge("bad", "✗", both("Failed"))
        case "skipped":
            return Badge("part", "↷", both("Skipped"))
        case "ungraded":
            return Badge("wait", "?", both("Not graded yet"))


@dataclass(frozen=True)
class Cause:
    """Why checks failed, by a known wrong answer; by two of them where either may be it."""

    lead: Text
    texts: tuple[Text, ...]
    checks: tuple[str, ...]


def causes(exercise: ExerciseResult) -> list[Cause]:
    """What is known of why ``exercise`` is wrong, each with the words that introduce it."""
    by_checks: dict[tuple[str, ...], list[Diagnosis]] = {}
    for diagnosis in exercise.diagnoses:
        by_checks.setdefault(diagnosis.checks, []).append(diagnosis)
    titles = {check.id: check.title for check in exercise.checks}
    found = []
    for checks, same in by_checks.items():
        named = [titles[check] for check in checks if check in titles]
        names = {"ko": ", ".join(title.ko for title in named), "en": ", ".join(title.en for title in named)}
        if same[0].whole:
            lead = both("Cause:") if len(same) == 1 else both("The cause is one of these:")
        elif len(same) == 1:
            lead = both("Cause for {checks}:", checks=Text(**names))
        else:
            lead = both("The cause for {checks} is one of these:", checks=Text(**names))
        found.append(Cause(lead, tuple(one.text for one in same), checks))
    return found


def cause_lines(exercise: ExerciseResult, lang: Lang) -> list[str]:
    """:func:`causes`, one in a line."""
    return [" ".join(text.get(lang) for text in (cause.lead, *cause.texts)) for cause in causes(exercise)]


def short_id(exercise: str) -> str:
    """``06`` for ``06_cifar10_cnn``: thirteen of them must fit in a row."""
    head = exercise.split("_")[0]
    return head if head.isdigit() else exercise


def ungraded(result: Result) -> list[ExerciseResult]:
    """Exercises that we, not the student, failed on."""
    return [e for e in result.exercises if e.status == "ungraded" or e.points is None]


def points_so_far(result: Result) -> tuple[float, float]:
    """Points of what was graded, and their maximum."""
    done = [e for e in result.exercises if e.points is not None]
    return sum(e.points or 0.0 for e in done), sum(e.max_points for e in done)


@dataclass(frozen=True)
class Standing:
    """A student's mark: what counts, and what the grader gave for the work that is shown."""

    got: float
    out_of: float
    """Full points of what is graded."""
    max_points: float
    automatic: float
    others: tuple[Mark, ...]
    """Of exercises that the work shown has not, from an earlier hand-in."""
    complete: bool
    """Everything is graded."""

    @property
    def changed(self) -> bool:
        return self.got != self.automatic


def standing(result: Result, marks: Mapping[str, Mark]) -> Standing:
    """``result`` as it counts: an exercise's mark takes the place of its points."""
    cells = [
        (marks[e.id].points, marks[e.id].max_points) if e.id in marks else (e.points, e.max_points)
        for e in result.exercises
    ]
    shown = {exercise.id for exercise in result.exercises}
    others = tuple(mark for name, mark in sorted(marks.items()) if name not in shown)
    cells += [(mark.points, mark.max_points) for mark in others]
    return Standing(
        got=round(sum(points or 0.0 for points, _ in cells), 2),
        out_of=round(sum(most for points, most in cells if points is not None), 2),
        max_points=round(sum(most for _, most in cells), 2),
        automatic=round(points_so_far(result)[0], 2),
        others=others,
        complete=all(points is not None for points, _ in cells) and (bool(cells) or result.points is not None),
    )


def data_name(data: str | None) -> Text | None:
    """Which data was used; None where the exercise needs none."""
    if data is None:
        return None
    return both("built-in sample images") if data == "builtin" else Text(ko=data, en=data)


def isolation_name(result: Result) -> Text:
    """The isolation level in words; for staff, what held memory and CPU time too."""
    if result.isolation == "namespace":
        level = both("Isolation: namespace (own file system, no network)")
    else:
        level = both("Isolation: process (a separate process only)")
    held = {exercise.limited_by for exercise in result.exercises} - {None}
    if not held:
        return level
    by = both("memory and CPU: measured") if "sampling" in held else both("memory and CPU: capped by the kernel")
    return Text(ko=f"{level.ko} · {by.ko}", en=f"{level.en} · {by.en}")
