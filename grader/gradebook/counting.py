"""From what happened to what counts: pure, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from grader.gradebook.policy import Policy
from grader.schema import Frozen, Mark, Status


class Attempt(Frozen):
    """One scoring of one attempt, as it was recorded."""

    student: str
    exercise: str
    number: int
    version: int
    submitted_at: datetime | None
    recorded_at: datetime
    points: float | None
    max_points: float
    sha256: str
    status: Status
    late: bool | None = None
    source: str = ""

    @property
    def time(self) -> datetime:
        """When it was handed in; where nobody said, when it was recorded."""
        return self.submitted_at or self.recorded_at


class Adjustment(Frozen):
    """Points that a person gave or took."""

    student: str
    exercise: str
    delta: float
    comment: str
    author: str
    time: datetime


class _Worth(NamedTuple):
    attempt: Attempt
    penalty: float
    points: float | None


def _newest_versions(attempts: Iterable[Attempt]) -> list[Attempt]:
    newest: dict[int, Attempt] = {}
    for attempt in attempts:
        known = newest.get(attempt.number)
        if known is None or attempt.version > known.version:
            newest[attempt.number] = attempt
    return sorted(newest.values(), key=lambda a: (a.time, a.number))


def _worth(attempt: Attempt, policy: Policy) -> _Worth:
    if attempt.points is None:
        return _Worth(attempt, 0.0, None)
    days = policy.days_late(attempt.student, attempt.exercise, attempt.submitted_at, attempt.late)
    penalty = policy.penalty(attempt.points, days)
    return _Worth(attempt, penalty, attempt.points - penalty)


def _counting(attempts: list[Attempt], policy: Policy) -> _Worth:
    """The attempt that counts; ``attempts`` are in order of time."""
    # A later hand-in without this exercise's file does not take back the earlier work.
    present = [attempt for attempt in attempts if attempt.status != "missing"] or attempts
    worths = [_worth(attempt, policy) for attempt in present]
    if policy.counts == "last":
        return worths[-1]
    graded = [worth for worth in worths if worth.points is not None]
    # max() keeps the first of equals: the earlier attempt.
    return max(graded, key=lambda worth: worth.points or 0.0) if graded else worths[-1]


def count(
    attempts: Iterable[Attempt],
    adjustments: Iterable[Adjustment],
    policy: Policy,
    *,
    max_points: Mapping[str, float] | None = None,
) -> list[Mark]:
    """Marks, sorted by student and exercise.

    Args:
        attempts: Every version of every attempt, in any order.
        adjustments: In order of time. They come after the penalty, and add up.
        policy: Which attempt counts and what lateness costs.
        max_points: By exercise, for marks that adjustments alone make (``attempt`` is 0 then).

    What is ungraded stays so, whatever was adjusted: only half of that mark is known.
    """
    tried: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        tried[attempt.student, attempt.exercise].append(attempt)
    adjusted: dict[tuple[str, str], list[Adjustment]] = defaultdict(list)
    for adjustment in adjustments:
        adjusted[adjustment.student, adjustment.exercise].append(adjustment)
    marks = []
    for key in sorted(tried.keys() | adjusted.keys()):
        delta = round(sum(adjustment.delta for adjustment in adjusted[key]), 6)
        comments = tuple(adjustment.comment for adjustment in adjusted[key])
        student, exercise = key
        if not tried[key]:
            marks.append(
                Mark(
                    student=student,
                    exercise=exercise,
                    points=max(delta, 0.0),
                    max_points=(max_points or {}).get(exercise, 0.0),
                    graded_points=0.0,
                    adjustment=delta,
                    attempt=0,
                    comments=comments,
                )
            )
            continue
        best = _counting(_newest_versions(tried[key]), policy)
        marks.append(
            Mark(
                student=student,
                exercise=exercise,
                points=None if best.points is None else max(round(best.points + delta, 6), 0.0),
                max_points=best.attempt.max_points,
                graded_points=best.attempt.points,
                penalty=best.penalty,
                adjustment=delta,
                attempt=best.attempt.number,
                comments=comments,
            )
        )
    return marks
