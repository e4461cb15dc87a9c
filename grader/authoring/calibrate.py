"""Accuracy thresholds from the solutions' own runs, written to ``reference.json`` with the samples behind them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from grader.errors import CalibrationError, OutputError
from grader.files import write_whole
from grader.i18n import both, ui
from grader.schema import BudgetName, Exercise

#: Least distance between what a broken model may reach and the threshold.
MARGIN = 0.05
#: One correct answer in a thousand falls below its threshold.
CONFIDENCE = 0.999
#: Fewer runs say too little about how much training varies.
LEAST_RUNS = 5
_PACKAGES = ("tensorflow", "keras", "numpy")
_WIDTH = 115


@dataclass(frozen=True)
class Measurement:
    """One run of the solution with one seed."""

    accuracy: float
    """Of the trained model on the hidden test images."""
    untrained_accuracy: float
    """Of the same model before training, on the same images."""
    images: int
    """Number of test images."""
    classes: int
    """Number of classes, all equally frequent."""


@dataclass(frozen=True)
class Threshold:
    """One row of ``accuracy.thresholds``: it belongs to (data, train, epochs)."""

    data: str
    train: int
    epochs: int
    minimum: float
    """Lower prediction bound of ``samples``, rounded down to two decimals."""
    mean: float
    deviation: float
    test: int
    chance: float
    seeds: tuple[int, ...]
    samples: tuple[float, ...]
    untrained: tuple[float, ...]
    versions: dict[str, str] = field(default_factory=dict)

    def describe(self) -> str:
        """One line for the person at the terminal."""
        return ui(
            "{data}, {train} images, epochs: {epochs}: minimum {minimum:.2f} (mean {mean:.3f}, deviation "
            "{deviation:.3f}, runs: {n})",
            n=len(self.samples),
            **asdict(self),
        )


Train = Callable[[Exercise, BudgetName, str, int], Measurement]
"""``train(exercise, budget, data, seed)`` runs the solution as a submission would be run."""


def calibrate(
    exercise: Exercise,
    *,
    budgets: Sequence[BudgetName],
    seeds: Iterable[int],
    train: Train,
    data: str,
    progress: Callable[[BudgetName, int], None] = lambda budget, seed: None,
) -> list[Threshold]:
    """Measure ``exercise``'s solution and write the thresholds of ``budgets`` for ``data``.

    Each row is written when it is done, so an interrupted calibration keeps what it has. Budgets that agree in
    training size and epochs share a row. Rows of other data and sizes stay as they are.

    Args:
        data: ``builtin`` or the name of the real data; budgets without it are left out.
        progress: told before every run.

    Raises:
        CalibrationError: too few seeds, accuracies too near to chance, or ``reference.json`` can't be used.
    """
    wanted = list(dict.fromkeys(seeds))
    if len(wanted) < LEAST_RUNS:
        raise CalibrationError(both("A threshold needs at least {n} seeds.", n=LEAST_RUNS))
    if exercise.reference_file is None:
        raise CalibrationError(both("{exercise} has no reference.json.", exercise=exercise.id))
    rows: dict[tuple[int, int], Threshold] = {}
    for name in budgets:
        budget = exercise.budgets.get(name, {}).get(data)
        if budget is None or (budget.train, budget.epochs) in rows:
            continue
        runs = []
        for seed in wanted:
            progress(name, seed)
            runs.append(train(exercise, name, data, seed))
        row = make_threshold(runs, seeds=wanted, data=data, train=budget.train, epochs=budget.epochs)
        write_threshold(exercise.reference_file, row)
        rows[budget.train, budget.epochs] = row
    return list(rows.values())


def make_threshold(
    runs: Sequence[Measurement], *, seeds: Sequence[int], data: str, train: int, epochs: int
) -> Threshold:
    """The threshold that these runs give.

    Raises:
        CalibrationError: it would not keep out a model that learnt nothing.
    """
    samples = [run.accuracy for run in runs]
    untrained = [run.untrained_accuracy for run in runs]
    chance, images = 1 / runs[0].classes, runs[0].images
    # In whole hundredths; the small amount keeps 0.57 from becoming 0.56 by its binary rounding.
    minimum = math.floor(lower_prediction_bound(samples) * 100 + 1e-9) / 100
    floor = max(upper_chance_bound(chance, images), *untrained)
    if minimum < floor + MARGIN:
        raise CalibrationError(
            both(
                "{data}, {train} images, epochs: {epochs}: the threshold would be {minimum}, but a model that "
                "learnt nothing reaches {floor}. Use more images or epochs, or more seeds.",
                data=data,
                train=train,
                epochs=epochs,
                minimum=f"{minimum:.2f}",
                floor=f"{floor:.2f}",
            )
        )
    return Threshold(
        data=data,
        train=train,
        epochs=epochs,
        minimum=minimum,
        mean=round(fmean(samples), 4),
        deviation=round(stdev(samples), 4),
        test=images,
        chance=round(chance, 4),
        seeds=tuple(seeds),
        samples=tuple(round(x, 4) for x in samples),
        untrained=tuple(round(x, 4) for x in untrained),
        versions={one.name: one.version for one in distributions() if one.name in _PACKAGES},
    )


def lower_prediction_bound(samples: Sequence[float], confidence: float = CONFIDENCE) -> float:
    """What one further run falls below with probability 1 - ``confidence``; two samples at least.

    mean - t * s * sqrt(1 + 1/n), with the quantile t of Student's distribution with n - 1 degrees of freedom: the
    one-sided prediction interval for one more observation from the same normal distribution (Hahn and Meeker,
    Statistical Intervals, section 4.8).
    """
    count = len(samples)
    return fmean(samples) - _quantile(confidence, count - 1) * stdev(samples) * math.sqrt(1 + 1 / count)


def upper_chance_bound(chance: float, images: int, confidence: float = CONFIDENCE) -> float:
    """What guessing exceeds on ``images`` images with probability of about 1 - ``confidence``.

    Normal approximation of the binomial distribution, with the t quantile for many degrees of freedom.
    """
    return chance + _quantile(confidence, 1000) * math.sqrt(chance * (1 - chance) / images)


def _quantile(probability: float, freedom: int) -> float:
    from scipy import stats  # type: ignore[import-untyped]

    return float(stats.t.ppf(probability, freedom))


def write_threshold(file: Path, row: Threshold) -> None:
    """Put ``row`` in place of the one for the same data, size and epochs; everything else in ``file`` stays.

    Raises:
        CalibrationError: ``file`` is no JSON object with a list of thresholds, or can't be written.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        accuracy = record.setdefault("accuracy", {})
        rows = [old for old in accuracy.get("thresholds", []) if _key(old) != _key(asdict(row))]
        accuracy["thresholds"] = sorted([*rows, json.loads(json.dumps(asdict(row)))], key=_key)
        write_whole(file, format_json(record) + "\n")
    except (OSError, OutputError, ValueError, AttributeError, TypeError, KeyError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise CalibrationError(both("{file} cannot be used ({reason}).", file=str(file), reason=reason)) from error


def format_json(value: Any, indent: int = 0, before: int = 0) -> str:
    """JSON with one space per level, in which whatever fits on a line stays on one: tables can be read.

    Args:
        indent: level of ``value``.
        before: characters that stand before it on its line.
    """
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or (indent and indent + before + len(flat) < _WIDTH):
        return flat
    items = [("", item) for item in value]
    if isinstance(value, dict):
        items = [(json.dumps(key, ensure_ascii=False) + ": ", item) for key, item in value.items()]
    lines = [" " * (indent + 1) + key + format_json(item, indent + 1, len(key)) for key, item in items]
    return flat[0] + "\n" + ",\n".join(lines) + "\n" + " " * indent + flat[-1]


def _key(row: dict[str, Any]) -> tuple[str, int, int]:
    return row["data"], row["train"], row["epochs"]
