"""Whole points, for tools that know no others, so that every one of them shows the same sum.

A course may give fractions (a check of 2.5 points). Rounding each check on its own would change the sum; here the
sum is rounded once (half up) and its whole points are dealt out by the largest remainder. Deterministic, and the
identity where all points are whole already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from grader.schema import ExerciseResult, Result

#: Sums of decimal fractions are off by this much at most.
_TINY = 1e-6


def deal(shares: Sequence[float], *, total: int | None = None, limits: Sequence[int] | None = None) -> list[int]:
    """Whole numbers near ``shares`` with the sum ``total``: each is rounded down, then those with the largest
    remainder get one more, the first of equals first.

    Args:
        shares: not negative.
        total: by default the sum of ``shares``, rounded half up.
        limits: none gets more than its limit; a share of zero gets nothing either. Where that leaves no room, the
            sum is smaller.
    """
    if total is None:
        total = math.floor(sum(shares) + 0.5 + _TINY)
    caps = list(limits) if limits is not None else [math.ceil(share) + 1 for share in shares]
    dealt = [min(math.floor(share + _TINY), cap) for share, cap in zip(shares, caps, strict=True)]
    order = sorted(range(len(shares)), key=lambda i: (dealt[i] - shares[i], i))
    for i in order:
        if sum(dealt) >= total:
            break
        if shares[i] > _TINY and dealt[i] < caps[i]:
            dealt[i] += 1
    return dealt


def in_whole_points(result: Result) -> Result:
    """``result`` with whole points only: those of every exercise's checks add up to the exercise's, those of the
    exercises to the total. A check that got all its points gets all its whole points, one that got none gets none.

    What is ungraded stays so (points None); it is no zero.
    """
    exercises = tuple(_exercise(exercise) for exercise in result.exercises)
    known = [exercise.points for exercise in exercises if exercise.points is not None]
    return result.model_copy(
        update={
            "exercises": exercises,
            "points": sum(known) if len(known) == len(exercises) else None,
            "max_points": sum(exercise.max_points for exercise in exercises),
        }
    )


def _exercise(exercise: ExerciseResult) -> ExerciseResult:
    checks = exercise.checks
    most = math.floor(exercise.max_points + 0.5 + _TINY)
    if not checks:  # nothing was awarded one by one: a missing file, for instance
        points = None if exercise.points is None else min(math.floor(exercise.points + 0.5 + _TINY), most)
        return exercise.model_copy(update={"points": points, "max_points": most})
    limits = deal([check.max_points for check in checks])
    full = [check.points is not None and check.points >= check.max_points for check in checks]
    # A full check's share is what its limit became, so that full marks stay full however the limits were rounded;
    # and what is not full must not become so.
    shares = [
        float(limit) if done else (check.points or 0.0)
        for check, limit, done in zip(checks, limits, full, strict=True)
    ]
    caps = [limit if done else max(limit - 1, 0) for limit, done in zip(limits, full, strict=True)]
    scores = deal(shares, limits=caps)
    whole = tuple(
        check.model_copy(update={"points": None if check.points is None else score, "max_points": limit})
        for check, score, limit in zip(checks, scores, limits, strict=True)
    )
    return exercise.model_copy(
        update={
            "checks": whole,
            "points": None if exercise.points is None else sum(scores),
            "max_points": sum(limits),
        }
    )
