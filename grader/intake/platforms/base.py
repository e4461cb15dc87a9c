"""What a platform's download is made of, and what it says of each student's work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from grader.errors import IntakeError
from grader.i18n import both
from grader.intake.problems import note
from grader.intake.tree import plain_name
from grader.schema import Problem
from grader.text import clean_line

#: Rosters, marks and notes that a platform or whoever downloaded the work put beside it.
_COMPANIONS = (".csv", ".txt", ".html", ".md", ".json", ".xls", ".xlsx")
_SYSTEMS = frozenset(
    ("__MACOSX", ".DS_Store", ".git", ".gitignore", ".github", ".idea", ".ipynb_checkpoints", ".venv", ".vscode")
)
#: Entries of one folder that are looked at: several files for each of thousands of students.
MAX_LISTED = 100_000


@dataclass
class Work:
    """One student's (or group's) work, before it is known who that is on the roster."""

    key: str
    """Tells this student from all others of the download; the id, if no roster says otherwise."""
    ids: tuple[str, ...] = ()
    """What the platform itself says is the student's login, number or address: compared as a whole only."""
    names: tuple[str, ...] = ()
    """What the platform says is the name: compared as a whole; several where it can't be told which it is."""
    free: str = ""
    """What a person called it: a name, a number, a login, a task, in any order."""
    number: str = ""
    """The platform's own number of the person, which a roster may have as id."""
    shown: str = ""
    """The name, for people."""
    files: list[tuple[Path, str]] = field(default_factory=list)
    """What was handed in, in the order in which a later one wins, and each file's name as its author chose it."""
    submitted_at: datetime | None = None
    late: bool | None = None
    by_name: bool = False
    """One file, of whose author a name is all that is known; what is one person's is put together later."""


class Listing:
    """What lies in the folder of a download, in order, without what systems and tools leave in any folder.

    Raises:
        IntakeError: the folder can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            found = list(islice(folder.iterdir(), MAX_LISTED + 1))
        except OSError as error:
            raise IntakeError(
                "The folder {name} can't be read ({reason}).",
                name=clean_line(folder.name),
                reason=error.strerror or "?",
            ) from None
        if len(found) > MAX_LISTED:
            raise IntakeError("{name} holds more than {n} files.", name=clean_line(folder.name), n=MAX_LISTED)
        people = [entry for entry in found if entry.name not in _SYSTEMS and not entry.name.startswith("._")]
        self.entries = sorted(people, key=lambda entry: entry.name)

    @property
    def folders(self) -> list[Path]:
        return [entry for entry in self.entries if entry.is_dir()]


class Platform(Protocol):
    """How one platform packs a class's work."""

    name: str

    def recognise(self, listing: Listing) -> bool:
        """Whether ``listing`` is a download of this platform."""
        ...

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        """Everybody's work; what is nobody's, or can't be told whose it is, goes to ``problems``."""
        ...


@dataclass(frozen=True)
class Part:
    """What the name of one file or folder of a download says."""

    work: Work
    """Without files."""
    file: str = ""
    """The file's name as its author chose it; "" for a folder that holds them."""
    order: tuple[object, ...] = ()
    """A later attempt's file comes later."""
    typed: bool = False
    """Text typed on the platform, or a link: no file that could be graded."""


class ByName:
    """A platform that says in front of every file's own name whose it is.

    Args:
        read: what a name says; None where it is none of the platform's.
    """

    def __init__(self, name: str, read: Callable[[str], Part | None]) -> None:
        self.name = name
        self._read = read

    def parts(self, listing: Listing) -> dict[Path, Part]:
        """The entries whose names are the platform's."""
        found = ((entry, self._read(plain_name(entry.name))) for entry in listing.entries)
        return {entry: part for entry, part in found if part is not None}

    def recognise(self, listing: Listing) -> bool:
        """Half of the names at least are the platform's: a class has stray files, a stray name makes no class."""
        fitting = len(self.parts(listing))
        return fitting > 0 and 2 * fitting >= len(listing.entries)

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        parts = self.parts(listing)
        nobodys([entry for entry in listing.entries if entry not in parts], problems)
        return by_person(parts.items(), problems)


def by_person(parts: Iterable[tuple[Path, Part]], problems: list[Problem]) -> list[Work]:
    """The parts of each person together, earlier attempts first, what was typed before any file."""
    works: dict[str, Work] = {}
    typed = []
    for entry, part in sorted(parts, key=lambda item: (not item[1].typed, item[1].order)):
        work = works.setdefault(part.work.key, part.work)
        work.late = part.work.late if work.late is None else work.late or bool(part.work.late)
        times = [time for time in (work.submitted_at, part.work.submitted_at) if time is not None]
        work.submitted_at = max(times, default=None)
        work.files.append((entry, part.file))
        if part.typed:
            typed.append(entry)
    for entry in typed:
        text = both("This was typed online or is a link, which can't be graded: a file is needed.")
        problems.append(note(clean_line(entry.name), text))
    return sorted(works.values(), key=lambda work: work.key)


def nobodys(entries: Iterable[Path], problems: list[Problem]) -> None:
    """Say of each of ``entries`` that it is nobody's."""
    for entry in entries:
        if entry.is_dir() or entry.suffix.casefold() not in _COMPANIONS:
            text = both("This is nobody's submission and was not graded.")
            problems.append(note(clean_line(entry.name), text))


def small_text(path: Path, limit: int = 4096) -> str:
    """The beginning of a text file of the platform's; "" where there is none."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(limit).decode("utf-8-sig", "replace")
    except OSError:
        return ""
