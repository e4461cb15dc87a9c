"""Every check of the course on evidence that nobody expected: it passes or fails, and never raises.

The facts are made as a check asks for them, so no names have to be known here: values of any JSON, arrays of any
shape and type, models whose tables and numbers are anything that the schema lets through. No TensorFlow is loaded.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.award import AwardRequest, award
from grader.award.facts_view import FactsView
from grader.catalog import load_course, make_inputs
from grader.schema import (
    Budget,
    CompileFact,
    Difference,
    Exercise,
    Facts,
    LayerFact,
    ModelFact,
    OptimizerFact,
    Refusal,
    RunOutcome,
    Score,
    Step,
    WeightFact,
)

COURSE = load_course()
SEEDS = 40
ODD_NUMBERS = (0, 1, -1, 3, 10, 1.5, 1e308, math.nan, math.inf, -math.inf, 10**400, True, False)
ODD_TEXTS = ("", "a", "loss | 손실", "\ud800", "{x}", "%s", "\x00", "가" * 500, "ResNet50", "1")
KEYS = ("loss", "val_loss", "accuracy", "count", "shape", "dtype", "per_class", "name", "type", "output_shape")
DTYPES = ("?", "u1", "i1", "<i4", "<i8", "<u8", "<f2", "<f4", "<f8")
TYPES = ("Conv2D", "Dense", "Activation", "ReLU", "InputLayer", "Functional", "Flatten", "가나", "")


class Odd:
    """A source of evidence; the same seed gives the same."""

    def __init__(self, seed: int, shapes: list[tuple[int, ...]]) -> None:
        self.random = random.Random(seed)
        self.shapes = shapes

    def value(self, depth: int = 0) -> Any:
        kind = self.random.choice(("number", "text", "list", "dict", "none", "pairs", "record"))
        if depth > 3 or kind == "none":
            return None
        if kind == "number":
            return self.random.choice(ODD_NUMBERS)
        if kind == "text":
            return self.random.choice(ODD_TEXTS)
        if kind == "pairs":
            return [[self.random.choice(ODD_TEXTS), self.random.choice(ODD_NUMBERS)] for _ in range(3)]
        if kind == "record":
            return {key: self.value(depth + 1) for key in self.random.sample(KEYS, 4)}
        if kind == "list":
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        return {self.random.choice(ODD_TEXTS): self.value(depth + 1) for _ in range(self.random.randrange(4))}

    def array(self, shape: tuple[int | None, ...] | None = None) -> np.ndarray[Any, Any]:
        if shape is None or self.random.random() < 0.2:
            known = self.random.choice(self.shapes)
            change = self.random.choice(("none", "none", "cut", "more", "fewer", "empty", "scalar"))
            shape = {
                "none": known,
                "cut": known[1:],
                "more": (*known, 1),
                "fewer": (max(known[0] - 1, 0), *known[1:]) if known else (),
                "empty": (0, *known[1:]),
                "scalar": (),
            }[change]
        sizes = tuple(self.random.randrange(4) if size is None else size for size in shape)
        noise = np.random.default_rng(self.random.randrange(2**32))
        dtype = np.dtype(self.random.choice(DTYPES))
        if dtype.kind == "f":
            array = noise.random(sizes).astype(dtype)
            if array.size and self.random.random() < 0.5:
                array.flat[0] = self.random.choice((np.nan, np.inf, -np.inf, 0))
        else:
            array = noise.integers(0, 2 if dtype.kind == "b" else 100, sizes).astype(dtype)
        array.flags.writeable = False
        return array

    def number(self) -> float:
        return float(self.random.choice((0.0, 0.5, 1.0, 2.5, math.nan, math.inf)))

    def count(self) -> int:
        return self.random.choice((0, 1, 7, 453_786, 2**70))

    def layers(self, like: tuple[LayerFact, ...]) -> tuple[LayerFact, ...]:
        rows = [
            LayerFact(
                name=self.random.choice(ODD_TEXTS),
                type=self.random.choice(TYPES),
                output_shape=self.random.choice(((), (None,), (None, 10), (None, None, 3), (0, 0))),
                parameters=self.count(),
                trainable_parameters=self.count(),
                activation=self.random.choice((None, "linear", "softmax", "relu", "")),
                config={"kernel_size": self.value(), "rate": self.value()} if self.random.random() < 0.5 else {},
            )
            if self.random.random() < 0.5
            else row
            for row in (*like, *like[:1])
        ]
        return tuple(rows[: self.random.randrange(len(rows) + 1)])

    def weights(self) -> tuple[WeightFact, ...]:
        return tuple(
            WeightFact(
                path="/".join(map(self.random.choice, (("dense", "bn", ""), ("kernel", "bias", "moving_mean")))),
                shape=self.random.choice(((), (3,), (3, 3), (3, 3, 1, 8), (8, 2))),
                dtype="float32",
                trainable=self.random.random() < 0.5,
                sha256=self.random.choice("abc"),
                mean=self.number(),
                std=self.number(),
            )
            for _ in range(self.random.randrange(6))
        )

    def model(self, name: str, exercise: Exercise, like: tuple[LayerFact, ...]) -> ModelFact | None:
        """Any model that the inspector might report; it describes what it built, so counts of lists do agree."""
        if self.random.random() < 0.1:
            return None
        if self.random.random() < 0.1:
            return ModelFact(name=name, file="x", refused=Refusal(kind="custom_code", detail="\ud800"))
        weights = self.weights()
        plan = exercise.inspect[name]
        compare = None
        if plan.compare is not None and self.random.random() < 0.9:
            paths = {f"{weight.path}#{i}": self.number() for i, weight in enumerate(weights)}
            compare = Difference(
                against=plan.compare,
                same_architecture=self.random.random() < 0.5,
                same_compile=self.random.random() < 0.5,
                weights=None if self.random.random() < 0.2 else paths,
                optimizer=None if self.random.random() < 0.5 else paths,
                predictions={} if self.random.random() < 0.5 else {"x": self.number()},
            )
        return ModelFact(
            name=name,
            file="x.keras",
            layers=self.layers(like),
            input_shape=self.random.choice(((), (None, 32, 32, 3), (None, 8, 8, 1), (None,))),
            output_shape=self.random.choice(((), (None, 2), (None, 10), (None, 5), (None, None))),
            parameters=self.count(),
            trainable_parameters=self.count(),
            compiled=CompileFact(
                optimizer=self.random.choice(("", "adam")),
                optimizer_config={"learning_rate": self.value()} if self.random.random() < 0.7 else {},
                loss=self.random.choice(("", "sparse_categorical_crossentropy")),
                metrics=self.random.choice(((), ("accuracy",), ("Accuracy", "가"))),
            )
            if self.random.random() < 0.7
            else None,
            optimizer=OptimizerFact(iterations=self.count(), variables=weights)
            if self.random.random() < 0.7
            else None,
            weights=weights,
            scores={"test": Score(images=10, accuracy=self.number(), loss=self.number())}
            if self.random.random() < 0.7
            else {},
            compare=compare,
        )


class _Asked(dict[str, Any]):
    """Makes what is asked for, or says that it is not there."""

    def __init__(self, odd: Odd) -> None:
        super().__init__()
        self.odd = odd

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or self.odd.random.random() < 0.95

    def __missing__(self, name: str) -> Any:
        value = self[name] = self.odd.value()
        return value


class OddFacts(FactsView):
    """Facts that are made when they are asked for."""

    def __init__(self, exercise: Exercise, odd: Odd, reference: tuple[LayerFact, ...]) -> None:
        self.odd = odd
        given = {name for name, plan in exercise.inspect.items() if plan.source == "given"}
        models = {name: odd.model(name, exercise, reference) for name in exercise.inspect}
        for name in given & models.keys():
            while models[name] is None or models[name].refused is not None:  # type: ignore[union-attr]
                models[name] = odd.model(name, exercise, reference)  # a given file is the course's own
        found = {
            name: model.model_copy(update={"layers": reference * 100}) if name in given else model
            for name, model in models.items()
            if model is not None
        }
        facts = Facts.model_construct(
            exercise=exercise.id,
            present=True,
            budget_name="quick",
            budget=Budget(train=1, test=1, epochs=odd.random.choice((1, 3))) if exercise.dataset else None,
            data="builtin",
            outcome=RunOutcome(verdict="completed", isolation="process"),
            values=_Asked(odd),
            models=found,
            graded_model=next((name for name in exercise.graded_model if name in found), None),
        )
        super().__init__(exercise, facts, Path())

    def step(self, name: str) -> Step:
        if self.odd.random.random() < 0.02:
            raise self.missing(name)
        return Step(name=name, status="ok")

    def array(self, name: str, *, shape: tuple[int | None, ...] | None = None) -> np.ndarray[Any, Any]:
        if name not in self._arrays:
            self._arrays[name] = self.odd.array(shape)
        self.record.__dict__["arrays"] = (name,)
        return super().array(name, shape=shape)

    def value(self, name: str, default: Any = None, *, kind: Any = None) -> Any:
        if kind is not None and not dict.__contains__(self.record.values, name) and self.odd.random.random() < 0.8:
            for _ in range(100):  # mostly of the kind that gets a check further
                value = self.odd.value()
                if isinstance(value, kind if isinstance(kind, tuple) else (kind,)):
                    break
            self.record.values[name] = value
        return super().value(name, kind=kind)


def reference_layers(exercise: Exercise) -> tuple[LayerFact, ...]:
    """Rows like those of the reference, so that tables are right at times."""
    from grader.award.reference import Reference

    return tuple(
        LayerFact(
            name="layer",
            type=str(row["type"]),
            output_shape=tuple(row.get("output_shape", ())),  # type: ignore[arg-type]
            parameters=int(row.get("parameters", 0)),  # type: ignore[call-overload]
            trainable_parameters=0,
            activation=row.get("activation"),
            config=dict(row.get("config", {})),  # type: ignore[call-overload]
        )
        for row in Reference(exercise.reference_file).layer_rows
    ) or (LayerFact(name="layer", type="Dense", output_shape=(None, 2), parameters=1, trainable_parameters=1),)


@pytest.fixture(params=COURSE.exercises, ids=lambda exercise: exercise.id)
def exercise(request: pytest.FixtureRequest) -> Exercise:
    made: Exercise = request.param
    return made


def test_no_check_raises(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs: Mapping[str, np.ndarray[Any, Any]] = make_inputs(exercise, staff=True)
    shapes = [array.shape for array in inputs.values() if array.size < 200_000]
    shapes += [(), (1,), (3,), (5, 5), (1, 4, 4, 3), (12, 7), (2, 2, 2), (24, 96, 96)]
    layers, made = reference_layers(exercise), count()

    def odd(wanted: Exercise, facts: Facts, folder: Path) -> FactsView:
        return OddFacts(wanted, Odd(next(made), shapes), layers)

    monkeypatch.setattr("grader.award.awarding.FactsView", odd)
    facts = Facts(
        exercise=exercise.id,
        present=True,
        budget_name="quick",
        data="builtin" if exercise.dataset or exercise.real else None,
        outcome=RunOutcome(verdict="completed", isolation="process"),
    )
    plain = exercise.model_copy(update={"pictures": ()})
    results = award([AwardRequest(plain, facts, Path(), inputs=lambda: inputs) for _ in range(SEEDS)])
    raised = {
        f"{check.id}: {check.staff_detail.splitlines()[-1]} | {check.staff_detail.splitlines()[-2]}"
        for result in results
        for check in result.checks
        if check.raised
    }
    assert not raised, "\n".join(sorted(raised))
    ungraded = {check.staff_detail for r in results for check in r.checks if check.outcome == "ungraded"}
    assert not ungraded - {""}, "\n".join(sorted(ungraded))
    assert all(result.checks for result in results), results[0].staff_detail
    assert {check.outcome for result in results for check in result.checks} >= {"failed"}
    for result in results:
        result.model_dump_json()


def test_the_odd_values_are_odd() -> None:
    """What the fuzz rests on: it makes every kind of value and array."""
    odd = Odd(1, [(2, 3)])
    kinds = {type(odd.value()) for _ in range(500)}
    assert kinds >= {dict, list, str, int, float, bool, type(None)}
    assert {odd.array().dtype.str for _ in range(500)} == {np.dtype(name).str for name in DTYPES}
