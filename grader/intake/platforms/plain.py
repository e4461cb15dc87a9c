"""A folder or a zip for each student, in any mixture, named as people name them."""

from __future__ import annotations

from grader.intake.archive import OTHER_ARCHIVES
from grader.intake.commits import commit_time
from grader.intake.platforms.base import Listing, Work, nobodys
from grader.intake.tree import plain_name
from grader.schema import Problem

#: What a student may hand in as one file. Those that are no zip get a report that says so.
PACKED = (".zip", *OTHER_ARCHIVES)


class Plain:
    def __init__(self, name: str) -> None:
        self.name = name

    def recognise(self, listing: Listing) -> bool:
        folders = len(listing.folders)
        packed = sum(entry.suffix.casefold() in PACKED for entry in listing.entries if entry.is_file())
        return (packed > folders) == (self.name == "zips") and packed + folders > 0

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        works, strays = [], []
        for entry in listing.entries:
            if entry.is_dir() or (entry.is_file() and entry.suffix.casefold() in PACKED):
                name = plain_name(entry.name if entry.is_dir() else entry.stem)
                time = commit_time(entry) if (entry / ".git").is_dir() else None
                files = [(entry, "" if entry.is_dir() else entry.name)]
                works.append(Work(key=name, free=name, files=files, submitted_at=time))
            else:
                strays.append(entry)
        nobodys(strays, problems)
        return works
