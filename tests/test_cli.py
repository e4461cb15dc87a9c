"""The student's and the instructor's first minutes, through the real command."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.cli.standing import Standing, exercise_table
from grader.schema import Course, Lang
from grader.workflows.overview import overview
from grader.workflows.workplace import Workplace
from tests.ci.results import check, exercise, result
from tests.conftest import ROOT, Command, read_report


def test_start_check_list_as_a_student_does(command: Command, tmp_path: Path) -> None:
    home = tmp_path / "내 과제"
    done = command("start", home, "--lang", "ko")
    assert done.code == 0, done.text
    assert "03_convolution" in (home / "README.md").read_text(encoding="utf-8")

    done = command("check", "03", cwd=home)
    assert done.code == 1, "an untouched stub has not passed"
    assert "Traceback" not in done.text

    solved = (ROOT / "solutions" / "03_convolution" / "convolution.py").read_bytes()
    (home / "03_convolution" / "convolution.py").write_bytes(solved)
    done = command("check", "convolution.py", cwd=home)
    assert done.code == 0, done.text

    rows = {row["id"]: row for row in json.loads(command("list", "--json", cwd=home).out)}
    assert rows["03_convolution"]["status"]["points"] == rows["03_convolution"]["status"]["max_points"]
    assert rows["06_cifar10_cnn"]["status"] is None

    fresh = command("start", "--reset", "3", cwd=home, env={"GRADER_LANG": "en"})
    assert fresh.code == 0, fresh.text
    (old,) = (home / ".grader" / "old").iterdir()
    assert old.read_bytes() == solved
    assert str(old) in fresh.out.replace("\n", "")
    assert (home / "03_convolution" / "convolution.py").read_bytes() != solved
    (home / "03_convolution" / "convolution.py").write_bytes(solved)
    rows = {row["id"]: row for row in json.loads(command("list", "--json", cwd=home).out)}
    assert rows["03_convolution"]["status"] is None, "it is not done any more"
    assert command("start", "--given", "9", tmp_path / "colab").code == 0
    assert [path.name for path in (tmp_path / "colab").iterdir()] == ["given.keras"]
    assert command("start").code == 2, "where?"

    again = command("start", home)
    assert again.code == 0
    assert (home / "03_convolution" / "convolution.py").read_bytes() == solved, "work is never overwritten"


def test_start_with_notebooks(command: Command, tmp_path: Path) -> None:
    done = command("start", tmp_path / "nb", "--notebooks", "--lang", "en")
    assert done.code == 0, done.text
    assert (tmp_path / "nb" / "06_cifar10_cnn" / "cifar10_cnn.ipynb").is_file()
    assert not (tmp_path / "nb" / "06_cifar10_cnn" / "cifar10_cnn.py").exists()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_folder_explains_itself(course: Course, lang: Lang) -> None:
    text = overview(course, lang, notebooks=False)
    places = [text.index(f"({e.id}/README.md)") for e in course.exercises]
    assert places == sorted(places), "the chapter's order"
    for e in course.exercises:
        row = next(line for line in text.splitlines() if f"({e.id}/{e.file}.py)" in line)
        assert e.title.get(lang) in row
        assert e.summary.get(lang) in row
        assert row.endswith(f"| {e.points} |")
    assert str(sum(e.points for e in course.exercises)) in text
    for said in (
        "grader check --watch",
        "grader list",
        "grader fetch --list",
        "grader doctor",
        ".zip",
        "report.html",
    ):
        assert said.lstrip(".") in text, said
    hangul = any("가" <= letter <= "힣" for letter in text)
    assert hangul == (lang == "ko"), "one language, the chosen one"


def test_a_notebook_folder_names_notebooks(course: Course) -> None:
    text = overview(course, "en", notebooks=True)
    assert "(06_cifar10_cnn/cifar10_cnn.ipynb)" in text
    assert "cifar10_cnn.py" not in text


def test_a_check_without_training_takes_nothing_back(tmp_path: Path) -> None:
    """What ``check --watch`` does on every save: it counts only where the work has changed."""
    place = Workplace(tmp_path)
    full = result(exercise(check("a", 5, 5), check("b", 2, 2)))
    less = result(exercise(check("a", 5, 5), check("b", 0, 2, outcome="skipped")))
    (one,) = full.exercises
    for found, work, trained, kept in (
        (full, "1", True, []),
        (less, "1", False, [one.id]),
        (less, "2", False, []),
        (less, "2", False, []),
    ):
        assert place.remember(found, {one.id: work}, trained=trained) == kept
        points = place.standing()[one.id]["points"]
        assert points == (one.points if work == "1" else less.points)


def listed(course: Course, standing: Standing | None, lang: Lang = "en", **options: str) -> dict[str, str]:
    """The lines of ``grader list`` by their first word."""
    stream = io.StringIO()
    exercise_table(Console(file=stream, width=150), course, standing, lang, **options)
    lines = [line for line in stream.getvalue().splitlines() if line.strip()]
    return {line.split()[0]: line for line in lines}


def test_list_says_how_far_one_is(course: Course) -> None:
    states = {
        "01": (10.0, 10, "graded", "✓ All passed"),
        "02": (2.5, 15, "graded", "△ Partly passed"),
        "03": (0.0, 13, "graded", "✗ Not passed"),
        "04": (0.0, 20, "timeout", "✗ Time limit"),
        "05": (0.0, 15, "error", "✗ Error"),
        "06": (None, 25, "ungraded", "? Not graded yet"),
        "07": ("a lot", [], "graded", "? Not graded yet"),
    }
    standing = {
        e.id: dict(zip(("points", "max_points", "status"), states[e.id[:2]], strict=False))
        for e in course.exercises
        if e.id[:2] in states
    }
    lines = listed(course, standing)
    for number, (points, _, _, word) in states.items():
        assert lines[number].rstrip().endswith(word)
        assert f"{points:g} / " in lines[number] if isinstance(points, float) else "– / " in lines[number]
    assert "not checked yet" in lines["08"]
    assert "12.5 / 98" in lines["Total"]
    assert lines["Total"].rstrip().endswith(f"1 of {len(course.exercises)} passed")
    assert "Hidden" in lines, "01 has points that only hidden checks give"
    assert "모두 통과" in listed(course, standing, "ko")["01"]
    state = {"points": 0.0, "max_points": 13, "status": "graded"}
    for more, word in (({"untouched": True}, "· As handed out"), ({"so_far": True}, "✓ so far")):
        standing = {course.exercises[2].id: state | more}
        assert listed(course, standing)["03"].rstrip().endswith(word)


def test_file_names_are_whole_on_a_narrow_terminal(course: Course) -> None:
    stream = io.StringIO()
    exercise_table(Console(file=stream, width=80), course, {}, "ko")
    for each in course.exercises:
        assert f"{each.file}.py" in stream.getvalue()
    assert max(cell_len(line) for line in stream.getvalue().splitlines()) <= 80


def test_list_outside_a_working_folder_has_no_status(course: Course) -> None:
    lines = listed(course, None, suffix=".ipynb")
    assert lines["06"].split()[-2:] == ["cifar10_cnn.ipynb", "25"]
    assert lines["Total"].split() == ["Total", str(sum(e.points for e in course.exercises))]


def test_fetch_list_downloads_nothing(command: Command, tmp_path: Path) -> None:
    home = tmp_path / "keras"
    done = command("fetch", "--list", "6", env={"KERAS_HOME": str(home)})
    assert done.code == 0, done.text
    assert "cifar-10-batches-py-target_archive" in done.out
    assert "170.5 MB" in done.out
    assert str(home) in done.out
    assert not home.exists()
    done = command("fetch", "3", "--lang", "ko", env={"KERAS_HOME": str(home)})
    assert done.code == 0
    assert "내려받을 것이 없는" in done.out
    assert not home.exists()


def test_check_in_the_wrong_folder_says_what_to_do(command: Command, tmp_path: Path) -> None:
    done = command("check", cwd=tmp_path)
    assert done.code == 2
    assert "Traceback" not in done.text
    assert "convolution.py" in done.err or "grader start" in done.err


def test_an_unknown_exercise_is_answered_with_the_known_ones(command: Command, tmp_path: Path) -> None:
    done = command("grade", tmp_path, "--out", tmp_path / "o", "--exercise", "99")
    assert done.code == 2
    assert "03_convolution" in done.err


def test_list_speaks_korean(command: Command, tmp_path: Path) -> None:
    done = command("list", "--lang", "ko", cwd=tmp_path)
    assert done.code == 0
    assert "컨벌루션" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--lang", "fr"), "--lang cannot be “fr”. Possible: ko, en."),
        (("list", "--lang=kr"), "Did you mean ko?"),
        (("grade", ".", "--out", "o", "--isolation", "proces"), "Did you mean process?"),
        (("check", "--budget", "tiny"), "--budget cannot be “tiny”. Possible: quick, standard, full."),
        (("batch", ".", "--out", "o", "--executor", "slurm"), "Possible: local, dask."),
        (("export", ".", "--to", "x", "--format", "gradescop"), "Did you mean gradescope?"),
        (("export-template", "x", "--workflow", "classroom5"), "Did you mean classroom50?"),
        (("check", "convoluton.py"), "Did you mean convolution?"),
        (("calibrate", "--budget", "ful"), "Did you mean full?"),
    ],
)
def test_a_word_that_is_not_possible_is_answered(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = command(*arguments, cwd=tmp_path)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert "Traceback" not in done.text


def test_a_wrong_word_in_the_environment_is_said(command: Command, tmp_path: Path) -> None:
    done = command("list", cwd=tmp_path, env={"GRADER_LANG": "kr"})
    assert done.code == 2
    assert "GRADER_LANG cannot be “kr”" in done.err
    assert command("list", "--lang", "en", cwd=tmp_path, env={"GRADER_LANG": "kr"}).code == 0, "it does not count"
    assert "컨벌루션" in command("list", cwd=tmp_path, env={"GRADER_LANG": "ko_KR.UTF-8"}).out


@pytest.mark.parametrize(
    "arguments", [("check", "99"), ("check", "--isolation", "x"), ("check",), ("check", "--help")]
)
def test_the_chosen_language_is_that_of_every_message(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = command(*arguments, "--lang", "ko", cwd=tmp_path, env={"LANG": "C", "GRADER_LANG": ""})
    assert any("가" <= letter <= "힣" for letter in done.text)
    assert "There is no" not in done.text
    assert "cannot be" not in done.text


def test_help_is_quick_to_have(command: Command) -> None:
    code = "import sys; from grader.cli.main import make_app; make_app(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"tensorflow", "keras", "numpy", "sqlalchemy", "matplotlib", "jinja2", "grader.workflows"} & set(
        loaded
    )


def test_a_narrow_pipe_gets_plain_text(command: Command) -> None:
    done = command("list", "--lang", "ko", env={"COLUMNS": "60"})
    assert done.code == 0, done.text
    assert "\x1b" not in done.out
    assert max(cell_len(line.rstrip()) for line in done.out.splitlines()) <= 60


def test_doctor(command: Command) -> None:
    done = command("doctor", "--try")
    assert done.code == 0, done.text
    assert "TensorFlow" in done.out
    assert "✓ A run ends at its time limit." in done.out


def test_demo_grades_right_wrong_and_misbehaving(command: Command, tmp_path: Path) -> None:
    course = tmp_path / "course"
    for kind in ("exercises", "reference", "solutions"):
        shutil.copytree(ROOT / kind, course / kind, ignore=shutil.ignore_patterns("0[124578]_*", "1*", "*.npz"))
    limits = course / "exercises" / "03_convolution" / "exercise.toml"
    text = limits.read_text(encoding="utf-8")
    assert "cpu_seconds = 20" in text
    limits.write_text(text.replace("cpu_seconds = 20", "cpu_seconds = 5"), encoding="utf-8")
    done = command("--course", course, "demo", "--out", tmp_path / "demo", "--lang", "en")
    assert done.code == 0, done.text
    reports = {path.parent.name: read_report(path.parent) for path in (tmp_path / "demo").glob("*/report.json")}
    statuses = {name: {e["status"] for e in report["exercises"]} for name, report in reports.items()}
    assert reports["all-right"]["points"] == reports["all-right"]["max_points"]
    assert reports["untouched"]["points"] == 0
    assert "timeout" in statuses["endless-loop"]
    assert "memory" in statuses["memory-hog"]
    assert "error" in statuses["early-exit"]
    assert "ungraded" not in set().union(*statuses.values())
    for name in reports:
        assert name in done.out
    said = {line.split()[0]: " ".join(line.split()) for line in done.out.splitlines() if "/" in line}
    for page in ("README.en.md", "README.md"):
        (table,) = re.findall(r"^```text\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S)
        shown = [line.split() for line in table.splitlines()]
        assert [name for name, *_ in shown] == [name for name in said if name in reports], page
        for name, *rest in shown:
            told = " ".join(rest if page == "README.en.md" else rest[:3])
            assert told in said[name], f"{page} says {name}: {told}"
