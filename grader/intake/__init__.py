"""Reads a folder, a zip, a ``.py``, an ``.ipynb`` or a ``.keras`` file into a :class:`~grader.schema.Submission`.

Student text is decoded and cut here; it is never compiled, imported or executed.
"""

from grader.intake.errors import IntakeError
from grader.intake.submission import read_submission

__all__ = ["IntakeError", "read_submission"]
