"""Predictions against labels. The labels never leave the grader's own process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.inspect.models import TEST, Inspection
from grader.schema import ModelFact, Score
from grader.wire.npy import BadArray, read_array

#: Keras' epsilon: probabilities are clipped to [1e-7, 1 - 1e-7] before the logarithm.
EPSILON = 1e-7
#: Classes up to which a confusion matrix is stored.
MAX_CONFUSION = 200


def score_predictions(inspection: Inspection, labels: np.ndarray[Any, Any]) -> Inspection:
    """Give every model that predicted the test images its score."""
    models = dict(inspection.models)
    for name, model in models.items():
        path = inspection.arrays.get(f"{name}.predict.{TEST}")
        score = _read_score(path, labels, logits=gives_logits(model)) if path is not None else None
        if score is not None:
            models[name] = model.model_copy(update={"scores": {**model.scores, TEST: score}})
    return replace(inspection, models=models)


def gives_logits(model: ModelFact) -> bool:
    """Whether the outputs are no probabilities yet: trained so, and no activation makes them any."""
    last = model.layers[-1].activation if model.layers else None
    return model.compiled is not None and model.compiled.from_logits and last in (None, "linear")


def _read_score(path: Path, labels: np.ndarray[Any, Any], *, logits: bool) -> Score | None:
    try:
        return score(read_array(path), labels, logits=logits)
    except BadArray:
        return None


def score(
    predictions: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], *, logits: bool = False
) -> Score | None:
    """Accuracy, cross-entropy and confusion matrix.

    Args:
        predictions: float (n, k) class probabilities, or (n, 1) or (n,) the probability of class 1.
        labels: int (n,).
        logits: the predictions come before softmax (or, of one column, the sigmoid).

    Returns:
        None where the predictions have another shape. A row with NaN or infinity counts as wrong, its loss as that
        of probability 0. No confusion matrix beyond :data:`MAX_CONFUSION` classes.
    """
    found = as_probabilities(predictions, logits=logits)
    if found is None or len(found) != len(labels):
        return None
    sound = np.asarray(np.isfinite(found).all(axis=1))
    values = np.where(sound[:, None], found, 0.0)
    classes = max(values.shape[1], int(labels.max(initial=0)) + 1)
    chosen = np.where(sound, values.argmax(axis=1), -1)
    given = np.zeros(len(labels))
    known = sound & (labels < values.shape[1])
    given[known] = values[known, labels[known]]
    confusion = np.zeros((classes, classes) if classes <= MAX_CONFUSION else (0, 0), dtype=np.int64)
    if confusion.size:
        np.add.at(confusion, (labels[sound], chosen[sound]), 1)
    return Score(
        images=len(labels),
        accuracy=float(np.mean(chosen == labels)) if len(labels) else 0.0,
        loss=float(np.mean(-np.log(np.clip(given, EPSILON, 1 - EPSILON)))) if len(labels) else 0.0,
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
    )


def as_probabilities(predictions: np.ndarray[Any, Any], *, logits: bool = False) -> np.ndarray[Any, Any] | None:
    """float64 (n, k) from what a model predicts, one column for each class; None where it is no such thing.

    A row with NaN or infinity is NaN throughout.
    """
    values = np.asarray(predictions, dtype=np.float64)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or values.shape[1] == 0:
        return None
    sound = np.asarray(np.isfinite(values).all(axis=1))
    values = np.where(sound[:, None], values, 0.0)
    if logits:
        values = _probabilities(values)
    if values.shape[1] == 1:
        values = np.concatenate([1 - values, values], axis=1)
    return np.where(sound[:, None], values, np.nan)


def _probabilities(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Softmax over columns; of a single column the sigmoid."""
    if values.shape[1] == 1:
        return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))))
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
