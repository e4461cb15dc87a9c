"""What a student is told to do, where Keras' own words or a bare "None" say little."""

from __future__ import annotations

from typing import Any

import pytest

from grader.schema import ModelFact, Refusal, Step, StepError, Text
from grader.wire.description import Description


def told(bench: Any, **error: Any) -> Any:
    """What a check says when the step that it needs failed with this error."""
    step = Step(name="train", status="failed", error=StepError(**{"kind": "exception", "name": "train", **error}))
    return bench.check("facts.step('train')", bench.facts(steps=(step,))).message.en


def test_a_function_without_return(bench: Any) -> None:
    expected = Description("any_model")
    said = told(bench, kind="bad_return", expected=expected, actual=Description("constant", "None"))
    assert "It returned nothing (None): is a return missing at its end?" in said
    assert "return missing" not in told(
        bench, kind="bad_return", expected=expected, actual=Description("number", "3")
    )


@pytest.mark.parametrize(
    ("message", "loss"),
    [
        (
            "Arguments `target` and `output` must have the same shape. Received: target.shape=(None, 1), "
            "output.shape=(None, 10)",
            'Class ids need loss="sparse_categorical_crossentropy"',
        ),
        (
            "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(None, 10)",
            'One-hot labels need loss="categorical_crossentropy"',
        ),
        (
            "logits and labels must have the same first dimension, got logits [64,10] and labels [640]",
            'One-hot labels need loss="categorical_crossentropy"',
        ),
        ("This model has not yet been built.", "start it with keras.Input"),
    ],
)
def test_the_word_that_helps_is_named(bench: Any, message: str, loss: str) -> None:
    said = told(bench, type="ValueError", message=message)
    assert message.split(".")[0] in said
    assert loss in said


def test_a_model_without_input_shape(bench: Any) -> None:
    refused = Refusal(kind="unsupported", detail="the model has no input shape: call it or add an Input")
    facts = bench.facts(models={"built": ModelFact(name="built", file="built.keras", refused=refused)})
    assert "keras.Input(shape=" in bench.check("facts.models['built']", facts).message.en


def test_nothing_that_is_told_breaks_a_report(bench: Any) -> None:
    """A lone surrogate in a student's text can't be written to a file: it is replaced."""
    assert Text(ko="가\ud800", en="\udfff").model_dump_json() == '{"ko":"가\ufffd","en":"\ufffd"}'
    facts = bench.facts(values={"n": "\ud800"})
    exercise = bench.exercise("def test_a(facts):\n    assert facts.value('n') == 3\n")
    assert bench.award(exercise, facts).model_dump_json()
