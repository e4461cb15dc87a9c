"""Folders of git checkouts: what ``gh classroom clone student-repos`` and ``gh teacher download`` leave.

GitHub Classroom clones ``<assignment>-<login>`` into ``<assignment>-submissions/``; Classroom 50 clones
``<classroom>-<assignment>-<login>`` into ``<classroom>-<assignment>_submissions_<time>/``. Logins may have
hyphens, as assignments may: the folder around the clones tells where the one ends and the other begins. Where
it was renamed, every end of the name is looked for among the roster's logins, and two that fit are nobody.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.intake.commits import commit_time
from grader.intake.platforms.base import Listing, Work, nobodys
from grader.intake.platforms.plain import PACKED
from grader.intake.tree import plain_name
from grader.schema import Problem


class Checkouts:
    """Clones in a folder whose name says what stands in front of the logins.

    Args:
        around: matches the folder's name; its first group is what every clone's name begins with.
    """

    def __init__(self, name: str, around: str) -> None:
        self.name = name
        self._around = re.compile(around, re.DOTALL)

    def recognise(self, listing: Listing) -> bool:
        clones = [folder for folder in listing.folders if _is_clone(folder)]
        return bool(
            clones
            and 2 * len(clones) >= len(listing.folders)
            and self._around.fullmatch(plain_name(listing.folder.resolve().name))
        )

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        match = self._around.fullmatch(plain_name(listing.folder.resolve().name))
        front = f"{match[1]}-" if match and match.groups() else ""
        works, strays = [], []
        for entry in listing.entries:
            if not entry.is_dir() and entry.suffix.casefold() not in PACKED:
                strays.append(entry)
                continue
            name = plain_name(entry.name if entry.is_dir() else entry.stem)
            work = Work(key=name, files=[(entry, "")], submitted_at=commit_time(entry) if entry.is_dir() else None)
            if front and name.startswith(front) and len(name) > len(front):
                work.ids = (name.removeprefix(front),)
            else:
                pieces = name.split("-")[:20]
                work.ids = tuple("-".join(pieces[i:]) for i in range(len(pieces)))
                work.free = name
            works.append(work)
        nobodys(strays, problems)
        return works


def _is_clone(folder: Path) -> bool:
    return (folder / ".git").exists()


GITHUB_CLASSROOM = Checkouts("github_classroom", r"(.+)-submissions")
CLASSROOM50 = Checkouts("classroom50", r"(.+)_submissions_\d{4}_\d\d_\d\d_T_\d\d_\d\d_\d\d")
GIT = Checkouts("git", r".*")
