"""Stubs follow their solutions."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring import sync
from grader.errors import CourseError
from grader.schema import Course
from tests.authoring.conftest import SLUG

STUB = f"exercises/{SLUG}/my_topic.py"
NOTEBOOK = f"exercises/{SLUG}/my_topic.ipynb"


def names(course: Course, check: bool, root: Path) -> list[str]:
    return [drift.path.relative_to(root).as_posix() for drift in sync(course, check)]


def test_a_fresh_exercise_has_not_drifted(course: Course) -> None:
    assert sync(course, check=True) == []


def test_check_says_what_differs_and_changes_nothing(course: Course, root: Path) -> None:
    stub = root / STUB
    text = stub.read_text(encoding="utf-8").replace("import numpy as np", "import numpy")
    stub.write_text(text, encoding="utf-8")
    (root / NOTEBOOK).unlink()
    first, second = sync(course, check=True)
    assert first.text.en == f"{STUB} differs from what solutions/{SLUG}/my_topic.py makes, from line 4 on."
    assert second.text.en == f"{NOTEBOOK} is missing."
    assert stub.read_text(encoding="utf-8") == text
    assert not (root / NOTEBOOK).exists()


def test_sync_writes_what_differs_and_then_nothing(course: Course, root: Path) -> None:
    before = {name: (root / name).read_bytes() for name in (STUB, NOTEBOOK)}
    (root / STUB).write_bytes(b"")
    (root / NOTEBOOK).write_bytes(before[NOTEBOOK].replace(b"\n", b"\r\n"))
    assert names(course, False, root) == [STUB, NOTEBOOK]
    assert {name: (root / name).read_bytes() for name in before} == before
    assert names(course, False, root) == []
    assert not list((root / "exercises").rglob("*.new"))


def test_a_changed_task_changes_the_notebook_alone(course: Course, root: Path) -> None:
    task = root / f"exercises/{SLUG}/README.en.md"
    task.write_text(task.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    assert names(course, True, root) == [NOTEBOOK]


@pytest.mark.parametrize("name", [f"solutions/{SLUG}/my_topic.py", f"exercises/{SLUG}/README.md"])
def test_a_missing_source_is_named(course: Course, root: Path, name: str) -> None:
    (root / name).unlink()
    with pytest.raises(CourseError) as caught:
        sync(course)
    assert caught.value.text.en == f"{name} is missing."


def test_without_solutions_there_is_nothing_to_do(course: Course) -> None:
    bare = course.model_copy(
        update={"exercises": tuple(e.model_copy(update={"solution_dir": None}) for e in course.exercises)}
    )
    assert sync(bare, check=True) == []


def test_an_unfinished_function_says_what_to_do(root: Path) -> None:
    space: dict[str, object] = {}
    exec((root / STUB).read_text(encoding="utf-8"), space)
    with pytest.raises(NotImplementedError, match=r"^count_bright: .* \| write your code here$"):
        space["count_bright"](None)  # type: ignore[operator]
