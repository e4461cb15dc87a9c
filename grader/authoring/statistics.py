"""How low a correct answer may fall by chance: prediction bounds from a few runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: One correct answer in a thousand falls below its threshold.
CONFIDENCE = 0.999


def mean_and_deviation(samples: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation (divided by n - 1).

    Raises:
        ValueError: fewer than two samples.
    """
    if len(samples) < 2:
        raise ValueError("a deviation needs two samples at least")
    mean = math.fsum(samples) / len(samples)
    return mean, math.sqrt(math.fsum((x - mean) ** 2 for x in samples) / (len(samples) - 1))


def lower_prediction_bound(samples: Sequence[float], confidence: float = CONFIDENCE) -> float:
    """What one further run falls below with probability 1 - ``confidence``.

    mean - t * s * sqrt(1 + 1/n), with the quantile t of Student's distribution with n - 1 degrees of freedom: the
    one-sided prediction interval for one more observation from the same normal distribution (Hahn and Meeker,
    Statistical Intervals, section 4.8).
    """
    mean, deviation = mean_and_deviation(samples)
    count = len(samples)
    return mean - t_quantile(confidence, count - 1) * deviation * math.sqrt(1 + 1 / count)


def upper_chance_bound(chance: float, images: int, confidence: float = CONFIDENCE) -> float:
    """What guessing exceeds on ``images`` images with probability of about 1 - ``confidence``.

    Normal approximation of the binomial distribution, with the t quantile for many degrees of freedom.
    """
    return chance + t_quantile(confidence, 1000) * math.sqrt(chance * (1 - chance) / images)


def t_quantile(probability: float, freedom: int) -> float:
    """The ``probability`` quantile of Student's t with ``freedom`` degrees of freedom, for probabilities >= 0.5.

    Bisection on :func:`t_cdf` to the last bits of a double.

    Raises:
        ValueError: a probability outside of [0.5, 1), or no degree of freedom.
    """
    if not 0.5 <= probability < 1 or freedom < 1:
        raise ValueError(f"no quantile for probability {probability} and {freedom} degrees of freedom")
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < probability:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if t_cdf(middle, freedom) < probability else (low, middle)
    return high


def t_cdf(t: float, freedom: int) -> float:
    """P(T <= t) for t >= 0: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    # Terms c, 2/3 c^3, 2*4/(3*5) c^5 … for odd degrees of freedom; 1, 1/2 c^2, 1*3/(2*4) c^4 … for even ones.
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for k in range(freedom // 2):
        total += term
        numerator, denominator = (2 * k + 2, 2 * k + 3) if odd else (2 * k + 1, 2 * k + 2)
        term *= cosine * cosine * numerator / denominator
    both_sides = 2 / math.pi * (angle + sine * total) if odd else sine * total
    return (1 + both_sides) / 2
