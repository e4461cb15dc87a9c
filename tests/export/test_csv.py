"""The tables: for a spreadsheet, and read as Canvas and Moodle read them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import ExportError, OutputError
from grader.export import CanvasGradebook, read_canvas, write_canvas, write_csv, write_moodle
from grader.export.table import number
from grader.schema import ClassEntry, Mark, Result, Student
from grader.text import for_spreadsheet
from tests.report.conftest import convolution, result

Sample = Callable[[str], Result]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def by_student(path: Path) -> dict[str, dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(text.splitlines())}


def test_grades_csv(entries: list[ClassEntry], tmp_path: Path) -> None:
    path = tmp_path / "out" / "grades.csv"
    write_csv(entries, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfstudent,name,email,total,max,"), "Excel knows it for UTF-8"
    rows = by_student(path)
    assert list(rows) == ["s01", "s02", "s03", "s04", "s05", "s06"]
    first = rows["s01"]
    assert (first["name"], first["email"]) == ("김하나", "one@example.org")
    assert (first["total"], first["max"], first["03_convolution"], first["06_cifar10_cnn"]) == (
        "70",
        "70",
        "30",
        "40",
    )
    assert (first["status"], first["isolation"], first["report"]) == ("graded", "namespace", "s01/report.html")
    assert first["09_save_load"] == "", "not handed in"
    mixed = rows["s03"]
    assert mixed["13_mobilenet_features"] == "0", "making the grader fail pays no more than an honest zero"
    assert (mixed["total"], mixed["max"]) == ("40", "135")
    assert mixed["09_save_load"] == "0"
    assert mixed["status"] == "05_cifar10_data: error, 09_save_load: timeout, 13_mobilenet_features: ungraded"
    assert (rows["s06"]["total"], rows["s06"]["status"]) == ("", "")


def test_grades_csv_of_results_alone(tmp_path: Path, sample: Sample) -> None:
    write_csv((sample(name) for name in ("hidden", "mismatch")), tmp_path / "grades.csv")
    rows = by_student(tmp_path / "grades.csv")
    assert rows["제출물 가"]["total"] == "40"
    assert rows["student-1"]["04_vision_tasks"] == "15"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "＝1+1",
        "－1",
        "x;=1+1",
        "x\t=1",
        "x|=1",
        "\x00=1",
        "\ufeff=1",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    cell = for_spreadsheet(text)
    for part in re.split(r"[;|\t]", cell):
        assert not part.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert "\n" not in cell
    assert "\r" not in cell


@pytest.mark.parametrize("text", ["김하나", "O'Neill-Lee", "a@example.org", "Lee, Four", "s-01", "5 = 5", "a+b"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert for_spreadsheet(text) == text


def test_formulas_of_students_are_disarmed_everywhere(entries: list[ClassEntry], tmp_path: Path) -> None:
    for write in (write_csv, write_canvas, write_moodle):
        path = tmp_path / "table.csv"
        write(entries, path)
        for row in read(path):
            for cell in row:
                assert cell == "-" or not cell.lstrip("\ufeff \t").startswith(("=", "+", "-", "@")), cell


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (0.0, "0"), (20.0, "20"), (12.5, "12.5"), (1 / 3, "0.333333")]
)
def test_points_stay_as_they_are(value: float | None, shown: str) -> None:
    assert number(value) == shown


def mark(student: str, exercise: str, points: float | None, **changes: object) -> Mark:
    base = Mark(student=student, exercise=exercise, points=points, max_points=30, graded_points=points)
    return base.model_copy(update=changes)


def test_marks_of_a_gradebook_take_the_place_of_points(entries: list[ClassEntry], tmp_path: Path) -> None:
    marks = [
        mark("s01", "03_convolution", 25, penalty=3.0, adjustment=-2.0, comments=("늦음", "=evil()")),
        mark("s03", "13_mobilenet_features", 10, max_points=25),
        mark("s99", "03_convolution", None),
    ]
    write_csv(entries, tmp_path / "grades.csv", marks=marks, students=[Student(id="s98", name="Nobody")])
    rows = by_student(tmp_path / "grades.csv")
    assert (rows["s01"]["03_convolution"], rows["s01"]["total"]) == ("25", "65")
    assert (rows["s01"]["late_penalty"], rows["s01"]["adjustment"]) == ("3", "-2")
    assert "늦음" in rows["s01"]["comments"]
    assert rows["s03"]["13_mobilenet_features"] == "10"
    assert "ungraded" not in rows["s03"]["status"], "an earlier attempt counts"
    assert (rows["s99"]["03_convolution"], rows["s99"]["status"]) == ("0", "03_convolution: ungraded")
    assert (rows["s98"]["name"], rows["s98"]["total"], rows["s98"]["status"]) == ("Nobody", "", "")


# Canvas, as lib/gradebook_importer.rb of canvas-lms reads a file.


def canvas_import(path: Path) -> tuple[dict[str, float], dict[str, dict[str, str]]]:
    """Assignment -> points possible, and SIS user id -> assignment -> grade."""
    header, *rows = read(path)
    assert header[0].startswith("Student"), "a mark before it, and a quoted header is malformed"
    assert "ID" in header[1]
    assert re.search(r"SIS\s+User\s+ID", header[2])
    assert re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4], "the last of the student's columns"
    assert len({len(row) for row in (header, *rows)}) == 1
    assignments = header[5:]
    assert not any(
        re.search("Current Score|Final Score|Current Points|Final Points", name) for name in assignments
    )
    possible: dict[str, float] = {}
    grades = {}
    for row in rows:
        if "Points Possible" in row[0]:
            possible = dict(zip(assignments, map(float, row[5:]), strict=True))
            continue
        if "Manual Posting" in row:
            continue
        assert row[0].strip(), "the name is the last resort for finding a student"
        assert any(row[1:4]), "one of the ids must be there to find the student by"
        assert row[1] == "" or row[1].isdigit()
        grades[row[2]] = dict(zip(assignments, row[5:], strict=True))
    return possible, grades


def test_canvas(entries: list[ClassEntry], tmp_path: Path) -> None:
    write_canvas(entries, tmp_path / "canvas.csv")
    possible, grades = canvas_import(tmp_path / "canvas.csv")
    assert possible["03_convolution"] == 30
    assert possible["13_mobilenet_features"] == 25
    assert grades["s01"]["06_cifar10_cnn"] == "40"
    assert grades["s03"]["13_mobilenet_features"] == "0", "ungraded, and said by the command"
    assert grades["s03"]["09_save_load"] == "0"
    for row in grades.values():
        assert all(cell == "" or re.fullmatch(r"\d+(\.\d+)?", cell) for cell in row.values())


CANVAS_EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,컨벌루션과 풀링 (4711),06_CIFAR10_cnn (4712),Essay (4713),Final Score
,,,,,,Manual Posting,,
    Points Possible,,,,,30,40,10,(read only)
"Kim, Hana",901,S01,one,A,,,,50
Two,902,,TWO@example.org,B,1,2,3,50
"Lee, Four",904,,four4,B,,,,50
"Test, Student",999,,,B,,,,
"""


def test_canvas_with_its_own_gradebook(entries: list[ClassEntry], tmp_path: Path) -> None:
    (tmp_path / "from-canvas.csv").write_text(CANVAS_EXPORT, encoding="utf-8-sig")
    like = read_canvas(tmp_path / "from-canvas.csv")
    left_out = write_canvas(entries, tmp_path / "canvas.csv", like=like)
    possible, _ = canvas_import(tmp_path / "canvas.csv")
    assert possible == {"컨벌루션과 풀링 (4711)": 30, "06_CIFAR10_cnn (4712)": 40}, "found by title and by id"
    rows = read(tmp_path / "canvas.csv")
    given = list(csv.reader(CANVAS_EXPORT.splitlines()))
    assert [row[:5] for row in rows] == [row[:5] for row in given], "its rows and no others"
    assert rows[1][5:] == ["", "Manual Posting"]
    by_id = {row[1]: row[5:] for row in rows}
    assert by_id["901"][1] == "40", "by SIS id"
    assert by_id["902"] != ["1", "2"], "by e-mail"
    assert by_id["904"] == ["", ""]
    assert by_id["999"] == ["", ""]
    assert [student.id for student in left_out.students] == ["s03", "s04", "s05", "s06"]
    assert "05_cifar10_data" in left_out.exercises
    assert not left_out.worth
    cheaper = replace(like, above=((*like.above[1][:5], "10", *like.above[1][6:]),))
    left_out = write_canvas(entries, tmp_path / "canvas.csv", like=cheaper)
    assert left_out.worth == (("03_convolution", 30, 10),)
    with pytest.raises(ExportError, match="03_convolution"):
        write_canvas(entries, tmp_path / "canvas.csv", like=replace(like, header=like.header[:5]))


def test_canvas_keeps_what_there_is_no_mark_for(entries: list[ClassEntry], tmp_path: Path) -> None:
    header = ("Student", "ID", "Section", "06_cifar10_cnn (1)", "13_mobilenet_features (2)")
    like = CanvasGradebook(header, students=(("S", "s06", "A", "7", "8"), ("T", "t", "A", "5", "6")))
    write_canvas(entries, tmp_path / "canvas.csv", like=like)
    assert read(tmp_path / "canvas.csv")[1:] == [["S", "s06", "A", "7", "8"], ["T", "t", "A", "5", "6"]]


def test_canvas_finds_by_name_only_who_is_alone_with_it(tmp_path: Path) -> None:
    rows = (("Lee, Minjun", "1", "a"), ("Kim, Ha", "2", "b"), ("Kim, Ha", "3", "c"))
    like = CanvasGradebook(("Student", "ID", "SIS Login ID"), students=rows)
    assert like.find(Student(id="x", name="Minjun Lee")) == rows[0]
    assert like.find(Student(id="x", name="Ha Kim")) is None
    assert like.find(Student(id="c", name="Ha Kim")) == rows[2]
    assert like.find(Student(id="x")) is None


def test_what_is_no_gradebook_from_canvas(tmp_path: Path) -> None:
    for content in (b"", b"a,b,c\n1,2,3\n", b"\xff\xfe"):
        (tmp_path / "other.csv").write_bytes(content)
        with pytest.raises(ExportError, match=r"other\.csv"):
            read_canvas(tmp_path / "other.csv")


# Moodle, as grade/import/csv/classes/load_data.php reads a file.


def moodle_import(path: Path, user_field: str, *, new_items: bool) -> dict[str, dict[str, float | None]]:
    """User -> grade item -> grade. With its traps: an empty user field leaves the user of the row above, an empty
    cell for a new item becomes 0 in the database, a grade above 100 or a text refuses the file."""
    header, *rows = read(path)
    names = [name.strip() for name in header]
    items = [name for name in names if name not in ("ID number", "Full name", "Email address")]
    grades: dict[str, dict[str, float | None]] = {}
    student = ""
    for row in rows:
        assert len(row) == len(names)
        values = dict(zip(names, (cell.strip() for cell in row), strict=True))
        student = values[user_field] or student
        for item in items:
            value = values[item]
            if value == "-" or (value == "" and not new_items):
                grade = None
            else:
                grade = float(value or 0)
                assert grade <= 100
            grades.setdefault(student, {})[item] = grade
    return grades


@pytest.mark.parametrize("new_items", [True, False])
@pytest.mark.parametrize(("field", "of"), [("ID number", "id"), ("Email address", "email")])
def test_moodle(entries: list[ClassEntry], tmp_path: Path, field: str, of: str, *, new_items: bool) -> None:
    write_moodle(entries, tmp_path / "moodle.csv")
    grades = moodle_import(tmp_path / "moodle.csv", field, new_items=new_items)
    assert list(grades) == [getattr(entry.student, of) for entry in entries]
    for entry in entries:
        got = grades[getattr(entry.student, of)]
        points = {exercise.id: exercise.points or 0 for exercise in entry.result.exercises}
        assert got == {name: points.get(name) for name in got}, "what was not handed in stays without a grade"


def test_moodle_has_e_mails_for_all_or_not_at_all(entries: list[ClassEntry], tmp_path: Path) -> None:
    nameless = entries[0].model_copy(update={"student": Student(id="s01")})
    write_moodle([nameless, *entries[1:]], tmp_path / "moodle.csv")
    assert read(tmp_path / "moodle.csv")[0][:3] == ["ID number", "Full name", "03_convolution"]
    grades = moodle_import(tmp_path / "moodle.csv", "ID number", new_items=True)
    assert len(grades) == len(entries)


def test_a_big_class_has_a_row_for_everybody(tmp_path: Path, entries: list[ClassEntry]) -> None:
    exercises = [convolution().model_copy(update={"id": f"{n:02}_exercise"}) for n in range(1, 14)]
    whole = result(*exercises)
    many = [entries[0].model_copy(update={"student": Student(id=f"s{n:03}"), "result": whole}) for n in range(300)]
    for write in (write_csv, write_canvas, write_moodle):
        write(many, tmp_path / "table.csv")
        ids = {cell for row in read(tmp_path / "table.csv") for cell in row} & {f"s{n:03}" for n in range(300)}
        assert len(ids) == 300


def test_a_place_that_cannot_be_written(entries: list[ClassEntry], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"grades\.csv"):
        write_csv(entries, tmp_path / "file" / "grades.csv")
    old = tmp_path / "folder"
    old.mkdir()
    with pytest.raises(OutputError):
        write_csv(entries, old)
    assert list(tmp_path.glob(".*tmp")) == [], "nothing half-written stays"
