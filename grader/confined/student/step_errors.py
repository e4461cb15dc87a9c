"""What ends a step on purpose: findings about the student's code, and mistakes of the probe itself."""

from __future__ import annotations

from typing import Any


class MissingFunction(AttributeError):
    """The student's module has no such name."""

    def __init__(self, name: str, near: str = "") -> None:
        super().__init__(f"{name} is not defined")
        self.name = name
        self.near = near


class BadReturn(Exception):
    """The student's code gave back something that can't be right."""

    def __init__(self, expected: str, actual: str, name: str = "") -> None:
        super().__init__(f"expected {expected}, got {actual}")
        self.expected = expected
        self.actual = actual
        self.name = name


class NotPython(Exception):
    """The student's text does not compile."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__(record.get("message", ""))
        self.record = record


class InputNotAvailable(EOFError):
    """``input()`` was called where nobody can answer."""

    def __init__(self) -> None:
        super().__init__(
            "input() can't be used: nobody is at the keyboard while your code is graded. "
            "채점할 때는 키보드로 입력할 사람이 없으므로 input()을 쓸 수 없습니다."
        )


class ProbeFault(Exception):
    """The probe used its tools wrongly. Steps let it through: it is our mistake, not the student's."""
