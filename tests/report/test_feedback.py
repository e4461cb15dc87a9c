"""Notebooks come back with feedback in the right places, and as a page on which nothing of a stranger's acts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from grader.i18n import both
from grader.intake.notebook import read_notebook
from grader.report import feedback_files
from grader.report.feedback import notebooks_with_feedback, with_feedback
from grader.report.feedback_page import to_page
from grader.report.remarks import TAG, functions
from grader.schema import (
    CheckResult,
    ExerciseFiles,
    ExerciseResult,
    Frame,
    Problem,
    Result,
    SourceFile,
    Submission,
    SubmissionId,
    Text,
)

HOSTILE = (
    '# Mine\n<script>alert(1)</script><img src="https://example.org/x.png" onerror="alert(2)">'
    '<iframe src="https://example.org"></iframe><style>@import "https://example.org/a.css";</style>'
    '</div></main><a href="javascript:alert(3)">x</a><svg onload="alert(4)"></svg><form action="https://example.org">'
)


def notebook(*cells: tuple[str, str]) -> SourceFile:
    made = []
    for kind, source in cells:
        cell = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
        if kind == "code":
            cell["outputs"] = [
                nbformat.v4.new_output("display_data", {"text/html": "<script>alert(9)</script>OUTPUT"})
            ]
        made.append(cell)
    read = read_notebook(nbformat.writes(nbformat.v4.new_notebook(cells=made)))
    return SourceFile(name="work.ipynb", code=read.code, sha256="0", lines=read.lines, notebook=read.plain)


def check(name: str, *, failed: bool = False, frames: tuple[Frame, ...] = (), staff: bool = False) -> CheckResult:
    return CheckResult(
        id=name,
        title=Text(ko=f"{name} 검사", en=f"The check {name}"),
        outcome="failed" if failed else "passed",
        points=0 if failed else 2,
        max_points=2,
        message=Text(ko="틀렸습니다.", en="This is wrong.") if failed else None,
        expected=Text(ko="3", en="3") if failed else None,
        frames=frames,
        visibility="staff" if staff else "student",
    )


def exercise(*checks: CheckResult, **fields: object) -> ExerciseResult:
    return ExerciseResult.model_validate(
        {
            "id": "01_work",
            "title": both("Exercise"),
            "status": "graded",
            "points": sum(c.points or 0 for c in checks),
            "max_points": sum(c.max_points for c in checks),
            "data": None,
            "budget": "quick",
            "checks": checks,
            "feedback": ("feedback/work.ipynb", "feedback/work.html"),
            **fields,
        }
    )


@pytest.fixture
def source() -> SourceFile:
    return notebook(
        ("markdown", HOSTILE),
        ("code", "import math"),
        ("code", "def first(x):\n    return x"),
        ("markdown", "in between"),
        ("code", "def first_and_more(x):\n    return 2 * x"),
    )


def ours(cells: list[dict[str, object]]) -> list[int]:
    return [i for i, cell in enumerate(cells) if TAG in cell["metadata"].get("tags", ())]  # type: ignore[attr-defined]


def test_each_part_is_followed_by_its_own_checks(source: SourceFile) -> None:
    assert {name: end.cell for name, (_, end) in functions(source).items()} == {"first": 3, "first_and_more": 5}
    placed = exercise(
        check("first"), check("first_and_more", failed=True), check("whole"), check("first_of_all", failed=True)
    )
    cells = with_feedback(source, placed, "en")["cells"]
    texts = [cell["source"] for cell in cells]
    assert ours(cells) == [0, 4, 7, 8]
    assert "Exercise" in texts[0]
    assert "The check first " in texts[4]
    assert "4 / " not in texts[7]
    assert "This is wrong." in texts[7]
    assert "The check first_and_more" in texts[7].replace("\\", "")
    assert "The check whole" in texts[8]


def test_a_failure_stands_after_the_cell_it_comes_from(source: SourceFile) -> None:
    frame = Frame(file="work.ipynb", line=1, cell=2, text="import math")
    cells = with_feedback(source, exercise(check("whole", failed=True, frames=(frame,))), "ko")["cells"]
    assert ours(cells) == [0, 3]
    assert "틀렸습니다" in cells[3]["source"]


def test_notes_about_the_file_are_said_and_cells_keep_their_numbers() -> None:
    cell = nbformat.v4.new_code_cell("import math", execution_count=7)
    read = read_notebook(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))
    source = SourceFile(name="work.ipynb", code=read.code, sha256="0", lines=read.lines, notebook=read.plain)
    note = Problem(file="work.ipynb", severity="note", message=both("Nothing changed."))
    result = exercise(check("whole"), problems=(note,))
    made = with_feedback(source, result, "en")["cells"]
    assert "* Nothing changed." in made[0]["source"]
    assert made[1]["execution_count"] == 7
    page = to_page(source, result, "en")
    assert "Nothing changed." in page
    assert ">[7]</p>" in page


def test_a_notebook_that_does_not_run_says_so_where_it_stops() -> None:
    source = notebook(("code", "x = 1"), ("code", "def broken(:"))
    frame = Frame(file="work.ipynb", line=1, cell=2, text="def broken(:")
    result = exercise(status="error", message=both("Exercise"), frames=(frame,))
    cells = with_feedback(source, result, "en")["cells"]
    assert ours(cells) == [0, 3]
    assert cells[3]["source"].startswith("**Here:**")


def test_feedback_is_replaced_and_not_heaped_up_when_handed_in_again(source: SourceFile) -> None:
    once = with_feedback(source, exercise(check("first")), "en")
    read = read_notebook(json.dumps(once))
    again = source.model_copy(update={"notebook": read.plain, "lines": read.lines})
    assert with_feedback(again, exercise(check("first")), "en") == once


def test_outputs_are_gone_and_the_page_holds_nothing_that_acts(source: SourceFile) -> None:
    result = exercise(check("first", failed=True))
    made = with_feedback(source, result, "ko")
    nbformat.validate(made)
    assert "OUTPUT" not in json.dumps(made)
    page = to_page(source, result, "ko")
    body = page.partition("<main")[2].partition("</main>")[0]
    tags = {tag.lower() for tag in re.findall(r"<([a-zA-Z]+)", body)}
    assert not tags & {
        "script",
        "img",
        "iframe",
        "svg",
        "form",
        "object",
        "embed",
        "link",
        "meta",
        "base",
        "input",
    }
    assert 'href="javascript' not in page
    assert "default-src 'none'" in page
    assert page.count("</main>") == 1
    assert 'class="highlight' in page
    assert "<h1" in page
    assert "<details>" in page or "틀렸습니다" in page


@pytest.mark.parametrize(
    "name", ["work.py", "../work.ipynb", "a/b.ipynb", "", ".ipynb", "-x.ipynb", "x" * 200 + ".ipynb"]
)
def test_only_a_plain_notebook_name_gets_a_file(name: str, source: SourceFile) -> None:
    assert feedback_files(source.model_copy(update={"name": name})) == ()


def test_hidden_checks_stay_hidden(source: SourceFile, tmp_path: Path) -> None:
    from grader.report import write_reports

    result = Result(
        grader_version="1",
        isolation="namespace",
        submission=SubmissionId(id="s", sha256="0" * 64),
        points=2,
        max_points=4,
        exercises=(exercise(check("first"), check("secret", failed=True, staff=True)),),
    )
    submission = Submission(id="s", sha256="0", exercises=(ExerciseFiles(exercise="01_work", source=source),))
    (tmp_path / "submission.json").write_text(submission.model_dump_json(), encoding="utf-8")
    write_reports(result, tmp_path, "en")
    for file in ("work.ipynb", "work.html"):
        text = (tmp_path / "feedback" / file).read_text(encoding="utf-8")
        assert "secret" not in text
        assert "Hidden check 1" in text
    assert 'href="feedback/work.ipynb"' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_nothing_is_made_where_no_submission_is_stored(tmp_path: Path) -> None:
    result = Result(
        grader_version="1",
        isolation="process",
        submission=SubmissionId(id="s", sha256="0"),
        points=0,
        max_points=0,
        exercises=(exercise(check("first")),),
    )
    assert list(notebooks_with_feedback(result, tmp_path, "en")) == []
