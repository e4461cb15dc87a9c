"""The CIFAR-10 data exercise: the chapter's facts, the traps in the inputs, and what the checks let through."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.award.failures import CheckFailed
from grader.award.json_values import JsonDict, wrap
from grader.schema import Text

ROOT = Path(__file__).parents[2]
SLUG = "05_cifar10_data"
REFERENCE = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))
CHAPTER = ROOT.parent / "shared" / "chapter" / "chapter10.ko.txt"


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t05_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inputs = load("exercises", SLUG, "inputs.py")
checks = load("exercises", SLUG, "checks.py")
hidden_inputs = load("reference", SLUG, "hidden_inputs.py")
ALL = inputs.make(0) | hidden_inputs.make(0)
WHAT = Text(ko="사례", en="Case")


class Given:
    """Facts with these arrays and values and nothing else."""

    def __init__(self, **evidence: Any) -> None:
        self.evidence = evidence

    def array(self, name: str) -> Any:
        return self.evidence[name.rpartition("default.")[2].replace(".", "_")]

    def value(self, name: str, *, kind: type) -> Any:
        assert isinstance(self.evidence["value"], kind)
        return wrap(self.evidence["value"], name, lambda name, key: KeyError(key))


def test_the_chapters_facts() -> None:
    facts = REFERENCE["cifar10"]
    assert facts["images"] == facts["train"] + facts["test"]
    assert facts["classes"] == len(REFERENCE["class_names"]) == len(set(REFERENCE["class_names"]))
    assert facts["per_class"]["train"] * facts["classes"] == facts["train"]
    if CHAPTER.exists():
        text = CHAPTER.read_text(encoding="utf-8")
        assert ", ".join(f"{i}: {name}" for i, name in enumerate(REFERENCE["class_names"])) in text
        assert all(f"{facts[key]:,}개" in text for key in ("images", "train", "test"))
        assert f"{facts['classes']}개 부류" in text
        assert "×".join(map(str, facts["image_shape"][:2])) in text


def test_no_two_images_of_a_split_are_equal() -> None:
    for name, array in ALL.items():
        if "stratified_split" in name and name.endswith(".x"):
            assert len(set(checks.rows(array))) == len(array), name


@pytest.mark.parametrize(
    "case", sorted(n.removesuffix(".y") for n in ALL if "stratified_split" in n and n[-2:] == ".y")
)
def test_every_way_of_rounding_is_allowed_and_no_more(case: str) -> None:
    fraction = float(ALL.get(f"{case}.fraction", np.float64(0.2)))
    for n in np.unique(ALL[f"{case}.y"], return_counts=True)[1].tolist():
        ways = {way(fraction * n) for way in (math.floor, round, math.ceil)}
        ways |= {n - way((1 - fraction) * n) for way in (math.floor, round, math.ceil)}
        exact = fraction * n
        assert all(math.floor(exact + 1e-9) <= k <= math.ceil(exact - 1e-9) for k in ways), (n, ways)
        assert min(ways) >= 1  # a class that is forgotten shows


def test_the_traps_are_there() -> None:
    assert ALL["preprocess.keras.y"].shape[1:] == (1,)
    assert ALL["preprocess.dark.x"].max() < 255
    assert ALL["preprocess.dark.y"].max() < 9
    assert np.unique(ALL["hidden.stratified_split.few.y"]).max() > 2
    uneven = ALL["stratified_split.uneven.y"]
    assert (np.diff(uneven) >= 0).all()
    assert not np.array_equal(np.sort(ALL["stratified_split.default.y"]), ALL["stratified_split.default.y"])


NAMES = REFERENCE["class_names"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"0": 2, "3": 1}, {0: 2, 3: 1}),
        ({"cat": 1, "airplane": 2}, {0: 2, 3: 1}),
        ({"0": 2, "1": 0, "3": 1.0}, {0: 2, 3: 1}),
        ([2, 0, 0, 1], {0: 2, 3: 1}),
        ({"lion": 3}, None),
        ({"0": True}, None),
        ({"0": None}, None),
        ({"0": [2]}, None),
        ({"9" * 5000: 2}, None),
        ("cat", None),
        (None, None),
    ],
)
def test_counts_may_be_keyed_by_id_or_name(value: Any, expected: dict[int, int] | None) -> None:
    assert checks.per_class(value, NAMES) == expected


def split(train: list[int], held_out: list[int]) -> Given:
    x, y = ALL["stratified_split.default.x"], ALL["stratified_split.default.y"]
    return Given(train_x=x[train], train_y=y[train], held_out_x=x[held_out], held_out_y=y[held_out])


def test_a_whole_split_passes_whatever_its_order() -> None:
    order = np.random.Generator(np.random.PCG64(1)).permutation(200).tolist()
    checks.check_whole(split(order[40:], order[:40]), ALL, "stratified_split.default", WHAT)


@pytest.mark.parametrize(
    ("train", "held_out"),
    [
        (list(range(1, 160)), list(range(160, 200))),  # one is lost
        (list(range(160)), list(range(159, 200))),  # one is in both
        ([*range(159), 0], list(range(160, 200))),  # one stands for another
        (list(range(200)), []),
    ],
)
def test_a_split_that_is_not_whole_fails(train: list[int], held_out: list[int]) -> None:
    facts = split(train, held_out)
    if held_out:
        with pytest.raises(CheckFailed):
            checks.check_whole(facts, ALL, "stratified_split.default", WHAT)
    else:
        with pytest.raises(CheckFailed):
            checks.check_fraction(facts, ALL, "stratified_split.default", WHAT)


@pytest.mark.parametrize(
    "bad", [np.zeros(()), np.zeros((3, 8, 8)), np.zeros((0,)), np.full((40, 8, 8, 3), np.nan)]
)
def test_a_part_of_any_other_shape_fails_and_is_no_fault_of_ours(bad: np.ndarray) -> None:
    facts = split(list(range(160)), list(range(160, 200)))
    facts.evidence["held_out_x"] = bad
    with pytest.raises(CheckFailed):
        checks.check_whole(facts, ALL, "stratified_split.default", WHAT)


@pytest.mark.parametrize("key", ["count", "shape", "dtype", "per_class"])
@pytest.mark.parametrize("bad", [None, "x", [None], {}, {"a": {}}, True, -1, [[1]]])
def test_a_summary_with_anything_else_fails_and_is_no_fault_of_ours(key: str, bad: Any) -> None:
    x, y = ALL["summarise.images.x"], ALL["summarise.images.y"]
    ids, counts = np.unique(y, return_counts=True)
    good = {
        "count": len(x),
        "shape": list(x.shape),
        "dtype": "uint8",
        "per_class": {str(c): n for c, n in zip(ids.tolist(), counts.tolist(), strict=True)},
    }
    reference = JsonDict(REFERENCE, "reference", lambda name, key: KeyError(key))
    checks.check_summary(Given(value=good), ALL, reference, "summarise.images", WHAT)
    with pytest.raises(CheckFailed):
        checks.check_summary(Given(value=good | {key: bad}), ALL, reference, "summarise.images", WHAT)
