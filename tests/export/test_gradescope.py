"""results.json against Gradescope's published output format."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from grader.export import to_gradescope
from grader.schema import Lang, Result
from tests.report.conftest import convolution, result, samples

Sample = Callable[[str], Result]

#: gradescope-autograders.readthedocs.io, "Autograder Specifications": "Output format", "Controlling test case
#: visibility", "Test case status", "Formatting".
NUMBER = (int, float)
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
TOP: dict[str, Any] = {
    "score": NUMBER,
    "execution_time": NUMBER,
    "output": str,
    "output_format": FORMATS,
    "test_output_format": FORMATS,
    "test_name_format": FORMATS,
    "visibility": VISIBILITY,
    "stdout_visibility": VISIBILITY,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST: dict[str, Any] = {
    "score": NUMBER,
    "max_score": NUMBER,
    "status": {"passed", "failed"},
    "name": str,
    "name_format": FORMATS,
    "number": str,
    "output": str,
    "output_format": FORMATS,
    "tags": list,
    "visibility": VISIBILITY,
    "extra_data": dict,
}


def violations(report: dict[str, Any]) -> list[str]:
    found = _check("top", report, TOP)
    tests = report.get("tests", [])
    for test in tests:
        found += _check(test.get("name", "?"), test, TEST)
        found += [f"tag {tag!r}" for tag in test.get("tags", []) if not isinstance(tag, str)]
    if "score" not in report and not (tests and all("score" in test for test in tests)):
        found.append("neither a score nor tests with scores")
    return found


def _check(where: str, values: dict[str, Any], rules: dict[str, Any]) -> list[str]:
    found = []
    for key, value in values.items():
        wanted = rules.get(key)
        if wanted is None:
            found.append(f"{where}: unknown key {key}")
        elif isinstance(wanted, set):
            found += [] if value in wanted else [f"{where}: {key} = {value!r}"]
        elif isinstance(value, bool) or not isinstance(value, wanted):
            found.append(f"{where}: {key} is a {type(value).__name__}")
    return found


def test_the_rules_can_fail() -> None:
    assert violations({"tests": [{"name": "x", "status": "ok"}], "points": 1}) == [
        "top: unknown key points",
        "x: status = 'ok'",
        "neither a score nor tests with scores",
    ]
    assert violations({"score": True}) == ["top: score is a bool"]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", sorted(set(samples()) - {"mixed", "ungraded"}))
def test_it_is_valid(sample: Sample, name: str, lang: Lang) -> None:
    report = to_gradescope(sample(name), lang)
    assert violations(report) == []
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["score"] == sample(name).points
    assert sum(test["score"] for test in report["tests"]) == pytest.approx(report["score"])
    assert sum(test["max_score"] for test in report["tests"]) == pytest.approx(sample(name).max_points)


@pytest.mark.parametrize("name", ["mixed", "ungraded"])
def test_ungraded_counts_as_zero_of_its_full_points_and_says_so(sample: Sample, name: str) -> None:
    graded = sample(name)
    report = to_gradescope(graded, "en")
    assert violations(report) == []
    assert report["score"] == sum(exercise.points or 0 for exercise in graded.exercises)
    assert sum(test["score"] for test in report["tests"]) == pytest.approx(report["score"])
    assert sum(test["max_score"] for test in report["tests"]) == pytest.approx(graded.max_points)
    said = [test["output"] for test in report["tests"] if test["tags"] == ["13_mobilenet_features"]]
    assert "the grader failed here, not you" in said[0]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_students_see_holds_nothing_for_staff(sample: Sample, lang: Lang) -> None:
    report = to_gradescope(sample("hidden"), lang)
    hidden = [test for test in report["tests"] if test["visibility"] == "hidden"]
    assert len(hidden) == 1
    assert hidden[0]["max_score"] == 5
    shown = {**report, "tests": [test for test in report["tests"] if test["visibility"] != "hidden"]}
    assert "SECRET" not in json.dumps(shown)
    assert "SECRET-DETAIL" not in json.dumps(report), "our own details are nobody's business"
    assert report["stdout_visibility"] == "hidden"


def test_a_failure_is_explained(sample: Sample) -> None:
    tests = {test["number"]: test for test in to_gradescope(sample("mismatch"), "en")["tests"]}
    first = tests["2.1"]
    assert first["status"] == "failed"
    for said in (
        "another output shape",
        "Expected: Conv2D",
        "Actual: Conv2D",
        "kernel size",
        "cifar10_cnn.py, line 14",
    ):
        assert said in first["output"]
    assert tests["1.1"]["output"] == ""


def test_points_that_no_check_carries_are_not_lost() -> None:
    missing = convolution().model_copy(update={"checks": (), "points": 0.0, "status": "missing"})
    report = to_gradescope(result(missing, convolution()), "en")
    assert (report["score"], report["tests"][0]["score"], report["tests"][0]["max_score"]) == (30, 0, 30)
    assert report["tests"][0]["status"] == "failed"


def test_hostile_text_has_no_terminal_codes(sample: Sample) -> None:
    text = json.dumps(to_gradescope(sample("hostile"), "en"), ensure_ascii=False)
    assert not any(bad in text for bad in ("\x1b", "\u202e", "\\u0000", "\\u001b"))
