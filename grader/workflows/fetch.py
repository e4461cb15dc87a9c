"""Real data and pre-trained weights into Keras' own cache: what exercises can use, what is there, and the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.datasets.assets import Asset, needs
from grader.datasets.cache import keras_home
from grader.datasets.download import Progress
from grader.datasets.fetch import State, fetch, stored
from grader.schema import Exercise

__all__ = ["Asset", "Progress", "Wanted", "bring", "find_wanted"]


@dataclass(frozen=True)
class Wanted:
    """What some exercises can use."""

    users: Mapping[Asset, Sequence[Exercise]]
    """Each file with the exercises that use it, in their order."""
    elsewhere: tuple[str, ...]
    """What can't be downloaded."""
    home: Path
    """Keras' cache."""

    def state(self, asset: Asset) -> tuple[State, int]:
        """Whether ``asset`` is in the cache, and how many bytes of it are."""
        return stored(asset, self.home)

    def lacking(self) -> int:
        """Bytes that are still to come."""
        states = ((asset, *self.state(asset)) for asset in self.users)
        return sum(max(asset.size - size, 0) for asset, state, size in states if state != "present")


def find_wanted(exercises: Sequence[Exercise]) -> Wanted:
    """What ``exercises`` can use. Raises DataError where there is no home folder."""
    users: dict[Asset, list[Exercise]] = {}
    elsewhere: dict[str, None] = {}
    for exercise in exercises:
        found = needs(exercise)
        for asset in found.assets:
            users.setdefault(asset, []).append(exercise)
        elsewhere |= dict.fromkeys(found.elsewhere)
    return Wanted(users, tuple(elsewhere), keras_home())


def bring(asset: Asset, wanted: Wanted, progress: Progress) -> tuple[bool, int]:
    """Make sure that ``asset`` is in the cache, whole and genuine.

    Returns:
        Whether it was downloaded just now, and its size in bytes.

    Raises:
        DataError: it could not be brought; ``text`` says why and what to do.
    """
    outcome = fetch(asset, wanted.home, progress=progress)
    return outcome == "fetched", asset.path(wanted.home).stat().st_size
