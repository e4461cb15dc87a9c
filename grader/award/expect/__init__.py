"""Helpers for checks: they compare, and when it is not right they say what was expected and what there was.

For what a student did they raise :class:`~grader.award.failures.CheckFailed` and nothing else, whatever the value.
A text is a ``T("Korean", "English")``; a plain string is the same in both languages. ``hint`` is a key of
``[hints]`` in ``exercise.toml`` (by default the check's id) or a text of its own. ``what`` names the thing
compared, in several parts where that helps: ``(T("둘째 사진", "Second picture"), T("개수", "number"))``.
"""

from grader.award.expect.comparing import at_least, close, equal, layers, that
from grader.award.expect.models import history, measures_accuracy, round_trip
from grader.award.json_values import real_number
from grader.award.show import plain

__all__ = [
    "at_least",
    "close",
    "equal",
    "history",
    "layers",
    "measures_accuracy",
    "plain",
    "real_number",
    "round_trip",
    "that",
]
