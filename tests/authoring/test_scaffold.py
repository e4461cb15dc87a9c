"""A new exercise works as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring import lint, scaffold, validate
from grader.authoring.stubs import GENERATED
from grader.award import list_checks
from grader.catalog import load_course, make_inputs
from grader.errors import CourseError
from grader.schema import Course, Text
from tests.authoring.conftest import SLUG, Grade


def test_lint_finds_nothing_in_a_new_exercise(plain: Path) -> None:
    findings = lint(load_course(plain), list_checks=list_checks, make_inputs=lambda e: make_inputs(e, staff=True))
    assert findings == []


def test_a_new_exercise_has_ten_files_to_write(plain: Path) -> None:
    made = [path for path in plain.rglob("*") if path.is_file()]
    stubs = [path for path in made if path.suffix == ".ipynb" or GENERATED in path.read_text(encoding="utf-8")]
    assert [path.name for path in sorted(stubs)] == ["my_topic.ipynb", "my_topic.py"]
    assert len(made) - len(stubs) == 10


def test_a_new_exercise_is_proved_by_grading_it(plain: Path, really_grade: Grade) -> None:
    graded: list[str] = []
    findings = validate(load_course(plain), really_grade, progress=lambda exercise, name: graded.append(name))
    assert findings == []
    assert len(graded) == 2 + 2 + 2 + 3


def test_all_that_an_exercise_may_have_is_proved_too(course: Course, really_grade: Grade) -> None:
    assert validate(course, really_grade) == []


def test_titles_are_written_as_given(root: Path) -> None:
    title = Text(ko='따옴표 "와" \\', en='A "quoted" \\ title')
    scaffold(root, "15_other", title)
    assert load_course(root)["15_other"].title == title
    task = (root / "exercises/15_other/README.en.md").read_text(encoding="utf-8")
    assert task.startswith(f"# {title.en} (3 points)\n")
    assert "grader check 15" in task


def test_the_files_made_are_returned(root: Path) -> None:
    made = scaffold(root, "15_other")
    assert all(path.is_file() for path in made)
    on_disk = {
        path
        for place in ("exercises", "reference", "solutions")
        for path in (root / place / "15_other").rglob("*")
    }
    assert {path for path in on_disk if path.is_file()} == set(made)


@pytest.mark.parametrize(
    "slug", ["other", "5_other", "15-other", "15_Other", "15_", "15_a/b", "../15_a", "15_넓이", "15_9lives"]
)
def test_a_bad_slug_is_refused(root: Path, slug: str) -> None:
    with pytest.raises(CourseError, match="such as 14_my_topic"):
        scaffold(root, slug)


@pytest.mark.parametrize("slug", ["15_random", "15_class", "15_keras"])
def test_a_name_that_would_hide_a_module_is_refused(root: Path, slug: str) -> None:
    with pytest.raises(CourseError, match="has a module called that"):
        scaffold(root, slug)


@pytest.mark.parametrize("place", ["exercises", "reference", "solutions"])
def test_a_folder_that_is_there_is_left_alone(root: Path, place: str) -> None:
    (root / place / "15_other").mkdir()
    with pytest.raises(CourseError, match=f"{place}/15_other already exists"):
        scaffold(root, "15_other")
    assert [p.name for p in root.glob("*/15_other")] == ["15_other"]


def test_a_file_name_in_use_is_refused(root: Path) -> None:
    with pytest.raises(CourseError, match=f"{SLUG} already asks for the file my_topic.py"):
        scaffold(root, "15_my_topic")


def test_what_cannot_be_written_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "exercise.toml":
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CourseError, match="No space left"):
        scaffold(root, "15_other")
    assert not list(root.glob("*/15_other"))
