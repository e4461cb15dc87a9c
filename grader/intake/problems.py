"""Why something handed in can't be read."""

from __future__ import annotations

from grader.i18n import both
from grader.schema import Problem, Text


def note(file: str, message: str | Text, /, **params: object) -> Problem:
    """Something to know; it was graded all the same. The message is as :mod:`grader.errors` takes it."""
    text = both(message, **params) if isinstance(message, str) else message
    return Problem(file=file, severity="note", message=text)


def failure(file: str, message: str | Text, /, **params: object) -> Problem:
    """This file could not be used."""
    return note(file, message, **params).model_copy(update={"severity": "error"})
