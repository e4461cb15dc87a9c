"""report.json against the contract, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from grader.report import for_student, to_json
from grader.schema import Result

Sample = Callable[[str], Result]
TOP = {"format_version", "grader_version", "lang", "isolation", "submission", "points", "max_points", "exercises"}
EXERCISE = {"id", "points", "max_points", "data", "status", "checks"}
CHECK = {
    "id",
    "title",
    "outcome",
    "points",
    "max_points",
    "message",
    "expected",
    "actual",
    "hint",
    "visibility",
}


def load(text: str) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    loaded = json.loads(text, parse_constant=refuse)
    assert isinstance(loaded, dict)
    return loaded


def test_golden(sample: Sample) -> None:
    report = load(to_json(sample("mismatch"), "en"))
    exercise = report.pop("exercises")[1]
    assert report == {
        "format_version": 1,
        "grader_version": "0.1.0",
        "lang": "en",
        "isolation": "namespace",
        "submission": {"id": "제출물 가", "sha256": "5f" * 32},
        "points": 40,
        "max_points": 70,
        "automatic_points": 40,
        "ungraded": [],
        "earlier": [],
        "problems": [
            {
                "file": "old/cifar10_cnn.ipynb",
                "severity": "note",
                "message": "There is a cifar10_cnn.py too; that one was graded.",
            }
        ],
    }
    checks = exercise.pop("checks")
    assert exercise.pop("diagnoses") == []
    assert exercise == {
        "id": "06_cifar10_cnn",
        "title": "A network for CIFAR-10",
        "points": 10,
        "max_points": 40,
        "automatic_points": 10,
        "late_penalty": 0,
        "adjustment": 0,
        "comments": [],
        "data": "cifar10",
        "budget": "standard",
        "status": "graded",
        "message": "",
        "frames": [],
        "learning": {"accuracy": 0.5694, "minimum": 0.58, "borderline": True, "attempts": [0.5612, 0.5694]},
        "notes": [],
        "problems": [],
        "wall_seconds": 74.2,
        "cpu_seconds": 141.8,
        "peak_memory_mb": 1240.4,
    }
    assert checks[0] == {
        "id": "layer_shapes",
        "title": "Layer output shapes",
        "outcome": "failed",
        "points": 0,
        "max_points": 15,
        "message": "Layer 1, Conv2D, has another output shape. All layers after it follow.",
        "expected": "Conv2D  (None, 30, 30, 64)",
        "actual": "Conv2D  (None, 28, 28, 64)",
        "hint": "With kernel_size=(3, 3) and padding='valid', 32 - 3 + 1 = 30. Look at the kernel size.",
        "visibility": "student",
        "frames": [
            {
                "file": "cifar10_cnn.py",
                "cell": None,
                "line": 14,
                "function": "build_model",
                "text": "    model.add(Conv2D(64, kernel_size=(5, 5), activation='relu'))",
            }
        ],
    }
    assert checks[3]["outcome"] == "passed"
    assert checks[3]["message"] == checks[3]["expected"] == checks[3]["actual"] == checks[3]["hint"] == ""


def test_every_sample_has_every_field_of_the_contract(sample: Sample, sample_names: list[str]) -> None:
    for name in sample_names:
        text = to_json(sample(name), "ko")
        assert text.endswith("}\n")
        report = load(text)
        assert report.keys() >= TOP
        for exercise in report["exercises"]:
            assert exercise.keys() >= EXERCISE
            for check in exercise["checks"]:
                assert check.keys() >= CHECK
                assert check["outcome"] in ("passed", "failed", "skipped", "ungraded")
                assert check["visibility"] in ("student", "staff")


def test_korean_is_readable_in_the_file(sample: Sample) -> None:
    text = to_json(sample("mismatch"), "ko")
    assert "층별 출력 모양" in text
    assert load(text)["lang"] == "ko"


def test_ungraded_is_null_and_named(sample: Sample) -> None:
    report = load(to_json(sample("ungraded"), "en"))
    assert report["points"] is None
    assert report["exercises"][1]["points"] is None
    assert report["exercises"][1]["checks"][0]["points"] is None
    assert report["ungraded"] == ["13_mobilenet_features"]


def test_same_bytes(sample: Sample, sample_names: list[str]) -> None:
    for name in sample_names:
        assert to_json(sample(name), "ko") == to_json(sample(name).model_copy(deep=True), "ko")


def test_hostile_numbers_and_texts_make_valid_json(sample: Sample) -> None:
    report = load(to_json(sample("hostile"), "en"))
    assert report["exercises"][0]["learning"]["accuracy"] is None
    assert "\\u0000" not in to_json(sample("hostile"), "en")
    assert "\\u001b" not in to_json(sample("hostile"), "en")


def test_result_comes_back_equal(sample: Sample, sample_names: list[str]) -> None:
    for name in sample_names:
        stored = sample(name).model_dump_json()
        assert Result.model_validate_json(stored).model_dump_json() == stored


def test_students_learn_nothing_of_hidden_checks_but_their_points(sample: Sample) -> None:
    redacted = for_student(sample("hidden"))
    assert "SECRET" not in redacted.model_dump_json()
    assert "touching" not in redacted.model_dump_json()
    assert redacted.points == sample("hidden").points
    report = load(to_json(redacted, "en"))
    hidden = report["exercises"][0]["checks"][1]
    assert (hidden["id"], hidden["outcome"], hidden["points"], hidden["max_points"]) == (
        "hidden_1",
        "failed",
        0,
        5,
    )
    assert hidden["visibility"] == "staff"
    assert "hidden check failed" in hidden["message"]
    assert for_student(redacted) == redacted


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_staff_see_hidden_checks(sample: Sample, lang: Any) -> None:
    assert "SECRET-EXPECTED" in to_json(sample("hidden"), lang)
