"""Blackboard Learn's "Assignment File Download".

``<assignment>_<user>_attempt_<date>_<file>`` for every file, and ``<assignment>_<user>_attempt_<date>.txt``, the
receipt, whose first line is ``Name: First Last (user)``. Titles and user names may have underscores; the receipt
settles where one ends. The date is the server's, without a zone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from grader.intake.platforms.base import ByName, Listing, Part, Work, by_person, nobodys, small_text
from grader.intake.problems import note
from grader.schema import Problem
from grader.text import clean_line

_MARKER = re.compile(r"_attempt_(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_|\.txt\Z)")
_RECEIPT = re.compile(r"[^:\n]{1,40}:[ \t]*([^\n]{1,200}?)[ \t]*\(([^()\n]{1,100})\)[ \t]*(?:\r?\n|\Z)")


def read_name(name: str) -> Part | None:
    """What a file's name says; the person is the title and the user as long as nothing tells them apart."""
    match = _MARKER.search(name)
    if match is None or match.start() == 0:
        return None
    return Part(Work(key=name[: match.start()]), name[match.end() :], (match[1],), typed=False)


class Blackboard(ByName):
    """See the module."""

    def __init__(self) -> None:
        super().__init__("blackboard", read_name)

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        """See :class:`~grader.intake.platforms.base.Platform`; of several attempts the last one counts."""
        parts = self.parts(listing)
        nobodys([entry for entry in listing.entries if entry not in parts], problems)
        receipts: dict[str, tuple[str, str]] = {}
        attempts: dict[str, str] = defaultdict(str)
        for entry, part in parts.items():
            key, date = part.work.key, str(part.order[0])
            attempts[key] = max(attempts[key], date)
            if not part.file and (match := _RECEIPT.match(small_text(entry))) and key.endswith(f"_{match[2]}"):
                receipts[key] = (match[1], match[2])
        title = _title(sorted(attempts))
        used: dict[Path, Part] = {}
        for entry, part in parts.items():
            work = part.work
            if not part.file:
                continue
            if part.order[0] != attempts[work.key]:
                problems.append(
                    note(clean_line(entry.name), "This is of an earlier attempt; the last one was graded.")
                )
                continue
            if work.key in receipts:
                work.shown, login = receipts[work.key]
                work.ids, work.names = (login,), (work.shown,)
                work.key = login
            else:
                pieces = work.key[len(title) :].split("_")[:10]
                work.ids = tuple("_".join(pieces[i:]) for i in range(len(pieces)))
            used[entry] = part
        return by_person(used.items(), problems)


def _title(people: list[str]) -> str:
    """What all names begin with, up to an underscore: the assignment's title, or as much of it as is sure."""
    if len(people) < 2:
        return ""
    ends = zip(people[0], people[-1], strict=False)  # in order, so that what these two share all others share
    same = next((i for i, pair in enumerate(ends) if pair[0] != pair[1]), 0)
    common = people[0][:same]
    return common[: common.rfind("_") + 1]
