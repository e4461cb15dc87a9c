"""``grader batch`` and ``grader regrade`` on a class: what is written, what is done again and what is not."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import SandboxUnavailable
from grader.schema import Text
from grader.workflows.batch import read_batch, read_entries, student_folders
from grader.workflows.grade_class import safe_level
from tests.batch.conftest import HONEST, HOSTILE, Class, marks, without_times
from tests.conftest import Command, read_report

COUNTS = re.compile(r"Exercises run: (\d+) · scored again from stored facts: (\d+) · reused unchanged: (\d+)")
FILES = {
    "result.json",
    "report.json",
    "report.html",
    "report.md",
    "student.html",
    "submission.json",
    "student.json",
    "key.json",
}
EXERCISES = len(HONEST) + len(HOSTILE)


def counts(text: str) -> tuple[int, int, int]:
    match = COUNTS.search(" ".join(text.split()))
    assert match is not None, text
    return int(match[1]), int(match[2]), int(match[3])


def reword(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_marks_are_those_of_the_corpus_whoever_sits_beside(graded: Class) -> None:
    assert {name: graded.marks[name] for name in HONEST} == {name: points for name, (_, points) in HONEST.items()}
    assert {graded.marks[name] for name in HOSTILE} == {0}


def test_everybody_has_a_whole_report(graded: Class) -> None:
    names = {entry.name for entry in graded.out.iterdir() if entry.is_dir()}
    assert names == {*HONEST, *HOSTILE, "nothing", "torn"}
    for name in names:
        assert {entry.name for entry in (graded.out / name).iterdir()} >= FILES, name
        assert read_report(graded.out / name)["submission"]["id"] == name
    assert (graded.out / "홍길동" / "facts" / "03_convolution" / "facts.json").is_file()


def test_nothing_readable_is_a_row_and_a_report_that_says_why(graded: Class) -> None:
    report = read_report(graded.out / "torn")
    assert report["points"] == 0
    assert "damaged" in report["problems"][0]["message"]
    assert "nothing to grade" in next(line for line in graded.done.out.splitlines() if "torn" in line)


def test_the_class_is_summed_up(graded: Class) -> None:
    assert counts(graded.done.out) == (EXERCISES, 0, 0)
    assert "absent (이두리)" in graded.done.out
    assert (graded.out / "index.html").is_file()
    assert (graded.out / "gradebook.db").is_file()
    with (graded.out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) >= len(graded.marks) + 1
    record = read_batch(graded.out)
    assert record is not None
    assert [student.id for student in record.downloads.without_submission] == ["absent"]
    entry = next(entry for entry in read_entries(graded.out) if entry.student.id == "right")
    assert (entry.student.name, entry.student.email, entry.reused) == ("김하나", "hana@example.org", False)
    for page in ("report.html", "student.html"):
        assert "김하나 채점 결과" in (graded.out / "right" / page).read_text(encoding="utf-8")


def test_results_are_not_written_over_without_resume(graded: Class, command: Command) -> None:
    done = command("batch", graded.folder, "--out", graded.out)
    assert done.code == 2
    assert "--resume" in done.err


def test_the_same_again_runs_and_writes_nothing(graded: Class, copied: Path, command: Command) -> None:
    before = {path: path.stat().st_mtime_ns for path in copied.glob("*/*.*") if path.name != "student.json"}
    done = command("batch", graded.folder, "--out", copied, "--resume", "--jobs", 1)
    assert done.code == 0, done.text
    assert counts(done.out) == (0, 0, EXERCISES)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert all(entry.reused for entry in read_entries(copied))


def test_a_changed_check_scores_again_and_a_changed_probe_runs_again(
    graded: Class, copied: Path, own_course: Path, command: Command
) -> None:
    def again() -> tuple[int, int, int]:
        done = command("--course", own_course, "batch", graded.folder, "--out", copied, "--resume", "--jobs", 1)
        assert done.code == 0, done.text
        return counts(done.out)

    checks = own_course / "exercises" / "03_convolution" / "checks.py"
    text = checks.read_text(encoding="utf-8")
    assert "points(2)\ndef test_conv2d_valid" in text
    checks.write_text(
        text.replace("points(2)\ndef test_conv2d_valid", "points(3)\ndef test_conv2d_valid"), "utf-8"
    )
    assert again() == (0, EXERCISES, 0)
    assert marks(copied)["right"] == 21
    assert again() == (0, 0, EXERCISES)
    probe = own_course / "exercises" / "03_convolution" / "probe.py"
    probe.write_text(probe.read_text(encoding="utf-8") + "\n# another probe\n", encoding="utf-8")
    assert again() == (EXERCISES, 0, 0)
    assert marks(copied)["right"] == 21


def test_only_the_changed_submission_is_run_again(
    graded: Class, copied: Path, command: Command, tmp_path: Path
) -> None:

    folder = tmp_path / "class"
    shutil.copytree(graded.folder, folder)
    shutil.copy(folder / "right" / "convolution.py", folder / "flipped" / "convolution.py")
    done = command("batch", folder, "--out", copied, "--resume", "--jobs", 1)
    assert counts(done.out) == (1, 0, EXERCISES - 1)
    assert marks(copied)["flipped"] == 20
    assert [entry.student.id for entry in read_entries(copied) if not entry.reused] == ["flipped"]


def test_damaged_facts_are_made_again(graded: Class, copied: Path, command: Command) -> None:
    (copied / "right" / "facts" / "03_convolution" / "facts.json").write_text("{", encoding="utf-8")
    next((copied / "alt" / "facts" / "03_convolution").glob("*.npy")).unlink()
    done = command("batch", graded.folder, "--out", copied, "--resume", "--jobs", 1)
    assert counts(done.out) == (2, 0, EXERCISES - 2)
    assert without_times(copied) == without_times(graded.out)


def test_regrade_says_what_changed_and_why(
    graded: Class, copied: Path, own_course: Path, command: Command
) -> None:
    done = command("--course", own_course, "regrade", copied)
    assert (done.code, "Nothing changed." in done.out) == (0, True), done.text
    checks = own_course / "exercises" / "03_convolution" / "checks.py"
    text = checks.read_text(encoding="utf-8")
    checks.write_text(
        text.replace("points(2)\ndef test_conv2d_valid", "points(1)\ndef test_conv2d_valid"), "utf-8"
    )
    done = command("--course", own_course, "regrade", copied)
    assert done.code == 0, done.text
    assert marks(copied)["right"] == 19
    assert marks(copied)["flipped"] == 8
    assert "Marks that changed: 3 of" in done.out
    with (copied / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (rows["right"]["before"], rows["right"]["now"]) == ("2", "1")
    assert rows["right"]["why"] == "Worth 1 points instead of 2."
    # What was scored again counts as done with today's checks.
    done = command("--course", own_course, "batch", graded.folder, "--out", copied, "--resume", "--jobs", 1)
    assert counts(done.out) == (0, 0, EXERCISES)


def test_regrade_loads_no_tensorflow(copied: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from grader.workflows.regrade_class import score_part\n"
        f"part = score_part(sorted(Path({str(copied)!r}).glob('r*')), None, None)\n"
        "assert part.students == 1, part\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_batch_asks_before_it_trusts_everybody(monkeypatch: pytest.MonkeyPatch) -> None:

    def refuse(level: str) -> None:
        raise SandboxUnavailable(Text(ko="없음", en="no namespaces"))

    monkeypatch.setattr("grader.workflows.grade_class.open_sandbox", refuse)
    with pytest.raises(SandboxUnavailable, match=r"no namespaces.*--isolation process"):
        safe_level("auto", remote=False)
    assert safe_level("process", remote=False) == "process"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--executor", "slurm"), "local, dask"),
        (("--scheduler", "tcp://x:1"), "--executor dask"),
        (("--roster", "nowhere.csv"), "nowhere.csv"),
        (("--executor", "dask", "--scheduler", "tcp://localhost:1"), "--trust-network"),
    ],
)
def test_wrong_options_are_explained(
    args: tuple[str, ...], words: str, graded: Class, command: Command, tmp_path: Path
) -> None:
    done = command("batch", graded.folder, "--out", tmp_path / "new", *args)
    assert done.code == 2
    assert words in done.err


def test_the_key_names_everything_that_a_mark_depends_on(graded: Class) -> None:
    key = json.loads((graded.out / "right" / "key.json").read_bytes())["exercises"]["03_convolution"]
    assert list(key["files"]) == ["convolution.py"]
    assert {"grader", "tensorflow", "keras", "numpy", "python", "isolation"} <= key["environment"].keys()
    assert {"budget", "seed", "source"} <= key["data"].keys()
    assert len(key["evidence"]) == len(key["marks"]) == 64


def test_students_are_sorted_as_people_sort_them(tmp_path: Path) -> None:
    names = ["s10", "s2", "김2", "20261234", "s2b", "김10", "s02", "²"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_text("{}", encoding="utf-8")
    found = [folder.name for folder in student_folders(tmp_path)]
    assert found == ["20261234", "s02", "s2", "s2b", "s10", "²", "김2", "김10"]
