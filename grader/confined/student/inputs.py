"""What a probe is given: the student's names and the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.confined.student.errors import MissingFunction, Overwritten, ProbeFault
from grader.wire.entry import Box
from grader.wire.sanitise import natural_key

HIDDEN = "hidden."


class Student:
    """The student's module, as the probe sees it: ``student.<name>`` is what the module calls ``<name>``.

    A name that is not there raises :class:`MissingFunction`, which fails the step it is asked for in (and is an
    ``AttributeError``, so that ``hasattr`` and ``getattr`` with a default work for what is optional).
    """

    __slots__ = ("_module", "_overwritten")

    def __init__(self, module: ModuleType, overwritten: Mapping[str, dict[str, Any]]) -> None:
        self._module = module
        self._overwritten = overwritten

    def __getattr__(self, name: str) -> Any:
        names = vars(self._module)
        if name in self._overwritten:
            raise Overwritten(self._overwritten[name])
        if name.startswith("__") or name not in names:
            raise MissingFunction(name, near_miss(name, names))
        return names[name]


def near_miss(name: str, names: Mapping[str, object]) -> str:
    """The student's own name that was probably meant: ``buildModel`` for ``build_model``; empty if none."""
    import difflib

    def plain(text: str) -> str:
        return text.replace("_", "").casefold()

    own = [other for other, value in names.items() if not other.startswith("_") and callable(value)]
    for other in own:
        if plain(other) == plain(name):
            return other
    return next(iter(difflib.get_close_matches(name, own, n=1, cutoff=0.75)), "")


class Arrays(Mapping[str, np.ndarray[Any, Any]]):
    """Input arrays by name, read when asked for.

    Every look-up gives a fresh writable copy, so that what a function does to its argument reaches nothing else.
    """

    def __init__(self, folder: Path, names: list[str]) -> None:
        self._folder = folder
        self._names = sorted(names, key=natural_key)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        if name not in self._names:
            raise KeyError(name)
        path = self._folder / f"{name}.npy"
        return np.array(np.load(path, mmap_mode="r", allow_pickle=False))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Inputs:
    """The inputs of one run."""

    def __init__(self, box: Box) -> None:
        request = box.request
        self.arrays = Arrays(box.in_dir, list(request.get("arrays", ())))
        """All arrays, by name in natural order."""
        self.work: Path = box.work_dir
        """A writable folder for what the student's code saves."""
        self.epochs: int | None = request.get("epochs")
        """Epochs to train for; None where the exercise has no budget."""
        self.training: bool = bool(request.get("training", True))
        """False where a student only wants to know, at once, whether what needs no training is right."""
        self.seed: int = box.seed
        self.submitted: tuple[str, ...] = tuple(request.get("submitted", ()))
        """Names of the ``.keras`` files handed in."""
        self.files: tuple[str, ...] = tuple(request.get("files", ()))
        """Names of the given files, for those that are not always there."""
        self._in_dir = box.in_dir

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        return self.arrays[name]

    def __contains__(self, name: object) -> bool:
        return name in self.arrays

    def group(self, prefix: str) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        """``(name, array)`` for all arrays ``<prefix>.*``, then all ``hidden.<prefix>.*``; 2 comes before 10."""
        for start in (f"{prefix}.", f"{HIDDEN}{prefix}."):
            for name in self.arrays:
                if name.startswith(start):
                    yield name, self.arrays[name]

    def path(self, name: str) -> Path:
        """Path of a given file. Asking for one that the exercise does not declare is the probe's mistake."""
        if name not in self.files:
            raise ProbeFault(f"{name!r} is not among the given files: {sorted(self.files)}")
        return self._in_dir / name
