"""Canvas' "Download Submissions".

After ``lib/content_zipper.rb``: ``<sortable name>[_LATE]_<user>_<attachment>_<file>``, ``…_<user>_text.html``
for text and ``…_link.html`` for an address; anonymous assignments have ``[LATE_]anon_<id>`` in the place of
name and user. Names keep letters, digits and underscores only, ``_<digits>_`` is taken out of them, and a
group's work stands under the group's name. What is handed in again is called ``task-1.py``.

Canvas reads the first number as the user's. A name that ends in ``_<digits>`` makes that wrong:
``kim_12_345_678_task.py`` is file 345 of user 12, or file 678 of user 345 who is called kim_12.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from grader.i18n import both
from grader.intake.platforms.base import ByName, Listing, Part, Work, by_person, nobodys
from grader.intake.problems import note
from grader.intake.tree import plain_name
from grader.schema import Problem
from grader.text import clean_line

_ANONYMOUS = re.compile(r"(LATE_)?anon_([A-Za-z0-9]{1,40})(?:_(\d++)_(.+)|_((?:text|link)\.html))", re.DOTALL)
_MARKER = re.compile(r"(_LATE)?_(\d++)_(?:(\d++)_(?=.)|(?=(?:text|link)\.html\Z))", re.DOTALL)
#: A number that could be a second one after the first two, as Canvas writes numbers.
_ANOTHER = re.compile(r"([1-9]\d*+)_(?=.)", re.DOTALL)
_TYPED = ("text.html", "link.html")
_AGAIN = re.compile(r"-(\d{1,3})(?=(?:\.[A-Za-z0-9]{1,10})?\Z)")


def read_name(name: str) -> Part | None:
    """What a file's name says, with the first number as the user's."""
    match = _MARKER.search(name)
    if match is None or match.start() == 0:
        return None
    person = name[: match.start()]
    work = Work(key=f"{person}_{match[2]}", names=(person,), number=match[2], shown=person, late=bool(match[1]))
    return _part(work, name[match.end() :], match[3] is None)


def read_anonymous(name: str) -> Part | None:
    """What a file's name says in an anonymous assignment."""
    match = _ANONYMOUS.fullmatch(name)
    if match is None:
        return None
    late, person, _, file, typed = match.groups()
    work = Work(key=f"anon_{person}", ids=(f"anon_{person}",), late=bool(late))
    return _part(work, file or typed, bool(typed))


def _part(work: Work, file: str, typed: bool) -> Part:
    again = _AGAIN.search(file)
    own = file[: again.start()] + file[again.end() :] if again else file
    return Part(work, own, (int(again[1]) if again else 0, file), typed)


class Canvas(ByName):
    def __init__(self) -> None:
        super().__init__("canvas", read_name)

    def parts(self, listing: Listing) -> dict[Path, Part]:
        names = {entry: plain_name(entry.name) for entry in listing.entries if not entry.is_dir()}
        named = {entry: part for entry, name in names.items() if (part := read_name(name)) is not None}
        anonymous = {entry: part for entry, name in names.items() if (part := read_anonymous(name)) is not None}
        return anonymous if named.keys() <= anonymous.keys() else named

    def recognise(self, listing: Listing) -> bool:
        """See :class:`~grader.intake.platforms.base.Platform`.

        ``hw_2024_1_kim.zip`` and ``hw_2024_1_lee.zip`` look alike, but an attachment's number is one file's alone.
        """
        files: dict[str, set[str]] = defaultdict(set)
        for entry, part in self.parts(listing).items():
            match = _MARKER.search(plain_name(entry.name))
            if match and match[3]:
                files[match[3]].add(part.file)
        shared = sum(len(names) for names in files.values() if len(names) > 1)
        return 2 * shared <= len(listing.entries) and super().recognise(listing)

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        parts = self.parts(listing)
        nobodys([entry for entry in listing.entries if entry not in parts], problems)
        other = {
            entry: person
            for entry, part in parts.items()
            if part.work.names and (person := _other_person(plain_name(entry.name)))
        }
        # Attachments have one number each: what several files would have is no attachment's.
        files = Counter(person[2] for person in other.values())
        other = {entry: person for entry, person in other.items() if files[person[2]] == 1}
        sharing = Counter(parts[entry].work.key for entry in parts)
        for entry, (name, user, _) in other.items():
            work = parts[entry].work
            if sharing[work.key] == 1:
                parts[entry] = replace(parts[entry], work=replace(work, names=(*work.names, name), number=""))
                continue
            # Two people could have handed in what is under this name: it is put to neither's work.
            text = both(
                "This is the work of {first} or of {second}: its name does not say which. It has its own report.",
                first=clean_line(work.key),
                second=clean_line(f"{name}_{user}"),
            )
            problems.append(note(clean_line(entry.name), text))
            alone = Work(key=f"{name}_{user}", shown=name, late=work.late)
            parts[entry] = replace(parts[entry], work=alone)
        return by_person(parts.items(), problems)


def _other_person(name: str) -> tuple[str, str, str] | None:
    """Name, user and attachment if not the first but the second number is the user's."""
    match = _MARKER.search(name)
    if match is None or match[1] or match[3] is None:
        return None
    another = _ANOTHER.match(name, match.end())
    if another is None and name[match.end() :] not in _TYPED:
        return None
    return f"{name[: match.start()]}_{match[2]}", match[3], another[1] if another else name
