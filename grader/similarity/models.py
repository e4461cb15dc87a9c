"""Similar trained models, from the facts that the confined inspector recomputed: hashes and moments of weights.

No student's file is opened here, and none has to be: the inspector stores of each variable its SHA-256, mean and
standard deviation. Equal hashes are equal weights. Moments survive what changes a hash and hides a copy: noise in
the last digits, another dtype, filters in another order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from grader.i18n import both
from grader.schema import Exercise, SimilarPair, WeightFact
from grader.text import format_percent, format_value

#: Mean relative distance of the variables' moments below which models count as nearly identical. The course's own
#: CNN, trained with three seeds, is 0.13 to 0.17 apart; one file with noise on its weights far less.
NEAR = 0.03
#: Share of identical trained parameters from which on a pair is shown although the rest differs.
IDENTICAL_SHARE = 0.5
#: A variable that more than half of the class has (and more than three) is what everyone started from.
COMMON_SHARE = 0.5
COMMON_AT_LEAST = 3
#: Trained numbers below which nothing is compared: a handful of values may agree by chance.
MIN_PARAMETERS = 100
MAX_PAIRS = 100


class Handed(NamedTuple):
    """A model that was handed in."""

    student: str
    weights: tuple[WeightFact, ...]
    given: frozenset[str]
    """Hashes of weights that the exercise itself gives."""


class _Trained(NamedTuple):
    """What of a model its author's training made."""

    student: str
    weights: tuple[WeightFact, ...]
    parameters: int


def _size(weight: WeightFact) -> int:
    return math.prod(weight.shape)


def _trained(handed: Handed, common: frozenset[str]) -> _Trained:
    """Without frozen, given and shared variables, and constant ones: fresh biases are zeros in every model."""
    weights = tuple(
        weight
        for weight in handed.weights
        if weight.trainable
        and math.isfinite(weight.mean)
        and math.isfinite(weight.std)
        and weight.std > 0
        and weight.sha256 not in handed.given
        and weight.sha256 not in common
    )
    return _Trained(handed.student, weights, sum(map(_size, weights)))


def similar_models(exercise: Exercise, handed: Sequence[Handed]) -> list[SimilarPair]:
    """Pairs of models whose trained weights are identical or nearly so, most alike first.

    Left out is what models share without anyone having copied: frozen weights, those of the exercise's given
    files, constants, and whatever more than half of the class has (a seeded start, pre-trained weights).

    Args:
        exercise: What the models were handed in for.
        handed: One model a student.
    """
    counts = Counter(sha for model in handed for sha in {weight.sha256 for weight in model.weights})
    limit = max(COMMON_AT_LEAST, COMMON_SHARE * len(handed))
    common = frozenset(sha for sha, count in counts.items() if count > limit)
    models = sorted((_trained(model, common) for model in handed), key=lambda model: model.student)
    models = [model for model in models if model.parameters >= MIN_PARAMETERS]
    pairs = []
    for i, a in enumerate(models):
        for b in models[i + 1 :]:
            pair = _compare(exercise, a, b)
            if pair is not None:
                pairs.append(pair)
    pairs.sort(key=lambda pair: (-pair.score, pair.first, pair.second))
    return pairs[:MAX_PAIRS]


def _compare(exercise: Exercise, a: _Trained, b: _Trained) -> SimilarPair | None:
    theirs = {weight.sha256 for weight in b.weights}
    same = [weight for weight in a.weights if weight.sha256 in theirs]
    share = sum(map(_size, same)) / min(a.parameters, b.parameters)
    if len(same) == len(a.weights) == len(b.weights):
        score, evidence = 1.0, both("All trained weights are identical, bit by bit.")
    elif share >= IDENTICAL_SHARE:
        score = min(share, 1.0)
        evidence = both(
            "{n} of {all} trained variables are identical, bit by bit: {share} of the smaller model's trained "
            "numbers.",
            n=len(same),
            all=max(len(a.weights), len(b.weights)),
            share=format_percent(score),
        )
    else:
        distance = _distance(a.weights, b.weights)
        if distance is None or distance > NEAR:
            return None
        score = 1.0 - distance
        evidence = both(
            "Mean and deviation of the trained variables differ by {distance} on average, relative to the "
            "deviation. Trainings with different seeds differ far more.",
            distance=format_value(distance * 100) + "%",
        )
    explanation = both(
        "{evidence} The same program with the same seed on the same kind of machine can end like this too.",
        evidence=evidence,
    )
    return SimilarPair(
        exercise=exercise.id,
        first=a.student,
        second=b.student,
        kind="model",
        score=round(score, 6),
        evidence=explanation,
    )


def _distance(a: Sequence[WeightFact], b: Sequence[WeightFact]) -> float | None:
    """Mean over the variables of the relative distance of (mean, deviation); None where shapes do not match."""
    if [weight.shape for weight in a] != [weight.shape for weight in b]:
        return None
    return sum(
        math.hypot(x.mean - y.mean, x.std - y.std) / max(x.std, y.std) for x, y in zip(a, b, strict=True)
    ) / len(a)
