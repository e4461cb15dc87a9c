"""Accuracies that several trainings reached, in groups: those of a group were trained in the same way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean

Groups = dict[str, list[float]]
#: What a group is called that is nothing but the solution with other seeds.
SOLUTION = "solution"


def shares(values: object) -> list[float]:
    """The numbers between 0 and 1 in a list; none of what is no list."""
    if not isinstance(values, list | tuple):
        return []
    return [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v <= 1]


def groups(samples: object) -> Groups:
    """``samples`` of a threshold: accuracies by the choice that was run, or a list of the solution's alone."""
    found = samples if isinstance(samples, dict) else {SOLUTION: samples}
    return {str(name): numbers for name, values in found.items() if (numbers := shares(values))}


def spread(values: Iterable[Sequence[float]]) -> tuple[float, int]:
    """Standard deviation within the groups, pooled, and its degrees of freedom; (0, 0) where no group has two.

    sqrt(sum over groups of (n - 1) s^2 / sum over groups of (n - 1)): one deviation for all groups, known better
    than that of any single one.
    """
    squares, freedom = 0.0, 0
    for group in values:
        mean = fmean(group)
        squares += math.fsum((value - mean) ** 2 for value in group)
        freedom += len(group) - 1
    return (math.sqrt(squares / freedom), freedom) if freedom else (0.0, 0)
