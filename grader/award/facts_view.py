"""Facts as checks see them. What is not there fails the check, with the reason that the run gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from grader.award.explain import explain_missing, explain_refusal
from grader.award.failures import CheckFailed, MissingEvidence, clip
from grader.award.json_values import wrap
from grader.award.show import show
from grader.award.student_error import shown_name
from grader.errors import CourseFault
from grader.i18n import both
from grader.layers import LayerTable
from grader.schema import CompileFact, Difference, Exercise, Facts, Json, ModelFact, OptimizerFact, Score, Step
from grader.wire.npy import BadArray, read_array

_REQUIRED: Any = object()
#: Distance from 1 to the next number of each type.
_PRECISION = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}


class NoSuchField(CourseFault, AttributeError):
    """A check asks for a field that there is not."""


class FactsView:
    """The fixture ``facts``: the fields of :class:`grader.schema.Facts`, and look-ups that explain themselves.

    Raises:
        MissingEvidence: (an assertion, so the check fails) what was asked for is not there.
        CourseFault: (so the check is ungraded) what is stored was damaged after we stored it.
    """

    def __init__(self, exercise: Exercise, facts: Facts, folder: Path) -> None:
        self.record = facts
        """The facts as stored, without any explanation."""
        self.exercise = exercise
        self._folder = folder
        self._arrays: dict[str, np.ndarray[Any, Any]] = {}
        self.reads: set[str] = set()
        """What was asked for: ``array NAME``, ``value NAME``, ``model NAME``, ``step NAME``."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in Facts.model_fields:
            raise NoSuchField(f"facts have no {name!r}")
        return getattr(self.record, name)

    @property
    def given_models(self) -> list[str]:
        """The models that the exercise hands out, as far as they are there."""
        plans = self.exercise.inspect.items()
        return [name for name, plan in plans if plan.source == "given" and name in self.record.models]

    def step(self, name: str) -> Step:
        """The step ``name`` of the probe, which came to its end."""
        self.reads.add(f"step {name}")
        for step in self.record.steps:
            if step.name == name and step.status == "ok":
                return step
        raise self.missing(name)

    def array(self, name: str, *, shape: tuple[int | None, ...] | None = None) -> np.ndarray[Any, Any]:
        """The array ``name``, read-only. With ``shape``, its shape must be that (None: any size)."""
        self.reads.add(f"array {name}")
        if name not in self._arrays:
            if name not in self.record.arrays:
                raise self.missing(name)
            self._arrays[name] = self._read(name)
        array = self._arrays[name]
        if shape is not None and (
            array.ndim != len(shape)
            or any(want not in (None, got) for want, got in zip(shape, array.shape, strict=True))
        ):
            raise CheckFailed(
                both("{name}: the shape is not the expected one.", name=self._shown(name)),
                expected=show(shape),
                actual=show(array.shape),
            )
        return array

    def value(self, name: str, default: Json = _REQUIRED, *, kind: type | tuple[type, ...] | None = None) -> Any:
        """The JSON value ``name``; lists in it equal tuples.

        Values are a student's claim, so check what they are: with ``kind``, anything else fails the check
        (``float`` takes integers too; a boolean is a number only where ``kind`` is ``bool``).
        """
        self.reads.add(f"value {name}")
        if name not in self.record.values:
            if default is _REQUIRED:
                raise self.missing(name)
            return default
        value = wrap(self.record.values[name], name, _no_entry)
        if kind is not None and not _is_kind(value, kind):
            raise CheckFailed(
                both("{name}: this is not the kind of value that is asked for.", name=self._shown(name)),
                actual=show(value),
            )
        return value

    @cached_property
    def models(self) -> Models:
        """All rebuilt models by name."""
        return Models(self)

    @property
    def model(self) -> ModelView:
        """The graded model: the first of the exercise's ``graded_model`` that is there."""
        name = self.record.graded_model
        if name is None:
            candidates = self.exercise.graded_model
            if not candidates:
                raise CourseFault(f"{self.exercise.id} names no graded_model")
            # Of those that are there and were refused, the first says more than that another is missing.
            present = [
                n
                for n in candidates
                if (fact := self.record.models.get(n)) and fact.refused and fact.refused.kind != "missing"
            ]
            name = (present or candidates[-1:])[0]
        return self.models[name]

    @property
    def layers(self) -> LayerTable:
        """The graded model's layer table."""
        return self.model.layers

    def score(self, name: str = "test") -> Score:
        """The graded model's score on ``name``, computed by the grader."""
        return self.model.score(name)

    def missing(self, wanted: str) -> MissingEvidence:
        """The failure that explains why ``wanted`` is not there."""
        return explain_missing(wanted, self.record, self.exercise).as_missing()

    def _shown(self, name: str) -> str:
        return shown_name(name, self.exercise)

    def _read(self, name: str) -> np.ndarray[Any, Any]:
        try:
            array = read_array(self._folder / f"{name}.npy")
        except BadArray as error:
            # The inspector has read it before it was stored; what can't be read now was damaged on our side.
            raise CourseFault(f"stored array {name}: {error}") from error
        array.flags.writeable = False
        return array


class Models(Mapping[str, "ModelView"]):
    """``facts.models``: every look-up gives a usable model or fails the check with the reason."""

    def __init__(self, facts: FactsView) -> None:
        self._facts = facts
        self._made: dict[str, ModelView] = {}

    def __getitem__(self, name: str) -> ModelView:
        self._facts.reads.add(f"model {name}")
        if name not in self._made:
            record, exercise = self._facts.record, self._facts.exercise
            fact = record.models.get(name)
            if fact is None:
                raise self._facts.missing(name)
            if fact.refused is not None:
                raise explain_refusal(name, fact.refused, record, exercise).as_missing()
            self._made[name] = ModelView(self._facts, fact)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Whether ``name`` is there and was not refused."""
        self._facts.reads.add(f"model {name}")
        fact = self._facts.record.models.get(str(name))
        return fact is not None and fact.refused is None

    def get(self, name: str, default: Any = None) -> Any:
        """The model, or ``default`` where it is missing or refused."""
        if name not in self:
            return default
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._facts.record.models if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ModelView:
    """One rebuilt model: the fields of :class:`grader.schema.ModelFact`; ``fact`` is the record itself."""

    def __init__(self, facts: FactsView, fact: ModelFact) -> None:
        self.fact = fact
        self._facts = facts

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in ModelFact.model_fields:
            raise NoSuchField(f"a model has no {name!r}")
        return getattr(self.fact, name)

    @cached_property
    def layers(self) -> LayerTable:
        """The layer table, normalised."""
        return LayerTable.of_facts(self.fact.layers)

    @property
    def compiled(self) -> CompileFact:
        """The compile settings; the check fails where the model was not compiled."""
        if self.fact.compiled is None:
            raise MissingEvidence(both("The model is not compiled: call model.compile(…)."))
        return self.fact.compiled

    @property
    def finite(self) -> bool:
        """Whether no weight is NaN or infinite."""
        return self.fact.finite

    @property
    def optimizer(self) -> OptimizerFact:
        """The optimizer's state; the check fails where the file has none."""
        if self.fact.optimizer is None:
            raise MissingEvidence(both("The model file holds no optimizer state."))
        return self.fact.optimizer

    @property
    def compare(self) -> Difference:
        """How it differs from the model that its plan names.

        The check fails where that one is missing, and where one of them is a configuration without weights.
        """
        if self.fact.compare is None:
            plan = self._facts.exercise.inspect.get(self.fact.name)
            if plan is None or plan.compare is None:
                raise CourseFault(f"the plan of {self.fact.name} compares with nothing")
            self._facts.models[plan.compare]  # raises where it is missing or refused
            raise MissingEvidence(both("The saved model holds no weights: nothing can be compared."))
        return self.fact.compare

    def tolerance(self, atol: float) -> float:
        """``atol``, or twice the precision that the model computed with in the student's process if that is more.

        Measured: an untrained and a trained CNN of this chapter differ by a quarter of that precision at most from
        what float32 gives.
        """
        return max(atol, 2 * _PRECISION[self.fact.compute_dtype])

    def score(self, name: str = "test") -> Score:
        """Accuracy and loss on ``name``; the check fails where predictions were not possible."""
        if name not in self.fact.scores:
            if self._facts.record.data is None:
                raise CourseFault(f"{self._facts.record.exercise} has no data set to score {self.fact.name} on")
            raise MissingEvidence(
                both(
                    "The model's predictions could not be scored. It must give one output for each class. "
                    "Output shape: {shape}",
                    shape=str(tuple(self.fact.output_shape)),
                )
            )
        return self.fact.scores[name]

    def prediction(self, name: str = "test") -> np.ndarray[Any, Any]:
        """What the model, rebuilt, predicts for the input ``name``."""
        array = f"{self.fact.name}.predict.{name}"
        if array not in self._facts.record.arrays:
            raise MissingEvidence(
                both(
                    "The model could not be used on the images it was given. Its input shape: {shape}",
                    shape=str(tuple(self.fact.input_shape)),
                )
            )
        return self._facts.array(array)


def _is_kind(value: object, kind: type | tuple[type, ...]) -> bool:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(value, bool):
        return bool in kinds
    if float in kinds and isinstance(value, int):
        return True
    return isinstance(value, kinds)


def _no_entry(name: str, key: object) -> Exception:
    return CheckFailed(both("{name}: there is no entry {key}.", name=clip(name, 80), key=repr(key)))
