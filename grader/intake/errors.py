"""Why something handed in can't be read."""

from __future__ import annotations

from grader.schema import Problem, Text


class IntakeError(Exception):
    """Nothing at this path can be read at all."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class FileError(Exception):
    """One file can't be used; the rest of the submission can."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def note(file: str, message: Text) -> Problem:
    """Something to know; it was graded all the same."""
    return Problem(file=file, severity="note", message=message)


def failure(file: str, message: Text) -> Problem:
    """This file could not be used."""
    return Problem(file=file, severity="error", message=message)
