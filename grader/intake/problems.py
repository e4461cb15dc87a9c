"""Why something handed in can't be read."""

from __future__ import annotations

from grader.schema import Problem, Text


def note(file: str, message: Text) -> Problem:
    """Something to know; it was graded all the same."""
    return Problem(file=file, severity="note", message=message)


def failure(file: str, message: Text) -> Problem:
    """This file could not be used."""
    return Problem(file=file, severity="error", message=message)
