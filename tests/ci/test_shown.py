"""Annotations, summary, JUnit: whatever a student writes, GitHub does nothing else than show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.ci.actions import Annotation, append_values
from grader.ci.annotate import annotate
from grader.ci.job import MAX_BYTES, cut, summary
from grader.report import for_student
from grader.schema import CheckResult, Course, Frame, Problem, Result
from tests.ci.results import SECRET, check, exercise, hidden, result, text
from tests.ci.simulate import read_command, read_values

NASTY = "a\n::set-output name=points::1\r\n##[error]b, c: 100% <b> | `x` \x1b[31m\ud800"
CODE = "import x\n\n\ndef max_pool2d(a):\n    pass\n\n\ndef conv2d(image):\n    return 1 / 0\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "03_convolution").mkdir()
    (tmp_path / "03_convolution" / "convolution.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def failed(name: str, line: int | None = None, **more: object) -> CheckResult:
    frames = (Frame(file="convolution.py", line=line, text="x"),) if line else ()
    return check(name, 0, 1, frames=frames, **more)


def remarks(course: Course, checkout: Path, graded: Result) -> list[Annotation]:
    return annotate(for_student(graded), course, checkout, "en")


def test_a_failure_is_shown_at_its_line(course: Course, checkout: Path) -> None:
    (one,) = remarks(course, checkout, result(exercise(failed("conv2d_valid", 9))))
    assert (one.level, one.file, one.line) == ("error", "03_convolution/convolution.py", 9)
    assert "conv2d_valid is wrong" in one.message


def test_without_a_line_at_the_function(course: Course, checkout: Path) -> None:
    (one,) = remarks(course, checkout, result(exercise(failed("max_pool2d_channels"))))
    assert one.line == 4
    (one,) = remarks(course, checkout, result(exercise(failed("something_else"))))
    assert one.line == 1


def test_one_remark_for_one_line(course: Course, checkout: Path) -> None:
    (one,) = remarks(course, checkout, result(exercise(failed("conv2d_a", 9), failed("conv2d_b", 9))))
    assert "conv2d_b" in one.message


def test_a_line_in_somebody_elses_file_is_not_taken(course: Course, checkout: Path) -> None:
    frame = Frame(file="/usr/lib/python3/evil.py", line=77)
    (one,) = remarks(course, checkout, result(exercise(check("conv2d_a", 0, 1, frames=(frame,)))))
    assert one.line == 8


def test_a_notebook_is_named_with_the_cell_in_the_text(course: Course, tmp_path: Path) -> None:
    (tmp_path / "convolution.ipynb").write_text(
        '{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'
    )
    frame = Frame(file="convolution.ipynb", line=3, cell=2)
    (one,) = remarks(course, tmp_path, result(exercise(check("conv2d_a", 0, 1, frames=(frame,)))))
    assert one.file == "convolution.ipynb"
    assert one.line == 1
    assert "cell 2 from the top, text cells included, line 3" in one.message


def test_ten_of_a_kind_at_most(course: Course, checkout: Path) -> None:
    problems = tuple(Problem(file="x", severity="note", message=text(str(i))) for i in range(30))
    graded = result(exercise(*(failed(f"c{i}", i + 1) for i in range(40)), problems=problems))
    made = remarks(course, checkout, graded)
    by_level = {level: sum(one.level == level for one in made) for level in ("error", "notice")}
    assert by_level["error"] == 10
    assert by_level["notice"] <= 8, "two more notices are the command's own"
    assert "53" in made[-1].message, "what is left is counted"


def test_hidden_checks_are_not_placed(course: Course, checkout: Path) -> None:
    (one,) = remarks(course, checkout, result(exercise(hidden(0, 2))))
    assert (one.file, one.line) == ("", None)
    assert SECRET not in one.command()


def test_states_are_said_once(course: Course, checkout: Path) -> None:
    graded = exercise(failed("conv2d"), status="timeout", points=0.0, message=text("too long"))
    (one,) = remarks(course, checkout, result(graded))
    assert one.message == "too long"
    graded = exercise(check("a", None, 2), status="ungraded")
    (one,) = remarks(course, checkout, result(graded))
    assert one.level == "warning"
    assert "not a zero" in one.message


@given(st.text(), st.text(), st.text())
def test_an_annotation_is_one_command(title: str, message: str, file: str) -> None:
    line = Annotation("error", title, message, file, 3).command()
    assert len(line.splitlines()) == 1
    command = read_command(line)
    assert command is not None
    assert command.name == "error"
    assert set(command.properties) <= {"file", "line", "title"}
    assert "##[" not in line
    assert len(message) > 3000 or len(command.data) <= 4096


def test_an_annotation_says_what_was_meant() -> None:
    command = read_command(Annotation("notice", "a, b: c", "50 %\nnext: line", "d/e,f.py", 7).command())
    assert command is not None
    assert command.properties == {"file": "d/e,f.py", "line": "7", "title": "a, b: c"}
    assert command.data == "50 %\nnext: line"


def test_a_value_stays_in_its_field(tmp_path: Path) -> None:
    values = {"a": "x=1\ny<<z\nb=2", "c": "d", "e": ""}
    append_values(tmp_path / "o", values)
    assert read_values(tmp_path / "o") == values


def big() -> Result:
    long = text(NASTY * 50)
    checks = [
        check(f"c{i}", 0, 1, title=long, message=long, expected=long, actual=long, hint=long) for i in range(80)
    ]
    return result(*(exercise(*checks, name=f"{n:02}_x", title=long) for n in range(13)))


def test_the_summary_is_never_too_long_to_be_shown() -> None:
    graded = big()
    assert len(summary(graded, "ko").encode()) <= MAX_BYTES
    late = summary(graded, "en", before=700_000)
    assert len(late.encode()) + 700_000 <= MAX_BYTES
    assert "was cut here" in late
    assert late.count("<details>") == late.count("</details>")
    assert late.count("<pre>") == late.count("</pre>")


@given(st.text(alphabet="a\n한<>/predtils", max_size=300), st.integers(0, 400))
def test_cutting(content: str, room: int) -> None:
    assert len(cut(content, room, "en").encode()) <= max(room, 0) or len(content.encode()) <= room


def test_the_summary_folds_hints_and_hides_what_is_hidden() -> None:
    shown = summary(result(exercise(check("a", 0, 2, hint=text("try it"), title=text(NASTY)), hidden(0, 3))), "en")
    assert re.search(r"<details><summary>Hint</summary>\s*try it", shown)
    assert SECRET not in shown
    assert "Hidden check 1" in shown
    assert not re.search(r"^\s*::", shown, re.M)
    assert "##[" not in shown
