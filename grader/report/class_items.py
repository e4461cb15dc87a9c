"""Item analysis: what each check tells about a class, and how far its sum can be trusted.

Discrimination is the corrected item-total correlation: of a check's points with the sum of the exercise's others.
Reliability is Cronbach's alpha (Psychometrika 16, 1951), which is KR-20 (Kuder and Richardson, Psychometrika 2,
1937) where a check gives all of its points or none. The limit of 0.2 is Ebel and Frisbie's (Essentials of
Educational Measurement, 1991).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

#: With fewer students no coefficient is shown; with fewer than ``ROUGH`` they are called rough.
FEWEST = 10
ROUGH = 30
LOW = 0.2

Verdict = Literal["", "all", "none", "negative", "low"]


@dataclass(frozen=True)
class Item:
    """One check."""

    n: int
    discrimination: float | None
    """-1 to 1; None where it can't be said: few students, or all got the same."""
    tries: float | None
    """Median of the first attempt that passed it; None where nobody has tried twice."""
    verdict: Verdict


@dataclass(frozen=True)
class Analysis:
    """One exercise."""

    items: Mapping[str, Item]
    n: int
    """Students whose code ran."""
    alpha: float | None

    @property
    def small(self) -> bool:
        return self.n < FEWEST

    @property
    def rough(self) -> bool:
        return FEWEST <= self.n < ROUGH


def analyse(points: Sequence[Mapping[str, float]], tries: Mapping[str, Sequence[int]]) -> Analysis:
    """See the module.

    Args:
        points: of each student whose code ran, check -> points.
        tries: check -> the first attempt that passed it, of those who had more than one.
    """
    checks = list(dict.fromkeys(check for student in points for check in student))
    whole = [student for student in points if len(student) == len(checks)]
    columns = {check: [student[check] for student in whole] for check in checks}
    totals = [sum(student.values()) for student in whole]
    items = {}
    for check, column in columns.items():
        rest = [total - own for total, own in zip(totals, column, strict=True)]
        found = _correlation(column, rest) if len(whole) >= FEWEST else None
        passed = tries.get(check, ())
        items[check] = Item(
            n=len(whole),
            discrimination=found,
            tries=statistics.median(passed) if passed else None,
            verdict=_verdict(column, found),
        )
    return Analysis(items, len(whole), _alpha(list(columns.values()), totals) if len(whole) >= FEWEST else None)


def _correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    try:
        return statistics.correlation(first, second)
    except statistics.StatisticsError:  # one of them is constant
        return None


def _verdict(column: Sequence[float], discrimination: float | None) -> Verdict:
    if len(column) < FEWEST:
        return ""
    if len(set(column)) == 1:
        return "all" if column[0] > 0 else "none"
    if discrimination is None or discrimination >= LOW:
        return ""
    return "negative" if discrimination < 0 else "low"


def _alpha(columns: Sequence[Sequence[float]], totals: Sequence[float]) -> float | None:
    spread = statistics.pvariance(totals)
    if len(columns) < 2 or not spread:
        return None
    return len(columns) / (len(columns) - 1) * (1 - sum(map(statistics.pvariance, columns)) / spread)
