"""``reference.json`` as checks see it, and the accuracy thresholds in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from grader.award.json_values import wrap
from grader.errors import CourseFault
from grader.layers import LayerTable
from grader.samples import groups, shares, spread
from grader.schema import Budget, Exercise, Facts

#: Least distance below a minimum, as a share of all images, at which an accuracy is borderline.
MARGIN = 0.02


class BudgetFacts(Protocol):
    """What a threshold belongs to: facts, or a check's view of them."""

    @property
    def data(self) -> str | None: ...

    @property
    def budget(self) -> Budget | None: ...


@dataclass(frozen=True)
class Borderline:
    """Accuracies from ``low`` up to, not including, ``minimum`` are worth another seed."""

    low: float
    minimum: float


class Reference:
    """``reference.<key>`` is that key of reference.json, ``reference.layers`` a :class:`LayerTable`.

    Raises:
        CourseFault: (on use) the file is missing or broken, or has no such key. The student is not to blame.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @cached_property
    def record(self) -> Mapping[str, Any]:
        """The whole file as it is; empty where the exercise has none."""
        if self._path is None:
            return {}
        try:
            record = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CourseFault(f"{self._path.name} of {self._path.parent.name}: {error}") from error
        if not isinstance(record, dict):
            raise CourseFault(f"{self._path.name} of {self._path.parent.name} is not a JSON object")
        return record

    @cached_property
    def layers(self) -> LayerTable:
        """The layer table, normalised like the student's."""
        return LayerTable.of_reference(self.record.get("layers"))

    @property
    def layer_rows(self) -> tuple[dict[str, object], ...]:
        """The layer table as written, for reports; empty where there is none."""
        rows = self.record.get("layers", [])
        return tuple(dict(row) for row in rows) if isinstance(rows, list) else ()

    def threshold(self, facts: BudgetFacts) -> Any:
        """The row of ``accuracy.thresholds`` for these facts' data, training size and epochs.

        Raises:
            CourseFault: there is none: nobody has calibrated this budget, so nobody can fail it.
        """
        row = find_threshold(self, facts)
        if row is None:
            budget = facts.budget
            raise CourseFault(
                f"reference.json has no accuracy threshold for data={facts.data}, "
                f"train={budget.train if budget else None}, epochs={budget.epochs if budget else None}"
            )
        return wrap(row, "threshold", _no_key)

    def __getitem__(self, key: str) -> Any:
        if key not in self.record:
            raise _no_key("reference", key)
        return wrap(self.record[key], key, _no_key)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return self[key]


def threshold_rows(reference: Reference) -> list[dict[str, Any]]:
    """All of ``accuracy.thresholds``.

    Raises:
        CourseFault: it is no list of objects.
    """
    table = reference.record.get("accuracy", {})
    rows = table.get("thresholds", []) if isinstance(table, dict) else None
    if not isinstance(rows, list):
        raise CourseFault("reference.json: accuracy.thresholds is not a list")
    if not all(isinstance(row, dict) for row in rows):
        raise CourseFault("reference.json: a threshold is not an object")
    return rows


def find_threshold(reference: Reference, facts: BudgetFacts) -> dict[str, Any] | None:
    """The threshold row for these facts, or None.

    Raises:
        CourseFault: the table is not one.
    """
    if facts.budget is None:
        return None
    wanted = (facts.data, facts.budget.train, facts.budget.epochs)
    for row in threshold_rows(reference):
        if (row.get("data"), row.get("train"), row.get("epochs")) == wanted:
            minimum = row.get("minimum")
            if isinstance(minimum, bool) or not isinstance(minimum, int | float) or not 0 < minimum <= 1:
                raise CourseFault("reference.json: a threshold's minimum is a share between 0 and 1")
            return row
    return None


def borderline_minimum(exercise: Exercise, facts: Facts) -> Borderline | None:
    """When an accuracy is so near the minimum that another seed is fair.

    Training is random. The threshold's own samples (each choice with several seeds) say how random: borderline is
    what lies within three standard deviations, at least two points, below the minimum; but never so low that a
    model which learnt nothing would get more tries (not below the middle between chance and the minimum).

    Returns:
        None where there is nothing to repeat: no threshold for this budget, or the model was handed in trained.
    """
    plan = exercise.inspect.get(facts.graded_model or "")
    if plan is None or plan.source != "evidence":
        return None
    try:
        row = find_threshold(Reference(exercise.reference_file), facts)
    except CourseFault:
        return None  # award says so, with the exercise ungraded
    return None if row is None else borderline_of(row)


def borderline_of(row: Mapping[str, Any]) -> Borderline:
    """See :func:`borderline_minimum`."""
    minimum = float(row["minimum"])
    deviation, _ = spread(groups(row.get("samples")).values())
    floor = (
        0.0
        if row.get("learning_proved") is True
        else max([0.0, *shares(row.get("untrained")), *shares([row.get("chance")])])
    )
    return Borderline(low=max(minimum - max(MARGIN, 3 * deviation), (floor + minimum) / 2), minimum=minimum)


def _no_key(name: str, key: object) -> Exception:
    return CourseFault(f"reference.json: {name} has no {key!r}")
