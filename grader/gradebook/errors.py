"""What can go wrong with a gradebook, as sentences for people."""

from __future__ import annotations

from grader.schema import Text


class GradebookError(Exception):
    """The gradebook cannot be opened, read or changed; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class PolicyError(GradebookError):
    """A policy file is wrong; ``text`` names the file and the key."""
