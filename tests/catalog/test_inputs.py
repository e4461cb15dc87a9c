"""Arrays of the course's input modules, and what is said when one cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from grader.catalog import load_course, make_inputs
from grader.errors import CourseError
from tests.catalog.conftest import TOML, MakeCourse

PUBLIC = "exercises/01_area/inputs.py"
HIDDEN = "reference/01_area/hidden_inputs.py"


def inputs(root: Path, *, staff: bool = True) -> dict[str, np.ndarray]:
    return make_inputs(load_course(root).exercises[0], staff=staff)


def error(root: Path) -> str:
    with pytest.raises(CourseError) as caught:
        inputs(root)
    return caught.value.text.en


def test_staff_get_the_hidden_ones_too(make_course: MakeCourse) -> None:
    root = make_course(
        files={
            PUBLIC: "def make(seed): return {'b': [[1, 2]], 'a': 2.5}\n",
            HIDDEN: "def make(seed): return {'hidden.c': [seed]}\n",
        }
    )
    assert list(inputs(root)) == ["b", "a", "hidden.c"]
    assert list(inputs(root, staff=False)) == ["b", "a"]
    assert inputs(root)["b"].tolist() == [[1, 2]]
    assert inputs(root)["a"].shape == ()
    assert inputs(root)["hidden.c"].tolist() == [0]


def test_an_exercise_may_have_none(make_course: MakeCourse) -> None:
    assert inputs(make_course()) == {}


def test_a_module_runs_once_until_its_file_changes(make_course: MakeCourse, tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = f"open({str(log)!r}, 'a').write('x')\ndef make(seed): return {{'a': [1]}}\n"
    root = make_course(files={PUBLIC: code})
    for _ in range(3):
        inputs(root)
    assert log.read_text() == "x"
    (root / PUBLIC).write_text(code.replace("[1]", "[2]"))
    os.utime(root / PUBLIC, ns=(1, 1))
    assert inputs(root)["a"].tolist() == [2]


def test_one_callers_changes_do_not_reach_the_next(make_course: MakeCourse) -> None:
    root = make_course(files={PUBLIC: "def make(seed): return {'a': [1]}\n"})
    first = inputs(root)
    with pytest.raises(ValueError, match="read-only"):
        first["a"][0] = 9
    first.clear()
    assert inputs(root)["a"].tolist() == [1]


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        (PUBLIC, "def make(seed): return {'two words': [1]}", "the array name “two words”"),
        (PUBLIC, "def make(seed): return {'a' * 81: [1]}", "80 at most"),
        (PUBLIC, "def make(seed): return {'a': ['text']}", "dtype <U4"),
        (PUBLIC, "def make(seed): return {'a': [None]}", "dtype object"),
        (PUBLIC, "def make(seed): return [1]", "make must return a dict of arrays, not list"),
        (PUBLIC, "def make(seed): return {'hidden.a': [1]}", "only hidden_inputs.py may name"),
        (HIDDEN, "def make(seed): return {'a': [1]}", "must start with “hidden.”"),
        (PUBLIC, "def make(seed): return {'test': [1]}", "taken by the data set's arrays"),
        (PUBLIC, "\n\ndef make(seed):\n    return 1 / 0", "inputs.py:4 failed: ZeroDivisionError"),
        (PUBLIC, "x = 1\nnot python at all", "inputs.py:2 failed: SyntaxError"),
        (PUBLIC, "x = 1", "failed: AttributeError"),
    ],
)
def test_what_cannot_be_used_is_named(make_course: MakeCourse, file: str, code: str, words: str) -> None:
    message = error(make_course(files={file: code}))
    assert words in message
    assert message.startswith("exercises/01_area" if file == PUBLIC else file)


def test_names_of_training_data_are_taken_only_where_there_is_a_data_set(make_course: MakeCourse) -> None:
    code = "def make(seed): return {'x_train': [1]}\n"
    assert list(inputs(make_course(files={PUBLIC: code}))) == ["x_train"]
    numbers = "train = 1\ntest = 1\nepochs = 1\n"
    toml = f'dataset = "d"\n{TOML}\n[budgets.quick.d]\n{numbers}\n[budgets.quick.builtin]\n{numbers}'
    assert "x_train is taken" in error(make_course(toml, files={PUBLIC: code}))
