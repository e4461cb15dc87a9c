"""Every platform's download as its own source or documentation makes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import IntakeError
from grader.intake import collect_files, find_downloads, read_submission
from grader.schema import Downloads
from tests.intake.conftest import COURSE, Files, make_zip, write, zip_bytes

CODE = "def solve():\n    return 1\n"


def code(mark: object) -> str:
    return f"MARK = {str(mark)!r}\n"


def marks(found: Downloads, tmp_path: Path) -> dict[str, str]:
    """Student's id -> the code that is graded as theirs."""
    graded = {}
    for number, download in enumerate(found.students):
        path, _ = collect_files(download, tmp_path / "files" / str(number))
        work = tmp_path / "work" / str(number)
        work.mkdir(parents=True)
        submission = read_submission(path, COURSE, work_dir=work)
        sources = [files.source.code for files in submission.exercises if files.source]
        graded[download.student.id] = "".join(sources)
    return graded


def roster(folder: Path, *lines: str) -> Path:
    path = folder / "roster.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def notes(found: Downloads) -> list[str]:
    return [f"{problem.file}: {problem.message.en}" for problem in found.problems]


def download(tmp_path: Path, files: Files, *lines: str, around: str = "class") -> Downloads:
    folder = write(tmp_path / around, files)
    return find_downloads(folder, COURSE, roster(tmp_path, *lines) if lines else None)


def test_canvas_anonymous(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "anon_aB3x9_1234_edges.py": code("a"),
            "anon_Zk81q_1235_edges.py": code("b"),
            "LATE_anon_q7Tt2_1236_edges.py": code("c"),
            "anon_00421_1237_edges-1.py": code("d"),
        },
    )
    assert found.layout == "canvas"
    assert [(d.student.id, d.late) for d in found.students] == [
        ("anon_00421", False),
        ("anon_Zk81q", False),
        ("anon_aB3x9", False),
        ("anon_q7Tt2", True),
    ]
    assert set(marks(found, tmp_path).values()) == {code(m) for m in "abcd"}


def test_canvas_names_with_underscores_groups_text_and_links(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "kim_min_su_11_201_edges.py": code("kim"),
            "group1_LATE_12_202_edges.py": code("group"),
            "lee_13_text.html": "<p>typed</p>",
            "park_LATE_14_link.html": "<p>link</p>",
            "홍길동_15_205_edges.py": code("hong"),
        },
        "id,name",
        "s1,Kim Min_su",
        "s5,홍길동",
    )
    assert found.layout == "canvas"
    graded = marks(found, tmp_path)
    assert graded == {
        "s1": code("kim"),
        "s5": code("hong"),
        "group1_12": code("group"),
        "lee_13": "",
        "park_14": "",
    }
    assert [d.late for d in found.students if d.student.id == "park_14"] == [True]
    assert sum("typed online or is a link" in text for text in notes(found)) == 2


def test_canvas_a_name_that_ends_in_a_number_takes_nobodys_work(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "kim_12_345_edges.py": code("kim"),
            "kim_12_777_888_edges.py": code("kim_12"),  # user 777 calls himself kim_12, or kim's own 888_edges.py
            "kim_12_778_text.html": "typed by user 778, or a file of kim's",
            "lee_13_346_20231234_edges.py": code("lee"),
            "park_14_347_03_edges.py": code("park"),
        },
        "id,name",
        "A,kim",
        "B,lee",
        "C,park",
    )
    assert marks(found, tmp_path) == {
        "A": code("kim"),
        "kim_12_777": code("kim_12"),
        "kim_12_778": "",
        "B": code("lee"),
        "C": code("park"),
    }
    assert any("its name does not say which" in text for text in notes(found))


def test_what_looks_like_canvas_is_a_class_of_zips_all_the_same(tmp_path: Path) -> None:
    for name in ("kim", "lee", "park"):
        (tmp_path / "class").mkdir(exist_ok=True)
        make_zip(tmp_path / "class" / f"hw_2024_1_{name}.zip", {"edges.py": code(name)})
    found = find_downloads(tmp_path / "class", COURSE)
    assert found.layout == "zips"
    assert marks(found, tmp_path) == {f"hw_2024_1_{name}": code(name) for name in ("kim", "lee", "park")}


def test_moodle_the_first_marker_is_the_platforms(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "student one_501_assignsubmission_file_x_20230002_assignsubmission_file_edges.py": code(1),
            "student two_502_assignsubmission_file_edges.py": code(2),
        },
        "id,name",
        "20230001,student one",
        "20230002,student two",
    )
    graded = marks(found, tmp_path)
    assert graded["20230002"] == code(2)
    assert code(2) not in graded["20230001"]


def test_moodle_participants_groups_and_typed_text(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "Participant_501_assignsubmission_file_/edges.py": code(1),
            "Participant_502_assignsubmission_file_/edges.py": code(2),
            "Team A-Kim Min_503_assignsubmission_file_/edges.py": code(3),
            "Lee_504_assignsubmission_onlinetext_/onlinetext.html": "typed",
        },
        "Identifier,Full name",
        "Participant 502,",
        "s3,Kim Min",
    )
    assert found.layout == "moodle"
    graded = marks(found, tmp_path)
    assert graded["Participant 502"] == code(2)
    assert graded["s3"] == code(3)
    assert graded["Participant_501"] == code(1)
    assert any("typed online" in text for text in notes(found))


def test_moodle_numbers_are_no_students_numbers(tmp_path: Path) -> None:
    found = download(
        tmp_path, {"Somebody_20230002_assignsubmission_file_edges.py": CODE}, "id,name", "20230002,Kim"
    )
    assert [student.id for student in found.without_submission] == ["20230002"]
    assert [student.id for student in found.not_on_roster] == ["Somebody_20230002"]


def test_moodle_flat_with_a_folder_of_the_students(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "Kim_1_assignsubmission_file_small_net.py": code("k2"),
            "01_edges/Kim_1_assignsubmission_file_edges.py": code("k1"),
            "01_edges/Lee_2_assignsubmission_file_edges.py": code("l"),
        },
    )
    assert marks(found, tmp_path) == {"Kim_1": code("k1") + code("k2"), "Lee_2": code("l")}


@pytest.mark.parametrize("stamp", ["20260302155823948", "2026-03-02T15:58:23.948Z"])
def test_sakai(tmp_path: Path, stamp: str) -> None:
    found = download(
        tmp_path,
        {
            "HW3/grades.csv": "x",
            "HW3/Student, One(student1)/Submission attachment(s)/edges.py": code(1),
            "HW3/Student, One(student1)/Feedback Attachment(s)/small_net.py": code("the instructor's"),
            "HW3/Student, One(student1)/timestamp.txt": stamp,
            "HW3/Student, Two (Jr.)(student2)/Submission attachment(s)/edges.py": code(2),
            "HW3/Student, Two (Jr.)(student2)/timestamp.txt": stamp,
        },
    )
    assert found.layout == "sakai"
    assert marks(found, tmp_path) == {"student1": code(1), "student2": code(2)}
    assert {d.submitted_at for d in found.students} == {datetime(2026, 3, 2, 15, 58, 23, 948000, tzinfo=UTC)}


def test_long_names_in_a_zip_keep_their_marks_and_endings(tmp_path: Path) -> None:
    long = "컨볼루션 과제 최종 제출본 " * 4
    path = make_zip(
        tmp_path / "class.zip",
        {
            f"{name}_{n}_assignsubmission_file_{long}.zip": zip_bytes({"edges.py": code(n)})
            for n, name in enumerate("가나")
        },
    )
    found = find_downloads(path, COURSE, work_dir=tmp_path / "unpacked")
    assert marks(found, tmp_path) == {"가_0": code(0), "나_1": code(1)}


def test_sakai_one_student_groups_and_anonymous(tmp_path: Path) -> None:
    one = download(tmp_path, {"HW3/Kim,(kim)/Submission attachment(s)/edges.py": CODE}, around="one")
    assert [d.student.id for d in one.students] == ["kim"]
    found = download(
        tmp_path,
        {
            "HW3/Team (a1-b2)/Submission attachment(s)/edges.py": code("team"),
            "HW3/Team (a1-b2)/members.txt": "Kim, Min (park)(kim); Lee, Ann(lee)\n",
            "HW3/77-aa Anonymous/Submission attachment(s)/edges.py": code("anonymous"),
        },
    )
    assert marks(found, tmp_path) == {
        "kim": code("team"),
        "lee": code("team"),
        "77-aa Anonymous": code("anonymous"),
    }


def test_sakai_without_folders(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "Kim, Min(kim)_Submission attachment(s)_edges.py": code(1),
            "Lee, Ann(lee)_Submission attachment(s)_(kim)_Submission attachment(s)_edges.py": code(2),
        },
    )
    graded = marks(found, tmp_path)
    assert graded.pop("kim") == code(1)
    assert list(graded.values()) == [code(2)]


def test_blackboard(tmp_path: Path) -> None:
    title = "Homework_3"
    found = download(
        tmp_path,
        {
            f"{title}_kim_attempt_2026-03-01-10-00-00.txt": "Name: Kim Min (kim)\nAssignment: x\n",
            f"{title}_kim_attempt_2026-03-01-10-00-00_edges.py": code("old"),
            f"{title}_kim_attempt_2026-03-02-10-00-00.txt": "Name: Kim Min (kim)\n",
            f"{title}_kim_attempt_2026-03-02-10-00-00_edges.py": code("kim"),
            f"{title}_a_kim_attempt_2026-03-02-10-00-00.txt": "이름: 김 에이 (a_kim)\n",
            f"{title}_a_kim_attempt_2026-03-02-10-00-00_x_kim_attempt_2026-03-02-10-00-00_edges.py": code("bad"),
            f"{title}_b_kim_attempt_2026-03-02-10-00-00_edges.py": code("b_kim"),
        },
        "id,name",
        "kim,Kim Min",
        "a_kim,Kim A",
        "b_kim,Kim B",
    )
    assert found.layout == "blackboard"
    graded = marks(found, tmp_path)
    assert graded["kim"] == code("kim")
    assert code("kim") not in graded["a_kim"]
    # Without a receipt both kim and b_kim could be meant by "…_b_kim".
    assert "b_kim" not in graded
    assert graded["Homework_3_b_kim"] == code("b_kim")
    assert any("earlier attempt" in text for text in notes(found))


def test_blackboard_receipts_name_people_whose_logins_are_not_on_the_roster(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            f"Homework 3_{login}_attempt_2026-03-02-10-00-00{rest}": text
            for login, name in (("hong1", "홍길동"), ("kim_2", "김하나"))
            for rest, text in ((".txt", f"Name: {name} ({login})\nAssignment: x\n"), ("_edges.py", code(login)))
        },
        "학번,이름",
        "20231001,홍길동",
        "20231002,김하나",
        "20231003,김하나래",
    )
    assert marks(found, tmp_path) == {"20231001": code("hong1"), "20231002": code("kim_2")}


@pytest.mark.parametrize("form", ["{person} - {date}/edges.py", "{person} - {date} - edges.py"])
def test_brightspace(tmp_path: Path, form: str) -> None:
    def name(person: str, date: str) -> str:
        return form.format(person=person, date=date)

    found = download(
        tmp_path,
        {
            "index.html": "x",
            name("397063-255 - Mary-Ann Smith", "Sep 24, 2024 926 PM"): code("old"),
            name("397063-255 - Mary-Ann Smith", "Sep 25, 2024 1126 AM"): code("mary"),
            name("397064-255 - John - Doe", "24 September, 2024 926 PM"): code("john"),
            name("397065-255 - 홍길동", "Sep 24, 2024 2126"): code("hong"),
        },
        "OrgDefinedId,Last Name,First Name,Email",
        "#7,Smith,Mary-Ann,m@example.org",
        "#8,홍길동,,",
    )
    assert found.layout == "brightspace"
    assert marks(found, tmp_path) == {"7": code("mary"), "8": code("hong"), "John - Doe 397064-255": code("john")}


METADATA = """\
---
submission_101:
  :submitters:
  - :name: 홍길동
    :sid: '20230001'
    :email: hong@example.org
  :created_at: 2026-03-02 06:58:23.948203000 Z
  :score: 10
  :results:
    tests:
    - output: |
        submission_999:
          :submitters: [{:sid: '1'}]
  :history:
  - :id: 1
    :results: {deep: [[1, 2], {a: b}]}
submission_102:
  :submitters: &1
  - :name: Pair One
    :sid:
    :email: one@example.org
  - :name: Pair Two
    :sid: '20230003'
    :email: two@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-03-02 06:58:23.948203000 Z
submission_103:
  :submitters: *1
"""


def test_gradescope(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "assignment_1_export/submission_metadata.yml": METADATA,
            "assignment_1_export/submission_101/edges.py": code(1),
            "assignment_1_export/submission_102/edges.py": code(2),
            "assignment_1_export/submission_104/edges.py": code(4),
        },
        "Name,SID,Email",
        "홍길동,20230001,hong@example.org",
        "Someone,20230009,one@example.org",
    )
    assert found.layout == "gradescope"
    assert marks(found, tmp_path) == {"20230001": code(1), "20230009": code(2), "20230003": code(2)}
    assert found.students[0].submitted_at == datetime(2026, 3, 2, 6, 58, 23, 948203, tzinfo=UTC)
    assert any(text.startswith("submission_104: This is nobody's") for text in notes(found))


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "submission_1: 5", ": :", "submission_1: {:submitters: [3]}"])
def test_gradescope_without_usable_metadata_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    write(tmp_path / "class", {"submission_metadata.yml": text, "submission_1/edges.py": CODE})
    with pytest.raises(IntakeError):
        find_downloads(tmp_path / "class", COURSE)


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("", "15:58:23Z"),
        (" UTC", "15:58:23Z"),
        (" KST", "06:58:23Z"),
        (" JST", "06:58:23Z"),
        (" Asia/Seoul", "06:58:23Z"),
        (" +09:00", "06:58:23Z"),
        (" +09", "06:58:23Z"),
        (" -0330", "19:28:23Z"),
        (" America/Los_Angeles", "23:58:23Z"),
        (" EST", "20:58:23Z"),
        (" CST", None),  # Chicago, Shanghai, Havana
        (" IST", None),  # Kolkata, Jerusalem, Dublin
        (" XYZ", None),
        (" ../../etc/passwd", None),
        (" Mars/Olympus", None),
    ],
)
def test_nbgrader_zones(tmp_path: Path, zone: str, time: str | None) -> None:
    found = download(
        tmp_path,
        {
            "submitted/a/hw/edges.py": CODE,
            "submitted/a/hw/timestamp.txt": f"2026-03-02 15:58:23{zone}\n",
            "submitted/b/hw/edges.py": CODE,
        },
    )
    (first, second) = found.students
    assert second.submitted_at is None
    if time is None:
        assert first.submitted_at is None
        assert [text for text in notes(found) if "time zone" in text and "Asia/Seoul" in text]
    else:
        assert first.submitted_at == datetime.fromisoformat(f"2026-03-02T{time}")
        assert notes(found) == []


def clones(names: Sequence[str]) -> Files:
    return {
        f"{name}/{file}": content
        for name in names
        for file, content in ((".git/HEAD", ""), ("edges.py", code(name)))
    }


def test_google_forms(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "Week 1 (File responses)/edges - Kim Min.py": code("k1"),
            "Week 1 (File responses)/edges - Lee.py": code("l1"),
            "Week 1 (File responses)/edges - Lee(1).py": code("l2"),
            "Week 1 (File responses)/edges - copy - Ann O'Neil.py": code("a"),
            "Week 1 (File responses)/edges - Stranger.py": code("s"),
            "Week 2 (File responses)/small_net - Kim Min.py": code("k2"),
            "Week 2 (File responses)/small_net - Kim - Park.py": code("p"),
            "Week 2 (File responses)/small_net - Choi(1).py": code("c"),
        },
        "id,name",
        *("1,Min Kim", "2,Lee", "3,Ann O'Neil", "4,Park", "5,Kim - Park", "6,Choi", "7,Absent"),
    )
    assert found.layout == "google_forms"
    graded = marks(found, tmp_path)
    assert {key: graded.get(key) for key in "1234567"} == {
        "1": code("k1") + code("k2"),
        "2": None,  # which of two counts, nobody can tell
        "3": code("a"),
        **dict.fromkeys("45"),  # either could have handed it in
        "6": code("c"),
        "7": None,
    }
    assert sorted(graded.values()) == sorted(
        [code("k1") + code("k2"), *(code(mark) for mark in ("l1", "l2", "a", "s", "p", "c"))]
    )
    assert sum("neither was assigned to them" in line for line in notes(found)) == 2


@pytest.mark.parametrize("name", ["Kim Min - edges.py", "edges - {n}.py", "notes - Kim Min.py"])
def test_what_no_form_wrote_is_nobodys(tmp_path: Path, name: str) -> None:
    with pytest.raises(IntakeError, match="No submissions were found"):
        download(tmp_path, {name.format(n=n) if "{n}" in name else f"{n}{name}": code(n) for n in range(3)})


def test_github_classroom_with_its_roster(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        clones(["hw-1-kim-min", "hw-1-min", "hw-1-Octo-Cat", "hw-1-team-x"]),
        '"identifier","github_username","github_id","name"',
        '"kim@example.org","kim-min","1",""',
        '"min@example.org","min","2","Min"',
        '"cat@example.org","octo-cat","3",""',
        around="hw-1-submissions",
    )
    assert found.layout == "github_classroom"
    assert marks(found, tmp_path) == {
        "kim@example.org": code("hw-1-kim-min"),
        "min@example.org": code("hw-1-min"),
        "cat@example.org": code("hw-1-Octo-Cat"),
        "hw-1-team-x": code("hw-1-team-x"),
    }


def test_clones_in_a_renamed_folder_are_guessed_for_nobody(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        clones(["hw-1-kim-min", "hw-1-lee"]),
        "identifier,github_username,github_id,name",
        "a,kim-min,1,",
        "b,min,2,",
        "c,lee,3,",
        around="my clones",
    )
    assert found.layout == "git"
    assert marks(found, tmp_path) == {"hw-1-kim-min": code("hw-1-kim-min"), "c": code("hw-1-lee")}


def test_classroom50(tmp_path: Path) -> None:
    around = "cs-hello_submissions_2026_03_02_T_10_00_00"
    found = download(
        tmp_path,
        {**clones(["cs-hello-alice", "cs-hello-bob-b"]), "scores.csv": "username\n"},
        "username,first_name,last_name,email,section,github_id,role",
        "alice,Ada,Lovelace,ada@example.org,A,1,student",
        "b,B,B,b@example.org,A,2,student",
        around=around,
    )
    assert found.layout == "classroom50"
    assert marks(found, tmp_path) == {"alice": code("cs-hello-alice"), "cs-hello-bob-b": code("cs-hello-bob-b")}
    assert found.students[0].student.name == "Ada Lovelace"


def test_a_class_that_people_named(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "학생가_과제_3/edges.py": code(1),
            "학생나_과제_3/edges.py": code(2),
            "학생다_과제_3/edges.py": code(3),
            "학생라_과제_3/edges.py": code(4),
            "20230009_과제/edges.py": code(9),
            "20230009 학생나/edges.py": code("?"),
        },
        "번호,학번,이름",
        "1,1,학생가",
        "2,2,학생나",
        "3,3,학생다",
        "9,20230009,학생아",
    )
    graded = marks(found, tmp_path)
    assert graded["1"] == code(1)
    assert graded["3"] == code(3)
    assert graded["학생라_과제_3"] == code(4)
    assert graded["20230009"] == code(9)
    # Two folders name 학생나, none of them more than the other: neither is taken for hers.
    assert "2" not in graded
    assert [student.id for student in found.without_submission] == ["2"]
    assert sum("could both be from 2" in text for text in notes(found)) == 2


def test_the_longest_name_is_meant_and_not_one_inside_it(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "hw Kim Min Su final/edges.py": code(1),
            "hw Min final/edges.py": code(2),
        },
        "id,name",
        "a,Kim Min Su",
        "b,Min",
        "c,Su",
    )
    graded = marks(found, tmp_path)
    assert graded["a"] == code(1)
    assert graded["b"] == code(2)
    assert "c" not in graded


def test_zips_in_zips_and_several_zips(tmp_path: Path) -> None:
    inner = zip_bytes({"hw/edges.py": code("inner")})
    write(
        tmp_path / "class",
        {
            "kim/hw.zip": zip_bytes({"deep/er/once more.zip": inner, "readme.txt": "x"}),
            "lee/one.zip": zip_bytes({"edges.py": code("one")}),
            "lee/two.zip": zip_bytes({"small_net.py": code("two")}),
            "park/a/b/c/d/e/f/g/edges.py": code("deep"),
            "bad/hw.zip": b"PK\x03\x04 cut short",
        },
    )
    make_zip(tmp_path / "class" / "choi.zip", {"inner.zip": zip_bytes({"x.zip": inner})})
    found = find_downloads(tmp_path / "class", COURSE)
    assert marks(found, tmp_path) == {
        "kim": code("inner"),
        "lee": code("one") + code("two"),
        "park": code("deep"),
        "bad": "",
        "choi": code("inner"),
    }


def test_canvas_numbers_are_ids_where_the_roster_is_canvas_own(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {"kimmin_7_201_edges.py": code(7), "leeann_8_202_edges.py": code(8), "parkjin_9_203_edges.py": code(9)},
        "Student,ID,SIS User ID,Section",
        '"Min, Kim",7,s7,A',
        '"Lee, Ann",8,s8,A',
        '"Park, Renamed",9,s9,A',
    )
    assert marks(found, tmp_path) == {"7": code(7), "8": code(8), "9": code(9)}


def test_a_platforms_number_that_is_somebodys_id_by_chance_says_nothing(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "kimmin_1_201_edges.py": code("?"),
            "leeann_3_202_edges.py": code("lee"),
            "stranger_2_203_edges.py": code("s"),
        },
        "id,name",
        "1,Kim Min",
        "2,Kim Min",
        "4,Lee Ann",
    )
    graded = marks(found, tmp_path)
    assert graded["4"] == code("lee")
    assert graded.keys() - {"4"} == {"kimmin_1", "stranger_2"}


def test_sakai_two_works_that_name_the_same_person_are_nobodys(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {
            "HW/Team (a1)/Submission attachment(s)/edges.py": code("team"),
            "HW/Team (a1)/members.txt": "x(lee); y(kim)",  # somebody calls himself "x(lee); y"
            "HW/Lee(lee)/Submission attachment(s)/edges.py": code("lee"),
        },
        "id,name",
        "lee,Lee",
        "kim,Kim",
    )
    graded = marks(found, tmp_path)
    assert graded["kim"] == code("team")
    assert "lee" in {student.id for student in found.without_submission}
    assert sum("could both be from lee" in text for text in notes(found)) == 2


def test_a_name_does_not_stand_for_a_login_that_is_not_on_the_roster(tmp_path: Path) -> None:
    people = {"Kim(kim1)": 1, "Lee(lee1)": 2, "Park(park1)": 3, "Kim(kim2)": 4}
    found = download(
        tmp_path,
        {f"{name}/Submission attachment(s)/edges.py": code(mark) for name, mark in people.items()},
        "id,name,username",
        "1,Kim,kim1",
        "2,Lee,lee1",
        "3,Park,park1",
    )
    graded = marks(found, tmp_path)
    assert graded == {"1": code(1), "2": code(2), "3": code(3), "kim2": code(4)}
    (tmp_path / "only").mkdir()
    write(tmp_path / "only", {f"{name}/Submission attachment(s)/edges.py": "" for name in list(people)[1:]})
    assert "kim2" in [
        d.student.id for d in find_downloads(tmp_path / "only", COURSE, tmp_path / "roster.csv").students
    ]


def test_a_platforms_name_is_nobodys_whose_name_is_a_part_of_it(tmp_path: Path) -> None:
    found = download(
        tmp_path,
        {"Kim Min Su_1_assignsubmission_file_edges.py": CODE, "leeann_7_8_x_2_assignsubmission_file_y": ""},
        "id,name",
        "a,Min",
        "b,Su",
    )
    assert [student.id for student in found.without_submission] == ["a", "b"]
