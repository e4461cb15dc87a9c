"""Which of a submission's files belong to which exercise. Names decide, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.i18n import both
from grader.intake.errors import failure, note
from grader.intake.names import REFUSED_MODELS, near_misses
from grader.intake.tree import Entry, Tree
from grader.schema import Exercise, Problem
from grader.text import clean_line

SHOWN_FILES = 5


@dataclass
class Choice:
    """What was found for one exercise."""

    source: Entry | None = None
    models: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether the submission has, or tried to have, anything for the exercise."""
        return bool(self.source or self.models or self.problems)


class Chooser:
    """Chooses among the files of ``tree``; the same files give the same choice on every machine."""

    def __init__(self, tree: Tree, exercises: Iterable[Exercise]) -> None:
        self._tree = tree
        self._by_name: dict[str, list[Entry]] = {}
        for entry in tree.entries:
            self._by_name.setdefault(entry.name, []).append(entry)
        self._declared = {name for exercise in exercises for name in declared_names(exercise)}

    def choose(self, exercise: Exercise) -> Choice:
        """The files for ``exercise``, with notes on what was passed over."""
        choice = Choice()
        script = self._pick(f"{exercise.file}.py", exercise, choice)
        notebook = self._pick(f"{exercise.file}.ipynb", exercise, choice)
        choice.source = script or notebook
        if script and notebook:
            choice.problems.append(
                note(
                    notebook.shown,
                    both(
                        "Both a .py file and a notebook were handed in; {used} was graded, not {other}.",
                        used=script.shown,
                        other=notebook.shown,
                    ),
                )
            )
        for name in exercise.models:
            model = self._pick(name, exercise, choice)
            if model:
                choice.models.append(model)
            else:
                self._refused_models(name, choice)
        if not choice.source:
            self._misnamed(exercise, choice)
        return choice

    def _pick(self, name: str, exercise: Exercise, choice: Choice) -> Entry | None:
        """The shallowest, then the one in a folder named after the exercise, then the first by path."""
        found = sorted(
            self._by_name.get(name, ()),
            key=lambda entry: (len(entry.folders), exercise.id not in entry.folders, entry.path),
        )
        if not found:
            return None
        first, *others = found
        if others:
            choice.problems.append(
                note(
                    first.shown,
                    both(
                        "The submission has several files of this name; {used} was used, not {others}.",
                        used=first.shown,
                        others=_some(others),
                    ),
                )
            )
        if first.path in self._tree.twice:
            choice.problems.append(
                note(first.shown, both("The zip holds this file more than once; the last one was used."))
            )
        return first

    def _misnamed(self, exercise: Exercise, choice: Choice) -> None:
        names = [
            name
            for name in self._by_name
            if name not in self._declared
            and any(ending in name.casefold() for ending in (".py", ".ipynb", ".txt", ".json"))
            and len(name) < 200
        ]
        for name in sorted(near_misses(exercise.file, names))[:SHOWN_FILES]:
            entry = min(self._by_name[name], key=lambda e: e.path)
            choice.problems.append(
                note(
                    entry.shown,
                    both(
                        "Found {found}, expected {script} or {notebook}; it was not used. Please rename it.",
                        found=clean_line(name),
                        script=f"{exercise.file}.py",
                        notebook=f"{exercise.file}.ipynb",
                    ),
                )
            )

    def _refused_models(self, wanted: str, choice: Choice) -> None:
        """A model in a format that is not read deserves a word; its bytes stay untouched."""
        names = [name for name in self._by_name if name not in self._declared and len(name) < 200]
        plain = wanted.removesuffix(".keras")
        models = [name for name in names if name.casefold().endswith((*REFUSED_MODELS, ".keras", ".keras.zip"))]
        for name in sorted(near_misses(plain, models))[:SHOWN_FILES]:
            message = (
                both(
                    "Models in this format are not opened, because they can carry programs. "
                    'Save yours with model.save("{wanted}").',
                    wanted=wanted,
                )
                if not name.casefold().endswith((".keras", ".keras.zip"))
                else both(
                    "Found {found}, expected {wanted}; it was not used.", found=clean_line(name), wanted=wanted
                )
            )
            choice.problems.append(note(min(self._by_name[name], key=lambda e: e.path).shown, message))


def declared_names(exercise: Exercise) -> tuple[str, ...]:
    """All file names that ``exercise`` takes."""
    return (f"{exercise.file}.py", f"{exercise.file}.ipynb", *exercise.models)


def nothing_found(exercises: Iterable[Exercise]) -> Problem:
    """What to say of a submission in which nothing is what it should be."""
    names = [f"{exercise.file}.py" for exercise in exercises]
    shown = ", ".join(names[:SHOWN_FILES]) + (", …" if len(names) > SHOWN_FILES else "")
    return failure("", both("No file of any exercise was found. Expected names such as: {names}", names=shown))


def _some(entries: list[Entry]) -> str:
    shown = ", ".join(entry.shown for entry in entries[:SHOWN_FILES])
    return f"{shown}, …" if len(entries) > SHOWN_FILES else shown
