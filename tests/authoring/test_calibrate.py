"""Thresholds: the statistics behind them, and the file that they are kept in."""

from __future__ import annotations

import json
import random
from pathlib import Path
from statistics import fmean, stdev

import pytest

from grader.authoring.calibrate import (
    Measurement,
    calibrate,
    false_fail_rates,
    format_json,
    lower_prediction_bounds,
    make_threshold,
    upper_chance_bound,
)
from grader.errors import CalibrationError, CourseError
from grader.schema import Budget, BudgetName, Exercise, Text


def lower_bound(samples: list[float], confidence: float = 0.999) -> float:
    return lower_prediction_bounds({"solution": samples}, confidence)["solution"]


# As printed in tables of Student's t (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2).
@pytest.mark.parametrize(
    ("freedom", "probability", "quantile"),
    [
        (1, 0.999, 318.313),
        (2, 0.999, 22.327),
        (3, 0.999, 10.215),
        (4, 0.999, 7.173),
        (9, 0.999, 4.297),
        (9, 0.95, 1.833),
        (10, 0.975, 2.228),
        (19, 0.999, 3.579),
        (100, 0.99, 2.364),
    ],
)
def test_the_bound_has_the_quantile_of_the_tables(freedom: int, probability: float, quantile: float) -> None:
    samples = [float(n % 7) for n in range(freedom + 1)]
    deviations = (fmean(samples) - lower_bound(samples, probability)) / stdev(samples)
    found = deviations / (1 + 1 / len(samples)) ** 0.5
    assert found == pytest.approx(quantile, abs=6e-3 if freedom == 1 else 6e-4)


def test_the_bound_is_missed_as_often_as_it_says() -> None:
    """At 95 % confidence, so that few draws show it: of 4,000 further runs about 200 fall below."""
    rng = random.Random(5)
    missed = sum(
        rng.gauss(0.6, 0.03) < lower_bound([rng.gauss(0.6, 0.03) for _ in range(6)], 0.95) for _ in range(4000)
    )
    assert 150 < missed < 250


def test_the_chance_bound() -> None:
    assert upper_chance_bound(0.1, 1000) == pytest.approx(0.1 + 3.098 * 0.3 / 1000**0.5, abs=1e-4)


def runs(*accuracies: float, untrained: float = 0.1) -> list[Measurement]:
    return [Measurement(accuracy, untrained, 1000, 10) for accuracy in accuracies]


def threshold_of(measured: list[Measurement], **fields: bool) -> float:
    return make_threshold(
        {"solution": [run.accuracy for run in measured]},
        untrained=[run.untrained_accuracy for run in measured],
        images=1000,
        classes=10,
        data="builtin",
        train=100,
        epochs=2,
        **fields,
    ).minimum


def test_the_choice_that_does_worst_decides() -> None:
    """Its few runs borrow the deviation of the others, and it falls below no more often than is said."""
    samples = {"solution": [0.70, 0.72, 0.69, 0.71, 0.73, 0.70], "batch_256": [0.52, 0.53]}
    bounds = lower_prediction_bounds(samples)
    assert bounds["batch_256"] < 0.49 < bounds["solution"]
    rates = false_fail_rates(samples, bounds["batch_256"])
    assert rates["batch_256"] == pytest.approx(0.001)
    assert rates["solution"] < 1e-4
    wild = {**samples, "batch_256": [0.45, 0.60]}
    assert lower_prediction_bounds(wild)["batch_256"] < bounds["batch_256"] - 0.3


def test_a_threshold_is_rounded_down() -> None:
    measured = runs(0.70, 0.72, 0.69, 0.71, 0.73)
    bound = lower_bound([0.70, 0.72, 0.69, 0.71, 0.73])
    assert 0 <= bound - threshold_of(measured) < 0.01
    assert threshold_of(runs(*[0.57] * 5)) == 0.57


@pytest.mark.parametrize(
    "measured",
    [runs(0.2, 0.3, 0.25, 0.4, 0.1), runs(*[0.17] * 5), runs(*[0.5] * 5, untrained=0.47)],
    ids=["varies", "near-chance", "untrained-too-good"],
)
def test_a_threshold_that_keeps_nobody_out_is_refused(measured: list[Measurement]) -> None:
    with pytest.raises(CalibrationError, match="learnt nothing"):
        threshold_of(measured)
    assert threshold_of(measured, proved=True) < 0.6


def test_where_learning_is_proved_elsewhere_the_minimum_may_be_chance() -> None:
    wide = runs(0.3, 0.2, 0.25, 0.22, 0.28)
    assert lower_bound([run.accuracy for run in wide]) < 0
    assert threshold_of(wide, proved=True) == 0.1


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    budgets: dict[BudgetName, dict[str, Budget]] = {
        "quick": {"builtin": Budget(train=100, test=50, epochs=2)},
        "standard": {
            "builtin": Budget(train=100, test=50, epochs=2),
            "cifar10": Budget(train=9, test=5, epochs=1),
        },
        "full": {"builtin": Budget(train=200, test=50, epochs=2)},
    }
    reference = tmp_path / "reference.json"
    record = {
        "sources": {"layers": "장 10"},
        "layers": [{"type": "Dense"}],
        "accuracy": {
            "note": "kept",
            "thresholds": [
                {"data": "cifar10", "train": 9, "epochs": 1, "minimum": 0.3},
                {"data": "builtin", "train": 100, "epochs": 2, "minimum": 0.9},
            ],
        },
    }
    reference.write_text(json.dumps(record), encoding="utf-8")
    return Exercise(
        id="x",
        title=Text(ko="", en=""),
        summary=Text(ko="", en=""),
        file="x",
        functions=("f",),
        points=1,
        dataset="cifar10",
        budgets=budgets,
        public_dir=tmp_path,
        reference_file=reference,
    )


def test_rows_are_measured_once_and_replaced(exercise: Exercise) -> None:
    asked = []

    def train(_: Exercise, budget: BudgetName, data: str, seed: int, code: str | None) -> Measurement:
        asked.append((budget, data, seed))
        return runs(0.6 + seed / 1000)[0]

    names: list[BudgetName] = ["quick", "standard", "full"]
    rows = calibrate(exercise, budgets=names, seeds=range(5), train=train, data="builtin")
    assert asked == [("quick", "builtin", seed) for seed in range(5)] + [
        ("full", "builtin", seed) for seed in range(5)
    ]
    assert exercise.reference_file
    record = json.loads(exercise.reference_file.read_text(encoding="utf-8"))
    assert record["sources"] == {"layers": "장 10"}
    assert record["accuracy"]["note"] == "kept"
    stored = record["accuracy"]["thresholds"]
    assert [(row["data"], row["train"]) for row in stored] == [("builtin", 100), ("builtin", 200), ("cifar10", 9)]
    assert stored[0]["minimum"] == rows[0].minimum != 0.9
    assert stored[0]["samples"] == {"solution": [0.6, 0.601, 0.602, 0.603, 0.604]}
    assert stored[0]["seeds"] == [0, 1, 2, 3, 4]
    assert stored[2] == {"data": "cifar10", "train": 9, "epochs": 1, "minimum": 0.3}
    assert "100" in rows[0].describe()


def test_the_same_numbers_give_the_same_bytes(exercise: Exercise) -> None:
    def train(*_: object) -> Measurement:
        return runs(0.6)[0]

    assert exercise.reference_file
    written = []
    for _ in range(2):
        calibrate(exercise, budgets=["full"], seeds=range(5), train=train, data="builtin")
        written.append(exercise.reference_file.read_bytes())
    assert written[0] == written[1]


def test_what_was_measured_before_an_interruption_stays(exercise: Exercise) -> None:
    def train(_: Exercise, budget: BudgetName, data: str, seed: int, code: str | None) -> Measurement:
        if budget == "full":
            raise KeyboardInterrupt
        return runs(0.6)[0]

    with pytest.raises(KeyboardInterrupt):
        calibrate(exercise, budgets=["quick", "full"], seeds=range(5), train=train, data="builtin")
    assert exercise.reference_file
    stored = json.loads(exercise.reference_file.read_text(encoding="utf-8"))["accuracy"]["thresholds"]
    assert stored[0]["minimum"] == 0.6


@pytest.mark.parametrize("content", ["", "[]", '{"accuracy": []}', '{"accuracy": {"thresholds": [{"x": 1}]}}'])
def test_a_reference_that_is_none_is_said_and_left_alone(exercise: Exercise, content: str) -> None:
    assert exercise.reference_file
    exercise.reference_file.write_text(content, encoding="utf-8")
    with pytest.raises(CalibrationError, match="cannot be used"):
        calibrate(exercise, budgets=["quick"], seeds=range(5), train=lambda *_: runs(0.6)[0], data="builtin")
    assert exercise.reference_file.read_text(encoding="utf-8") == content


def test_too_few_seeds(exercise: Exercise) -> None:
    with pytest.raises(CalibrationError, match="at least 5"):
        calibrate(
            exercise, budgets=["quick"], seeds=[1, 1, 1, 1, 1], train=lambda *_: runs(0.6)[0], data="builtin"
        )


def test_choices_are_run_and_added_to_the_solutions_samples(exercise: Exercise, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("rate = 1\nbatch = 64\n", encoding="utf-8")
    (tmp_path / "choices.toml").write_text(
        '[batch_9]\nwhat = "batch size 9"\n[[batch_9.edit]]\nold = "batch = 64"\nnew = "batch = 9"\n',
        encoding="utf-8",
    )
    exercise = exercise.model_copy(update={"solution_dir": tmp_path})
    ran: list[tuple[str | None, int]] = []

    def train(_: Exercise, budget: BudgetName, data: str, seed: int, code: str | None) -> Measurement:
        ran.append((code, seed))
        return runs((0.6 if code is None else 0.4) + seed / 1000)[0]

    calibrate(exercise, budgets=["full"], seeds=range(5), train=train, data="builtin", only=["solution"])
    (row,) = calibrate(exercise, budgets=["full"], seeds=range(2), train=train, data="builtin", only=["batch_9"])
    assert ran == [(None, seed) for seed in range(5)] + [("rate = 1\nbatch = 9\n", seed) for seed in range(2)]
    assert row.samples == {"solution": (0.6, 0.601, 0.602, 0.603, 0.604), "batch_9": (0.4, 0.401)}
    assert row.seeds == (0, 1, 2, 3, 4)
    assert row.minimum < 0.4
    with pytest.raises(CalibrationError, match="no choice batch_8"):
        calibrate(exercise, budgets=["full"], seeds=range(5), train=train, data="builtin", only=["batch_8"])
    (tmp_path / "x.py").write_text("batch = 32\n", encoding="utf-8")
    with pytest.raises(CourseError, match="does not contain"):
        calibrate(exercise, budgets=["full"], seeds=range(5), train=train, data="builtin")


@pytest.mark.parametrize(
    "value", [{}, [], {"a": []}, {"a": {"b": [1, 2, {"c": "가" * 80}]}, "d": ["x" * 70] * 3}, 5]
)
def test_formatting_loses_nothing(value: object) -> None:
    text = format_json(value)
    assert json.loads(text) == value
    assert format_json(json.loads(text)) == text
