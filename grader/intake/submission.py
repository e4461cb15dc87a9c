"""From a path to a :class:`~grader.schema.Submission`: declared files only, hashed, nothing executed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.child.words import clean_line
from grader.i18n import both
from grader.intake.archive import Archive
from grader.intake.choose import Choice, Chooser, nothing_found
from grader.intake.errors import FileError, IntakeError, failure, note
from grader.intake.folder import Folder
from grader.intake.notebook import read_notebook
from grader.intake.decoding import decode
from grader.intake.tree import Entry, Tree, chunks, file_hash, read
from grader.schema import Course, Exercise, ExerciseFiles, ModelFile, Problem, SourceFile, Submission

MAX_SOURCE_BYTES = 10_000_000
MAX_MODEL_BYTES = 1024**3
MAX_NESTED_ZIP_BYTES = 1024**3


def read_submission(path: Path, course: Course, *, work_dir: Path, only: Sequence[str] = ()) -> Submission:
    """Read what is handed in at ``path``.

    Only files that the course declares are opened, wherever they are below ``path``; what else is there costs
    nothing. A model in a folder is referred to where it lies, one in a zip is unpacked below ``work_dir``.

    Args:
        path: a folder, a zip, or a single ``.py``, ``.ipynb`` or ``.keras`` file.
        only: ids of the exercises to look for; they are in the result whether or not their files are there. By
            default every exercise that has a file, or an error, or a file with almost the right name.

    Raises:
        IntakeError: nothing can be read at ``path`` at all.
    """
    exercises = [exercise for exercise in course.exercises if not only or exercise.id in only]
    with _tree(path, course, work_dir) as tree:
        chooser = Chooser(tree, course.exercises)
        found = []
        hashes: list[tuple[str, str]] = []
        for exercise in exercises:
            choice = chooser.choose(exercise)
            if choice.anything or only:
                found.append(_exercise_files(exercise, choice, tree, work_dir, hashes))
        problems = list(tree.problems)
    if not any(files.source or files.models or files.problems for files in found):
        problems.append(nothing_found(exercises))
    digest = hashlib.sha256()
    for name, sha256 in sorted(hashes):
        digest.update(f"{name}\0{sha256}\n".encode())
    return Submission(
        id=_student(path), sha256=digest.hexdigest(), exercises=tuple(found), problems=tuple(problems)
    )


@contextmanager
def _tree(path: Path, course: Course, work_dir: Path) -> Iterator[Tree]:
    """The submission at ``path`` as a tree."""
    try:
        exists, is_folder, is_file = path.exists(), path.is_dir(), path.is_file()
    except OSError as error:
        raise IntakeError(
            both("{name} can't be opened ({reason}).", name=clean_line(path.name), reason=error.strerror or "?")
        ) from None
    if not exists:
        raise IntakeError(both("There is nothing at {path}.", path=clean_line(str(path), 300)))
    if is_folder:
        folder = Folder(path)
        inner = _only_zip(folder, course)
        if inner is None:
            yield folder
            return
        with _opened(folder, inner) as archive:
            archive.problems.append(note(inner.shown, both("The folder holds a zip; what is in it was graded.")))
            yield archive
        return
    if not is_file:
        raise IntakeError(both("{name} is not a plain file.", name=clean_line(path.name)))
    suffix = path.suffix.casefold()
    if suffix in (".py", ".ipynb", ".keras"):
        yield Folder(path)
    elif suffix in (".7z", ".rar", ".gz", ".tar", ".tgz", ".xz", ".bz2", ".egg", ".alz"):
        raise IntakeError(
            both(
                "Archives of this kind ({suffix}) are not read. Please hand in a .zip or a folder.", suffix=suffix
            )
        )
    else:
        archive = Archive(path)
        try:
            yield archive
        finally:
            archive.close()


def _only_zip(folder: Folder, course: Course) -> Entry | None:
    """The zip in a student's folder that has nothing else of use (learning platforms pack like this)."""
    names = {exercise.file for exercise in course.exercises}
    models = {name for exercise in course.exercises for name in exercise.models}
    zips = []
    for entry in folder.entries:
        stem, _, ending = entry.name.rpartition(".")
        if entry.name in models or (ending in ("py", "ipynb") and stem in names):
            return None
        if ending.casefold() == "zip" and len(entry.folders) <= 1:
            zips.append(entry)
    return zips[0] if len(zips) == 1 and zips[0].size <= MAX_NESTED_ZIP_BYTES else None


@contextmanager
def _opened(folder: Folder, inner: Entry) -> Iterator[Archive]:
    try:
        place = folder.place(inner)
    except FileError as error:
        raise IntakeError(error.text) from None
    assert place is not None
    archive = Archive(place)
    try:
        yield archive
    finally:
        archive.close()


def _exercise_files(
    exercise: Exercise, choice: Choice, tree: Tree, work_dir: Path, hashes: list[tuple[str, str]]
) -> ExerciseFiles:
    problems = choice.problems
    source = None
    if choice.source:
        source = _source(exercise, choice.source, tree, problems, hashes)
    models = []
    for entry in choice.models:
        try:
            model = _model(exercise, entry, tree, work_dir)
        except FileError as error:
            problems.append(failure(entry.shown, error.text))
            continue
        hashes.append((f"{exercise.id}/{model.name}", model.sha256))
        models.append(model)
    return ExerciseFiles(exercise=exercise.id, source=source, models=tuple(models), problems=tuple(problems))


def _source(
    exercise: Exercise, entry: Entry, tree: Tree, problems: list[Problem], hashes: list[tuple[str, str]]
) -> SourceFile | None:
    """The code in ``entry``; None, with a problem, where it can't be used."""
    try:
        data = read(tree, entry, MAX_SOURCE_BYTES)
        sha256 = hashlib.sha256(data).hexdigest()
        hashes.append((f"{exercise.id}/{entry.name}", sha256))
        text, encoding_note = decode(data)
        if encoding_note:
            problems.append(note(entry.shown, encoding_note))
        if not entry.name.endswith(".ipynb"):
            return SourceFile(name=entry.name, code=text, sha256=sha256)
        notebook = read_notebook(text)
    except FileError as error:
        problems.append(failure(entry.shown, error.text))
        if entry.size > MAX_SOURCE_BYTES and entry.name.endswith(".ipynb"):
            problems.append(
                note(entry.shown, both("Clearing the notebook's outputs before you save it makes it small."))
            )
        return None
    problems += [note(entry.shown, message) for message in notebook.notes]
    return SourceFile(
        name=entry.name, code=notebook.code, sha256=sha256, lines=notebook.lines, notebook=notebook.plain
    )


def _model(exercise: Exercise, entry: Entry, tree: Tree, work_dir: Path) -> ModelFile:
    """A model's place, size and hash; its bytes are opaque here.

    Raises:
        FileError: it can't be read.
    """
    place = tree.place(entry)
    if place is not None:
        sha256 = file_hash(tree, entry, MAX_MODEL_BYTES)
        return ModelFile(name=entry.name, path=place, size=place.stat().st_size, sha256=sha256)
    folder = work_dir / "models" / exercise.id
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / entry.name
    digest = hashlib.sha256()
    try:
        with place.open("wb") as file:
            for chunk in chunks(tree, entry, MAX_MODEL_BYTES):
                digest.update(chunk)
                file.write(chunk)
    except FileError:
        place.unlink(missing_ok=True)
        raise
    return ModelFile(name=entry.name, path=place, size=place.stat().st_size, sha256=digest.hexdigest())


def _student(path: Path) -> str:
    """The student's id: the folder's name, or the file's without its ending."""
    path = path.resolve() if path.name in ("", ".", "..") else path
    name = path.name if path.is_dir() else path.stem
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return clean_line(unicodedata.normalize("NFC", name), 120) or "submission"
