"""Every description that the run can give reads as Korean in a Korean report."""

from __future__ import annotations

import json
import re
import types

import numpy as np
import pytest

from grader.award.described import in_words
from grader.confined.student.convert import to_array
from grader.confined.student.describe import describe
from grader.confined.student.errors import BadReturn
from grader.wire.description import KINDS, Description, words


class Thing:
    """A class of a student's own."""


VALUES = [
    b"ab",
    "글" * 3,
    [],
    [1],
    [1, 2],
    (1,),
    {"a": 1},
    {1, 2},
    frozenset({1}),
    3,
    2**300,
    1.5,
    np.float32(2.5),
    np.zeros((2, 3)),
    np.zeros((1,) * 9),
    len,
    Thing,
    Thing(),
    types,
    (item for item in range(0)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_description_has_korean_words(value: object) -> None:
    text = in_words(describe(value))
    assert text.en
    assert re.search("[가-힣]", text.ko), text
    assert not re.search(r"\b(of|the|an?) ", text.ko), text


@pytest.mark.parametrize("word", [None, True, False])
def test_a_constant_is_the_same_in_both(word: object) -> None:
    assert in_words(describe(word)).ko == str(word)


def test_what_to_array_refuses_has_korean_words() -> None:
    with pytest.raises(BadReturn) as refused:
        to_array([[1], [2, 3]], "x")
    for said in (refused.value.expected, refused.value.actual):
        assert re.search("[가-힣]", in_words(said).ko), said


def test_a_students_text_with_a_bar_is_not_two_languages() -> None:
    text = in_words(describe("left | right"))
    assert "left | right" in text.ko
    assert "left | right" in text.en


def test_a_probes_own_words_stay() -> None:
    text = in_words(words("배열", "an array"))
    assert (text.ko, text.en) == ("배열", "an array")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_crosses_and_has_words_in_both_languages(kind: str) -> None:
    claimed: dict[str, object] = {
        "name": "x",
        "count": 2,
        "shape": [2, None],
        "dtype": "int8",
        "ko": "가",
        "en": "a",
    }
    claim = {"kind": kind, **{name: claimed[name] for name in KINDS[kind]}}
    description = Description.of(claim)
    assert description is not None
    assert Description.of(json.loads(json.dumps(description.record()))) == description
    text = in_words(description)
    assert text.en
    assert text.ko


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "array",
        {},
        {"kind": "nothing of ours"},
        {"kind": ["array"]},
        {"kind": "list"},
        {"kind": "list", "count": True},
        {"kind": "list", "count": -1},
        {"kind": "list", "count": 2**70},
        {"kind": "array", "shape": ["3"], "dtype": "int8"},
        {"kind": "array", "shape": [1] * 100, "dtype": "int8"},
        {"kind": "array", "shape": {"0": 1}, "dtype": "int8"},
        {"kind": "words", "ko": "가"},
        {"kind": "function", "name": 3},
    ],
    ids=str,
)
def test_what_is_no_description_is_none(claim: object) -> None:
    assert Description.of(claim) is None


def test_texts_in_a_description_are_clean_and_short() -> None:
    description = Description.of({"kind": "text", "name": "\x1b[31m\ud800" + "x" * 10_000})
    assert description is not None
    assert len(description.name) <= 500
    assert description.name.isprintable()
