"""What a saved model and the record of its training must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.award.expect.comparing import Hint, close, that
from grader.award.facts_view import ModelView
from grader.award.failures import CheckFailed, clip
from grader.award.json_values import real_number
from grader.award.show import show
from grader.i18n import both
from grader.schema import CompileFact, Text
from grader.wire.layer_types import activation_name


def round_trip(
    before: np.ndarray[Any, Any], model: ModelView, name: str, *, atol: float, hint: Hint = None
) -> None:
    """A model's predictions ``before`` it was saved are those of the file for the input ``name``.

    ``atol`` is widened to the precision that the model computes with. A file that Keras can't read back fails.
    """
    for function in model.unreadable:
        raise CheckFailed(
            both(
                "Keras cannot load this model again: {name} is a function of TensorFlow that Keras does not know "
                "by this name. Write the activation as a string.",
                name=function,
            ),
            expected=_plain(f'activation="{activation_name(function)}"'),
            actual=_plain(function),
            hint=hint,
        )
    what = both("Predictions before saving and after loading")
    close(before, model.prediction(name), atol=model.tolerance(atol), what=what, hint=hint)


def measures_accuracy(compiled: CompileFact, *, hint: Hint = None) -> None:
    """One of the metrics is the share of right answers, for the labels that the loss takes and the outputs."""
    if "accuracy" in compiled.metrics:
        return
    other = [name for name in compiled.metrics if "accuracy" in name.lower()]
    message = (
        both("{metric} does not measure the accuracy for these labels and outputs.", metric=clip(other[0], 80))
        if other
        else both("Accuracy is not among the metrics.")
    )
    raise CheckFailed(
        message,
        expected=_plain("accuracy"),
        actual=_plain(clip(", ".join(compiled.metrics))) if compiled.metrics else both("none"),
        hint=hint,
    )


def history(record: object, *, epochs: int | None = None, hint: Hint = None) -> None:
    """The ``history`` of a Keras ``History``: loss and validation loss, finite, for each epoch.

    Args:
        record: the evidence, of any kind.
        epochs: how many were asked for. More are wrong. Fewer are right where something stopped getting better, so
            that stopping early explains them.
    """
    curves = record if isinstance(record, Mapping) else {}
    for name, what in (("loss", both("Training loss")), ("val_loss", both("Validation loss"))):
        that(
            name in curves,
            both("It is not recorded."),
            expected=name,
            actual=", ".join(sorted(str(key) for key in curves)) or both("none"),
            what=what,
            hint=hint,
        )
        values = curves[name]
        numbers = [real_number(value) for value in values] if isinstance(values, list | tuple) else []
        that(
            numbers and None not in numbers,
            both("This is not a list of finite numbers, one for each epoch."),
            actual=show(values),
            what=what,
            hint=hint,
        )
    ran = len(curves["loss"])
    if epochs is not None and (ran > epochs or (ran < epochs and _still_better(curves))):
        message = both("This is not the number of epochs that was asked for.")
        raise CheckFailed(message, expected=_plain(str(epochs)), actual=_plain(str(ran)), hint=hint)


def _still_better(curves: Mapping[Any, Any]) -> bool:
    """Whether every curve is at its best in the last epoch: no early stopping ends a training there."""
    for name, values in curves.items():
        if not isinstance(values, list | tuple) or any(real_number(value) is None for value in values):
            continue
        earlier = list(values)[:-1]
        if earlier and not (values[-1] < min(earlier) if "loss" in str(name) else values[-1] > max(earlier)):
            return False
    return True


def _plain(text: str) -> Text:
    return Text(ko=text, en=text)
