"""Which of a submission's files belong to which exercise. Names decide, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.i18n import both
from grader.intake.names import REFUSED_MODELS, Near, near_misses
from grader.intake.problems import failure, note
from grader.intake.tree import Entry, Tree
from grader.schema import Exercise, Problem
from grader.text import clean_line

SHOWN_FILES = 5


@dataclass
class Choice:
    """What was found for one exercise."""

    source: Entry | None = None
    notebook: bool = False
    """Whether ``source`` is a notebook, whatever its name ends in."""
    models: list[tuple[Entry, str]] = field(default_factory=list)
    """With the name that the exercise has for each."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether the submission has, or tried to have, anything for the exercise."""
        return bool(self.source or self.models or self.problems)


class Chooser:
    """Chooses among the files of ``tree``; the same files give the same choice on every machine."""

    def __init__(self, tree: Tree, exercises: Iterable[Exercise]) -> None:
        self._tree = tree
        self._exercises = list(exercises)
        self._by_name: dict[str, list[Entry]] = {}
        for entry in tree.entries:
            self._by_name.setdefault(entry.name, []).append(entry)
        self._declared = {name for exercise in self._exercises for name in declared_names(exercise)}

    def choose(self, exercise: Exercise) -> Choice:
        """The files for ``exercise``, with notes on what was passed over."""
        choice = Choice()
        script = self._pick(f"{exercise.file}.py", exercise, choice)
        notebook = self._pick(f"{exercise.file}.ipynb", exercise, choice)
        if not script and not notebook:
            script, notebook = self._misnamed(exercise, choice)
        choice.source, choice.notebook = script or notebook, script is None
        if script and notebook:
            choice.problems.append(
                note(
                    notebook.shown,
                    "Both a .py file and a notebook were handed in; {used} was graded, not {other}.",
                    used=script.shown,
                    other=notebook.shown,
                )
            )
        for name in exercise.models:
            model = self._pick(name, exercise, choice) or self._misnamed_model(name, exercise, choice)
            if model:
                choice.models.append((model, name))
        return choice

    def beside(self, chosen: Entry) -> dict[str, Entry]:
        """Name of a module -> the file of the submission, other than ``chosen``, that it would be."""
        return {
            name.removesuffix(".py"): entries[0]
            for name, entries in self._by_name.items()
            if name.endswith(".py") and name != chosen.name
        }

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
                    "The submission has several files of this name; {used} was used, not {others}.",
                    used=first.shown,
                    others=_some([entry.shown for entry in others]),
                )
            )
        if first.path in self._tree.twice:
            choice.problems.append(
                note(first.shown, "The zip holds this file more than once; the last one was used.")
            )
        return first

    @cached_property
    def _near_code(self) -> dict[str, Near]:
        endings = (".py", ".ipynb", ".txt", ".json")
        return self._near([e.file for e in self._exercises], lambda name: any(e in name for e in endings))

    @cached_property
    def _near_models(self) -> dict[str, Near]:
        endings = (*REFUSED_MODELS, ".keras", ".keras.zip")
        wanted = [name.removesuffix(".keras") for e in self._exercises for name in e.models]
        return self._near(wanted, lambda name: name.endswith(endings))

    def _near(self, wanted: Sequence[str], fits: Callable[[str], bool]) -> dict[str, Near]:
        names = (name for name in self._by_name if name not in self._declared and fits(name.casefold()))
        return near_misses(list(dict.fromkeys(wanted)), names)

    def _misnamed(self, exercise: Exercise, choice: Choice) -> tuple[Entry | None, Entry | None]:
        """A script or a notebook with almost the right name, where there is no doubt which is meant."""
        near = self._near_code.get(exercise.file, Near())
        for candidates in (near.same, _code(near.alike), _code(near.longer)):
            notebooks = [name for name in candidates if ".ipynb" in name.casefold() or ".json" in name.casefold()]
            scripts = [name for name in candidates if name not in notebooks]
            for found, ending in ((scripts, ".py"), (notebooks, ".ipynb")):
                if len(found) == 1 and (entry := self._pick(found[0], exercise, choice)):
                    choice.problems.append(_graded_anyway(entry, exercise.file + ending))
                    return (entry, None) if found is scripts else (None, entry)
                if found:
                    text = both(
                        "Is one of these meant to be {expected}? {found}: it is unclear which, so none was used. "
                        "Please rename the right one.",
                        expected=f"{exercise.file}.py / {exercise.file}.ipynb",
                        found=_some([clean_line(name) for name in found]),
                    )
                    choice.problems.append(note(self._by_name[found[0]][0].shown, text))
                    return None, None
        return None, None

    def _misnamed_model(self, wanted: str, exercise: Exercise, choice: Choice) -> Entry | None:
        """A model with almost the right name; one in a format that is not read gets a word and stays closed."""
        near = self._near_models.get(wanted.removesuffix(".keras"), Near())
        readable = [name for name in near.all if name.casefold().endswith(".keras")]
        if len(readable) == 1 and (entry := self._pick(readable[0], exercise, choice)):
            choice.problems.append(_graded_anyway(entry, wanted))
            return entry
        for name in near.all[:SHOWN_FILES]:
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
            choice.problems.append(note(self._by_name[name][0].shown, message))
        return None


def declared_names(exercise: Exercise) -> tuple[str, ...]:
    """All file names that ``exercise`` takes."""
    return (f"{exercise.file}.py", f"{exercise.file}.ipynb", *exercise.models)


def nothing_found(exercises: Iterable[Exercise]) -> Problem:
    """What to say of a submission in which nothing is what it should be."""
    names = _some([f"{exercise.file}.py" for exercise in exercises])
    return failure("", "No file of any exercise was found. Expected names such as: {names}", names=names)


def _graded_anyway(entry: Entry, wanted: str) -> Problem:
    return note(
        entry.shown,
        "Found {found}, expected {wanted}; it was graded anyway. Please rename it.",
        found=clean_line(entry.name),
        wanted=wanted,
    )


def _code(names: list[str]) -> list[str]:
    """``edges.txt`` may be code that a browser renamed; ``edges notes.txt`` is not."""
    return [name for name in names if ".py" in name.casefold() or ".ipynb" in name.casefold()]


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN_FILES]) + (", …" if len(names) > SHOWN_FILES else "")
