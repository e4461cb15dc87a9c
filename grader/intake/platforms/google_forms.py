"""Files that were uploaded to a Google form, as its owner downloads them from Drive.

Each question has a folder, ``<question> (File responses)``, in which a file is called
``<its own name> - <the account's name>.<ending>``; Drive tells files of one name apart by ``(1)`` when it packs
them. That name is all that is said of the author, and both it and the file's own name may hold `` - `` or end in
``(1)``: every person that could be meant is named, and nobody's files are put together before the roster says
whose they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.intake.names import near_misses
from grader.intake.platforms.base import Listing, Work, nobodys
from grader.intake.tree import plain_name
from grader.schema import Problem

_QUESTION = "(File responses)"
_MARKER = " - "
#: Who has more of them in a name is nobody that could be found.
_MAX_MARKERS = 5
_AGAIN = re.compile(r"\s?\(\d{1,3}\)\Z")
#: Any other ending may as well be the end of a name.
_ENDING = re.compile(r"\.(?:py|ipynb|keras|zip|txt|pdf)\Z", re.IGNORECASE)


class GoogleForms:
    """Recognised by the tasks in front of the names, so it has to be told what tasks there are.

    Args:
        tasks: the names, without ending, of the files that the course asks for.
    """

    name = "google_forms"

    def __init__(self, tasks: Sequence[str]) -> None:
        self._tasks = tasks

    def recognise(self, listing: Listing) -> bool:
        """Half of the names at least are the platform's, and it is in front of the name that the task is."""
        files = list(_files(listing))
        works = [work for entry in files if (work := _work(entry)) and any(map(str.isalpha, work.shown))]
        own = [plain_name(entry.name).split(_MARKER) for entry in files]
        front, back = (self._asked_for([parts[at] for parts in own if len(parts) > 1]) for at in (0, -1))
        return 2 * len(works) >= len(files) and front > back

    def _asked_for(self, names: list[str]) -> int:
        return sum(len(near.all) for near in near_misses(self._tasks, names).values())

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        files = list(_files(listing))
        works = {entry: _work(entry) for entry in files}
        folders = [folder for folder in listing.folders if not _is_question(folder)]
        nobodys([*folders, *(entry for entry, work in works.items() if work is None)], problems)
        return sorted((work for work in works.values() if work is not None), key=lambda work: work.key)


def _files(listing: Listing) -> Iterator[Path]:
    for entry in listing.entries:
        if not entry.is_dir():
            yield entry
        elif _is_question(entry):
            yield from (file for file in Listing(entry).entries if not file.is_dir())


def _is_question(folder: Path) -> bool:
    return plain_name(folder.name).endswith(_QUESTION) and not folder.is_symlink()


def _work(entry: Path) -> Work | None:
    name = plain_name(entry.name)
    ending = _ENDING.search(name)
    whole = name[: ending.start()] if ending else name
    parts = whole.split(_MARKER)
    if len(parts) == 1 or not parts[0].strip() or not parts[-1].strip():
        return None
    own = _MARKER.join(parts[:-1]).strip() + (ending[0] if ending else "")
    files = [(entry, own)]
    if len(parts) > _MAX_MARKERS:
        return Work(key=whole, shown=parts[-1], files=files, by_name=True)
    people = [_MARKER.join(parts[at:]).strip() for at in range(len(parts) - 1, 0, -1)]
    people += [_AGAIN.sub("", person) for person in people if _AGAIN.search(person)]
    people += [person.rpartition(".")[0] for person in people if not ending and "." in person]
    key = people[0] if len(people) == 1 else whole
    return Work(key=key, names=tuple(people), shown=people[0], files=files, by_name=True)
