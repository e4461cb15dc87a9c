"""A folder of downloads: who handed in what, in whichever layout a learning management system gives it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

from grader.errors import IntakeError
from grader.i18n import both
from grader.intake.commits import commit_time
from grader.intake.problems import note
from grader.intake.roster import Names, Roster, read_roster
from grader.intake.stamps import stamp_time
from grader.intake.tree import plain_name
from grader.intake.unpack import put_together, unpack
from grader.schema import Course, Download, Downloads, Problem, Student
from grader.text import clean_line

Layout = Literal["folders", "zips", "moodle", "canvas", "nbgrader", "git"]

#: Names that a graded class uses itself, beside the students' folders.
RESERVED = ("index.html", "grades.csv", "gradebook.db", "batch.json", "changes.csv", "similar.json")
#: What a student may hand in as one file. Those that are no zip get a report that says so.
PACKED = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".xz", ".bz2", ".egg", ".alz")

MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<user>\d+)_(?P<submission>\d+)_(?P<file>.+)", re.DOTALL)
TIMESTAMP = "timestamp.txt"


@dataclass
class Found:
    """One student's work before it is known who that is."""

    key: str
    """As the download names them: the id, if no roster says otherwise."""
    names: tuple[str, ...]
    """What to look for on the roster, best first."""
    number: str = ""
    """The platform's own number of the person, which a roster may have as id."""
    shown: str = ""
    paths: list[Path] = field(default_factory=list)
    submitted_at: datetime | None = None
    late: bool | None = None


def find_downloads(
    folder: Path, course: Course, roster: Path | None = None, *, work_dir: Path | None = None
) -> Downloads:
    """See who handed in what below ``folder``; opens no submission.

    Layouts: a folder or a zip for each student, in any mixture; Moodle's and Canvas' bulk downloads; nbgrader's
    ``submitted/<student>/<assignment>/``; a folder of git checkouts. A zip of any of those is unpacked first.

    Args:
        roster: CSV file with id, name and e-mail (see :func:`~grader.intake.people.read_roster`).
        work_dir: where a zip is unpacked; it must last as long as the paths are used. By default a new temporary
            folder, which is the caller's to remove.

    Raises:
        IntakeError: nothing can be read at ``folder``, nobody handed in anything, or the roster is unusable.
    """
    people = read_roster(roster) if roster is not None else []
    problems: list[Problem] = []
    if folder.is_file():
        target = work_dir if work_dir is not None else Path(mkdtemp(prefix="grader-downloads-"))
        problems += unpack(folder, target)
        folder = target
    if not folder.is_dir():
        raise IntakeError(both("There is nothing at {path}.", path=clean_line(str(folder), 300)))
    layout, found = _look(_inner(folder, course), course, problems)
    if not found:
        raise IntakeError(
            both(
                "No submissions were found in {folder}. Expected a folder or a zip for each student, or the bulk "
                "download of Moodle or Canvas.",
                folder=clean_line(str(folder), 300),
            )
        )
    matched = _match(found, people, problems)
    return Downloads(
        layout=layout,
        students=tuple(sorted(matched.downloads, key=lambda download: download.student.id)),
        without_submission=tuple(matched.absent),
        not_on_roster=tuple(matched.strangers),
        problems=tuple(problems),
    )


def _look(folder: Path, course: Course, problems: list[Problem]) -> tuple[Layout, list[Found]]:
    """The layout, told by the names of what is there, and what each student handed in."""
    entries = [entry for entry in _listed(folder) if not entry.name.startswith((".", "__MACOSX"))]
    for layout, pattern, make in (("moodle", MOODLE, _moodle), ("canvas", CANVAS, _canvas)):
        fitting = [entry for entry in entries if pattern.fullmatch(plain_name(entry.name))]
        if fitting and 2 * len(fitting) >= len(entries):
            _ignored([entry for entry in entries if entry not in fitting], problems)
            return layout, make(fitting)  # type: ignore[return-value]
    submitted = folder / "submitted"
    if submitted.is_dir() and not _declared(submitted, course):
        return "nbgrader", [_nbgrader(entry) for entry in _listed(submitted) if entry.is_dir()]
    if _declared(folder, course):
        raise IntakeError(
            both(
                "{folder} is one submission, not a folder of submissions. Use `grader grade` for it, or name the "
                "folder above.",
                folder=clean_line(str(folder), 300),
            )
        )
    folders = [entry for entry in entries if entry.is_dir()]
    packed = [entry for entry in entries if entry.is_file() and entry.suffix.casefold() in PACKED]
    _ignored([entry for entry in entries if entry not in folders and entry not in packed], problems)
    if folders and all(next(entry.glob(f"*/{TIMESTAMP}"), None) for entry in folders):
        return "nbgrader", [_nbgrader(entry) for entry in folders]
    checkouts = [entry for entry in folders if (entry / ".git").exists()]
    found = [_single(entry, entry.name) for entry in folders] + [_single(entry, entry.stem) for entry in packed]
    for item in found:
        if item.paths[0] in checkouts:
            item.submitted_at = commit_time(item.paths[0])
    if checkouts and 2 * len(checkouts) >= len(found):
        return "git", found
    return ("zips" if len(packed) > len(folders) else "folders"), found


def _inner(folder: Path, course: Course) -> Path:
    """The folder that holds the submissions: a zip, or who unpacked it, often puts one more around them."""
    for _ in range(3):
        entries = [entry for entry in _listed(folder) if not entry.name.startswith((".", "__MACOSX"))]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].name == "submitted":
            return folder
        below = [entry for entry in _listed(entries[0]) if not entry.name.startswith((".", "__MACOSX"))]
        special = [
            e for e in below if MOODLE.fullmatch(e.name) or CANVAS.fullmatch(e.name) or e.name == "submitted"
        ]
        several = [e for e in below if e.is_dir() or e.suffix.casefold() in PACKED]
        if not special and (
            len(several) < 2
            or (entries[0] / ".git").exists()
            or MOODLE.fullmatch(plain_name(entries[0].name))
            or any((entry / TIMESTAMP).is_file() for entry in several)
            or _declared(entries[0], course)
        ):
            return folder
        folder = entries[0]
    return folder


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise IntakeError(
            both(
                "The folder {name} can't be read ({reason}).",
                name=clean_line(folder.name),
                reason=error.strerror or "?",
            )
        ) from None


def _declared(folder: Path, course: Course) -> bool:
    """Whether a student's own work lies here: a file that the course declares, or an exercise's folder."""
    names = {f"{e.file}{ending}" for e in course.exercises for ending in (".py", ".ipynb")}
    names |= {name for e in course.exercises for name in (e.id, *e.models)}
    return any(plain_name(entry.name) in names for entry in folder.iterdir())


def _ignored(entries: Iterable[Path], problems: list[Problem]) -> None:
    for entry in entries:
        if not entry.is_dir() and entry.suffix.casefold() in (".csv", ".txt", ".html", ".md", ".json"):
            continue  # rosters and notes of whoever downloaded this
        name = clean_line(entry.name)
        problems.append(note(name, both("This is nobody's submission and was not graded.")))


def _single(entry: Path, name: str) -> Found:
    name = plain_name(name)
    return Found(key=name, names=(name,), paths=[entry])


def _moodle(entries: list[Path]) -> list[Found]:
    """``Full Name_12345_assignsubmission_file_``: a folder, or in front of each file's own name."""
    found: dict[str, Found] = {}
    for entry in entries:
        match = MOODLE.fullmatch(plain_name(entry.name))
        assert match is not None
        person = f"{match['name']}_{match['number']}"
        item = found.setdefault(
            person, Found(key=person, names=(match["name"],), number=match["number"], shown=match["name"].strip())
        )
        if match["kind"] == "file":
            item.paths.append(entry)
        else:
            item.paths.insert(0, entry)  # what was typed online comes first: a file of the same name wins
    return list(found.values())


def _canvas(entries: list[Path]) -> list[Found]:
    """``lastfirst_LATE_123_456_task-1.py``: user and submission number in front of each file's own name."""
    found: dict[str, Found] = {}
    for entry in sorted(entries, key=lambda entry: _attempt(entry.name)):
        match = CANVAS.fullmatch(plain_name(entry.name))
        assert match is not None
        person = f"{match['name']}_{match['user']}"
        item = found.setdefault(
            person, Found(key=person, names=(match["name"],), number=match["user"], shown=match["name"])
        )
        item.late = bool(item.late or match["late"])
        item.paths.append(entry)
    return list(found.values())


def _attempt(name: str) -> tuple[int, str]:
    """Canvas numbers what is handed in again: ``task.py``, then ``task-1.py``; the last one counts."""
    match = re.search(r"-(\d{1,3})(?:\.[A-Za-z0-9]+)?$", name)
    return (int(match[1]) if match else 0), name


def _nbgrader(folder: Path) -> Found:
    times = [stamp_time(stamp) for stamp in sorted(folder.glob(f"*/{TIMESTAMP}"))[:100]]
    known = [time for time in times if time is not None]
    item = _single(folder, folder.name)
    item.submitted_at = max(known, default=None)
    return item


@dataclass(frozen=True)
class _Class:
    """Downloads with their students, and who is on one side only."""

    downloads: list[Download]
    absent: list[Student]
    strangers: list[Student]


def _match(found: list[Found], roster: Sequence[Student], problems: list[Problem]) -> _Class:
    """Give everybody an id, and the roster's name where there is one."""
    names = Names(RESERVED)
    # The roster's ids first: none is numbered because a stranger's folder has its name.
    listed = {person.id: person.model_copy(update={"id": names.give(person.id)}) for person in roster}
    people = Roster(roster)
    claimed: dict[str, str] = {}
    downloads, strangers = [], []
    for item in found:
        person = people.find(item.names, item.number)
        if person is not None and person.id in claimed:
            text = both(
                "{id} on the roster has another submission already ({other}); this one has a report of its own.",
                id=person.id,
                other=claimed[person.id],
            )
            problems.append(note(clean_line(item.key), text))
            person = None
        if person is not None:
            claimed[person.id] = clean_line(item.key)
            student = listed[person.id]
        else:
            student = Student(id=names.give(item.key), name=clean_line(item.shown, 120))
            strangers.append(student)
        downloads.append(
            Download(student=student, paths=tuple(item.paths), submitted_at=item.submitted_at, late=item.late)
        )
    absent = [student for key, student in listed.items() if key not in claimed]
    return _Class(downloads, absent, strangers if roster else [])


def collect_files(download: Download, target: Path) -> tuple[Path, list[Problem]]:
    """Where ``download`` can be graded from: its one folder or zip as it is, else a folder made at ``target``.

    There, files have the names that their authors gave them, without what the platform put in front or behind.

    Returns:
        The path, and what could not be used.

    Raises:
        OSError: ``target`` can't be written.
    """
    named = [(path, own_name(path.name)) for path in download.paths]
    if len(named) == 1:
        path, name = named[0]
        if path.is_dir() or name == path.name or path.suffix.casefold() in PACKED:
            return path, []
    return target, put_together(named, target)


def own_name(name: str) -> str:
    """A file's name as its author chose it: without a platform's prefix, and Canvas' ``-1`` of a second try."""
    name = plain_name(name)
    if (moodle := MOODLE.fullmatch(name)) is not None:
        return moodle["file"] or name
    if (canvas := CANVAS.fullmatch(name)) is not None:
        return re.sub(r"-\d{1,3}(?=\.[A-Za-z0-9]+$|$)", "", canvas["file"])
    return name
