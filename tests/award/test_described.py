"""Every description that the run can give reads as Korean in a Korean report."""

from __future__ import annotations

import re
import types

import numpy as np
import pytest

from grader.award.described import in_words
from grader.confined.student.convert import to_array
from grader.confined.student.describe import describe
from grader.confined.student.step_errors import BadReturn


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
    text = in_words("배열 | an array")
    assert (text.ko, text.en) == ("배열", "an array")
