"""Sakai's "Download All" of an assignment.

After ``AssignmentServiceImpl.zipSubmissions``: ``<Last, First>(<login>)/`` with ``timestamp.txt`` (UTC) and the
files in ``Submission attachment(s)/``; ``<Last, First>(<login>)_Submission attachment(s)_<file>`` without user
folders; ``<number> Anonymous/`` when grading is anonymous; ``<group> (<number>)/`` with ``members.txt`` for
groups, whose work is everybody's who is named there. What the instructor attached as feedback lies beside it
and is no student's work.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from grader.intake.platforms.base import Listing, Part, Work, by_person, nobodys, small_text
from grader.intake.tree import plain_name
from grader.schema import Problem

#: The English words; the folder's name is in the language of whoever downloaded it.
ATTACHMENTS = "Submission attachment(s)"
_LOGIN = re.compile(r"\(([^()]{1,100})\)\Z")
_FLAT = re.compile(r"\(([^()]{1,100})\)_Submission attachment\(s\)_")
_STAMP = re.compile(r"\d{17}")


class Sakai:
    name = "sakai"

    def recognise(self, listing: Listing) -> bool:
        fitting = sum(_is_person(entry) or bool(_FLAT.search(plain_name(entry.name))) for entry in listing.entries)
        return fitting > 0 and 2 * fitting >= len(listing.entries)

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        works, flat, strays = [], [], []
        for entry in listing.entries:
            name = plain_name(entry.name)
            if entry.is_dir() and _is_person(entry):
                works += _folder(entry, name)
            elif marks := list(_FLAT.finditer(name)):
                # A second mark is in the name of a person or of a file: it can't be told which is Sakai's.
                person = name[: marks[0].start()].strip(" ,")
                work = Work(
                    key=marks[0][1] if len(marks) == 1 else name,
                    ids=tuple(mark[1] for mark in marks),
                    names=(person,) if person and len(marks) == 1 else (),
                    shown=person,
                )
                flat.append((entry, Part(work, name[marks[-1].end() :], (name,))))
            else:
                strays.append(entry)
        nobodys(strays, problems)
        return works + by_person(flat, problems)


def read_stamp(path: Path) -> datetime | None:
    """The time in Sakai's ``timestamp.txt``: 17 digits, or ISO 8601 with its zone; None where it is neither."""
    text = small_text(path, 100).strip()
    try:
        if _STAMP.fullmatch(text):
            return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(
                tzinfo=UTC, microsecond=int(text[14:]) * 1000
            )
        moment = datetime.fromisoformat(text)
        return moment if "T" in text and moment.tzinfo is not None else None
    except ValueError:
        return None


def _is_person(folder: Path) -> bool:
    return (folder / ATTACHMENTS).is_dir() or read_stamp(folder / "timestamp.txt") is not None


def _folder(folder: Path, name: str) -> list[Work]:
    """The work of one student, or of each member of a group."""
    attached = folder / ATTACHMENTS
    files = [(attached if attached.is_dir() else folder, "")]
    time = read_stamp(folder / "timestamp.txt")
    members = small_text(folder / "members.txt", 1 << 16).strip().split("; ")
    found = [(one[: login.start()], login[1]) for one in members if (login := _LOGIN.search(one))]
    if not found and (login := _LOGIN.search(name)):
        found = [(name[: login.start()], login[1])]
    if not found:
        return [Work(key=name, ids=(name,), files=files, submitted_at=time)]
    return [
        Work(
            key=eid,
            ids=(eid,),
            names=_names(shown),
            shown=shown.strip(" ,"),
            files=list(files),
            submitted_at=time,
        )
        for shown, eid in found
    ]


def _names(shown: str) -> tuple[str, ...]:
    return (shown.strip(" ,"),) if shown.strip(" ,") else ()
