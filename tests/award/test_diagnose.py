"""Which known wrong answers explain a wrong one: all of it, a part of it, or none of it, and never by a guess."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import pytest

from grader.award.diagnose import Known
from grader.award.traits import Traits, agree, array_trait, form
from grader.schema import CheckResult, Json, Signature, Signatures, Text

TEXT = Text(ko="까닭", en="why")


class Told:
    """Traits as they were told, by the evidence that they are about."""

    def __init__(self, **values: Json) -> None:
        self.values = values

    def of(self, names: Iterable[str]) -> dict[str, Json]:
        wanted = {name.removeprefix("array ") for name in names}
        return {f"array {name} values": value for name, value in self.values.items() if name in wanted}

    def told(self, trait: str) -> bool:
        return True


def known(*, chance: tuple[str, ...] = (), **answers: tuple[tuple[str, ...], dict[str, Json]]) -> Known:
    """Checks iou and nms over the right values a=1, b=2 and c=3; f is free."""
    return Known(
        Signatures(
            reads={"iou": ("array a", "array b"), "nms": ("array c", "array f")},
            right={"array a values": [1], "array b values": [2], "array c values": [3]},
            free=("array f values",),
            chance=tuple(f"array {name} values" for name in chance),
            answers={
                name: Signature(
                    text=TEXT, failed=failed, found={f"array {k} values": v for k, v in found.items()}, of=""
                )
                for name, (failed, found) in answers.items()
            },
        )
    )


def explained(by: Known, outcomes: dict[str, str], **values: Json) -> set[tuple[str, tuple[str, ...], bool]]:
    traits = {"a": [1], "b": [2], "c": [3], "f": [0]} | values
    checks = [
        CheckResult(id=name, title=TEXT, outcome=outcome, points=0, max_points=1)
        for name, outcome in outcomes.items()
    ]
    found = by.diagnose(checks, cast(Traits, Told(**traits)))
    return {(one.id, one.checks, one.whole) for one in found}


IOU = {"iou": "failed", "nms": "passed"}
BOTH = {"iou": "failed", "nms": "failed"}


def test_what_fails_as_a_known_answer_did_is_explained_by_it() -> None:
    sums = known(sums=(("iou",), {"a": [0.5]}))
    assert explained(sums, IOU, a=[0.5000001]) == {("sums", ("iou",), True)}


@pytest.mark.parametrize("values", [{"a": [0.6]}, {"a": [0.5], "b": [9]}, {"b": [9]}, {"a": None}])
def test_another_value_or_a_second_mistake_in_it_is_not_explained(values: dict[str, Json]) -> None:
    assert explained(known(sums=(("iou",), {"a": [0.5]})), IOU, **values) == set()


def test_an_answer_that_fails_what_passed_is_no_explanation() -> None:
    assert explained(known(both=(("iou", "nms"), {"a": [0.5], "c": [0]})), IOU, a=[0.5]) == set()


def test_a_part_is_explained_and_said_to_be_one() -> None:
    sums = known(sums=(("iou",), {"a": [0.5]}))
    assert explained(sums, BOTH, a=[0.5], c=[7]) == {("sums", ("iou",), False)}


def test_two_parts_have_their_causes_each() -> None:
    two = known(sums=(("iou",), {"a": [0.5]}), order=(("nms",), {"c": [7]}))
    assert explained(two, BOTH, a=[0.5], c=[7]) == {("sums", ("iou",), False), ("order", ("nms",), False)}


def test_what_explains_everything_stands_before_what_explains_a_part() -> None:
    two = known(sums=(("iou",), {"a": [0.5]}), both=(("iou", "nms"), {"a": [0.5], "c": [7]}))
    assert explained(two, BOTH, a=[0.5], c=[7]) == {("both", ("iou", "nms"), True)}


def test_two_equals_are_named_and_of_three_none() -> None:
    same: dict[str, Any] = {name: (("iou",), {"a": [0.5]}) for name in ("one", "two", "three")}
    two = known(one=same["one"], two=same["two"])
    assert {name for name, *_ in explained(two, IOU, a=[0.5])} == {"one", "two"}
    assert explained(known(**same), IOU, a=[0.5]) == set()


def test_a_skipped_check_speaks_neither_for_nor_against() -> None:
    both = known(both=(("iou", "nms"), {"a": [0.5], "c": [7]}))
    assert explained(both, {"iou": "failed", "nms": "skipped"}, a=[0.5]) == {("both", ("iou",), True)}


def test_what_right_answers_are_free_to_do_counts_only_where_nothing_else_is_wrong() -> None:
    order = known(order=(("nms",), {"c": [7]}))
    assert explained(order, {"iou": "passed", "nms": "failed"}, c=[7], f=[5]) == {("order", ("nms",), True)}
    loose = known(loose=(("nms",), {"f": ["nan"]}))
    failed = {"iou": "passed", "nms": "failed"}
    assert explained(loose, failed, f=["nan"]) == {("loose", ("nms",), True)}
    assert explained(loose, failed, f=[4]) == set()


def test_a_flag_explains_all_that_failed_but_no_part_of_it() -> None:
    flag = known(flag=(("iou",), {"a": False}))
    assert explained(flag, IOU, a=False) == {("flag", ("iou",), True)}
    assert explained(flag, BOTH, a=False, c=[7]) == set()


def test_beside_a_flag_all_that_right_answers_are_free_to_do_has_to_be_the_same() -> None:
    flag = known(flag=(("nms",), {"c": False, "f": [0.25]}))
    failed = {"iou": "passed", "nms": "failed"}
    assert explained(flag, failed, c=False, f=[0.25]) == {("flag", ("nms",), True)}
    assert explained(flag, failed, c=False, f=[0.5]) == set()


def test_what_chance_decides_need_not_be_quite_the_same() -> None:
    """Training on another machine gives other numbers, but as many of them, and alike."""
    failed = {"iou": "passed", "nms": "failed"}
    guessing = known(chance=("f",), guessing=(("nms",), {"f": [0.1, 2.3]}))
    assert explained(guessing, failed, f=[0.13, 2.4]) == {("guessing", ("nms",), True)}
    assert explained(guessing, failed, f=[0.7, 0.8]) == set()
    epochs = known(chance=("f",), epochs=(("nms",), {"f": form([0.1, 0.2, 0.3])}))
    assert explained(epochs, failed, f=[0.7, 0.8, 0.9]) == {("epochs", ("nms",), True)}
    assert explained(epochs, failed, f=[0.1, 0.2]) == set()
    assert explained(epochs, failed, f=[0.1, 0.2, "nan"]) == set()


def test_right_answers_and_unjudged_ones_have_no_cause() -> None:
    sums = known(sums=(("iou",), {"a": [0.5]}))
    assert explained(sums, {"iou": "passed", "nms": "passed"}, a=[0.5]) == set()
    assert explained(sums, {"iou": "ungraded", "nms": "passed"}, a=[0.5]) == set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.3333333, 1 / 3, True),
        (0.5, 0.51, False),
        (True, 1, False),
        ("nan", "nan", True),
        ([1, 2], [1, 2, 3], False),
        ({"a": [1.0]}, {"a": [1]}, True),
        (None, 0, False),
        ("relu", "relu", True),
    ],
)
def test_agreement_is_that_of_rounded_numbers_and_equal_words(one: Json, other: Json, same: bool) -> None:
    assert agree(one, other) is same


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_large_array_is_told_from_its_mirror_image(axis: int) -> None:
    picture = np.random.default_rng(0).random((24, 50, 60))
    picture[:, :10, :20] += 0.2
    picture[:4] += 0.1
    told = array_trait(picture)
    assert agree(told, array_trait(picture + 1e-7))
    assert not agree(told[:3], array_trait(picture * 2)[:3])
    assert not agree(told[3:6], array_trait(np.flip(picture, axis))[3:6]), "whatever elements are looked at"
