"""``reference.json``: a JSON object, with an accuracy threshold for everything that can be asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.authoring.answers import read_choices
from grader.errors import CourseError
from grader.i18n import both
from grader.samples import SOLUTION, groups
from grader.schema import Exercise, Text


def reference_problems(exercise: Exercise) -> Iterator[Text]:
    """What is missing in, or wrong with, the exercise's ``reference.json``."""
    needs_thresholds = any("test" in plan.predict for plan in exercise.inspect.values())
    if exercise.reference_file is None:
        if needs_thresholds:
            yield both("{file} is missing.", file="reference.json")
        return
    try:
        record = json.loads(exercise.reference_file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        yield both("Not valid JSON: {reason}.", reason=str(error))
        return
    if not isinstance(record, dict):
        yield both("It must be a JSON object.")
        return
    if needs_thresholds:
        yield from _thresholds(exercise, record)


def _thresholds(exercise: Exercise, record: dict[str, Any]) -> Iterator[Text]:
    """A threshold belongs to (data, training size, epochs): each budget needs one for each source of data."""
    accuracy = record.get("accuracy")
    rows = accuracy.get("thresholds", []) if isinstance(accuracy, dict) else []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield both("accuracy.thresholds must be a list of objects.")
        return
    try:
        choices = {SOLUTION, *(choice.name for choice in read_choices(exercise))}
    except CourseError as error:
        yield error.text
        return
    for row in rows:
        run = set(groups(row.get("samples"))) or {SOLUTION}
        # Where a run takes long, those choices will do that did worst where it does not.
        if run - choices or (run == {SOLUTION} != choices):
            yield both(
                "{data}, {train} images, epochs: {epochs}: measured with {run}; choices.toml has {choices}. Run "
                "`grader calibrate`.",
                data=row.get("data"),
                train=row.get("train"),
                epochs=row.get("epochs"),
                run=", ".join(sorted(run)),
                choices=", ".join(sorted(choices)),
            )
    for name, budgets in exercise.budgets.items():
        for source, budget in budgets.items():
            what = {"data": source, "train": budget.train, "epochs": budget.epochs}
            minima = [row.get("minimum") for row in rows if what.items() <= row.items()]
            what["budget"] = name
            if not minima:
                yield both(
                    "No minimum accuracy for budget {budget}, data {data} ({train} images, epochs: {epochs}).",
                    **what,
                )
            elif len(minima) > 1:
                yield both("More than one minimum accuracy for {data} ({train} images, epochs: {epochs}).", **what)
            elif isinstance(minima[0], bool) or not isinstance(minima[0], int | float) or not 0 < minima[0] <= 1:
                yield both("The minimum accuracy for budget {budget}, data {data} is not between 0 and 1.", **what)
