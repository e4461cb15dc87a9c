"""``grader export`` through the real command."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from grader.gradebook import open_gradebook
from grader.schema import ClassEntry
from tests.conftest import Command


@pytest.mark.parametrize("target", ["gradescope", "github"])
def test_a_file_for_each_student(command: Command, graded_class: Path, tmp_path: Path, target: str) -> None:
    done = command("export", graded_class, "--format", target, "--to", tmp_path / "to")
    assert done.code == 3, done.text
    assert "counts as 0" in done.err
    assert "s03" in done.err
    assert {path.stem for path in (tmp_path / "to").iterdir()} == {"s01", "s02", "s03", "s04", "s05", "s06"}
    for path in (tmp_path / "to").iterdir():
        content = json.loads(path.read_text(encoding="utf-8"))
        assert isinstance(content["tests"], list)
        assert "SECRET-DETAIL" not in path.read_text(encoding="utf-8")


def test_an_ungraded_student_keeps_no_old_file(command: Command, graded_class: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "s03.json").write_text('{"score": 120}')
    done = command("export", graded_class, "--format", "gradescope", "--to", tmp_path / "to")
    assert done.code == 3
    assert json.loads((tmp_path / "to" / "s03.json").read_text(encoding="utf-8"))["score"] == 40


def test_classroom50_says_what_it_needs_and_takes_it(command: Command, graded_class: Path, tmp_path: Path) -> None:
    to = tmp_path / "to"
    done = command("export", graded_class, "--format", "classroom50", "--to", to)
    assert done.code == 2
    assert "--meta classroom" in done.err
    meta = {
        "classroom": "vision",
        "assignment": "chapter10",
        "submission": "submission-{student}",
        "commit": "https://example.org/{student}/commit",
        "release": "https://example.org/{student}/release",
    }
    options = [part for key, value in meta.items() for part in ("--meta", f"{key}={value}")]
    done = command("export", graded_class, "--format", "classroom50", "--to", to, *options)
    assert done.code == 3, done.text
    content = json.loads((to / "s02.json").read_text(encoding="utf-8"))
    assert content["submission"] == "submission-s02"
    assert content["score"] == 40
    done = command("export", graded_class, "--format", "classroom50", "--to", to, *options, "--meta", "nope=1")
    assert done.code == 2
    assert "nope" in done.err


def test_one_file_for_the_class(command: Command, graded_class: Path, tmp_path: Path) -> None:
    for target in ("junit", "csv", "canvas", "moodle"):
        to = tmp_path / "new" / target
        done = command("export", graded_class, "--format", target, "--to", to, "--lang", "ko")
        assert done.code == 3, "s03 is ungraded"
        assert "s03" in done.err
        assert "6" in done.out
        assert to.is_file()
    assert ET.parse(tmp_path / "new" / "junit").getroot().tag == "testsuites"


def test_a_single_graded_submission(command: Command, graded_class: Path, tmp_path: Path) -> None:
    done = command("export", graded_class / "s01", "--format", "csv", "--to", tmp_path / "grades.csv")
    assert done.code == 0, done.text
    (row,) = csv.DictReader((tmp_path / "grades.csv").read_text(encoding="utf-8-sig").splitlines())
    assert (row["student"], row["total"]) == ("student-1", "70")
    assert row["report"] == "out/s01/report.html"


def test_the_gradebook_counts_where_there_is_one(
    command: Command, graded_class: Path, entries: list[ClassEntry], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("counts = 'best'\n")
    to = tmp_path / "grades.csv"
    done = command("export", graded_class, "--format", "csv", "--to", to, "--policy", policy)
    assert done.code == 2, "no gradebook yet"
    with open_gradebook(f"sqlite:///{graded_class / 'gradebook.db'}") as book:
        book.record(entries)
        book.adjust("s01", "03_convolution", -5, "copied", "staff")
    done = command("export", graded_class, "--format", "csv", "--to", to, "--policy", policy)
    assert done.code == 3, done.text
    rows = {r["student"]: r for r in csv.DictReader(to.read_text(encoding="utf-8-sig").splitlines())}
    assert (rows["s01"]["03_convolution"], rows["s01"]["total"], rows["s01"]["adjustment"]) == ("25", "65", "-5")
    assert rows["s03"]["13_mobilenet_features"] == "0"
    policy.write_text("[deadlines]\n03_convolutoin = 2026-03-08T23:59:00+09:00\n")
    done = command("export", graded_class, "--format", "csv", "--to", to, "--policy", policy)
    assert done.code == 2
    assert "03_convolutoin" in done.err
    done = command("export", graded_class, "--format", "github", "--to", tmp_path / "github")
    assert done.code == 3, done.text
    report = json.loads((tmp_path / "github" / "s01.json").read_text(encoding="utf-8"))
    assert sum(test["score"] for test in report["tests"]) == 65
    assert report["max_score"] == 70
    (why,) = [test["message"] for test in report["tests"] if "copied" in test["message"]]
    assert "30" in why
    assert "−5" in why


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "excel", "--to", "x"), "gradescope"),
        (("--format", "csv", "--to", "."), "folder"),
        (("--format", "github", "--to", "file"), "file"),
        (("--format", "csv", "--to", "x", "--like", "file"), "canvas"),
        (("--format", "canvas", "--to", "x", "--like", "file"), "Canvas"),
    ],
)
def test_wrong_words_are_answered(
    command: Command, graded_class: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    done = command("export", graded_class, *arguments, cwd=tmp_path)
    assert done.code == 2, done.text
    assert said in done.err
    assert "Traceback" not in done.text


def test_a_folder_without_results(command: Command, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        done = command("export", folder, "--format", "csv", "--to", tmp_path / "x.csv")
        assert done.code == 2
        assert "Traceback" not in done.text
    (tmp_path / "result.json").write_text("{}")
    done = command("export", tmp_path, "--format", "csv", "--to", tmp_path / "x.csv")
    assert done.code == 2
    assert "result.json" in done.err
    assert "Traceback" not in done.text
