"""What we found out ourselves. Checks read facts and nothing else."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from grader.schema.base import Frozen, Json, Sayable
from grader.schema.course import Budget, BudgetName
from grader.schema.evidence import RunOutcome, Step, StepError
from grader.schema.submission import Problem

Shape = tuple[int | None, ...]


class LayerFact(Frozen):
    """One row of the layer table."""

    name: str
    type: str
    """Class name, such as ``Conv2D``."""
    output_shape: Shape
    parameters: int
    trainable_parameters: int
    activation: str | None = None
    """Normalised name, such as ``relu``; None where the layer has none, ``linear`` where it does nothing."""
    config: dict[str, Json] = Field(default_factory=dict)
    """What decides what the layer computes: ``kernel_size``, ``strides``, ``padding``, ``rate`` …"""


class CompileFact(Frozen):
    """Compile settings with aliases normalised: ``"adam"`` and ``Adam()`` are the same."""

    optimizer: str
    """Lower-case class name: ``adam``."""
    optimizer_config: dict[str, Json] = Field(default_factory=dict)
    """Learning rate and the like, rounded to float32."""
    loss: str
    """Snake case: ``sparse_categorical_crossentropy``."""
    from_logits: bool = False
    metrics: tuple[str, ...] = ()
    """Normalised: every way of measuring accuracy, for the labels that the loss takes and the model's outputs, is
    ``accuracy``. One that measures something else keeps its own name, such as ``categorical_accuracy``."""


class WeightFact(Frozen):
    """One variable, by its place in the file."""

    path: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool
    sha256: str
    mean: float
    std: float


class OptimizerFact(Frozen):
    """The optimizer's state as stored."""

    iterations: int
    variables: tuple[WeightFact, ...]


class Score(Frozen):
    """A model on one labelled set, computed by the grader from predictions and its own labels."""

    images: int
    accuracy: float
    loss: float
    """Mean categorical (or binary) cross-entropy, clipped at 1e-7 as Keras does."""
    confusion: tuple[tuple[int, ...], ...] = ()
    """Rows are true classes, columns are predicted ones."""


class Difference(Frozen):
    """Two models of the same evidence beside each other."""

    against: str
    same_architecture: bool
    same_compile: bool
    weights: dict[str, float] | None = None
    """Largest absolute difference by variable; None where the shapes do not match."""
    optimizer: dict[str, float] | None = None
    predictions: dict[str, float] = Field(default_factory=dict)
    """Largest absolute difference by input name."""

    @property
    def largest_weight_difference(self) -> float:
        """Infinity where the shapes do not match."""
        return max(self.weights.values(), default=0.0) if self.weights is not None else float("inf")

    @property
    def largest_optimizer_difference(self) -> float:
        """Infinity where there is no comparable state."""
        return max(self.optimizer.values(), default=0.0) if self.optimizer is not None else float("inf")


class Refusal(Frozen):
    """Why a model was not rebuilt. ``kind`` is a stable word, ``detail`` names the offending part."""

    kind: Literal[
        "missing",
        "not_keras_file",
        "older_keras",
        "too_large",
        "damaged",
        "layer_not_allowed",
        "custom_code",
        "shape_mismatch",
        "unsupported",
        "resources",
    ]
    detail: Sayable = ""


class ModelFact(Frozen):
    """A model rebuilt from its file, or why not."""

    name: str
    file: str
    refused: Refusal | None = None
    layers: tuple[LayerFact, ...] = ()
    input_shape: Shape = ()
    output_shape: Shape = ()
    parameters: int = 0
    trainable_parameters: int = 0
    frozen_parameters: int = 0
    unreadable: tuple[str, ...] = ()
    """Functions of TensorFlow, such as ``softmax_v2``: counted as what they compute, but Keras can't load them."""
    compute_dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    """The coarsest type that a layer computes with in the student's process; here all compute with float32."""
    compiled: CompileFact | None = None
    optimizer: OptimizerFact | None = None
    weights: tuple[WeightFact, ...] = ()
    predictions: tuple[str, ...] = ()
    """Input names; the array of ``test`` is the facts' array ``<model>.predict.test``."""
    scores: dict[str, Score] = Field(default_factory=dict)
    compare: Difference | None = None

    @property
    def finite(self) -> bool:
        """Whether no weight is NaN or infinite: one such number makes the mean of its variable one."""
        return all(math.isfinite(weight.mean) and math.isfinite(weight.std) for weight in self.weights)


class Facts(Frozen):
    """Everything a check may look at. Stored, so that marks can be computed again at any time."""

    format_version: Literal[1] = 1
    exercise: str
    present: bool
    """False: the submission has no file for this exercise."""
    budget_name: BudgetName
    budget: Budget | None = None
    data: str | None = None
    """Which data was used: ``cifar10``, ``builtin``, or None where the exercise needs none."""
    seed: int = 0
    outcome: RunOutcome | None = None
    inspection: RunOutcome | None = None
    steps: tuple[Step, ...] = ()
    top_level: tuple[StepError, ...] = ()
    """Statements of the student's file outside of functions that failed; the rest ran."""
    values: dict[str, Json] = Field(default_factory=dict)
    arrays: tuple[str, ...] = ()
    models: dict[str, ModelFact] = Field(default_factory=dict)
    graded_model: str | None = None
    untrained: bool = False
    """Training was left out on purpose, for a quick answer: what needs it is not checked rather than failed."""
    attempts: tuple[float, ...] = ()
    """Accuracies of all runs when the first one was borderline; the facts are those of the best."""
    problems: tuple[Problem, ...] = ()
    harness_fault: str = ""
    """Not empty: our own failure; the exercise is ``ungraded``."""
