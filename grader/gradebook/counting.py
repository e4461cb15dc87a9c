"""From what happened to what counts: pure, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    passed: tuple[str, ...] | None = None
    """Ids of the checks that passed; None where nobody noted them."""

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
    attempt: int | None = None
    """Whose points these are: an attempt's number, 0 where there was none; None: the newest before ``time``."""
    extra: bool = False
    """Whether it may lift the mark above full marks."""


class _Worth(NamedTuple):
    attempt: Attempt
    penalty: float
    by_hand: tuple[Adjustment, ...]
    points: float | None

    @property
    def delta(self) -> float:
        return round(sum(adjustment.delta for adjustment in self.by_hand), 6)


def _newest_versions(attempts: Iterable[Attempt]) -> list[Attempt]:
    newest: dict[int, Attempt] = {}
    for attempt in attempts:
        known = newest.get(attempt.number)
        if known is None or attempt.version > known.version:
            newest[attempt.number] = attempt
    return sorted(newest.values(), key=lambda a: (a.time, a.number))


def _owner(adjustment: Adjustment, attempts: Sequence[Attempt]) -> int:
    """The number of the attempt that ``adjustment`` belongs to."""
    if adjustment.attempt is not None or not attempts:
        return adjustment.attempt or 0
    before = [attempt.number for attempt in attempts if attempt.recorded_at <= adjustment.time]
    return max(before, default=min(attempt.number for attempt in attempts))


def _worth(attempt: Attempt, policy: Policy, by_hand: Sequence[Adjustment]) -> _Worth:
    if attempt.points is None:
        return _Worth(attempt, 0.0, tuple(by_hand), None)
    days = policy.days_late(attempt.student, attempt.exercise, attempt.submitted_at, attempt.late)
    penalty = policy.penalty(attempt.points, days)
    earned = attempt.points - penalty
    points = max(round(earned + sum(adjustment.delta for adjustment in by_hand), 6), 0.0)
    if not any(adjustment.extra for adjustment in by_hand):
        points = min(points, max(attempt.max_points, earned))  # a later scoring may have given what a person had
    return _Worth(attempt, penalty, tuple(by_hand), points)


def _counting(attempts: list[Attempt], policy: Policy, by_hand: Mapping[int, Sequence[Adjustment]]) -> _Worth:
    """The attempt that counts; ``attempts`` are in order of time."""
    # A later hand-in without this exercise's file does not take back the earlier work.
    present = [attempt for attempt in attempts if attempt.status != "missing"] or attempts
    worths = [_worth(attempt, policy, by_hand.get(attempt.number, ())) for attempt in present]
    if policy.counts == "last":
        return worths[-1]
    graded = [worth for worth in worths if worth.points is not None]
    # max() keeps the first of equals: the earlier attempt.
    return max(graded, key=lambda worth: worth.points or 0.0) if graded else worths[-1]


def _tries(attempts: Iterable[Attempt]) -> tuple[tuple[str, int], ...]:
    """Check -> the first attempt (by number) whose newest version passed it."""
    first: dict[str, int] = {}
    for attempt in sorted(attempts, key=lambda a: a.number):
        for check in attempt.passed or ():
            first.setdefault(check, attempt.number)
    return tuple(first.items())


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
        adjustments: In order of time. They come after the penalty, add up, and count with their attempt alone.
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
        student, exercise = key
        by_hand: dict[int, list[Adjustment]] = defaultdict(list)
        for adjustment in adjusted[key]:
            by_hand[_owner(adjustment, tried[key])].append(adjustment)
        if not tried[key]:
            delta = round(sum(adjustment.delta for adjustment in by_hand[0]), 6)
            marks.append(
                Mark(
                    student=student,
                    exercise=exercise,
                    points=max(delta, 0.0),
                    max_points=(max_points or {}).get(exercise, 0.0),
                    graded_points=0.0,
                    adjustment=delta,
                    attempt=0,
                    comments=tuple(adjustment.comment for adjustment in by_hand[0]),
                )
            )
            continue
        newest = _newest_versions(tried[key])
        best = _counting(newest, policy, by_hand)
        marks.append(
            Mark(
                student=student,
                exercise=exercise,
                points=best.points,
                max_points=best.attempt.max_points,
                graded_points=best.attempt.points,
                penalty=best.penalty,
                adjustment=best.delta,
                attempt=best.attempt.number,
                comments=tuple(adjustment.comment for adjustment in best.by_hand),
                path=tuple(a.points for a in sorted(newest, key=lambda a: a.number)),
                tries=_tries(newest),
            )
        )
    return marks
