"""nbgrader's exchange: ``submitted/<student>/<assignment>/`` with a ``timestamp.txt``; or the folder below."""

from __future__ import annotations

from pathlib import Path

from grader.intake.platforms.base import Listing, Work, nobodys
from grader.intake.platforms.nbgrader_time import read_stamp
from grader.intake.platforms.sakai import read_stamp as read_sakai_stamp
from grader.intake.problems import note
from grader.intake.tree import plain_name
from grader.schema import Problem
from grader.text import clean_line

TIMESTAMP = "timestamp.txt"
#: Assignments of one student whose times are looked at.
MAX_ASSIGNMENTS = 100


class NbGrader:
    """See the module."""

    name = "nbgrader"

    def recognise(self, listing: Listing) -> bool:
        """See :class:`~grader.intake.platforms.base.Platform`."""
        if (listing.folder / "submitted").is_dir():
            return bool(Listing(listing.folder / "submitted").folders)
        stamps = [_stamps(folder) for folder in listing.folders]
        return bool(stamps) and all(stamps) and not any(read_sakai_stamp(found[0]) for found in stamps)

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        """See :class:`~grader.intake.platforms.base.Platform`."""
        below = listing.folder / "submitted"
        students = Listing(below) if below.is_dir() else listing
        nobodys([entry for entry in students.entries if not entry.is_dir()], problems)
        works = []
        for folder in students.folders:
            name = plain_name(folder.name)
            times = []
            for stamp in _stamps(folder):
                time, problem = read_stamp(stamp)
                if time is not None:
                    times.append(time)
                if problem is not None:
                    where = f"{name}/{stamp.parent.name}/{stamp.name}"
                    problems.append(note(clean_line(where), problem))
            works.append(
                Work(
                    key=name,
                    ids=(name,),
                    free=name,
                    files=[(folder, "")],
                    submitted_at=max(times, default=None),
                )
            )
        return works


def _stamps(folder: Path) -> list[Path]:
    found = [entry / TIMESTAMP for entry in Listing(folder).folders[:MAX_ASSIGNMENTS]]
    return [stamp for stamp in found if stamp.is_file()]
