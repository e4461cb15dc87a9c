"""Answers written as the places in which they differ from the solution."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from grader.authoring.answers import Edited, apply_edits, dump_edits, find_edits

LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "\n", "    c = '1'\n", "d'''\n", 'd = "\\n"\n', "다\tx\n"]), max_size=20
)


@given(LINES, LINES.filter(bool), LINES, LINES)
def test_edits_that_are_found_make_the_answer_and_survive_the_file(
    head: list[str], old: list[str], new: list[str], tail: list[str]
) -> None:
    solution, wanted = "".join([*head, *old, *tail]), "".join([*head, *new, *tail])
    edits = find_edits(solution, wanted)
    assert (apply_edits(solution, edits, "x") if edits else solution) == wanted
    assert Edited.model_validate(tomllib.loads(dump_edits(edits))).edit == edits


def test_one_line_that_differs_is_one_short_edit() -> None:
    solution = "def f(a, b):\n    n = a + b\n    return n\n\n\ndef g(a, b):\n    n = a + b\n    return n / 2\n"
    (edit,) = find_edits(solution, solution.replace("n / 2", "n"))
    assert (edit.old, edit.new) == ("    return n / 2\n", "    return n\n")
