"""A full disk: recognised wherever it shows, and said in one way."""

from __future__ import annotations

import errno

from grader.i18n import both
from grader.schema import Text

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def is_full(error: BaseException | None) -> bool:
    """Whether ``error``, or what caused it, is a disk (or a quota) without room."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_SPACE:
            return True
        error = error.__cause__ or error.__context__
    return False


def disk_full() -> Text:
    """What to do about it."""
    return both(
        "The disk is full. What was finished is stored: make room, then run the same command again with --resume."
    )
