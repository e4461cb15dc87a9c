"""Marks of a graded class, or of one submission, in another tool's format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import ExportError
from grader.export import FORMATS, Given, LeftOut, counting
from grader.gradebook import open_gradebook
from grader.schema import ClassEntry, Course, Lang
from grader.workflows.gradebook import class_entries, known_gradebook, known_policy


@dataclass(frozen=True)
class ExportRequest:
    """What is asked for."""

    out: Path
    """Folder of a graded class, or of one graded submission."""
    format: str
    """A name in :data:`grader.export.FORMATS`."""
    to: Path
    lang: Lang
    db: str | None = None
    """Address of the gradebook; None: ``OUT/gradebook.db``, where it is there."""
    policy: Path | None = None
    """Instead of the gradebook's."""
    like: Path | None = None
    """A gradebook exported from the other tool."""
    meta: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Exported:
    """What was written."""

    students: int
    ungraded: tuple[str, ...]
    """Students of whom something is not graded yet: it counts as 0 there until somebody has looked."""
    left_out: LeftOut
    """What the other tool's own gradebook (``like``) does not know."""


def export(request: ExportRequest, course: Course) -> Exported:
    """Write the marks.

    Raises:
        ExportError: the format can't take what was given with it, or needs more.
        NotGraded: there is nothing to export; GradebookError, PolicyError; OutputError: ``to`` can't be written.
    """
    format = FORMATS[request.format]
    if request.like is not None and format.read_like is None:
        names = ", ".join(name for name, other in FORMATS.items() if other.read_like)
        raise ExportError("--like goes with {names}.", names=names)
    if format.kind == "folder" and request.to.exists() and not request.to.is_dir():
        raise ExportError(
            "{path} is a file; this format is a folder with a file for each student.", path=str(request.to)
        )
    if format.kind == "file" and request.to.is_dir():
        raise ExportError("{path} is a folder; this format is one file. Add a name to it.", path=str(request.to))
    given = Given(lang=request.lang, meta=request.meta or {})
    if request.like is not None and format.read_like is not None:
        given = replace(given, like=format.read_like(request.like))
    entries = class_entries(request.out)
    given = _with_marks(given, request, course)
    if "students" not in format.uses:  # only who has a result gets a file
        given = replace(given, students=())
    seen = _Seen(entries, given)
    left_out = format.write(seen.read(), request.to, given)
    return Exported(len(seen.ids), tuple(seen.ungraded), left_out)


def _with_marks(given: Given, request: ExportRequest, course: Course) -> Given:
    address = known_gradebook(request.out, request.db)
    if address is None:
        if request.policy is not None:
            raise ExportError(
                "--policy needs a gradebook, and there is none in {folder}.", folder=str(request.out)
            )
        return given
    with open_gradebook(address, create=False) as book:
        rules = known_policy(request.policy, book, course) if request.policy is not None else None
        return replace(given, marks=book.marks(rules), students=tuple(book.students()))


class _Seen:
    """Entries on their way into a file, each from the disk and once; who they are is kept."""

    def __init__(self, entries: Iterable[ClassEntry], given: Given) -> None:
        self._entries, self._given = entries, given
        self.ids = {student.id for student in given.students}
        self.ungraded: list[str] = []

    def read(self) -> Iterable[ClassEntry]:
        for entry in self._entries:
            self.ids.add(entry.student.id)
            if any(cell.points is None for cell in counting(entry, self._given.of(entry)).values()):
                self.ungraded.append(entry.student.id)
            yield entry
