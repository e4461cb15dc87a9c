"""Small parts of the facts by which two answers can be told apart, and when two of them agree."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np

from grader.award.facts_view import FactsView
from grader.errors import CourseFault
from grader.schema import Json, ModelFact, Step

#: Part of every hash in signature files: a change of what traits are needs a new one.
FORMAT = 7
#: Elements that an array is told by.
SAMPLES = 12
#: Characters of one trait; a longer one is told by its hash.
LONGEST = 600
#: Float32 arithmetic in another order differs by less; any mistake worth a name by more.
_RELATIVE, _ABSOLUTE = 1e-3, 1e-5
#: By so much do accuracies and losses differ that come from one program and other rounding.
_BY_CHANCE = 0.1
#: In the place of a number that tells nothing.
ANY_NUMBER = "…"
_HASH = re.compile(r"[0-9a-f]{16}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|0x[0-9a-f]+")
_SIZE = re.compile(r"^u|[0-9]+$")
_NONE: Mapping[str, Json] = {}
#: Parts of a model that training does not change.
_STRUCTURE = ("layers", "configs", "input", "parameters")


class Traits:
    """The traits of one submission's facts, made when they are asked for."""

    def __init__(self, view: FactsView) -> None:
        self._view = view
        self._known: dict[str, Mapping[str, Json]] = {}

    def of(self, names: Iterable[str]) -> dict[str, Json]:
        """All traits of the evidence ``names``: ``array NAME``, ``value NAME``, ``model NAME``, ``step NAME``."""
        found: dict[str, Json] = {}
        for name in names:
            if name not in self._known:
                self._known[name] = dict(self._make(*name.split(" ", 1)))
            found |= self._known[name]
        return found

    @cached_property
    def stand_ins(self) -> Mapping[str, str]:
        """Where training was left out: models that it would have made, with those whose structure they have."""
        record = self._view.record
        graded, wanted = record.graded_model, self._view.exercise.graded_model
        if not record.untrained or graded is None or graded not in wanted:
            return {}
        plans = self._view.exercise.inspect
        made = (name for name in wanted[: wanted.index(graded)] if plans[name].source != "submission")
        return {name: graded for name in made if name not in record.models}

    def told(self, trait: str) -> bool:
        """Whether these facts can say what ``trait`` is: of a model that is stood in for, only the structure."""
        kind, _, rest = trait.partition(" ")
        name, _, part = rest.partition(" ")
        return kind != "model" or name not in self.stand_ins or part in _STRUCTURE

    def _make(self, kind: str, name: str) -> Iterator[tuple[str, Json]]:
        record, key = self._view.record, f"{kind} {name}"
        if kind == "step":
            yield key, next((_ended(step) for step in record.steps if step.name == name), "missing")
        elif kind == "array":
            if name not in record.arrays:
                yield f"{key} values", self._why_missing(name)
                return
            array = self._view.array(name)
            yield f"{key} shape", list(array.shape)
            yield f"{key} dtype", str(array.dtype)
            yield f"{key} values", array_trait(array)
        elif kind == "value":
            if name not in record.values:
                yield key, self._why_missing(name)
                return
            value = record.values[name]
            if isinstance(value, dict) and len(value) <= SAMPLES:
                yield from ((f"{key} {part}", _json(inner)) for part, inner in value.items())
            else:
                yield key, _json(value)
        else:
            model = record.models.get(self.stand_ins.get(name, name))
            if name in self.stand_ins and model is not None and model.refused is None:
                yield from ((f"{key} {part}", value) for part, value in self._model(model) if part in _STRUCTURE)
            elif model is None or model.refused is not None:
                yield key, self._why_missing(name) if model is None else f"refused: {model.refused.kind}"  # type: ignore[union-attr]
            else:
                yield from ((f"{key} {part}", value) for part, value in (*self._model(model), *self._kept(model)))

    def _model(self, model: ModelFact) -> Iterator[tuple[str, Json]]:
        """Structure, settings, and what training did; the weights themselves are no more than numbers."""
        try:
            rows = self._view.models[model.name].layers
        except CourseFault:
            return
        yield "layers", [str(row) for row in rows]
        yield "configs", _json([dict(row.config or _NONE) for row in rows])
        yield "input", [None, *model.input_shape[1:]]
        yield "parameters", [model.parameters, model.trainable_parameters, model.frozen_parameters]
        yield "finite", model.finite
        yield "unreadable", list(model.unreadable)
        compiled = model.compiled
        yield "optimizer", compiled and compiled.optimizer
        yield "loss", compiled and [compiled.loss, compiled.from_logits]
        yield "metrics", compiled and list(compiled.metrics)
        yield "trained", None if model.optimizer is None else model.optimizer.iterations > 0
        for name, score in model.scores.items():
            yield f"score {name}", [_rounded(score.accuracy), _rounded(score.loss)]
        yield "iterations", model.optimizer and model.optimizer.iterations
        if (compare := model.compare) is not None:
            yield "same architecture", compare.same_architecture
            yield "same compile settings", compare.same_compile
            yield (
                "moved",
                None if compare.weights is None else [not gap <= 1e-6 for gap in compare.weights.values()],
            )
            same = compare.optimizer and compare.largest_optimizer_difference <= 1e-6
            yield "same optimizer state", bool(same) if compare.optimizer is not None else None
            yield "same predictions", {name: gap <= 1e-4 for name, gap in compare.predictions.items()}

    def _kept(self, model: ModelFact) -> Iterator[tuple[str, Json]]:
        """Which variables of each given model are in ``model``, bit for bit."""
        mine = {(weight.shape, weight.sha256) for weight in model.weights}
        for name in self._view.given_models:
            if name != model.name:
                weights = self._view.record.models[name].weights
                yield f"keeps {name}", [(weight.shape, weight.sha256) in mine for weight in weights]

    def _why_missing(self, name: str) -> str:
        """What kept ``name`` from being made: the step of that name, or the last one that began."""
        return f"missing: {self._broken.get(name) or self._broken.get('', 'not made')}"

    @cached_property
    def _broken(self) -> Mapping[str, str]:
        broken = {step.name: _ended(step) for step in self._view.record.steps if step.status != "ok"}
        outcome = self._view.record.outcome
        if outcome is not None and outcome.verdict != "completed":
            return dict.fromkeys(broken, outcome.verdict) | {"": outcome.verdict}
        return broken | {"": next(iter(broken.values()), "not made")}


def agree(one: Json, other: Json) -> bool:
    """The same, numbers within what rounding may do to them."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return (one == other or (math.isnan(one) and math.isnan(other))) or math.isclose(
            one, other, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(agree, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    return bool(one == other)


def form(value: Json) -> Json:
    """What is left of ``value`` without its numbers: how many there are, and where."""
    if isinstance(value, dict):
        return {key: form(item) for key, item in value.items()}
    if isinstance(value, list):
        return [form(item) for item in value]
    return ANY_NUMBER if _is_number(value) or (isinstance(value, str) and _HASH.fullmatch(value)) else value


def alike(one: Json, other: Json) -> bool:
    """The same, but for what another machine, or another number of threads, makes of the same training.

    ``other`` may be a :func:`form`.
    """
    if other == ANY_NUMBER:
        return bool(form(one) == ANY_NUMBER)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=_BY_CHANCE, abs_tol=_BY_CHANCE / 2)
    return agree(one, other)


def _is_number(value: Json) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def telling(value: Json) -> bool:
    """Whether ``value`` says more than that something is so, or is missing: many mistakes leave the same flag."""
    if isinstance(value, list | dict):
        return any(map(telling, value.values() if isinstance(value, dict) else value))
    return value is not None and not isinstance(value, bool)


def same_kind(one: Json, other: Json) -> bool:
    """Two names of element types that differ in size at most: ``int64`` and ``uint8``, but not ``float32``."""
    return _SIZE.sub("", str(one)) == _SIZE.sub("", str(other))


def _ended(step: Step) -> str:
    """How a step ended; names and numbers that depend on how the code is written are left out of a message."""
    if step.status == "unfinished":
        return "unfinished"
    error = step.error
    if error is None:
        return "ok"
    said = _QUOTED.sub("…", error.message.partition("\n")[0])[:120] if error.kind == "exception" else error.name
    got = error.actual
    what = () if got is None else (got.kind, str(got.count) if got.kind == "tuple" else "", got.en)
    return " ".join(filter(None, (error.kind, error.type, said, *what)))


def array_trait(array: np.ndarray[Any, Any]) -> Any:
    """All elements of a small array; of a large one some, and sums that a change, or another order, changes."""
    if array.dtype.kind not in "biuf":
        return hashlib.sha256(array.tobytes()).hexdigest()[:16]
    flat = array.reshape(-1).astype(np.float64)
    if flat.size <= SAMPLES:
        return [_rounded(value) for value in flat]
    weights = np.cos(np.arange(flat.size, dtype=np.float64))
    with np.errstate(all="ignore"):
        sums = [flat.mean(), flat.std(), float(np.mean(np.abs(flat) * (1 + weights)))]
        sums += [_leaning(array, axis) for axis in range(array.ndim)] if array.ndim > 1 else []
    return [_rounded(value) for value in (*sums, *flat[:: -(-flat.size // SAMPLES)])]


def _leaning(array: np.ndarray[Any, Any], axis: int) -> float:
    """Which end of ``axis`` the larger values are at: what a flip turns round, though all values are the same."""
    others = tuple(other for other in range(array.ndim) if other != axis)
    profile = array.mean(axis=others, dtype=np.float64)
    return float(np.mean((profile - profile.mean()) * np.linspace(-1, 1, len(profile))))


def _rounded(value: float) -> Json:
    number = float(value)
    if not math.isfinite(number):
        return str(number)
    short = float(f"{number:.6g}")
    return int(short) if short.is_integer() and abs(short) < 1e9 else short


def _json(value: Json) -> Json:
    """``value`` with its numbers rounded; by its hash where it is long."""
    short = _short(value)
    text = json.dumps(short, sort_keys=True, ensure_ascii=False)
    return short if len(text) <= LONGEST else hashlib.sha256(text.encode()).hexdigest()[:16]


def _short(value: Json) -> Json:
    if isinstance(value, float):
        return _rounded(value)
    if isinstance(value, list | tuple):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _short(item) for key, item in value.items()}
    return value
