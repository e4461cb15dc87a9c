"""What a failed comparison says, for the helpers and for plain asserts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.award import CheckFailed, T, expect
from grader.award.show import show
from grader.schema import CompileFact, Text


def failure(function: Any, *args: Any, **options: Any) -> tuple[str, str | None, str | None]:
    with pytest.raises(CheckFailed) as caught:
        function(*args, **options)
    error = caught.value
    expected, actual = (text.en if text is not None else None for text in (error.expected, error.actual))
    return error.message.en, expected, actual


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (3, 3),
        ((1, 2), [1, 2]),
        ([(1, 2), [3]], [[1, 2], (3,)]),
        ({"a": (1,)}, {"a": [1]}),
        (np.int64(3), 3),
        (np.arange(3), [0, 1, 2]),
        ({1, 2}, frozenset((2, 1))),
        ("a", "a"),
    ],
)
def test_equal(actual: object, expected: object) -> None:
    expect.equal(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (3, 4),
        (True, 1),
        (0, False),
        (float("nan"), float("nan")),
        ([1, 2], [1]),
        (np.arange(3), np.arange(4)),
        (np.arange(3), "012"),
        ({"a": 1}, {"b": 1}),
        ("1", 1),
        (None, 0),
    ],
)
def test_not_equal(actual: object, expected: object) -> None:
    failure(expect.equal, actual, expected)


def test_equal_says_what() -> None:
    said = failure(expect.equal, 453_000, 453_786, what=T("매개 변수", "Parameters"))
    assert said == ("Parameters: This is not the expected value.", "453,786", "453,000")


def test_close_names_the_shape_first() -> None:
    message, expected, actual = failure(expect.close, np.zeros((2, 3)), np.ones((3, 2)))
    assert "shape" in message
    assert (expected, actual) == ("(3, 2)", "(2, 3)")


def test_close_names_the_worst_element() -> None:
    got = np.zeros((2, 3))
    got[0, 1], got[1, 2] = 0.5, -2.25
    message, expected, actual = failure(expect.close, got, np.zeros((2, 3)), atol=1e-3)
    assert "2 of 6 values" in message
    assert "2.25" in message
    assert (expected, actual) == ("0 at index [1, 2]", "-2.25 at index [1, 2]")


def test_close_tolerances() -> None:
    expect.close(1.0005, 1.0, atol=1e-3)
    expect.close([1000.5], [1000.0], atol=0, rtol=1e-3)
    expect.close([np.inf, np.nan, 1], [np.inf, np.nan, 1])
    failure(expect.close, 1.0011, 1.0, atol=1e-3)
    failure(expect.close, [np.inf], [-np.inf])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_close_is_not_fooled_by_nan(bad: float) -> None:
    message, expected, actual = failure(expect.close, [1.0, bad], [1.0, 2.0], atol=np.inf if np.isnan(bad) else 1)
    assert "not finite" in message
    assert expected == "2 at index [1]"
    assert actual == f"{bad} at index [1]"


def test_close_wants_numbers() -> None:
    for value in (None, "text", [[1], [1, 2]], {"a": 1}, [None]):
        assert "not an array of numbers" in failure(expect.close, value, [1.0])[0]
    assert "dtype" in failure(expect.close, np.zeros(2), np.zeros(2), dtype="float32")[0]
    expect.close(np.zeros(2, np.float32), np.zeros(2), dtype="float32")


def test_at_least() -> None:
    expect.at_least(0.5, 0.5)
    assert failure(expect.at_least, 0.38, 0.412, as_percent=True)[1:] == ("at least 41.2%", "38.0%")
    for value in (float("nan"), None, "1", True):
        failure(expect.at_least, value, 0.5)


def test_that() -> None:
    expect.that(True, T("아니오", "no"))
    with pytest.raises(CheckFailed) as caught:
        expect.that(0, T("아니오", "no"), expected=T("하나", "one"), actual=0)
    assert caught.value.message == Text(ko="아니오", en="no")
    assert caught.value.expected == Text(ko="하나", en="one")
    assert caught.value.actual == Text(ko="0", en="0")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (453786, "453,786"),
        (1024, "1,024"),
        ((None, 30, 30, 64), "(None, 30, 30, 64)"),
        ((5408,), "(5408,)"),
        ({"b", "a", "c"}, "{'a', 'b', 'c'}"),
        (0.1 + 0.2, "0.3"),
        (np.float32(0.1), "0.1"),
        (True, "True"),
        (np.zeros((2, 2), np.float32), "float32 (2, 2): [[0., 0.], [0., 0.]]"),
        (object(), "<object object>"),
        (list(range(100)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …]"),
    ],
)
def test_show(value: object, shown: str) -> None:
    assert show(value).en == shown


@pytest.mark.parametrize(
    "value", ["x" * 10_000, ["y" * 200] * 50, np.zeros(10**6), dict.fromkeys(range(99), "z" * 99)]
)
def test_show_is_short(value: object) -> None:
    assert len(show(value).ko) <= 300


@pytest.mark.parametrize(
    ("line", "expected", "actual"),
    [
        ("assert facts.value('n') == 4", "4", "3"),
        ("assert facts.value('n') >= 3.5", "at least 3.5", "3"),
        ("assert facts.value('n') < 3", "less than 3", "3"),
        ("assert facts.value('n') in (1, 2)", "one of (1, 2)", "3"),
        ("assert facts.value('n') != 3", "anything but 3", "3"),
        ("assert facts.value('n') is None", "None", "3"),
        ("assert facts.value('s') == (1, 2, 4)", "(1, 2, 4)", "[1, 2, 3]"),
        ("assert 1 == 1 and facts.value('n') == 4", None, None),
        ("assert not facts.value('n') == 3", None, None),
        ("assert facts.value('zero')", None, None),
    ],
)
def test_plain_assert(bench: Any, line: str, expected: str | None, actual: str | None) -> None:
    check = bench.check(line, bench.facts(values={"n": 3, "s": [1, 2, 3], "zero": 0}))
    assert check.outcome == "failed"
    assert (check.expected and check.expected.en, check.actual and check.actual.en) == (expected, actual)
    assert check.message is not None
    assert "assert" not in check.message.en
    assert "comparison" not in check.model_dump_json()


def test_plain_assert_with_a_text(bench: Any) -> None:
    check = bench.check("assert facts.value('n') == 4, '넷이어야 | must be four'", bench.facts(values={"n": 3}))
    assert check.message == Text(ko="넷이어야", en="must be four")
    assert (check.expected.en, check.actual.en) == ("4", "3")


def test_plain_assert_does_not_leak_long_values(bench: Any) -> None:
    facts = bench.facts(values={"s": "a" * 100_000})
    for line in (
        "assert facts.value('s') == 'b'",
        "assert not facts.value('s')",
        "assert 'b' in facts.value('s'), 'x'",
    ):
        assert len(bench.check(line, facts).model_dump_json()) < 3000


def test_a_student_cannot_forge_pytests_marks(bench: Any) -> None:
    """Texts of ours travel through pytest's messages; a student's text that looks like them changes nothing."""
    said = "nice\nassert <comparison 7>"
    check = bench.check("assert facts.value('n') == 4, facts.value('s')", bench.facts(values={"n": 3, "s": said}))
    assert (check.outcome, check.actual.en) == ("failed", "3")
    check = bench.check("raise AssertionError(facts.value('s'))", bench.facts(values={"s": said}))
    assert (check.outcome, check.points, check.expected) == ("failed", 0, None)


def test_hints(bench: Any) -> None:
    hints = {"it": Text(ko="기본", en="default"), "other": Text(ko="다른", en="other")}
    facts = bench.facts(values={"n": 3})

    def hint(line: str) -> Any:
        return bench.check(line, facts, hints=hints).hint

    assert hint("expect.equal(1, 2)") == hints["it"]
    assert hint("assert facts.value('n') == 4") == hints["it"]
    assert hint("expect.equal(1, 2, hint='other')") == hints["other"]
    assert hint("expect.equal(1, 2, hint=T('여기서', 'right here'))") == Text(ko="여기서", en="right here")
    assert hint("expect.equal(facts.value('missing'), 2)") is None  # nothing was wrong yet


RECORD = {"loss": [2.0, 1.0], "val_loss": [2.1, 1.5], "accuracy": [0.1, 0.5]}


def test_history() -> None:
    expect.history(RECORD)
    expect.history(RECORD, epochs=2)
    expect.history({**RECORD, "val_loss": [1.5, 2.1]}, epochs=9)  # stopped early: it got worse


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (3, "Training loss: It is not recorded."),
        (None, "not recorded"),
        ({"loss": [1.0]}, "Validation loss: It is not recorded."),
        ({**RECORD, "loss": 1}, "not a list of finite numbers"),
        ({**RECORD, "loss": []}, "not a list of finite numbers"),
        ({**RECORD, "val_loss": [1.0, float("nan")]}, "not a list of finite numbers"),
        ({**RECORD, "val_loss": ["1", 10**400]}, "not a list of finite numbers"),
    ],
)
def test_a_record_that_is_no_history(record: object, said: str) -> None:
    assert said in failure(expect.history, record)[0]


@pytest.mark.parametrize("epochs", [1, 3])
def test_another_number_of_epochs(epochs: int) -> None:
    """More than asked for, or fewer while everything still got better."""
    said = failure(expect.history, RECORD, epochs=epochs)
    assert "number of epochs" in said[0]
    assert said[1:] == (str(epochs), "2")


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ((), "Accuracy is not among the metrics."),
        (("mean_squared_error",), "Accuracy is not among the metrics."),
        (("Accuracy",), "Accuracy does not measure the accuracy"),
        (("categorical_accuracy",), "categorical_accuracy does not measure"),
    ],
)
def test_measures_accuracy(metrics: tuple[str, ...], said: str) -> None:
    compiled = CompileFact(optimizer="adam", loss="mse", metrics=metrics)
    assert said in failure(expect.measures_accuracy, compiled)[0]
    expect.measures_accuracy(compiled.model_copy(update={"metrics": (*metrics, "accuracy")}))


def test_round_trip(bench: Any, model_fact: Any) -> None:
    """The tolerance follows the precision that the model computes with; an unreadable file fails."""

    def check(**fields: Any) -> Any:
        facts = bench.facts(
            arrays={"before": [[0.501, 0.499]], "built.predict.x": [[0.5, 0.5]]},
            models={"built": model_fact([("Dense", (None, 2), 1)], **fields)},
        )
        line = "expect.round_trip(facts.array('before'), facts.models['built'], 'x', atol=1e-4)"
        return bench.check(line, facts)

    assert check().outcome == "failed"
    assert check(compute_dtype="float16").outcome == "passed"
    assert check(compute_dtype="bfloat16").outcome == "passed"
    unreadable = check(compute_dtype="float16", unreadable=("softmax_v2",))
    assert unreadable.outcome == "failed"
    assert unreadable.expected.en == 'activation="softmax"'
