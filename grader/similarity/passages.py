"""Where two programs are alike, as ranges of lines in corresponding order."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

import numpy as np

from grader.similarity.program import Code, K

#: More passages than anybody looks at, and few enough to compare each with all others.
MOST = 300


class Passage(NamedTuple):
    """Lines of one program and the lines of the other that are like them; both ends included, from 1."""

    first: tuple[int, int]
    second: tuple[int, int]


def _runs(a: Code, b: Code) -> list[tuple[int, int, int]]:
    """(place in a, place in b, k-grams) of equal stretches: each as long as it goes, in the order of ``a``."""
    places: dict[int, list[int]] = defaultdict(list)
    # The first place is the last of its list, from which it can be taken without moving the others.
    for place in np.flatnonzero(b.own & np.isin(b.hashes, a.hashes[a.own]))[::-1].tolist():
        places[int(b.hashes[place])].append(place)
    runs: list[tuple[int, int, int]] = []
    taken = np.zeros(len(b.hashes), dtype=np.bool_)
    for i in np.flatnonzero(a.own & np.isin(a.hashes, b.hashes[b.own])).tolist():
        if runs:
            at, other, length = runs[-1]
            j = other + length
            if at + length == i and j < len(b.hashes) and b.own[j] and b.hashes[j] == a.hashes[i]:
                runs[-1] = (at, other, length + 1)
                taken[j] = True
                continue
        choices = places[int(a.hashes[i])]
        # A stretch that occurs twice is matched with one that is not matched yet.
        while len(choices) > 1 and taken[choices[-1]]:
            choices.pop()
        taken[choices[-1]] = True
        runs.append((i, choices[-1], 1))
    return runs


def _line_starts(text: str) -> list[int]:
    return [0, *(i + 1 for i, char in enumerate(text) if char == "\n")]


def _line(code: Code, starts: list[int], place: int) -> int:
    """The line, from 1, of a place after normalisation."""
    row = min(int(np.searchsorted(code.offsets[:, 0], place)), len(code.offsets) - 1)
    raw = place + int(code.offsets[row, 1])
    return bisect_right(starts, min(raw, max(len(code.text) - 1, 0)))


def passages(a: Code, b: Code) -> list[Passage]:
    """Stretches of K and more normalised characters that both programs have, as lines.

    Stretches that follow each other directly in both programs are one passage. The first :data:`MOST` are told.
    """
    starts = _line_starts(a.text), _line_starts(b.text)
    found: list[Passage] = []
    for i, j, length in _runs(a, b):
        last = length + K - 2
        here = Passage(
            (_line(a, starts[0], i), _line(a, starts[0], i + last)),
            (_line(b, starts[1], j), _line(b, starts[1], j + last)),
        )
        if found and _follows(found[-1].first, here.first) and _follows(found[-1].second, here.second):
            before = found.pop()
            here = Passage(
                (before.first[0], max(before.first[1], here.first[1])),
                (before.second[0], max(before.second[1], here.second[1])),
            )
        if not any(_inside(here, other) for other in found):
            found.append(here)
        if len(found) >= MOST:
            break
    return found


def _follows(before: tuple[int, int], after: tuple[int, int]) -> bool:
    return before[0] <= after[0] <= before[1] + 2


def _inside(one: Passage, other: Passage) -> bool:
    return all(
        big[0] <= small[0] and small[1] <= big[1]
        for small, big in ((one.first, other.first), (one.second, other.second))
    )
