"""An exercise's checks: what they are called, what they are worth, and in which order they run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.award.failures import bilingual
from grader.errors import ChecksError
from grader.i18n import both
from grader.schema import Exercise, Text, Visibility

if TYPE_CHECKING:
    import pytest

CHECKS_FILE = "checks.py"
HIDDEN_FILE = "hidden_checks.py"


@dataclass(frozen=True)
class CheckInfo:
    """One check as it is declared."""

    id: str
    """The function's name without ``test_``; of a parametrised check with the parameters: ``shape[3x3]``."""
    title: Text
    points: float
    needs: tuple[str, ...]
    visibility: Visibility


@dataclass(frozen=True)
class Collected:
    """What pytest found in one file; ``error`` is for the course's author."""

    items: tuple[pytest.Function, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Suite:
    """All checks of an exercise, in the order in which they are reported: visible ones, then the staff's."""

    checks: tuple[CheckInfo, ...]
    items: Mapping[str, pytest.Function]
    order: tuple[CheckInfo, ...]
    """The order in which they run: whatever a check needs comes before it."""


@dataclass(frozen=True)
class CheckFiles:
    """Where an exercise's checks are; equal for all requests that are judged by the same ones."""

    exercise: str
    visible: Path
    hidden: Path | None

    @classmethod
    def of(cls, exercise: Exercise, staff: bool) -> CheckFiles:
        """The files for ``exercise``; hidden ones only with ``staff`` and where this installation has them."""
        hidden = exercise.staff_dir / HIDDEN_FILE if staff and exercise.staff_dir is not None else None
        return cls(
            exercise=exercise.id,
            visible=exercise.public_dir / CHECKS_FILE,
            hidden=hidden if hidden is not None and hidden.exists() else None,
        )

    @property
    def all(self) -> tuple[Path, ...]:
        return (self.visible,) if self.hidden is None else (self.visible, self.hidden)


def make_suite(files: CheckFiles, collected: Mapping[Path, Collected]) -> Suite:
    """Put an exercise's files together.

    Raises:
        ChecksError: a file can't be imported, there is no check, an id is there twice, a mark is wrong, a needed
            check does not exist (for a visible check: among the visible ones), or checks need each other.
    """
    checks: list[CheckInfo] = []
    items: dict[str, pytest.Function] = {}
    for path in files.all:
        found = collected[path]
        if found.error:
            raise ChecksError(_broken(files, path), found.error)
        known = [*checks]
        for item in found.items:
            info = _info(item, files, path)
            if info.id in items:
                raise ChecksError(_broken(files, path), f"two checks are called {info.id}")
            checks.append(info)
            items[info.id] = item
        mine = [info for info in checks if info not in known]
        for info in mine:
            for needed in info.needs:
                if not _named(needed, checks):
                    raise ChecksError(_broken(files, path), f"{info.id} needs {needed}, which does not exist")
    if not checks:
        raise ChecksError(
            "{exercise} has no checks: {file} defines no test function.", exercise=files.exercise, file=CHECKS_FILE
        )
    return Suite(tuple(checks), items, tuple(_in_order(files, checks)))


def needed_by(info: CheckInfo, checks: Sequence[CheckInfo]) -> list[CheckInfo]:
    """The checks that ``info`` needs; a parametrised check's plain name stands for all of its cases."""
    return [other for needed in info.needs for other in _named(needed, checks)]


def _named(name: str, checks: Sequence[CheckInfo]) -> list[CheckInfo]:
    return [info for info in checks if info.id == name or info.id.partition("[")[0] == name]


def _in_order(files: CheckFiles, checks: Sequence[CheckInfo]) -> list[CheckInfo]:
    """File order, but a needed check first."""
    done: list[CheckInfo] = []
    entered: list[CheckInfo] = []

    def visit(info: CheckInfo) -> None:
        if info in done:
            return
        if info in entered:
            circle = ", ".join(i.id for i in entered[entered.index(info) :])
            raise ChecksError(_broken(files, files.visible), f"these checks need each other: {circle}")
        entered.append(info)
        for other in needed_by(info, checks):
            visit(other)
        entered.pop()
        done.append(info)

    for info in checks:
        visit(info)
    return done


def _info(item: pytest.Function, files: CheckFiles, path: Path) -> CheckInfo:
    def fail(why: str) -> ChecksError:
        return ChecksError(_broken(files, path), f"{item.name}: {why}")

    points = 0.0
    mark = item.get_closest_marker("points")
    if mark is not None:
        value = mark.args[0] if len(mark.args) == 1 and not mark.kwargs else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise fail("points(n) takes one number, zero or more")
        points = float(value)
    needs: list[str] = []
    for mark in item.iter_markers("needs"):
        if not mark.args or mark.kwargs or not all(isinstance(name, str) for name in mark.args):
            raise fail('needs("id", …) takes ids of checks')
        needs += [name.removeprefix("test_") for name in mark.args]
    staff = path == files.hidden or item.get_closest_marker("staff") is not None
    return CheckInfo(
        id=item.name.removeprefix("test_"),
        title=_title(item),
        points=points,
        needs=tuple(dict.fromkeys(needs)),
        visibility="staff" if staff else "student",
    )


def _title(item: pytest.Function) -> Text:
    lines = (item.function.__doc__ or "").strip().splitlines()
    title = bilingual(lines[0]) if lines else bilingual(item.name.removeprefix("test_"))
    case = item.name.partition("[")[2].removesuffix("]")
    return Text(ko=f"{title.ko} ({case})", en=f"{title.en} ({case})") if case else title


def _broken(files: CheckFiles, path: Path) -> Text:
    return both("The checks of {exercise} cannot be used ({file}).", exercise=files.exercise, file=path.name)
