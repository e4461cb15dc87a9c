"""Models that were handed in: copies are found, honest ones are not, and what everyone shares does not count."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pytest

from grader.schema import Course, Exercise, WeightFact
from grader.similarity import find_similar
from grader.similarity.models import Handed, similar_models
from tests.similarity.conftest import Entry

Weights = list[npt.NDArray[np.float32]]
#: Kernel and bias of a small network; the last ones are what training changed least.
SHAPES = ((3, 3, 3, 16), (16,), (200, 20), (20,), (20, 10), (10,))


def network(seed: int) -> Weights:
    random = np.random.default_rng(seed)
    spread = [random.uniform(0.05, 0.15) for _ in SHAPES]
    return [
        (random.normal(random.uniform(-0.02, 0.02), s, shape)).astype(np.float32)
        for s, shape in zip(spread, SHAPES, strict=True)
    ]


def facts(weights: Weights, *, trainable: bool = True) -> tuple[WeightFact, ...]:
    """As the inspector describes them."""
    return tuple(
        WeightFact(
            path=f"layer/{n}",
            shape=array.shape,
            dtype="float32",
            trainable=trainable,
            sha256=hashlib.sha256(array.tobytes()).hexdigest(),
            mean=float(array.mean()),
            std=float(array.std()),
        )
        for n, array in enumerate(weights)
    )


def handed(name: str, weights: Weights, *, given: Weights = (), trainable: bool = True) -> Handed:  # type: ignore[assignment]
    hashes = frozenset(fact.sha256 for fact in facts(list(given)))
    return Handed(name, facts(weights, trainable=trainable), hashes)


@pytest.fixture
def exercise(course: Course) -> Exercise:
    return next(e for e in course.exercises if any(plan.source == "submission" for plan in e.inspect.values()))


def test_the_same_weights_are_identical(exercise: Exercise) -> None:
    (pair,) = similar_models(exercise, [handed("b", network(1)), handed("c", network(2)), handed("a", network(1))])
    assert (pair.first, pair.second, pair.kind, pair.score) == ("a", "b", "model", 1.0)
    assert "identical" in pair.evidence.en
    assert "seed" in pair.evidence.en  # how it can be honest is said with it


def test_honest_trainings_are_not_alike(exercise: Exercise) -> None:
    assert similar_models(exercise, [handed(f"s{n}", network(n)) for n in range(40)]) == []


@pytest.mark.parametrize("how", ["noise", "shuffled filters", "a little more training"])
def test_a_copy_that_was_changed_a_little_is_near(exercise: Exercise, how: str) -> None:
    copy = [array.copy() for array in network(1)]
    random = np.random.default_rng(9)
    if how == "noise":
        copy = [array + random.normal(0, 1e-6, array.shape).astype(np.float32) for array in copy]
    elif how == "shuffled filters":
        order = random.permutation(16)
        copy[0], copy[1] = copy[0][..., order], copy[1][order]
        copy[2:] = [array + np.float32(1e-7) for array in copy[2:]]
    else:
        copy = [array + random.normal(0, 0.01 * array.std(), array.shape).astype(np.float32) for array in copy]
    (pair,) = similar_models(exercise, [handed("a", network(1)), handed("b", copy), handed("c", network(3))])
    assert (pair.first, pair.second) == ("a", "b")
    assert 0.97 <= pair.score < 1


def test_layers_taken_over_are_named_by_their_share(exercise: Exercise) -> None:
    mixed = [*network(1)[:4], *network(5)[4:]]
    (pair,) = similar_models(exercise, [handed("a", network(1)), handed("b", mixed)])
    assert 0.9 < pair.score < 1  # 4 of 6 variables, most of the numbers
    assert pair.evidence.en.startswith("4 of 6 trained variables")


def test_frozen_given_and_constant_weights_do_not_count(exercise: Exercise) -> None:
    zeros = [np.zeros(shape, np.float32) for shape in SHAPES]
    assert similar_models(exercise, [handed("a", zeros), handed("b", zeros)]) == []
    one = network(1)
    assert similar_models(exercise, [handed(n, one, trainable=False) for n in "ab"]) == []
    assert similar_models(exercise, [handed(n, one, given=one) for n in "ab"]) == []


def test_what_most_of_the_class_has_is_where_all_started(exercise: Exercise) -> None:
    base = network(1)[:3]
    everyone = [handed(f"s{n}", [*base, *network(n + 10)[3:]]) for n in range(8)]
    assert similar_models(exercise, everyone) == []
    assert len(similar_models(exercise, everyone[:2])) == 1


def test_not_finite_weights_break_nothing(exercise: Exercise) -> None:
    bad = [np.full(shape, np.nan, np.float32) for shape in SHAPES]
    assert similar_models(exercise, [handed("a", bad), handed("b", bad)]) == []


def test_only_models_that_were_handed_in_are_compared(course: Course, entry: Entry, exercise: Exercise) -> None:
    """The sandbox trains with fixed seeds: the same honest program ends in the same weights there."""
    submitted = next(name for name, plan in exercise.inspect.items() if plan.source == "submission")
    trained = next(name for name, plan in exercise.inspect.items() if plan.source == "evidence")
    same = facts(network(1))
    people = [
        entry("own training 1", models={exercise.id: {trained: same}}),
        entry("own training 2", models={exercise.id: {trained: same}}),
        entry("file 1", models={exercise.id: {submitted: same, trained: same}}),
        entry("file 2", models={exercise.id: {submitted: same}}),
    ]
    (pair,) = find_similar(people, course)
    assert (pair.first, pair.second, pair.exercise) == ("file 1", "file 2", exercise.id)
