"""From a path to a :class:`~grader.schema.Submission`: declared files only, hashed, nothing executed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grader.errors import FileError, IntakeError
from grader.i18n import both
from grader.intake.archive import OTHER_ARCHIVES, Archive
from grader.intake.bundle import Bundle
from grader.intake.choose import Choice, Chooser, nothing_found
from grader.intake.decoding import decode
from grader.intake.folder import Folder
from grader.intake.notebook import read_notebook, read_script
from grader.intake.problems import failure, note
from grader.intake.tree import Entry, Tree, file_hash, read
from grader.schema import (
    Course,
    Exercise,
    ExerciseFiles,
    ModelFile,
    Problem,
    SourceFile,
    Submission,
)
from grader.text import clean_line

MAX_SOURCE_BYTES = 10_000_000
#: A notebook's outputs are never read, and pictures among them make it large. GitHub takes no larger file.
MAX_NOTEBOOK_BYTES = 100_000_000
MAX_MODEL_BYTES = 1024**3

_IMPORT = re.compile(r"^[ \t]*+(?:from[ \t]++([A-Za-z_]\w*+)|import[ \t]++([A-Za-z_]\w*+))", re.MULTILINE)


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
    with _bundle(path, work_dir) as bundle:
        chooser = Chooser(bundle, course.exercises)
        reader = _Reader(bundle, chooser, work_dir)
        found = []
        used: list[Entry] = []
        for exercise in exercises:
            choice = chooser.choose(exercise)
            used += [entry for entry in (choice.source, *(entry for entry, _ in choice.models)) if entry]
            if choice.anything or only:
                found.append(reader.read(exercise, choice))
        problems = list(bundle.problems)
        for inside in sorted({bundle.zip_of(entry) for entry in used} - {""}):
            problems.append(note(clean_line(inside), "The folder holds a zip; what is in it was graded."))
    if not any(files.source or files.models or files.problems for files in found):
        problems.append(nothing_found(exercises))
    digest = hashlib.sha256()
    for name, sha256 in sorted(reader.hashes):
        digest.update(f"{name}\0{sha256}\n".encode())
    return Submission(
        id=_student(path), sha256=digest.hexdigest(), exercises=tuple(found), problems=tuple(problems)
    )


@contextmanager
def _bundle(path: Path, work_dir: Path) -> Iterator[Bundle]:
    """The submission at ``path``, with the zips in it opened."""
    try:
        exists, is_folder, is_file = path.exists(), path.is_dir(), path.is_file()
    except OSError as error:
        raise IntakeError(
            "{name} can't be opened ({reason}).", name=clean_line(path.name), reason=error.strerror or "?"
        ) from None
    if not exists:
        raise IntakeError("There is nothing at {path}.", path=clean_line(str(path), 300))
    if not is_folder and not is_file:
        raise IntakeError("{name} is not a plain file.", name=clean_line(path.name))
    suffix = path.suffix.casefold()
    with ExitStack() as stack:
        tree: Tree
        if is_folder or suffix in (".py", ".ipynb", ".keras"):
            tree = Folder(path)
        elif suffix in OTHER_ARCHIVES:
            raise IntakeError(
                "Archives of this kind ({suffix}) are not read. Please hand in a .zip or a folder.", suffix=suffix
            )
        else:
            tree = archive = Archive(path)
            stack.callback(archive.close)
        bundle = Bundle(tree, work_dir)
        stack.callback(bundle.close)
        yield bundle


class _Reader:
    """Reads the chosen files of one submission."""

    def __init__(self, bundle: Bundle, chooser: Chooser, work_dir: Path) -> None:
        self._bundle = bundle
        self._chooser = chooser
        self._work_dir = work_dir
        self.hashes: list[tuple[str, str]] = []

    def read(self, exercise: Exercise, choice: Choice) -> ExerciseFiles:
        """What ``choice`` found for ``exercise``."""
        source = self._source(exercise, choice) if choice.source else None
        models = []
        for entry, name in choice.models:
            try:
                model = self._model(exercise, entry, name)
            except FileError as error:
                choice.problems.append(failure(entry.shown, error.text))
                continue
            self.hashes.append((f"{exercise.id}/{name}", model.sha256))
            models.append(model)
        return ExerciseFiles(
            exercise=exercise.id, source=source, models=tuple(models), problems=tuple(choice.problems)
        )

    def _source(self, exercise: Exercise, choice: Choice) -> SourceFile | None:
        """The code in the chosen file; None, with a problem, where it can't be used."""
        entry, problems = choice.source, choice.problems
        assert entry is not None
        name = f"{exercise.file}{'.ipynb' if choice.notebook else '.py'}"
        kept: dict[str, Any] = {}
        limit = MAX_NOTEBOOK_BYTES if choice.notebook else MAX_SOURCE_BYTES
        try:
            data = read(self._bundle, entry, limit)
            sha256 = hashlib.sha256(data).hexdigest()
            self.hashes.append((f"{exercise.id}/{name}", sha256))
            text, encoding_note = decode(data)
            del data
            if encoding_note:
                problems.append(note(entry.shown, encoding_note))
            if choice.notebook:
                notebook = read_notebook(text)
                messages, code = notebook.notes, notebook.code
                kept = {"lines": notebook.lines, "labels": notebook.labels, "notebook": notebook.plain}
            else:
                messages, code = read_script(text)
        except FileError as error:
            problems.append(failure(entry.shown, error.text))
            if entry.size > limit and choice.notebook:
                problems.append(
                    note(entry.shown, "Clearing the notebook's outputs before you save it makes it small.")
                )
            return None
        problems += [note(entry.shown, message) for message in messages]
        problems += self._helpers(entry, name, code)
        return SourceFile(name=name, code=code, sha256=sha256, **kept)

    def _helpers(self, entry: Entry, name: str, code: str) -> Iterator[Problem]:
        """A note for every module that ``code`` imports from beside it: none is there when the code runs."""
        beside = self._chooser.beside(entry)
        imported = {match[1] or match[2] for match in _IMPORT.finditer(code)} if beside else set()
        for module in sorted(imported & beside.keys()):
            if find_spec(module) is not None:  # a package of that name is there when the code runs
                continue
            text = both(
                "This imports {module}, which lies beside it as {helper}. Of your own files only {name} is read: "
                "copy what it needs from {helper} into it.",
                module=module,
                helper=beside[module].shown,
                name=name,
            )
            yield note(entry.shown, text)

    def _model(self, exercise: Exercise, entry: Entry, name: str) -> ModelFile:
        """A model's place, size and hash; its bytes are opaque here.

        Raises:
            FileError: it can't be read.
        """
        place = self._bundle.place(entry)
        if place is not None:
            sha256 = file_hash(self._bundle, entry, MAX_MODEL_BYTES)
            return ModelFile(name=name, path=place, size=place.stat().st_size, sha256=sha256)
        folder = self._work_dir / "models" / exercise.id
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / name
        digest = hashlib.sha256()
        try:
            with place.open("wb") as file:
                for chunk in self._bundle.unpacked(entry, MAX_MODEL_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
        except FileError:
            place.unlink(missing_ok=True)
            raise
        return ModelFile(name=name, path=place, size=place.stat().st_size, sha256=digest.hexdigest())


def _student(path: Path) -> str:
    """The student's id: the folder's name, or the file's without its ending."""
    path = path.resolve() if path.name in ("", ".", "..") else path
    name = path.name if path.is_dir() else path.stem
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return clean_line(unicodedata.normalize("NFC", name), 120) or "submission"
