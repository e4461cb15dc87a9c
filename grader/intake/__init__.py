"""Reads a folder, a zip, a ``.py``, an ``.ipynb`` or a ``.keras`` file into a :class:`~grader.schema.Submission`;
and a folder of downloads into who handed in what.

Student text is decoded and cut here; it is never compiled, imported or executed.
"""

from grader.intake.downloads import collect_files, find_downloads
from grader.intake.submission import read_submission

__all__ = ["collect_files", "find_downloads", "read_submission"]
