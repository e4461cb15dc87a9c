"""Accuracy thresholds from the solutions' own runs, written to ``reference.json`` with the samples behind them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path
from statistics import fmean
from typing import Any

from grader.authoring.answers import read_choices
from grader.errors import CalibrationError, OutputError
from grader.files import write_whole
from grader.i18n import ui
from grader.samples import SOLUTION, groups, shares, spread
from grader.schema import BudgetName, Exercise
from grader.text import format_percent

#: Least distance between what a broken model may reach and the threshold.
MARGIN = 0.05
#: One correct answer in a thousand falls below its threshold.
CONFIDENCE = 0.999
#: Trainings that an accuracy just below the minimum gets, the first one included.
ATTEMPTS = 3
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
    """The lowest of the choices' lower prediction bounds (or chance), rounded down to two decimals."""
    test: int
    chance: float
    seeds: tuple[int, ...]
    """Sample i of every choice was trained with seed i of these."""
    samples: dict[str, tuple[float, ...]]
    """Accuracies by choice; ``solution`` is the solution as it is."""
    untrained: tuple[float, ...]
    learning_proved: bool
    """By another check: an accuracy below chance is borderline, too."""
    versions: dict[str, str]

    def describe(self) -> str:
        """One line for the person at the terminal."""
        lowest = min(self.samples, key=lambda name: fmean(self.samples[name]))
        return ui(
            "{data}, {train} images, epochs: {epochs}: minimum {minimum} (lowest mean {mean}: {lowest}; "
            "deviation {deviation}, runs: {n})",
            n=sum(map(len, self.samples.values())),
            lowest=lowest,
            mean=format_percent(fmean(self.samples[lowest])),
            deviation=format_percent(spread(self.samples.values())[0]),
            **asdict(self) | {"minimum": format_percent(self.minimum)},
        )


Train = Callable[[Exercise, BudgetName, str, int, str | None], Measurement]
"""``train(exercise, budget, data, seed, code)`` runs ``code``, by default the solution, as a submission is run."""


def calibrate(
    exercise: Exercise,
    *,
    budgets: Sequence[BudgetName],
    seeds: Iterable[int],
    train: Train,
    data: str,
    only: Collection[str] = (),
    progress: Callable[[BudgetName, int], None] = lambda budget, seed: None,
) -> list[Threshold]:
    """Measure ``exercise``'s solution under every choice that the task leaves open, and write the thresholds.

    The choices are those of :func:`grader.authoring.read_choices`. A row is written after each of them, so an
    interrupted calibration keeps what it has. Budgets that agree in training size and epochs share a row. Rows of
    other data and sizes stay as they are; in a row, so do samples of choices that are not measured now.

    Args:
        data: ``builtin`` or the name of the real data; budgets without it are left out.
        only: names of choices to measure (``solution`` is one); by default all.
        progress: told before every run.

    Raises:
        CalibrationError: too few runs, accuracies too near to chance, or ``reference.json`` can't be used.
        CourseError: a choice cannot be made from the solution.
    """
    wanted = list(dict.fromkeys(seeds))
    if exercise.reference_file is None:
        raise CalibrationError("{exercise} has no reference.json.", exercise=exercise.id)
    codes = {SOLUTION: None, **{choice.name: choice.source for choice in read_choices(exercise)}}
    if unknown := set(only) - codes.keys():
        raise CalibrationError(
            "{exercise} has no choice {name}.", exercise=exercise.id, name=", ".join(sorted(unknown))
        )
    rows: dict[tuple[int, int], Threshold] = {}
    for name in budgets:
        budget = exercise.budgets.get(name, {}).get(data)
        if budget is None or (budget.train, budget.epochs) in rows:
            continue
        key: dict[str, Any] = {"data": data, "train": budget.train, "epochs": budget.epochs}
        row, proved = _stored(exercise.reference_file, key)
        samples = {choice: values for choice, values in groups(row.get("samples")).items() if choice in codes}
        untrained = shares(row.get("untrained"))
        refused: CalibrationError | None = None
        for choice, code in codes.items():
            if only and choice not in only:
                continue
            runs = []
            for seed in wanted:
                progress(name, seed)
                runs.append(train(exercise, name, data, seed, code))
            samples[choice] = [run.accuracy for run in runs]
            if choice == SOLUTION:
                untrained = [run.untrained_accuracy for run in runs]
            if spread(samples.values())[1] < LEAST_RUNS - 1:
                refused = CalibrationError("A minimum accuracy needs at least {n} seeds.", n=LEAST_RUNS)
                continue
            try:
                made = make_threshold(
                    {choice: samples[choice] for choice in codes if choice in samples},
                    untrained=untrained,
                    images=runs[0].images,
                    classes=runs[0].classes,
                    data=data,
                    train=budget.train,
                    epochs=budget.epochs,
                    proved=proved,
                )
            except CalibrationError as error:
                refused = error  # with the runs of other choices, the deviation is known better
                continue
            refused = None
            rows[budget.train, budget.epochs] = made
            write_threshold(exercise.reference_file, made)
        if refused:
            raise refused
    return list(rows.values())


def make_threshold(
    samples: Mapping[str, Sequence[float]],
    *,
    untrained: Sequence[float],
    images: int,
    classes: int,
    data: str,
    train: int,
    epochs: int,
    proved: bool = False,
) -> Threshold:
    """The threshold that these accuracies give.

    Args:
        samples: accuracies by choice.
        images, classes: of the test images, all classes equally frequent.
        proved: another check proves that something was learnt, so that the minimum need not.

    Raises:
        CalibrationError: it would not keep out a model that learnt nothing.
    """
    bound = min(lower_prediction_bounds(samples).values())
    if proved:
        # Guessing is kept out elsewhere: the minimum may be chance, where hardly ever all attempts miss it.
        in_a_row = 1 - (1 - CONFIDENCE) ** (1 / ATTEMPTS)
        bound = max(bound, min(1 / classes, *lower_prediction_bounds(samples, in_a_row).values()))
    # In whole hundredths; the small amount keeps 0.57 from becoming 0.56 by its binary rounding.
    minimum = math.floor(bound * 100 + 1e-9) / 100
    floor = max(upper_chance_bound(1 / classes, images), *untrained, 0.0)
    if minimum < floor + MARGIN and not proved:
        raise CalibrationError(
            "{data}, {train} images, epochs: {epochs}: the minimum would be {minimum}, but a model that"
            " learnt nothing reaches {floor}. Use more images, epochs or seeds, or leave less open in "
            "the task.",
            data=data,
            train=train,
            epochs=epochs,
            minimum=format_percent(minimum),
            floor=format_percent(floor),
        )
    return Threshold(
        data=data,
        train=train,
        epochs=epochs,
        minimum=minimum,
        test=images,
        chance=round(1 / classes, 4),
        seeds=tuple(range(max(map(len, samples.values())))),
        samples={name: tuple(round(x, 4) for x in values) for name, values in samples.items()},
        untrained=tuple(round(x, 4) for x in untrained),
        learning_proved=proved,
        versions=_versions(),
    )


def lower_prediction_bounds(
    samples: Mapping[str, Sequence[float]], confidence: float = CONFIDENCE
) -> dict[str, float]:
    """By choice, what one further run falls below with probability 1 - ``confidence``; six samples or so at least.

    mean - t * s * sqrt(1 + 1/n): the one-sided prediction interval for one more observation from the same normal
    distribution (Hahn and Meeker, Statistical Intervals, section 4.8). s is the deviation within the choices,
    pooled, or a choice's own where that is larger; t is the quantile of Student's distribution with the pooled
    degrees of freedom.
    """
    deviations, freedom = _of_one_more(samples)
    quantile = _quantile(confidence, freedom)
    return {name: fmean(values) - quantile * deviations[name] for name, values in samples.items()}


def false_fail_rates(samples: Mapping[str, Sequence[float]], minimum: float) -> dict[str, float]:
    """By choice, how probably one run falls below ``minimum``: :func:`lower_prediction_bounds` the other way."""
    from scipy import stats  # type: ignore[import-untyped]

    deviations, freedom = _of_one_more(samples)
    return {
        name: float(stats.t.cdf((minimum - fmean(values)) / max(deviations[name], 1e-9), freedom))
        for name, values in samples.items()
    }


def _of_one_more(samples: Mapping[str, Sequence[float]]) -> tuple[dict[str, float], int]:
    """By choice, the deviation of one further run from the mean of its own; and the degrees of freedom of all."""
    pooled, freedom = spread(samples.values())
    return {
        name: max(pooled, spread([values])[0]) * math.sqrt(1 + 1 / len(values)) for name, values in samples.items()
    }, freedom


def upper_chance_bound(chance: float, images: int, confidence: float = CONFIDENCE) -> float:
    """What guessing exceeds on ``images`` images with probability of about 1 - ``confidence``.

    Normal approximation of the binomial distribution, with the t quantile for many degrees of freedom.
    """
    return chance + _quantile(confidence, 1000) * math.sqrt(chance * (1 - chance) / images)


def _quantile(probability: float, freedom: int) -> float:
    from scipy import stats

    return float(stats.t.ppf(probability, freedom))


def _versions() -> dict[str, str]:
    found = {one.name: one.version for one in distributions() if one.name in _PACKAGES}
    return {name: found[name] for name in _PACKAGES if name in found}


def _stored(file: Path, key: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The row of ``key`` unless other versions of libraries gave it, and whether learning is proved elsewhere.

    Raises:
        CalibrationError: ``file`` has no list of thresholds.
    """
    try:
        accuracy = json.loads(file.read_text(encoding="utf-8")).get("accuracy", {})
        rows = [row for row in accuracy.get("thresholds", []) if key.items() <= row.items()]
        row: dict[str, Any] = next((row for row in rows if row.get("versions") in ({}, None, _versions())), {})
        return row, "learning_proved_by" in accuracy
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise _unusable(file, error) from error


def _unusable(file: Path, error: Exception) -> CalibrationError:
    reason = f"{type(error).__name__}: {error}"
    return CalibrationError("{file} cannot be used ({reason}).", file=str(file), reason=reason)


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
        raise _unusable(file, error) from error


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
