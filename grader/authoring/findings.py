"""What the upkeep of a course has to say about it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.schema import Text


@dataclass(frozen=True)
class Finding:
    """Something in the course that does not hold."""

    exercise: str
    """Exercise id; empty for the course as a whole."""
    subject: str
    """The file it is about, relative to the course where it can be."""
    problem: Text
    warning: bool = False
    """Worth knowing; the course may be used all the same."""
