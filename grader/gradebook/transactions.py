"""The open database of a gradebook, and its short transactions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from grader.closing import Closing
from grader.gradebook.connect import connect, explained

#: How often a write is tried when another writer was faster.
TRIES = 7

T = TypeVar("T")


class Transactions(Closing):
    """Close it, or use it in a ``with``. Any number of processes may use one database at the same time."""

    def __init__(self, url: URL, *, create: bool = True) -> None:
        self._url = url
        self._engine = connect(url, create=create)
        self._writing = self._engine.execution_options(grader_writes=True)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _write(self, work: Callable[[Session], T]) -> T:
        """``work`` in one transaction, again from its start where another writer came between."""
        with explained(self._url):
            for attempt in range(TRIES):
                try:
                    with Session(self._writing) as session, session.begin():
                        return work(session)
                except (IntegrityError, OperationalError):
                    if attempt == TRIES - 1:
                        raise
                    time.sleep(0.05 * 2**attempt)
        raise AssertionError("unreachable")

    def _read(self, work: Callable[[Session], T]) -> T:
        with explained(self._url), Session(self._engine) as session:
            return work(session)
