"""What a student is given holds everything they may see, and nothing else, whatever staff's fields hold."""

from __future__ import annotations

import json
import shutil
from html import unescape
from pathlib import Path

import nbformat
import pytest

from grader import pictures
from grader.intake.notebook import read_notebook
from grader.report import write_reports
from grader.report.html import MAX_BYTES, Drawn, to_html
from grader.schema import (
    CheckResult,
    Course,
    Diagnosis,
    ExerciseFiles,
    ExerciseResult,
    Frame,
    LayerFact,
    Learning,
    ModelFact,
    Problem,
    Result,
    SourceFile,
    StaffNote,
    Submission,
    SubmissionId,
    Text,
)
from grader.workflows import Grader
from tests.conftest import ROOT

#: Fields that are never a student's. A new field of these types belongs in one of the two lists.
STAFF_FIELDS = {ExerciseResult: {"notes", "staff_detail", "limited_by"}, CheckResult: {"raised", "staff_detail"}}
STUDENT_FIELDS = {
    ExerciseResult: {
        *("id", "title", "status", "points", "max_points", "data", "budget", "checks", "message", "frames"),
        *("problems", "model", "reference_layers", "learning", "pictures", "handed_in", "feedback"),
        *("diagnoses", "wall_seconds", "cpu_seconds", "peak_memory_mb", "stdout"),
    },
    CheckResult: {
        *("id", "title", "outcome", "points", "max_points", "message", "expected", "actual", "hint"),
        *("visibility", "frames"),
    },
}


def canary(name: str) -> Text:
    return Text(ko=f"CANARY-{name}-ko", en=f"CANARY-{name}-en")


def shown(name: str) -> Text:
    return Text(ko=f"SHOWN-{name}", en=f"SHOWN-{name}")


def hidden_check(outcome: str) -> CheckResult:
    return CheckResult.model_validate(
        {
            "id": f"CANARY_{outcome}",
            "title": canary("title"),
            "outcome": outcome,
            "points": None if outcome == "ungraded" else 0,
            "max_points": 1,
            "message": canary("message"),
            "expected": canary("expected"),
            "actual": canary("actual"),
            "hint": canary("hint"),
            "visibility": "staff",
            "frames": (Frame(file="CANARY.py", line=1, function="CANARY", text="CANARY", context=("CANARY",)),),
            "staff_detail": "CANARY-staff",
        }
    )


def result() -> Result:
    """Something in every field."""
    frame = Frame(file="SHOWN-file.py", line=3, function="SHOWN_function", text="SHOWN-line")
    visible = CheckResult(
        id="visible",
        title=shown("title"),
        outcome="failed",
        points=0,
        max_points=2,
        message=shown("message"),
        expected=shown("expected"),
        actual=shown("actual"),
        hint=shown("hint"),
        frames=(frame,),
        staff_detail="CANARY-check-detail",
    )
    layer = LayerFact(name="a", type="SHOWN-layer", output_shape=(None, 2), parameters=3, trainable_parameters=3)
    exercise = ExerciseResult(
        id="01_work",
        title=shown("exercise"),
        status="graded",
        points=0,
        max_points=6,
        data="SHOWN-data",
        budget="SHOWN-budget",
        checks=(visible, *(hidden_check(outcome) for outcome in ("passed", "failed", "skipped", "ungraded"))),
        message=shown("status"),
        frames=(frame,),
        problems=(Problem(file="SHOWN-problem", severity="note", message=shown("problem")),),
        model=ModelFact(name="m", file="m.keras", layers=(layer,) * 3),
        learning=Learning(accuracy=0.5, minimum=0.4, borderline=False, history={"accuracy": (0.1, 0.5)}),
        feedback=("feedback/work.ipynb", "feedback/work.html"),
        stdout="SHOWN-stdout",
        limited_by="cgroup",
        diagnoses=(
            Diagnosis(id="SHOWN-cause", text=shown("cause"), checks=("visible",)),
            Diagnosis(id="CANARY-cause", text=canary("cause"), checks=("CANARY_failed",)),
        ),
        notes=(StaffNote(kind="weights", text=canary("note"), check="CANARY", model="CANARY", detail="CANARY"),),
        staff_detail="CANARY-exercise-detail",
    )
    return Result(
        grader_version="1",
        isolation="namespace",
        submission=SubmissionId(id="s", sha256="0" * 64, name="SHOWN-name"),
        points=0,
        max_points=6,
        exercises=(exercise,),
        problems=(Problem(file="SHOWN-whole", severity="error", message=shown("whole")),),
    )


@pytest.mark.parametrize("kind", [ExerciseResult, CheckResult])
def test_every_field_is_staffs_or_a_students(kind: type[ExerciseResult] | type[CheckResult]) -> None:
    assert set(kind.model_fields) <= STAFF_FIELDS[kind] | STUDENT_FIELDS[kind]


@pytest.mark.parametrize("audience", ["staff", "student"])
def test_the_students_files_hold_no_canary_and_all_that_is_theirs(audience: str, tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell("def visible():\n    pass")]
    read = read_notebook(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    source = SourceFile(name="work.ipynb", code=read.code, sha256="0", lines=read.lines, notebook=read.plain)
    submission = Submission(id="s", sha256="0", exercises=(ExerciseFiles(exercise="01_work", source=source),))
    (tmp_path / "submission.json").write_text(submission.model_dump_json(), encoding="utf-8")
    write_reports(
        result(), tmp_path, "ko", painter=pictures, audience="student" if audience == "student" else "staff"
    )
    given = ["student.html", "feedback/work.ipynb", "feedback/work.html"]
    if audience == "student":
        given += ["report.html", "report.json", "report.md", "result.json"]
    for name in given:
        assert "CANARY" not in (tmp_path / name).read_text(encoding="utf-8"), name
    page = (tmp_path / "student.html").read_text(encoding="utf-8")
    for name in (
        *("name", "whole", "exercise", "data", "budget", "status", "problem", "title", "message", "expected"),
        *("actual", "hint", "file.py", "line", "stdout"),
    ):
        assert f"SHOWN-{name}" in page, name
    assert '<title data-ko="SHOWN-name 채점 결과"' in page
    assert "<svg" in page
    if audience == "staff":
        staff = (tmp_path / "report.html").read_text(encoding="utf-8")
        for name in ("title", "message", "note"):
            assert f"CANARY-{name}-en" in staff, name
        assert "CANARY-exercise-detail" in staff
        assert "student.html" in staff


def test_a_page_is_within_its_size_however_many_checks_and_exercises_there_are() -> None:
    huge = Text(ko="가" * 500, en="<" * 500)
    one = result().exercises[0]
    checks = tuple(
        one.checks[0].model_copy(update={"id": f"c{n}", "title": huge, "message": huge}) for n in range(900)
    )
    exercises = tuple(one.model_copy(update={"id": f"{n}_x", "checks": checks, "title": huge}) for n in range(60))
    whole = result().model_copy(update={"exercises": exercises})
    page = to_html(whole, "ko", drawings=Drawn(whole, pictures))
    assert len(page.encode()) < MAX_BYTES
    assert "SHOWN-name" in page


def test_a_script_that_fails_hidden_checks_gets_a_page_without_them(
    course: Course, warm_grader: Grader, tmp_path: Path
) -> None:
    exercise = next(e for e in course.exercises if e.file == "convolution")
    if exercise.staff_dir is None:
        pytest.skip("hidden checks are not installed here")
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(ROOT / "exercises" / exercise.id / f"{exercise.file}.py", work)
    out = tmp_path / "out"
    graded = warm_grader.grade(work, out, only=[exercise.id], lang="en")
    hidden = [check for check in graded.exercises[0].checks if check.visibility == "staff"]
    assert hidden
    assert graded.exercises[0].handed_in == "untouched"
    student, staff = (
        unescape((out / name).read_text(encoding="utf-8")) for name in ("student.html", "report.html")
    )
    for check in hidden:
        assert check.title.en in staff
        assert check.title.en not in student
        assert check.title.ko not in student
    assert "Hidden check 1" in student
    assert json.loads((out / "report.json").read_bytes())["max_points"] == graded.max_points
