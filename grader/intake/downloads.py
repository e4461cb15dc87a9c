"""A folder of downloads: who handed in what, in whichever layout a platform gives it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from grader.errors import IntakeError
from grader.i18n import both
from grader.intake.choose import declared_names
from grader.intake.platforms import BY_HAND, PLATFORMS, GoogleForms, Listing, Platform, Work
from grader.intake.problems import note
from grader.intake.roster import Names, Rank, Roster, read_roster
from grader.intake.tree import plain_name
from grader.intake.unpack import put_together, unpack
from grader.schema import Course, Download, Downloads, Problem, Student
from grader.text import clean_line

#: Names that a graded class uses itself, beside the students' folders.
RESERVED = ("index.html", "grades.csv", "gradebook.db", "batch.json", "changes.csv", "similar.json")
#: Folders that a zip, or who unpacked it, puts around the submissions.
MAX_AROUND = 3


def find_downloads(
    folder: Path, course: Course, roster: Path | None = None, *, work_dir: Path | None = None
) -> Downloads:
    """See who handed in what below ``folder``; opens no submission.

    Layouts: those of :data:`~grader.intake.platforms.PLATFORMS`, and a folder or a zip for each student, in any
    mixture. A zip of any of those is unpacked first.

    Args:
        roster: CSV file with id, name and e-mail (see :func:`~grader.intake.roster.read_roster`).
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
        raise IntakeError("There is nothing at {path}.", path=clean_line(str(folder), 300))
    platform, listing = _recognised(folder, course)
    works = platform.submissions(listing, problems) if platform else []
    if platform is None or not works:
        raise IntakeError(
            "No submissions were found in {folder}. Expected a folder or a zip for each student, or the bulk "
            "download of a platform such as Moodle or Canvas.",
            folder=clean_line(str(folder), 300),
        )
    matched = _match(works, people, problems)
    return Downloads(
        layout=platform.name,
        students=tuple(sorted(matched.downloads, key=lambda download: download.student.id)),
        without_submission=tuple(matched.absent),
        not_on_roster=tuple(matched.strangers),
        problems=tuple(problems),
    )


def _recognised(folder: Path, course: Course) -> tuple[Platform | None, Listing]:
    """The platform, and the folder that holds the submissions: there may be others around it.

    Raises:
        IntakeError: this is one submission.
    """
    listing = Listing(folder)
    # A student's own files may be called like a form's: after what is one submission has been told.
    form = GoogleForms([exercise.file for exercise in course.exercises])
    for _ in range(MAX_AROUND + 1):
        for platform in PLATFORMS:
            if platform.recognise(listing):
                return platform, listing
        if _declared(listing, course):
            raise IntakeError(
                "{folder} is one submission, not a folder of submissions. Use `grader grade` for it, or name "
                "the folder above.",
                folder=clean_line(str(listing.folder), 300),
            )
        if form.recognise(listing):
            return form, listing
        if len(listing.entries) != 1 or not listing.entries[0].is_dir():
            break
        below = Listing(listing.entries[0])
        recognised = any(platform.recognise(below) for platform in (*PLATFORMS, form))
        several = sum(entry.is_dir() or entry.suffix.casefold() == ".zip" for entry in below.entries) > 1
        if not recognised and (not several or _declared(below, course)):
            break
        listing = below
    return next((platform for platform in BY_HAND if platform.recognise(listing)), None), listing


def _declared(listing: Listing, course: Course) -> bool:
    """Whether a student's own work lies here: a file that the course declares, or an exercise's folder."""
    names = {name for exercise in course.exercises for name in (exercise.id, *declared_names(exercise))}
    return any(plain_name(entry.name) in names for entry in listing.entries)


@dataclass(frozen=True)
class _Class:
    """Downloads with their students, and who is on one side only."""

    downloads: list[Download]
    absent: list[Student]
    strangers: list[Student]


def _match(works: list[Work], roster: Sequence[Student], problems: list[Problem]) -> _Class:
    """Give everybody an id, and the roster's name where there is one."""
    names = Names(RESERVED)
    # The roster's ids first: none is numbered because a stranger's folder has its name.
    listed = {person.id: person.model_copy(update={"id": names.give(person.id)}) for person in roster}
    by_name = Roster(roster)
    works = _joined(works, by_name)
    owners = _owners(works, by_name, problems)
    downloads, strangers = [], []
    for number, work in enumerate(works):
        if number in owners:
            student = listed[owners[number]]
        else:
            student = Student(id=names.give(work.key), name=clean_line(work.shown, 120))
            strangers.append(student)
        downloads.append(
            Download(
                student=student,
                paths=tuple(path for path, _ in work.files),
                names=tuple(name for _, name in work.files),
                submitted_at=work.submitted_at,
                late=work.late,
            )
        )
    there = set(owners.values())
    return _Class(downloads, [s for key, s in listed.items() if key not in there], strangers if roster else [])


def _joined(works: list[Work], roster: Roster) -> list[Work]:
    """Files of which a name is all that is known, put together where the name can be one person's only.

    Of two that have the same name of their own, nobody could tell which one counts: they stay apart.
    """
    groups: dict[object, list[Work]] = defaultdict(list)
    for number, work in enumerate(works):
        people = roster.people(work.names) if work.by_name else frozenset()
        told = work.by_name and (len(people) == 1 or (not people and len(work.names) == 1))
        groups[(people or work.key) if told else number].append(work)
    joined = []
    for first, *others in groups.values():
        files = [file for work in (first, *others) for file in work.files]
        if len({name for _, name in files}) == len(files):
            first.files, others = files, []
        joined += [first, *others]
    return joined


def _owners(works: list[Work], roster: Roster, problems: list[Problem]) -> dict[int, str]:
    """Index of a work -> id on the roster. A person has the surest one; of two equally sure ones, none."""
    claims: dict[str, list[tuple[Rank, int]]] = defaultdict(list)
    numbered = _numbers_are_ids(works, roster)
    # Where the roster has the platform's logins, a name that is somebody's does not stand for a login that is not.
    by_id = 2 * sum(roster.find(ids=work.ids) is not None for work in works) >= len(works)
    for number, work in enumerate(works):
        if by_id and work.ids:
            found = roster.find(ids=work.ids)
        else:
            found = roster.find(work.names, work.number if numbered else "", work.ids, work.free)
        if found is not None:
            claims[found[0].id].append((found[1], number))
    owners: dict[int, str] = {}
    for person, claimed in claims.items():
        claimed.sort()
        surest = [number for rank, number in claimed if rank == claimed[0][0]]
        # A folder and the zip it was unpacked from are one place.
        if len({_place(path) for number in surest for path, _ in works[number].files}) == 1 or len(surest) == 1:
            owners[surest[0]] = person
        for _, number in claimed:
            if number in owners:
                continue
            first = next(other for _, other in claimed if other != number)
            other = clean_line(works[first].key)
            if surest[0] in owners:
                text = both(
                    "{id} on the roster already has another submission ({other}); this one has its own report.",
                    id=person,
                    other=clean_line(works[surest[0]].key),
                )
            else:
                text = both(
                    "This and {other} could both be from {id} on the roster, so neither was assigned to them; "
                    "each has its own report.",
                    id=person,
                    other=other,
                )
            problems.append(note(clean_line(works[number].key), text))
    return owners


def _place(path: Path) -> Path:
    return path if path.is_dir() else path.with_suffix("")


def _numbers_are_ids(works: list[Work], roster: Roster) -> bool:
    """Whether the roster's ids are the platform's numbers, and not by chance the same as some.

    They are where everybody who is found by name has their own number as id; without a name, where everybody's is
    on the roster.
    """
    named = [(work.number, found[0].id) for work in works if (found := roster.find(work.names))]
    if named:
        return all(number == key for number, key in named)
    return all(work.number and roster.find(ids=(work.number,)) for work in works)


def collect_files(download: Download, target: Path) -> tuple[Path, list[Problem]]:
    """Where ``download`` can be graded from: its one folder or file as it is, else a folder made at ``target``.

    There, files have the names that their authors gave them, without what the platform put in front or behind.

    Returns:
        The path, and what could not be used.

    Raises:
        OSError: ``target`` can't be written.
    """
    names = download.names or tuple("" if path.is_dir() else path.name for path in download.paths)
    named = list(zip(download.paths, names, strict=True))
    if len(named) == 1:
        path, name = named[0]
        if path.is_dir() or name == path.name:
            return path, []
    return target, put_together(named, target)
