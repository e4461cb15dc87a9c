"""Where the arrays of pictures come from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.pictures.pixels import NoPicture
from grader.schema import Facts
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
    reference_file: Path | None = None
    _made: Mapping[str, np.ndarray[Any, Any]] | None = field(default=None, repr=False)

    def own(self) -> Mapping[str, np.ndarray[Any, Any]]:
        """The arrays of ``inputs.py``; made when first asked for."""
        if self._made is None:
            self._made = self.inputs()
        return self._made

    def reference(self, name: str) -> np.ndarray[Any, Any] | None:
        """What ``reference.json`` has under the keys that ``name`` joins by dots; None where it has no numbers."""
        try:
            value: Any = json.loads(self.reference_file.read_bytes()) if self.reference_file else None
            for key in name.split("."):
                value = value[key]
            return np.asarray(value, dtype=np.float64)
        except (OSError, ValueError, TypeError, KeyError):
            return None

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
