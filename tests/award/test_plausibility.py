"""What staff are told of results that no honest training gives; no mark changes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.award.plausibility import highest_honest
from grader.samples import groups
from grader.schema import Budget, InspectPlan, OptimizerFact, Score, WeightFact

CHECKS = """
    @pytest.mark.points(1)
    def test_it(facts):
        pass
"""
ROW = {
    "data": "builtin", "train": 800, "epochs": 2, "minimum": 0.5, "test": 1000, "chance": 0.1,
    "samples": [0.60, 0.64, 0.66, 0.62, 0.65, 0.61], "untrained": [0.1, 0.1],
}  # fmt: skip


def weight(**fields: Any) -> WeightFact:
    values = {"path": "dense/kernel", "shape": (3,), "dtype": "float32", "trainable": True, "sha256": "a"}
    return WeightFact(**{**values, "mean": 0.1, "std": 1.0, **fields})


@pytest.fixture
def notes(bench: Any, model_fact: Callable[..., Any]) -> Callable[..., list[tuple[str, str]]]:
    """The kinds and models of the notes on a model with these facts."""

    def made(
        accuracy: float = 0.63, steps: int = 50, source: str = "evidence", **fields: Any
    ) -> list[tuple[str, str]]:
        exercise = bench.exercise(
            CHECKS,
            reference={"accuracy": {"thresholds": [ROW]}},
            dataset="cifar10",
            graded_model=("trained",),
            inspect={"trained": InspectPlan(source=source)},
        )
        model = model_fact(
            [("Dense", (None, 10), 1)],
            "trained",
            **{
                "scores": {"test": Score(images=1000, accuracy=accuracy, loss=1.0)},
                "optimizer": OptimizerFact(iterations=steps, variables=()),
                "weights": (weight(),),
                **fields,
            },
        )
        budget = Budget(train=800, test=1000, epochs=2)
        facts = bench.facts(models={"trained": model}, graded_model="trained", data="builtin", budget=budget)
        result = bench.award(exercise, facts)
        assert (result.status, result.points) == ("graded", 1)
        assert all("{" not in note.text.ko + note.text.en for note in result.notes)
        return [(note.kind, note.model) for note in result.notes]

    return made


def test_an_honest_training_is_not_pointed_out(notes: Callable[..., Any]) -> None:
    assert notes() == []
    assert notes(accuracy=0.68, steps=2 * 800 // 16) == []


def test_an_accuracy_beyond_all_honest_ones(notes: Callable[..., Any]) -> None:
    assert notes(accuracy=0.9) == [("accuracy", "trained")]
    assert notes(accuracy=1.0, source="submission") == [("accuracy", "trained")]


@pytest.mark.parametrize("steps", [0, 1, 100_000, 2**70])
def test_steps_that_the_budget_does_not_have(notes: Callable[..., Any], steps: int) -> None:
    assert notes(steps=steps) == [("optimizer_steps", "trained")]


def test_a_handed_in_file_may_have_been_trained_for_long(notes: Callable[..., Any]) -> None:
    assert notes(steps=100_000, source="submission") == []
    assert notes(steps=0, source="submission") == [("optimizer_steps", "trained")]


@pytest.mark.parametrize("fields", [{"mean": math.nan}, {"std": math.inf}])
def test_weights_that_are_no_numbers(notes: Callable[..., Any], fields: dict[str, float]) -> None:
    assert notes(weights=(weight(), weight(**fields))) == [("weights", "trained")]


def test_the_bound_leaves_room_below_one() -> None:
    """Near 1, where shares are crowded, "all right" can still be beyond what is honest."""
    bound = highest_honest({**ROW, "samples": [0.88, 0.9, 0.86, 0.91]})
    assert bound is not None
    assert 0.93 < bound < 1
    assert highest_honest({**ROW, "samples": [1.0, 1.0, 0.999]}) is not None
    assert highest_honest({**ROW, "samples": [0.5]}) is None
    several = highest_honest({**ROW, "samples": {"solution": [0.88, 0.9, 0.86, 0.91], "batch_9": [0.4, 0.41]}})
    assert several is not None
    assert abs(several - bound) < 0.03  # a choice that does worse makes nothing else plausible


def test_every_threshold_of_the_course_lies_below_its_bound() -> None:
    files = sorted((Path(__file__).parents[2] / "reference").glob("*/reference.json"))
    rows = [
        row
        for file in files
        for row in json.loads(file.read_text(encoding="utf-8")).get("accuracy", {}).get("thresholds", [])
    ]
    assert rows
    for row in rows:
        bound = highest_honest(row)
        assert bound is not None
        assert max(max(values) for values in groups(row["samples"]).values()) < bound
