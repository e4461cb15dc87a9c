"""The vision tasks exercise: its expected values have two sources, which agree, and no case hangs on luck."""

from __future__ import annotations

import importlib.util
import json
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SLUG = "04_vision_tasks"
REFERENCE = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t04_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inputs = load("exercises", SLUG, "inputs.py")
hidden_inputs = load("reference", SLUG, "hidden_inputs.py")
hidden_checks = load("reference", SLUG, "hidden_checks.py")
solution = load("solutions", SLUG, "vision_tasks.py")


def by_case(arrays: dict[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    cases: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        case, _, argument = name.removeprefix("hidden.").rpartition(".")
        cases.setdefault(case, {})[argument] = array if array.ndim else array.item()
    return cases


PUBLIC = by_case(inputs.make(0))
SEEDS = (0, 1, 7)


@pytest.mark.parametrize("case", PUBLIC)
def test_the_oracle_of_the_hidden_checks_gives_the_libraries_numbers(case: str) -> None:
    function, _, label = case.partition(".")
    expected = REFERENCE[function][label]
    if expected is None:
        pytest.skip("left open")
    np.testing.assert_allclose(hidden_checks.EXPECTED[function](**PUBLIC[case]), expected, atol=1e-6)


def test_every_expected_value_has_its_input_and_the_other_way_round() -> None:
    assert {f"{f}.{label}" for f in hidden_checks.EXPECTED for label in REFERENCE[f]} == set(PUBLIC)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_solution_passes_the_hidden_cases_of_any_seed(seed: int) -> None:
    for case, arguments in by_case(hidden_inputs.make(seed)).items():
        function = case.partition(".")[0]
        result = getattr(solution, function)(**arguments)
        if case != "mask_iou.both_empty":
            np.testing.assert_allclose(result, hidden_checks.EXPECTED[function](**arguments), atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_detection_hangs_on_rounding_or_on_ties(seed: int) -> None:
    for case, given in {**PUBLIC, **by_case(hidden_inputs.make(seed))}.items():
        if case.startswith("non_max_suppression"):
            threshold = given.get("threshold", 0.5)
            for a, b in combinations(given["boxes"], 2):
                assert abs(hidden_checks.expected_box_iou(a, b) - threshold) > 0.004, case
            assert len(set(given["scores"])) == len(given["scores"]), case
        if case.startswith("top_k_accuracy"):
            assert all(len(set(row)) == len(row) for row in given["probabilities"].tolist()), case


def test_hidden_cases_tell_thresholds_and_places_apart() -> None:
    """Boxes are kept and dropped in each; strict and loose thresholds keep different ones."""
    cases = by_case(hidden_inputs.make(0))
    kept = {
        name: hidden_checks.expected_non_max_suppression(**cases[f"non_max_suppression.{name}"])
        for name in ("default", "strict", "loose")
    }
    assert len(kept["strict"]) < len(kept["loose"])
    assert all(1 < len(indices) < 20 and indices != sorted(indices) for indices in kept.values())


def test_hidden_inputs_are_named_hidden_and_differ_with_the_seed() -> None:
    first, second = hidden_inputs.make(0), hidden_inputs.make(1)
    assert all(name.startswith("hidden.") for name in first)
    assert not np.array_equal(first["hidden.box_iou.slight.a"], second["hidden.box_iou.slight.a"])


def test_public_inputs_hang_on_no_seed_because_the_expected_values_do_not() -> None:
    first, second = inputs.make(0), inputs.make(5)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_boxes_apart_along_the_diagonal_are_a_trap() -> None:
    """Both sides of their intersection are negative, so that its product is positive."""
    for boxes in (PUBLIC["box_iou.diagonal"], by_case(hidden_inputs.make(0))["box_iou.below_left"]):
        a, b = boxes["a"], boxes["b"]
        sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
        assert (sides < 0).all()
