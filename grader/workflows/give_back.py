"""A graded class goes back: each student's page, work with feedback and mark, as the platform takes it.

Canvas ("Upload submissions") reads user and attachment from a file's name and shows it under the attachment's
name, so each attachment goes back under the download's name, as the same kind of file: see
``generate_comments_from_files`` in ``app/models/assignment.rb`` of github.com/instructure/canvas-lms.
Moodle ("Upload multiple feedback files in a zip") reads the participant from the beginning of a folder's or file's
name, and what follows is free: ``mod/assign/feedback/file/importziplib.php`` of github.com/moodle/moodle.
"""

from __future__ import annotations

import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import NotGraded, OutputError
from grader.export import FORMATS, LAYOUTS, Given, by_student
from grader.files import explain_write
from grader.gradebook import open_gradebook
from grader.i18n import both
from grader.intake.platforms import canvas, moodle
from grader.intake.platforms.base import Part
from grader.report import for_student, with_marks
from grader.report.returned import code_with, mark_sheet, notebook_with
from grader.report.stamp import readable
from grader.schema import ClassEntry, Course, Lang, Mark, SourceFile, Student, Submission, Text
from grader.workflows.batch import ClassEntries, read_batch
from grader.workflows.gradebook import known_gradebook, known_policy
from grader.workflows.publish import of_this_class

MARKS_FILE = "marks.csv"
_UNSAFE = re.compile(r"[\\/\x00-\x1f\x7f]|\A\.")
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class ReturnRequest:
    """What is asked for."""

    out: Path
    to: Path
    lang: Lang
    layout: str | None = None
    """A name in :data:`grader.export.LAYOUTS`; None: as the work came."""
    policy: Path | None = None
    """Instead of the gradebook's."""
    db: str | None = None


@dataclass(frozen=True)
class Returned:
    """What was written."""

    path: Path
    """The zip to upload, or the folder."""
    layout: str
    students: int
    nothing: tuple[tuple[Student, Text], ...]
    """Who gets nothing, and why."""
    ungraded: bool
    """Some of them because the grader failed."""


def give_back(request: ReturnRequest, course: Course) -> Returned:
    """Write everything, whole or not at all.

    Raises:
        NotGraded: ``out`` holds no graded class. GradebookError, PolicyError.
        OutputError: ``to`` can't be written, or holds something else.
    """
    if not request.out.is_dir() or not len(entries := ClassEntries(request.out)):
        raise NotGraded("{folder} holds no graded class.", folder=str(request.out))
    record = read_batch(request.out)
    absent = record.downloads.without_submission if record is not None else ()
    came_as = record.downloads.layout if record is not None else ""
    layout = request.layout or (came_as if came_as in LAYOUTS else "folder")
    marks, students = _marks(request, course, entries, absent)
    own = by_student(marks or ())
    nothing = [(student, both("Nothing was handed in.")) for student in absent]
    given, ungraded = 0, False
    fresh = _beside(request.to)
    try:
        with _Target(fresh, layout) as target:
            for entry in entries:
                mine = own.get(entry.student.id, {})
                reason = _reason(entry, mine)
                ungraded |= reason is not None and entry.result.points is None
                files = _Work(entry, mine, request.lang).files(layout) if reason is None else {}
                safe = {name: data for name, data in files.items() if target.free(name)}
                if not safe:
                    nothing.append((entry.student, reason or _no_way(layout)))
                    continue
                for name, data in safe.items():
                    target.write(name, data)
                given += 1
        table = FORMATS[LAYOUTS[layout]]
        table.write(entries, fresh / MARKS_FILE, Given(lang=request.lang, marks=marks, students=students))
        _replace(fresh, request.to)
    except OSError as error:
        raise explain_write(request.to, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    path = request.to / f"{layout}.zip" if layout != "folder" else request.to
    return Returned(path, layout, given, tuple(nothing), ungraded)


def _marks(
    request: ReturnRequest, course: Course, entries: ClassEntries, absent: Sequence[Student]
) -> tuple[list[Mark] | None, tuple[Student, ...]]:
    address = known_gradebook(request.out, request.db)
    if address is None:
        if request.policy is not None:
            raise NotGraded("--policy needs a gradebook, and there is none in {folder}.", folder=str(request.out))
        return None, ()
    with open_gradebook(address, create=False) as book:
        rules = known_policy(request.policy, book, course) if request.policy is not None else None
        here = {*entries.names, *(student.id for student in absent)}
        students = tuple(student for student in book.students() if student.id in here)
        return of_this_class(book.marks(rules), entries, absent), students


def _reason(entry: ClassEntry, marks: Mapping[str, Mark]) -> Text | None:
    """Why ``entry`` can't go back."""
    open_ = [e.id for e in entry.result.exercises if (marks[e.id].points if e.id in marks else e.points) is None]
    if open_:
        return both("Not graded yet: {exercises}.", exercises=", ".join(open_))
    if not (entry.folder / "student.html").is_file():
        return both("There is no page for the student yet; `grader regrade` makes it.")
    return None


def _no_way(layout: str) -> Text:
    if layout == "folder":
        return both("The name of the folder is taken.")
    return both(
        "None of the downloaded file names can be uploaded to {platform} again.", platform=layout.capitalize()
    )


@dataclass(frozen=True)
class _Work:
    """What one student gets."""

    entry: ClassEntry
    marks: Mapping[str, Mark]
    lang: Lang

    def files(self, layout: str) -> dict[str, str]:
        """Names in the layout -> contents."""
        match layout:
            case "canvas":
                return dict(self._canvas())
            case "moodle":
                return dict(self._moodle())
        return {f"{self.entry.student.id}/{name}": text for name, text in self._plain()}

    def _plain(self) -> Iterator[tuple[str, str]]:
        page = (self.entry.folder / "student.html").read_text(encoding="utf-8")
        yield "student.html", with_marks(page, readable(self.entry.result), self.marks)
        for exercise in self.entry.result.exercises:
            for name in exercise.feedback:
                file = self.entry.folder / name
                if file.is_file():
                    text = file.read_text(encoding="utf-8")
                    yield name, notebook_with(text, self._sheet(exercise.id)) if name.endswith(".ipynb") else text

    def _sheet(self, exercise: str | None = None) -> str:
        return mark_sheet(readable(self.entry.result), self.marks, self.lang, only=exercise)

    def _moodle(self) -> Iterator[tuple[str, str]]:
        parts = [(name, part) for name in self.entry.received if (part := moodle.read_name(name)) is not None]
        if not parts:
            return
        name, part = next(((n, p) for n, p in parts if not p.typed), parts[0])
        for own, text in self._plain():
            if not part.file:
                yield f"{name}/{own}", text
                continue
            # No folders in this layout: what the page links to lies beside it.
            flat = PurePosixPath(own).name
            text = text.replace('href="feedback/', f'href="{name.removesuffix(part.file)}')
            yield f"{name.removesuffix(part.file)}{flat}", text

    def _canvas(self) -> Iterator[tuple[str, str]]:
        files = {
            name: part.file for name in self.entry.received if (part := _canvas_part(name)) and not part.typed
        }
        sources = {source.name: (exercise, source) for exercise, source in self._sources()}
        known = {name: sources[file] for name, file in files.items() if file in sources}
        for name, (exercise, source) in known.items():
            yield name, self._feedback(exercise, source)
        if not known:  # a zip, a wrong name: the mark alone, in whatever kind of file can carry it
            for name in files:
                if name.endswith(".ipynb"):
                    yield name, notebook_with("", self._sheet())
                elif name.endswith(".py"):
                    yield name, code_with("", self._sheet(), for_student(self.entry.result), self.lang, self.marks)

    def _sources(self) -> Iterator[tuple[str, SourceFile]]:
        try:
            stored = Submission.model_validate_json((self.entry.folder / "submission.json").read_bytes())
        except (OSError, ValueError):
            return
        yield from ((files.exercise, files.source) for files in stored.exercises if files.source is not None)

    def _feedback(self, exercise: str, source: SourceFile) -> str:
        if not source.notebook:
            student = for_student(self.entry.result)
            own = {name: mark for name, mark in self.marks.items() if name == exercise}
            kept = tuple(one for one in student.exercises if one.id == exercise)
            shown = student.model_copy(
                update={
                    "exercises": kept,
                    "points": kept[0].points if kept else None,
                    "max_points": kept[0].max_points if kept else 0.0,
                }
            )
            return code_with(source.code, self._sheet(exercise), shown, self.lang, own)
        names = [
            n for e in self.entry.result.exercises if e.id == exercise for n in e.feedback if n.endswith(".ipynb")
        ]
        file = self.entry.folder / names[0] if names else None
        text = file.read_text(encoding="utf-8") if file is not None and file.is_file() else source.notebook
        return notebook_with(text, self._sheet(exercise))


def _canvas_part(name: str) -> Part | None:
    return canvas.read_anonymous(name) or canvas.read_name(name)


class _Target:
    """A folder, or one zip in it: the same bytes for the same contents."""

    def __init__(self, folder: Path, layout: str) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._names: set[str] = set()
        self._zip = zipfile.ZipFile(folder / f"{layout}.zip", "x") if layout != "folder" else None

    def __enter__(self) -> _Target:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def free(self, name: str) -> bool:
        """Whether ``name`` leads nowhere else and is nobody's yet, on a disk that ignores case too."""
        parts = name.split("/")
        return not any(not part or _UNSAFE.search(part) for part in parts) and name.casefold() not in self._names

    def write(self, name: str, text: str) -> None:
        self._names.add(name.casefold())
        data = text.encode("utf-8", "replace")
        if self._zip is None:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            return
        info = zipfile.ZipInfo(name, _EARLIEST)
        info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
        self._zip.writestr(info, data)


def _beside(to: Path) -> Path:
    if to.exists() and not (to.is_dir() and ((to / MARKS_FILE).is_file() or not any(to.iterdir()))):
        raise OutputError("{path} holds something else already. Choose another folder with --to.", path=str(to))
    return to.absolute().with_name(f".{to.absolute().name}.{secrets.token_hex(6)}")


def _replace(fresh: Path, to: Path) -> None:
    """``fresh`` takes the place of what an earlier call wrote."""
    old = fresh.with_name(f"{fresh.name}.old")
    if to.exists():
        to.rename(old)
    try:
        fresh.rename(to)
    except OSError:
        if old.exists():
            old.rename(to)
        raise
    shutil.rmtree(old, ignore_errors=True)
