"""One program as copydetect reads it: names by one letter each, comments and white space gone, k-grams hashed.

All k-grams are kept instead of a sample: programs of a few hundred tokens need none, and copydetect's would follow
Python's salted hashes (another run, another sample).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import numpy.typing as npt

#: Length of a k-gram in normalised characters: copydetect's default "noise threshold".
K = 25
#: Characters of a program that are looked at.
MAX_CODE = 200_000

Integers = npt.NDArray[np.int64]


@cache
def _copydetect() -> ModuleType:
    """``copydetect.utils`` alone: the package itself imports Matplotlib, a second's work, for pages of its own."""
    spec = find_spec("copydetect")
    if spec is None:
        raise ModuleNotFoundError("copydetect is not installed")
    package = ModuleType("copydetect")
    package.__path__ = list(spec.submodule_search_locations or ())
    sys.modules["copydetect"] = package
    try:
        return import_module("copydetect.utils")
    finally:
        del sys.modules["copydetect"]


@dataclass(frozen=True)
class Code:
    """One program, normalised."""

    text: str
    """As its lines are counted."""
    length: int
    """Characters after normalisation."""
    hashes: Integers
    """Shape (length - K + 1,): of the k-gram at each place. Comparable within this process only."""
    offsets: Integers
    """Shape (n, 2), both columns ascending: place after normalisation, characters removed before it."""
    own: npt.NDArray[np.bool_]
    """Shape of ``hashes``: not in the stub, not in what many wrote."""

    @property
    def own_places(self) -> Integers:
        return np.flatnonzero(self.own)


def clean(code: str) -> str:
    """``code`` with the line ends that its lines are counted by."""
    return code.replace("\r\n", "\n").replace("\r", "\n")[:MAX_CODE]


def normalise(code: str) -> Code:
    """Tokens as copydetect sees them, all k-grams hashed; everything is ``own`` yet."""
    text = clean(code)
    # Pygments drops blank lines at the start before it counts; they are put back as removed characters.
    lead = len(text) - len(text.lstrip("\n"))
    copydetect = _copydetect()
    filtered, offsets = copydetect.filter_code(text, "code.py", "python")
    hashes = np.asarray(copydetect.hashed_kgrams(filtered, K), dtype=np.int64)
    table = np.asarray(offsets, dtype=np.int64).reshape(-1, 2)
    # The first row is a placeholder, which leading comments make out of order. Of class names copydetect stores
    # their own length instead of the sum; the sum never falls, so the last one is the right one.
    table = np.maximum.accumulate(table[1:] if len(table) > 1 else table, axis=0)
    table[:, 1] += lead
    return Code(text, len(filtered), hashes, table, np.ones(len(hashes), dtype=np.bool_))


def covered(places: Integers) -> int:
    """Normalised characters that the k-grams at ``places`` cover."""
    if len(places) == 0:
        return 0
    starts, ends = _copydetect().get_copied_slices(places, K)
    return int(np.sum(ends - starts))
