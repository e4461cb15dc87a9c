"""What ends a step on purpose: findings about the student's code, and mistakes of the probe itself."""

from __future__ import annotations

from typing import Any

from grader.wire.description import Description


class MissingFunction(AttributeError):
    """The student's module has no such name."""

    def __init__(self, name: str, near: str = "") -> None:
        super().__init__(f"{name} is not defined")
        self.name = name
        self.near = near


class BadReturn(Exception):
    """The student's code gave back something that can't be right."""

    def __init__(self, expected: Description, actual: Description, name: str = "") -> None:
        super().__init__(f"expected {expected.record()}, got {actual.record()}")
        self.expected = expected
        self.actual = actual
        self.name = name


class Recorded(Exception):
    """A finding whose record is made already."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__(record.get("message", ""))
        self.record = record


class NotPython(Recorded):
    """The student's text does not compile."""


class Overwritten(Recorded):
    """A variable of the student's has taken the name of a function."""


class InputNotAvailable(EOFError):
    """``input()`` was called where nobody can answer."""

    def __init__(self) -> None:
        super().__init__("input() can't be used: nobody is at the keyboard while your code is graded.")


class ProbeFault(Exception):
    """The probe used its tools wrongly. Steps let it through: it is our mistake, not the student's."""
