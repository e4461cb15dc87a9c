"""Two models of the same evidence beside each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Named = list[tuple[str, np.ndarray[Any, Any]]]


@dataclass
class Known:
    """A finished model, kept for those that are compared with it."""

    fact: dict[str, Any]
    rows: list[dict[str, Any]]
    weights: Named = field(default_factory=list)
    state: Named = field(default_factory=list)
    predictions: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)


def compare(mine: Known, against: str, other: Known | None) -> dict[str, Any] | None:
    """``schema.Difference``; None where the other model is not there."""
    if other is None:
        return None
    return {
        "against": against,
        "same_architecture": mine.rows == other.rows and mine.fact["input_shape"] == other.fact["input_shape"],
        "same_compile": mine.fact["compiled"] == other.fact["compiled"],
        "weights": differences(mine.weights, other.weights),
        "optimizer": differences(mine.state, other.state) if mine.state and other.state else None,
        "predictions": {
            name: largest_difference(value, other.predictions[name])
            for name, value in mine.predictions.items()
            if name in other.predictions and value.shape == other.predictions[name].shape
        },
    }


def largest_difference(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    """Largest absolute difference; infinite where exactly one is NaN, as no tolerance should cover that."""
    if a.dtype == b.dtype and np.array_equal(a, b):
        return 0.0
    with np.errstate(all="ignore"):
        x, y = a.astype("float64"), b.astype("float64")
        same = (x == y) | (np.isnan(x) & np.isnan(y))
        gap = np.nan_to_num(np.where(same, 0.0, np.abs(x - y)), nan=np.inf, posinf=np.inf)
    return float(np.max(gap, initial=0.0))


def differences(mine: Named, other: Named) -> dict[str, float] | None:
    """By variable, in order; None where number or shapes differ."""
    if [value.shape for _, value in mine] != [value.shape for _, value in other]:
        return None
    # Shared layers make paths that are not unique; the later ones get their position.
    found: dict[str, float] = {}
    for index, ((path, a), (_, b)) in enumerate(zip(mine, other, strict=True)):
        found[f"{path}#{index}" if path in found else path] = largest_difference(a, b)
    return found
