"""Which pictures an exercise's facts allow, and what is in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from grader.award.pictures import measured, sheets
from grader.award.pictures.pixels import NoPicture
from grader.schema import Exercise, Facts, Picture, PicturePlan
from grader.text import natural_key
from grader.wire.npy import BadArray, read_array

#: Bytes of one array that a picture is made of.
MAX_BYTES = 32 << 20
#: Arrays that one plan shows.
MOST = 6

Inputs = Callable[[], Mapping[str, np.ndarray[Any, Any]]]


@dataclass
class Source:
    """Where arrays come from: the facts first, then the exercise's own inputs."""

    facts: Facts
    folder: Path
    inputs: Inputs
    _made: Mapping[str, np.ndarray[Any, Any]] | None = field(default=None, repr=False)

    def own(self) -> Mapping[str, np.ndarray[Any, Any]]:
        """The arrays of ``inputs.py``; made when first asked for."""
        if self._made is None:
            self._made = self.inputs()
        return self._made

    def names(self) -> list[str]:
        """Arrays of the facts. What only staff may see is never in a picture."""
        return [name for name in self.facts.arrays if not name.startswith("hidden.")]

    def get(self, name: str) -> np.ndarray[Any, Any] | None:
        """The array ``name``, or None.

        Raises:
            NoPicture: it is there and can't be read.
        """
        if name in self.facts.arrays:
            try:
                return read_array(self.folder / f"{name}.npy", max_bytes=MAX_BYTES)
            except BadArray as error:
                raise NoPicture(f"{name}: {error}") from error
        found = self.own().get(name)
        return None if found is None else np.asarray(found)

    def matching(self, pattern: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Names that ``pattern`` means, in the order of the inputs, and what each ``*`` stands for."""
        expression = re.compile("([^.]+)".join(map(re.escape, pattern.split("*"))))
        found = {name: match for name in self.names() if (match := expression.fullmatch(name))}
        for name in sorted(found, key=natural_key)[:MOST]:
            yield name, found[name].groups()

    def first(self, patterns: tuple[str, ...], stars: tuple[str, ...]) -> np.ndarray[Any, Any] | None:
        """The first array that is there of ``patterns``, their ``*`` replaced."""
        for pattern in patterns:
            if (array := self.get(filled(pattern, stars))) is not None:
                return array
        return None


def filled(pattern: str, stars: tuple[str, ...]) -> str:
    """``pattern`` with its ``*`` replaced, one after the other."""
    for star in stars:
        pattern = pattern.replace("*", star, 1)
    return pattern


def make_pictures(
    exercise: Exercise, facts: Facts, folder: Path, inputs: Inputs
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """The pictures of one exercise, and for staff why others are missing.

    The arrays are a student's claim. One that is none that could be shown leaves its picture out; nothing here
    raises, and nothing here changes a mark. The same facts give the same pictures, byte for byte.
    """
    source = Source(facts, folder, inputs)
    made: list[Picture] = []
    notes: list[str] = []
    makers: list[tuple[str, Callable[[], Picture | None]]] = [
        (plan.kind, partial(_planned, plan, source)) for plan in exercise.pictures
    ]
    makers += [
        ("first_convolution", lambda: sheets.first_convolution(source)),
        ("confusion", lambda: measured.confusion(facts, exercise.classes)),
        ("mistakes", lambda: sheets.mistakes(source, exercise.classes)),
    ]
    for kind, make in makers:
        try:
            picture = make()
        except NoPicture as reason:
            notes.append(f"{kind}: {reason}")
        except Exception as error:
            # The data is a stranger's: whatever it makes NumPy say is no reason to lose the marks.
            notes.append(f"{kind}: {type(error).__name__}: {error}"[:500])
        else:
            made += [picture] if picture is not None else []
    return tuple(made), tuple(notes)


def _planned(plan: PicturePlan, source: Source) -> Picture | None:
    if plan.kind == "movement":
        return measured.movement(plan, source.facts)
    if plan.kind == "gallery":
        return sheets.gallery(plan, source)
    if plan.kind == "activation_maps":
        return sheets.activation_maps(plan, source)
    return sheets.feature_maps(plan, source)
