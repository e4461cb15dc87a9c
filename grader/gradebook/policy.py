"""How attempts become marks: which one counts, and what lateness costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field

from grader.errors import PolicyError
from grader.schema import Frozen
from grader.toml import read_model

DAY = timedelta(days=1)


class Policy(Frozen):
    """The rules. Applied when marks are read; no stored row depends on them."""

    counts: Literal["best", "last"] = "last"
    """``best`` after lateness is taken off; ``last`` by time of submission."""
    deadline: AwareDatetime | None = None
    """For every exercise that has none of its own."""
    deadlines: dict[str, AwareDatetime] = Field(default_factory=dict)
    """By exercise."""
    extensions: dict[str, AwareDatetime] = Field(default_factory=dict)
    """By student: where it is later than the deadline, it takes its place."""
    grace_minutes: float = Field(0, ge=0)
    """So much after the deadline is not late at all."""
    late_percent_per_day: float = Field(0, ge=0, le=100)
    """Of the points reached, for each day begun after the deadline."""
    late_percent_max: float = Field(100, ge=0, le=100)
    """Never more than this."""

    def deadline_of(self, student: str, exercise: str) -> datetime | None:
        """When ``student`` must have handed in ``exercise``; None: any time."""
        due = self.deadlines.get(exercise, self.deadline)
        extended = self.extensions.get(student)
        if due is None or extended is None:
            return due
        return max(due, extended)

    def days_late(
        self, student: str, exercise: str, submitted_at: datetime | None, late: bool | None = None
    ) -> int:
        """Days begun after the deadline; 0 within the grace minutes.

        Nobody is late by guesswork: without a time of submission (or without a deadline) only ``late``, the word
        of the learning management system, counts, and as one day, because it does not say how many.
        """
        due = self.deadline_of(student, exercise)
        if due is None or submitted_at is None:
            return 1 if late else 0
        over = submitted_at - due
        if over <= timedelta(minutes=self.grace_minutes):
            return 0
        return -(-over // DAY)

    def penalty(self, points: float, days: int) -> float:
        """Points that ``days`` of lateness cost."""
        percent = min(days * self.late_percent_per_day, self.late_percent_max)
        return round(points * percent / 100, 6)


def read_policy(file: Path) -> Policy:
    """The policy in a TOML file. Unknown keys are errors.

    Raises:
        PolicyError: it cannot be read, is not TOML, or a key or value is wrong.
    """
    return read_model(file, file.name, Policy, PolicyError)
