"""Facts and the reference as checks see them; missing evidence explains itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.award import borderline_minimum
from grader.schema import (
    Budget,
    Difference,
    Frame,
    InspectPlan,
    Refusal,
    RunOutcome,
    Score,
    Step,
    StepError,
    Text,
)
from grader.wire.description import Description


def failed(step: str, kind: str = "exception", **fields: Any) -> Step:
    return Step(name=step, status="failed", error=StepError(kind=kind, **fields))


BUDGET = Budget(train=1000, test=200, epochs=2)
ROW = {
    "data": "builtin",
    "budget": "quick",
    "train": 1000,
    "epochs": 2,
    "minimum": 0.6,
    "chance": 0.1,
    "samples": [0.70, 0.71, 0.72],
    "seeds": [0, 1, 2],
    "untrained": [0.08, 0.12],
}


def test_arrays_are_read_only_and_cached(bench: Any) -> None:
    facts = bench.facts(arrays={"a": np.arange(6.0).reshape(2, 3)})
    assert bench.check("expect.equal(facts.array('a', shape=(None, 3)).sum(), 15.0)", facts).outcome == "passed"
    assert bench.check("facts.array('a')[0] = 1", facts).raised
    check = bench.check("facts.array('a', shape=(None, 4))", facts)
    assert (check.outcome, check.expected.en, check.actual.en) == ("failed", "(None, 4)", "(2, 3)")
    assert bench.check("facts.array('a', shape=(6,))", facts).outcome == "failed"


def test_values(bench: Any) -> None:
    facts = bench.facts(values={"d": {"shape": [50, 32]}, "n": 3, "t": True})
    passes = [
        "assert facts.value('d')['shape'] == (50, 32)",
        "assert (50, 32) == facts.value('d')['shape']",
        "assert not facts.value('d')['shape'] != (50, 32)",
        "assert facts.value('d').get('none') is None",
        "assert facts.value('none', default=7) == 7",
        "assert facts.value('n', kind=float) == 3",
        "assert facts.seed == 0 and facts.values['n'] == 3",
    ]
    for line in passes:
        assert bench.check(line, facts).outcome == "passed", line
    fails = [
        "facts.value('d')['count']",
        "facts.value('d')['shape'][5]",
        "facts.value('none')",
        "facts.value('n', kind=str)",
        "facts.value('t', kind=int)",
    ]
    for line in fails:
        check = bench.check(line, facts)
        assert (check.outcome, check.message is not None) == ("failed", True), line


@pytest.mark.parametrize(
    ("step", "message", "frames"),
    [
        (failed("build", "not_implemented"), "build: this function is not written yet.", 0),
        (failed("build", "missing_function", name="build"), "Your file has no build.", 0),
        (failed("build", "missing_function", name="build", near="Build"), "Did you mean Build?", 0),
        (
            failed(
                "build", "exception", type="ValueError", message="bad", frames=(Frame(file="small.py", line=4),)
            ),
            "build: an error was raised. ValueError: bad (small.py, line 4)",
            1,
        ),
        (failed("build", "exit", name="build"), "ended the program", 0),
        (
            failed(
                "build",
                "bad_return",
                name="build",
                expected=Description("any_model"),
                actual=Description("constant", "None"),
            ),
            "build returned something",
            0,
        ),
        (failed("import", "exception", type="ImportError", message="no x"), "could not be imported", 0),
    ],
)
def test_missing_evidence_is_explained_by_its_step(bench: Any, step: Step, message: str, frames: int) -> None:
    check = bench.check("facts.array('build.out')", bench.facts(steps=(step,)))
    assert (check.outcome, check.points) == ("failed", 0)
    assert message in check.message.en
    assert check.message.ko != ""
    assert len(check.frames) == frames
    if step.error is not None and step.error.kind == "bad_return":
        assert (check.expected.en, check.actual.en) == ("a Keras model", "None")


@pytest.mark.parametrize(
    ("wanted", "steps", "culprit"),
    [
        ("a.b.c", ("a", "a.b", "z"), "a.b"),
        ("a.b", ("z", "a.b"), "a.b"),
        ("saved", ("same_model.x", "save_model"), "save_model"),
        ("hidden_restored", ("hidden.save_model", "hidden.restore_model"), "hidden.restore_model"),
        ("resumed", ("import", "resume_training"), "import"),
        ("other", ("first", "second"), "first"),
    ],
)
def test_the_step_that_explains_best(bench: Any, wanted: str, steps: tuple[str, ...], culprit: str) -> None:
    facts = bench.facts(steps=tuple(failed(name, type="E", message=f"in {name}") for name in steps))
    assert f"in {culprit}" in bench.check(f"facts.value({wanted!r})", facts).message.en


def test_a_step_that_is_ok_and_one_that_is_not(bench: Any) -> None:
    facts = bench.facts(steps=(Step(name="a", status="ok"), failed("b", "not_implemented")))
    assert bench.check("assert facts.step('a').status == 'ok'", facts).outcome == "passed"
    assert bench.check("facts.step('b')", facts, functions=("b",)).message.en.startswith("b:")
    assert bench.check("facts.step('c')", bench.facts()).message.en.startswith("small produced nothing")


def test_texts_of_students_are_short(bench: Any) -> None:
    facts = bench.facts(steps=(failed("x", type="E" * 999, message="m" * 99_999),))
    assert len(bench.check("facts.value('x')", facts).model_dump_json()) < 3000


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("not_keras_file", ".keras"),
        ("too_large", "too large"),
        ("damaged", "damaged"),
        ("layer_not_allowed", "layer that is not accepted: Evil"),
        ("custom_code", "Lambda"),
        ("shape_mismatch", "do not fit"),
        ("unsupported", "cannot be examined"),
        ("resources", "limits"),
    ],
)
def test_refused_models(bench: Any, model_fact: Callable[..., Any], kind: Any, said: str) -> None:
    model = model_fact([], refused=Refusal(kind=kind, detail="Evil"))
    facts = bench.facts(models={"built": model}, graded_model=None)
    for line in ("facts.model", "facts.models['built']", "facts.layers", "facts.score('test')"):
        check = bench.check(line, facts, graded_model=("built",))
        assert (check.outcome, said in check.message.en, "Evil" in check.message.en) == ("failed", True, True)
    line = "assert 'built' not in facts.models and facts.models.get('built') is None and not list(facts.models)"
    assert bench.check(line, facts).outcome == "passed"


def test_a_missing_model_is_explained_by_its_step(bench: Any, model_fact: Callable[..., Any]) -> None:
    model = model_fact([], refused=Refusal(kind="missing"))
    facts = bench.facts(models={"built": model}, steps=(failed("build_model", "not_implemented"),))
    check = bench.check("facts.model", facts, graded_model=("submitted", "built"), functions=("build_model",))
    assert check.message.en == "build_model: this function is not written yet."


def test_what_a_student_left_out_fails_and_is_not_our_fault(bench: Any, model_fact: Callable[..., Any]) -> None:
    facts = bench.facts(
        models={"built": model_fact([]), "saved": model_fact([], "saved", refused=Refusal(kind="damaged"))},
        graded_model="built",
        data="builtin",
    )
    plans = {"built": InspectPlan(compare="saved")}
    for line in (
        "facts.model.compiled.loss",
        "facts.model.optimizer.iterations",
        "facts.model.compare.same_architecture",
        "facts.score('test').accuracy",
        "facts.model.prediction('test')",
    ):
        check = bench.check(line, facts, inspect=plans, graded_model=("built",))
        assert (check.outcome, check.points) == ("failed", 0), line
    assert bench.check("facts.models['built'].nothing", facts).outcome == "ungraded"


def test_model_view(bench: Any, model_fact: Callable[..., Any]) -> None:
    model = model_fact(
        [("Dense", (None, 2), 6)],
        parameters=6,
        scores={"test": Score(images=4, accuracy=0.75, loss=0.5)},
        compare=Difference(against="other", same_architecture=True, same_compile=True, weights={"w": 0.25}),
    )
    facts = bench.facts(
        models={"built": model},
        graded_model="built",
        data="builtin",
        arrays={"built.predict.test": np.zeros((4, 2))},
    )
    body = """
        assert facts.model.parameters == 6
        assert facts.score().accuracy == 0.75
        assert facts.model.prediction().shape == (4, 2)
        assert facts.model.compare.largest_weight_difference == 0.25
        assert len(facts.layers) == 1 and facts.layers[0].type == "Dense"
        assert facts.models["built"] is facts.model
    """
    assert bench.check(body, facts).outcome == "passed"


def test_inputs_are_made_once_and_only_when_asked_for(bench: Any) -> None:
    from grader.award import award

    calls = []

    def inputs() -> dict[str, Any]:
        calls.append(1)
        return {"x": np.arange(3)}

    plain = bench.exercise("def test_a(): pass\n")
    award([bench.request(plain, bench.facts(), inputs=inputs)])
    assert calls == []
    asks = bench.exercise(
        "def test_a(inputs):\n    assert inputs['x'].sum() == 3 and not inputs['x'].flags.writeable\n"
    )
    results = award([bench.request(asks, bench.facts(), inputs=inputs)] * 3)
    assert [r.status for r in results] == ["graded"] * 3
    assert calls == [1]


def test_broken_inputs_are_our_fault(bench: Any) -> None:
    def inputs() -> dict[str, Any]:
        raise RuntimeError("inputs.py")

    result = bench.award(bench.exercise("def test_a(inputs): pass\n"), inputs=inputs)
    assert (result.status, result.points) == ("ungraded", None)


def test_reference(bench: Any) -> None:
    reference = {"parameters": 453786, "shape": [None, 30], "deep": {"key": [1, 2]}, "layers": []}
    for line in (
        "assert reference.parameters == 453786",
        "assert reference.shape == (None, 30)",
        "assert reference.deep.key == [1, 2] and reference['deep']['key'][1] == 2",
        "assert len(reference.layers) == 0",
    ):
        assert bench.check(line, reference=reference).outcome == "passed", line
    for line in ("reference.none", "reference.deep.none", "reference.shape[7]", "reference.threshold(facts)"):
        assert bench.check(line, reference=reference).outcome == "ungraded", line


def test_a_broken_reference_file_is_our_fault(bench: Any) -> None:
    exercise = bench.exercise("def test_a(): pass\n", reference={})
    exercise.reference_file.write_text("{", encoding="utf-8")
    result = bench.award(exercise)
    assert (result.status, result.points) == ("ungraded", None)
    assert "reference.json" in result.staff_detail


ACCURACY = """
    @pytest.mark.points(5)
    def test_accuracy(facts, reference):
        '''정확도 | Accuracy'''
        expect.at_least(facts.score("test").accuracy, reference.threshold(facts).minimum, as_percent=True)
"""


def accuracy_case(
    bench: Any, model_fact: Callable[..., Any], accuracy: float, row: Any = ROW, **fields: Any
) -> Any:
    exercise = bench.exercise(
        ACCURACY,
        reference={"accuracy": {"thresholds": [row]}},
        graded_model=("trained",),
        inspect={"trained": InspectPlan(predict=("test",)), "handed": InspectPlan(source="submission")},
    )
    model = model_fact([], "trained", scores={"test": Score(images=200, accuracy=accuracy, loss=1.0)})
    facts = bench.facts(
        **{
            "models": {"trained": model},
            "graded_model": "trained",
            "data": "builtin",
            "budget": BUDGET,
            **fields,
        }
    )
    return exercise, facts


@pytest.mark.parametrize(
    ("accuracy", "points", "borderline"), [(0.7, 5, False), (0.6, 5, False), (0.59, 0, True), (0.4, 0, False)]
)
def test_learning(
    bench: Any, model_fact: Callable[..., Any], accuracy: float, points: float, borderline: bool
) -> None:
    values = {"train.history": {"loss": [1, 0.5], "odd": [float("nan")], "text": "x", "y" * 99: [1]}}
    exercise, facts = accuracy_case(bench, model_fact, accuracy, values=values)
    result = bench.award(exercise, facts)
    assert (result.status, result.points) == ("graded", points)
    assert (result.learning.accuracy, result.learning.minimum) == (accuracy, 0.6)
    assert result.learning.borderline is borderline
    assert result.learning.history == {"loss": (1.0, 0.5)}


def test_attempts_make_it_borderline(bench: Any, model_fact: Callable[..., Any]) -> None:
    exercise, facts = accuracy_case(bench, model_fact, 0.7, attempts=(0.59, 0.7))
    learning = bench.award(exercise, facts).learning
    assert (learning.borderline, learning.attempts) == (True, (0.59, 0.7))


@pytest.mark.parametrize("row", [{**ROW, "epochs": 3}, {**ROW, "data": "cifar10"}, {**ROW, "minimum": None}, 7])
def test_no_threshold_for_this_budget_is_ungraded_not_failed(
    bench: Any, model_fact: Callable[..., Any], row: Any
) -> None:
    exercise, facts = accuracy_case(bench, model_fact, 0.01, row)
    result = bench.award(exercise, facts)
    assert (result.status, result.points, result.checks[0].points) == ("ungraded", None, None)
    assert borderline_minimum(exercise, facts) is None


def test_borderline_minimum(bench: Any, model_fact: Callable[..., Any]) -> None:
    exercise, facts = accuracy_case(bench, model_fact, 0.59)
    limits = borderline_minimum(exercise, facts)
    assert limits is not None
    assert limits.minimum == 0.6
    assert limits.low == pytest.approx(0.57)  # three standard deviations of 0.01
    handed_in = facts.model_copy(update={"graded_model": "handed"})
    assert borderline_minimum(exercise, handed_in) is None  # measuring it again gives the same
    wide, _ = accuracy_case(bench, model_fact, 0.59, {**ROW, "samples": [0.3, 0.9]})
    limits = borderline_minimum(wide, facts)
    assert limits is not None
    assert limits.low == pytest.approx((0.12 + 0.6) / 2)  # never where an untrained model is
    proved, _ = accuracy_case(bench, model_fact, 0.59, {**ROW, "samples": [0.3, 0.9], "learning_proved": True})
    limits = borderline_minimum(proved, facts)
    assert limits is not None
    assert limits.low == pytest.approx(0.3)


def test_an_inspection_that_ran_out_of_time_fails_the_check(bench: Any) -> None:
    inspection = RunOutcome(verdict="memory", isolation="process")
    check = bench.check("facts.model", bench.facts(inspection=inspection), graded_model=("built",))
    assert (check.outcome, check.points) == ("failed", 0)
    assert "limits of time and memory" in check.message.en


def test_titles_need_no_docstring(bench: Any) -> None:
    result = bench.award(bench.exercise("def test_some_thing(): pass\n"))
    assert result.checks[0].title == Text(ko="some_thing", en="some_thing")
