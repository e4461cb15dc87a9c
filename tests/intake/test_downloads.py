"""Folders of downloads, as learning platforms and people make them."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import IntakeError
from grader.intake import collect_files, find_downloads, read_submission
from grader.intake.roster import MAX_NAME_BYTES, Names, Rank, Roster, read_roster, safe_name
from grader.schema import Download, Downloads, Student
from tests.intake.conftest import COURSE, make_zip, write, zip_bytes

CODE = "def solve():\n    return 1\n"


def ids(downloads: Downloads) -> list[str]:
    return [download.student.id for download in downloads.students]


def codes(download: Download, tmp_path: Path) -> dict[str, str]:
    """File name -> code of what would be graded."""
    shutil.rmtree(tmp_path / "files", ignore_errors=True)
    path, _ = collect_files(download, tmp_path / "files")
    (tmp_path / "work").mkdir(exist_ok=True)
    submission = read_submission(path, COURSE, work_dir=tmp_path / "work")
    return {files.source.name: files.source.code for files in submission.exercises if files.source}


def test_folders_and_zips_in_one_class(tmp_path: Path) -> None:
    write(tmp_path / "class", {"alice/edges.py": CODE, "bob/hand in/edges.py": CODE, "notes.txt": "x"})
    make_zip(tmp_path / "class" / "carol.zip", {"work/edges.py": CODE})
    (tmp_path / "class" / "dave.rar").write_bytes(b"Rar!")
    found = find_downloads(tmp_path / "class", COURSE)
    assert found.layout == "folders"
    assert ids(found) == ["alice", "bob", "carol", "dave"]
    for download in found.students[:3]:
        assert codes(download, tmp_path) == {"edges.py": CODE}


def test_a_stray_program_is_named(tmp_path: Path) -> None:
    write(tmp_path / "class", {"alice/edges.py": CODE, "mine.py": "x"})
    (problem,) = find_downloads(tmp_path / "class", COURSE).problems
    assert problem.file == "mine.py"


def test_moodle_folders(tmp_path: Path) -> None:
    write(
        tmp_path / "class",
        {
            "홍길동_12345_assignsubmission_file_/edges.py": CODE,
            "홍길동_12345_assignsubmission_onlinetext_/onlinetext.html": "hello",
            "Kim Min_9_assignsubmission_file_/01_edges/edges.py": CODE,
        },
    )
    found = find_downloads(tmp_path / "class", COURSE)
    assert found.layout == "moodle"
    assert [(d.student.id, d.student.name) for d in found.students] == [
        ("Kim Min_9", "Kim Min"),
        ("홍길동_12345", "홍길동"),
    ]
    assert codes(found.students[1], tmp_path) == {"edges.py": CODE}


def test_moodle_flat(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "class",
        {
            "Kim Min_9_assignsubmission_file_edges.py": CODE,
            "Kim Min_9_assignsubmission_file_small_net.py": CODE,
            "Lee_10_assignsubmission_file_edges.py": "A = 1\n",
        },
    )
    make_zip(folder / "Park_11_assignsubmission_file_homework.zip", {"edges.py": "B = 1\n"})
    found = find_downloads(folder, COURSE)
    assert found.layout == "moodle"
    assert ids(found) == ["Kim Min_9", "Lee_10", "Park_11"]
    assert codes(found.students[0], tmp_path) == {"edges.py": CODE, "small_net.py": CODE}
    assert codes(found.students[1], tmp_path) == {"edges.py": "A = 1\n"}
    assert codes(found.students[2], tmp_path) == {"edges.py": "B = 1\n"}


def test_canvas_late_several_files_and_a_second_try(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "class",
        {
            "honggildong_LATE_123_456_edges.py": "A = 1\n",
            "honggildong_LATE_123_456_edges-1.py": "A = 2\n",
            "honggildong_LATE_123_456_edges-10.py": "A = 10\n",
            "honggildong_LATE_123_457_small_net.py": CODE,
            "kimmin_7_8_edges.py": CODE,
        },
    )
    found = find_downloads(folder, COURSE)
    assert found.layout == "canvas"
    assert [(d.student.id, d.late) for d in found.students] == [("honggildong_123", True), ("kimmin_7", False)]
    assert codes(found.students[0], tmp_path) == {"edges.py": "A = 10\n", "small_net.py": CODE}


def test_canvas_zips_of_one_student_are_put_together(tmp_path: Path) -> None:
    folder = write(tmp_path / "class", {"a_1_1_small_net.py": CODE})
    make_zip(folder / "a_1_2_work.zip", {"edges.py": "A = 1\n"})
    make_zip(folder / "a_1_2_work-1.zip", {"edges.py": "A = 2\n"})
    (student,) = find_downloads(folder, COURSE).students
    assert codes(student, tmp_path) == {"edges.py": "A = 2\n", "small_net.py": CODE}


@pytest.mark.parametrize("below", ["", "submitted/"])
def test_nbgrader(tmp_path: Path, below: str) -> None:
    write(
        tmp_path / "class",
        {
            f"{below}alice/hw1/edges.ipynb": "{}",
            f"{below}alice/hw1/timestamp.txt": "2026-03-02 15:58:23.948203 America/Los_Angeles",
            f"{below}alice/hw2/small_net.py": CODE,
            f"{below}alice/hw2/timestamp.txt": "2026-03-09 10:00:00 UTC\n",
            f"{below}bob/hw1/edges.py": CODE,
            f"{below}bob/hw1/timestamp.txt": "2026-03-02 15:58:23.5 Asia/Seoul",
        },
    )
    found = find_downloads(tmp_path / "class", COURSE)
    assert found.layout == "nbgrader"
    alice, bob = found.students
    assert alice.submitted_at == datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert bob.submitted_at == datetime(2026, 3, 2, 6, 58, 23, 500000, tzinfo=UTC)
    assert codes(alice, tmp_path) == {"small_net.py": CODE}


DATE = "1772400000 +0900"


def git(folder: Path, *args: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *args],
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "GIT_COMMITTER_DATE": DATE, "GIT_AUTHOR_DATE": DATE},
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("packed", [False, True])
def test_git_checkouts_with_the_time_of_the_commit(tmp_path: Path, packed: bool) -> None:
    for name in ("alice", "bob"):
        folder = write(tmp_path / "class" / name, {"edges.py": CODE})
        git(folder, "init", "-q", "-b", "main")
        (folder / ".git" / "hooks" / "post-checkout").write_text("#!/bin/sh\ntouch ../ran\n")
        git(folder, "add", "edges.py")
        git(folder, "commit", "-q", "-m", "work")
        if packed:
            git(folder, "gc", "-q")
            assert not list((folder / ".git" / "objects").glob("[0-9a-f][0-9a-f]/*"))
    found = find_downloads(tmp_path / "class", COURSE)
    assert found.layout == "git"
    assert [d.submitted_at for d in found.students] == [datetime.fromtimestamp(1772400000, UTC)] * 2
    assert codes(found.students[0], tmp_path) == {"edges.py": CODE}


@pytest.mark.parametrize("damage", ["HEAD", "objects"])
def test_a_damaged_checkout_is_graded_without_a_time(tmp_path: Path, damage: str) -> None:
    folder = write(tmp_path / "class" / "alice", {"edges.py": CODE, ".git/HEAD": "ref: refs/heads/../../../x"})
    if damage == "objects":
        write(folder, {".git/HEAD": "a" * 40, f".git/objects/aa/{'a' * 38}": "no zlib"})
    write(tmp_path / "class" / "bob", {"edges.py": CODE})
    found = find_downloads(tmp_path / "class", COURSE)
    assert [d.submitted_at for d in found.students] == [None, None]


@pytest.mark.parametrize("around", ["", "download/"])
def test_a_zip_of_any_of_those(tmp_path: Path, around: str) -> None:
    inner = zip_bytes({"edges.py": CODE})
    path = make_zip(
        tmp_path / "all.zip",
        {
            f"{around}Kim_1_assignsubmission_file_/edges.py": CODE,
            f"{around}Lee_2_assignsubmission_file_/x.zip": inner,
            "../../escape.py": "bad",
        },
    )
    found = find_downloads(path, COURSE, work_dir=tmp_path / "unpacked")
    assert found.layout == "moodle"
    assert [codes(download, tmp_path) for download in found.students] == [{"edges.py": CODE}] * 2
    assert not (tmp_path.parent / "escape.py").exists()
    assert found.problems


def test_one_submission_is_no_class(tmp_path: Path) -> None:
    write(tmp_path / "alice", {"edges.py": CODE})
    with pytest.raises(IntakeError, match="grader grade"):
        find_downloads(tmp_path / "alice", COURSE)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(IntakeError):
        find_downloads(tmp_path / "missing", COURSE)
    with pytest.raises(IntakeError, match="No submissions"):
        find_downloads(tmp_path, COURSE)


ROSTERS = {
    "utf-8": "id,name,email\nS1,홍길동,gd@example.org\nS2,김민,km@example.org\nS3,Lee Ann,la@example.org\n",
    "utf-8-sig": "학번,이름,이메일\nS1,홍길동,gd@example.org\nS2,김민,km@example.org\nS3,Lee Ann,la@example.org\n",
    "cp949": "이메일;성명;학번\ngd@example.org;홍길동;S1\nkm@example.org;김민;S2\nla@example.org;Lee Ann;S3\n",
    "utf-16": (
        "Student ID\tE-mail\tName\n"
        "S1\tgd@example.org\t홍길동\nS2\tkm@example.org\t김민\nS3\tla@example.org\tLee Ann\n"
    ),
}


@pytest.mark.parametrize("encoding", ROSTERS)
def test_rosters_from_spreadsheets(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(ROSTERS[encoding].encode(encoding))
    assert read_roster(path) == [
        Student(id="S1", name="홍길동", email="gd@example.org"),
        Student(id="S2", name="김민", email="km@example.org"),
        Student(id="S3", name="Lee Ann", email="la@example.org"),
    ]


def test_a_roster_without_ids_says_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("nickname,score\na,1\n", encoding="utf-8")
    with pytest.raises(IntakeError, match="nickname, score"):
        read_roster(path)


def test_both_sides_that_do_not_match_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(ROSTERS["utf-8"].encode())
    write(
        tmp_path / "class",
        {
            "홍길동_12345_assignsubmission_file_/edges.py": CODE,
            "Ann Lee_2_assignsubmission_file_/edges.py": CODE,
            "Stranger_3_assignsubmission_file_/edges.py": CODE,
        },
    )
    found = find_downloads(tmp_path / "class", COURSE, path)
    assert ids(found) == ["S1", "S3", "Stranger_3"]
    assert [student.id for student in found.without_submission] == ["S2"]
    assert [student.id for student in found.not_on_roster] == ["Stranger_3"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s2", "S2"),
        ("S2_김민_hw1", "S2"),
        ("김민 (S2)", "S2"),
        ("km@example.org", "S2"),
        ("gd", "S1"),
        ("ann-lee", "S3"),
        ("nobody", None),
    ],
)
def test_who_is_meant(name: str, expected: str | None) -> None:
    roster = Roster(
        [
            Student(id="S1", name="홍길동", email="gd@example.org"),
            Student(id="S2", name="김민", email="km@example.org"),
            Student(id="S3", name="Lee Ann"),
        ]
    )
    found = roster.find(free=name)
    assert (found[0].id if found else None) == expected


def test_two_of_one_name_are_nobody_in_particular() -> None:
    roster = Roster([Student(id="S1", name="김민"), Student(id="S2", name="김민")])
    assert roster.find(["김민"]) is None
    assert roster.find(["김민"], "S2") == (Student(id="S2", name="김민"), Rank.NAME)


def test_a_second_submission_of_one_person_has_a_report_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("id,name\nS1,Kim\n", encoding="utf-8")
    write(tmp_path / "class", {"S1/edges.py": CODE, "S1_again/edges.py": CODE})
    found = find_downloads(tmp_path / "class", COURSE, path)
    assert ids(found) == ["S1", "S1_again"]
    assert found.problems
    assert [s.id for s in found.not_on_roster] == ["S1_again"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("홍길동", "홍길동"),
        ("\u1112\u1169\u11bc", "홍"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..", ""),
        (".hidden", "hidden"),
        ("a\0b\nc", "abc"),
        ("\u202egpj.exe", "gpj.exe"),
        ("C:\\x", "C__x"),
        ("nul.txt", "_nul.txt"),
        ("ends with dot. ", "ends with dot"),
        ("\udcff", "\ufffd"),
    ],
)
def test_safe_names(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_safe_names_are_short_enough_for_any_disk() -> None:
    assert len(safe_name("가" * 500).encode()) <= MAX_NAME_BYTES


def test_names_are_given_out_once() -> None:
    names = Names(["index.html"])
    given = [names.give(name) for name in ("Kim", "kim", "kim-2", "index.html", "..", "/")]
    assert given == ["Kim", "kim-2", "kim-2-2", "index.html-2", "student", "_"]


def test_a_zip_and_the_folder_made_of_it_are_one_persons(tmp_path: Path) -> None:
    write(tmp_path / "class", {"alice/edges.py": CODE, "bob/edges.py": CODE})
    make_zip(tmp_path / "class" / "alice.zip", {"edges.py": "old"})
    path = tmp_path / "roster.csv"
    path.write_text("id\nalice\nbob\n", encoding="utf-8")
    found = find_downloads(tmp_path / "class", COURSE, path)
    assert ids(found) == ["alice", "alice-2", "bob"]
    assert codes(found.students[0], tmp_path) == {"edges.py": CODE}
    assert found.without_submission == ()


def test_an_id_that_two_people_have_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("id,name\nS1,Kim\nS1,Kim\nS2,Lee\n", encoding="utf-8")
    assert [student.id for student in read_roster(path)] == ["S1", "S2"]
    path.write_text("id,name\nS1,Kim\nS1,Lee\n", encoding="utf-8")
    with pytest.raises(IntakeError, match="two people: Kim and Lee"):
        read_roster(path)
