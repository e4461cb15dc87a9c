"""Why a check did not pass, in words that people read."""

from __future__ import annotations

from collections.abc import Sequence

from grader.schema import Frame, Text

#: Longest text that a failure shows, in characters.
LIMIT = 300


class CheckFailed(AssertionError):
    """The work is not right. Everything in it is for the student (or, in a staff check, for staff)."""

    def __init__(
        self,
        message: Text,
        *,
        expected: Text | None = None,
        actual: Text | None = None,
        hint: str | Text | None = None,
        frames: Sequence[Frame] = (),
    ) -> None:
        super().__init__(message.en)
        self.message = message
        self.expected = expected
        self.actual = actual
        self.hint = hint
        self.frames = tuple(frames)


class MissingEvidence(CheckFailed):
    """What a check asks for was never produced; the message says what stood in the way.

    It carries no hint: an exercise's hints are about wrong answers, and here there is none yet.
    """

    never_made = False
    """Nothing is known to have stood in the way: it was just not there."""


def T(korean: str, english: str) -> Text:
    """Both languages of a text in a check."""
    return Text(ko=korean, en=english)


def bilingual(text: str) -> Text:
    """``"Korean | English"`` as a :class:`Text`, where Python has room for one string only: a docstring, or what
    ``assert``, ``pytest.fail`` and ``pytest.skip`` say. One language alone serves for both."""
    korean, bar, english = text.partition(" | ")
    if not bar:
        return Text(ko=text.strip(), en=text.strip())
    return Text(ko=korean.strip(), en=english.strip())


def clip(text: str, limit: int = LIMIT) -> str:
    """At most ``limit`` characters of ``text``, which may be a student's."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
