"""Moodle's "Download all submissions" of an assignment.

After ``mod/assign/classes/downloader.php``: ``<group>-<full name>_<number>_assignsubmission_<plugin>_``, as a
folder or in front of each file's own name. Underscores of names are spaces there, so the first marker is
Moodle's, whatever the file behind it is called. The number is the participant's in this assignment and no
student's number; with "Anonymous submissions" the name is the word for "Participant". A file of a folder that a
student uploaded lies in a folder of that name when files are not put in folders.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.intake.platforms.base import ByName, Listing, Part, Work, by_person, nobodys
from grader.intake.tree import plain_name
from grader.schema import Problem

_MARKER = re.compile(r"_(\d{1,20})_assignsubmission_([a-z]++)(?:_|\Z)")
_MAX_HYPHENS = 20
#: Subfolders of flat downloads are looked into so far.
_MAX_DEPTH = 3
#: Plugins whose files are what was typed on the page.
_TYPED = ("onlinetext", "comments")


def read_name(name: str) -> Part | None:
    """What the name of a file or folder says."""
    match = _MARKER.search(name)
    if match is None or match.start() == 0:
        return None
    person = name[: match.start()].strip()
    return Part(
        Work(
            key=f"{person}_{match[1]}",
            names=(person, *_behind_group(person)),
            ids=(f"{person} {match[1]}",),  # as grading worksheets name anonymous participants
            shown=person,
        ),
        file=name[match.end() :],
        typed=match[2] in _TYPED,
    )


def _behind_group(person: str) -> list[str]:
    """What the name is if the group's is in front of it; several where it may end at any hyphen."""
    parts = person.split("-", _MAX_HYPHENS)
    return ["-".join(parts[at:]).strip() for at in range(1, len(parts))]


class Moodle(ByName):
    def __init__(self) -> None:
        super().__init__("moodle", read_name)

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        parts = self.parts(listing)
        others = [entry for entry in listing.entries if entry not in parts]
        inside: dict[Path, Part] = {}
        strays = [entry for entry in others if not entry.is_dir()]
        folders = [(entry, 1) for entry in others if entry.is_dir() and not entry.is_symlink()]
        while folders:
            folder, depth = folders.pop()
            for entry in Listing(folder).entries:
                part = read_name(plain_name(entry.name))
                if part is not None:
                    inside[entry] = part
                elif entry.is_dir() and not entry.is_symlink() and depth < _MAX_DEPTH:
                    folders.append((entry, depth + 1))
                else:
                    strays.append(entry)
        nobodys(strays, problems)
        return by_person([*inside.items(), *parts.items()], problems)
