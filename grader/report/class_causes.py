"""A class by cause: who made which known mistake, and who made the same one that nobody has explained yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.schema import CheckResult, ExerciseResult, Text

#: Characters of a text that is compared: a student's may be as long as they like.
_COMPARED = 300
#: Different causes of one class that are told apart.
_MOST = 2000

#: What makes two unexplained wrong answers the same: exercise, and of each check its id, message and actual value.
Key = tuple[str, tuple[tuple[str, str, str], ...]]


@dataclass
class CauseGroup:
    """Students who got something wrong in the same way."""

    exercise: str
    title: Text
    texts: tuple[Text, ...]
    """The diagnosis; several where either may be it, none where nobody has explained it."""
    checks: tuple[CheckResult, ...]
    """What failed, as the first of them got it."""
    students: list[str] = field(default_factory=list)
    """Ids."""


@dataclass
class ClassCauses:
    """All groups of a class, filled one result after the other."""

    explained: dict[tuple[str, tuple[str, ...]], CauseGroup] = field(default_factory=dict)
    unexplained: dict[Key, CauseGroup] = field(default_factory=dict)

    def add(self, exercise: ExerciseResult, student: str) -> None:
        """Count ``student`` in."""
        failed = {check.id: check for check in exercise.checks if check.outcome == "failed"}
        by_checks: dict[tuple[str, ...], list[str]] = {}
        for one in exercise.diagnoses:
            by_checks.setdefault(one.checks, []).append(one.id)
        texts = {one.id: one.text for one in exercise.diagnoses}
        for checks, names in by_checks.items():
            key = exercise.id, tuple(names)
            if key not in self.explained and len(self.explained) < _MOST:
                shown = tuple(failed[check] for check in checks if check in failed)
                told = tuple(texts[name] for name in names)
                self.explained[key] = CauseGroup(exercise.id, exercise.title, told, _kept(shown))
            if key in self.explained:
                self.explained[key].students.append(student)
        open_checks = unexplained(exercise)
        same = key_of(exercise.id, open_checks)
        if open_checks and same not in self.unexplained and len(self.unexplained) < _MOST:
            self.unexplained[same] = CauseGroup(exercise.id, exercise.title, (), _kept(open_checks))
        if same in self.unexplained:
            self.unexplained[same].students.append(student)

    def known(self) -> list[CauseGroup]:
        """The explained ones, largest first."""
        return _largest(self.explained.values())

    def shared(self, least: int = 2) -> list[CauseGroup]:
        """Those that nobody has explained and that ``least`` students are in, largest first."""
        return [group for group in _largest(self.unexplained.values()) if len(group.students) >= least]


def unexplained(exercise: ExerciseResult) -> list[CheckResult]:
    """Failed checks without a cause. What was never made (an error, an empty function) says itself why."""
    if exercise.status != "graded" or exercise.handed_in != "file":
        return []
    told = {check for one in exercise.diagnoses for check in one.checks}
    return [
        check
        for check in exercise.checks
        if check.outcome == "failed" and check.id not in told and (check.actual or check.expected or check.hint)
    ]


def key_of(exercise: str, checks: list[CheckResult]) -> Key:
    """What two wrong answers have in common that failed ``checks`` in the same way."""

    def said(text: Text | None) -> str:
        return "" if text is None else text.en[:_COMPARED]

    return exercise, tuple((check.id, said(check.message), said(check.actual)) for check in checks)


def _kept(checks: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """``checks`` with short texts: a class has many."""

    def cut(text: Text | None) -> Text | None:
        return text and Text(ko=text.ko[:_COMPARED], en=text.en[:_COMPARED])

    return tuple(
        check.model_copy(
            update={
                "message": cut(check.message),
                "expected": cut(check.expected),
                "actual": cut(check.actual),
                "hint": None,
                "frames": (),
                "staff_detail": "",
            }
        )
        for check in checks
    )


def _largest(groups: Iterable[CauseGroup]) -> list[CauseGroup]:
    return sorted(groups, key=lambda group: (-len(group.students), group.exercise))
