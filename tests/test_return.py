"""From a platform's download to what goes back, through the real commands: one truth in every number."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.conftest import ROOT, Command, wrong_answer

EXERCISE = "03_convolution"
NAMES = (
    "김민준", "이서연", "박도윤", "최지우", "정하은", "강시우",
    "조은우", "윤서아", "장이준", "임하윤", "한지호", "오수아",
)  # fmt: skip
ABSENT = "남궁별"
STAFF = ("--author", "이조교")


@dataclass(frozen=True)
class Term:
    """A graded class of twelve, about whom people have decided something."""

    platform: str
    names: tuple[str, ...]
    """Of the download's files or folders."""
    out: Path
    download: Path


def own_course(folder: Path) -> Path:
    """The course's one exercise, to change."""
    for kind in ("exercises", "reference", "solutions"):
        shutil.copytree(ROOT / kind / EXERCISE, folder / kind / EXERCISE)
    shutil.copy(ROOT / "exercises" / "course.toml", folder / "exercises")
    return folder


def works() -> list[tuple[str, str]]:
    """File name and content of each: right and wrong code, and notebooks."""
    folder = ROOT / "solutions" / EXERCISE
    right = (folder / "convolution.py").read_text(encoding="utf-8")
    stub = json.loads((ROOT / "exercises" / EXERCISE / "convolution.ipynb").read_text(encoding="utf-8"))
    stub["cells"].append(
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": right,
            "id": "answer",
        }
    )
    flipped = wrong_answer(EXERCISE, "flipped_kernel").source
    kinds = [("convolution.py", right), ("convolution.py", flipped), ("convolution.ipynb", json.dumps(stub))]
    return [kinds[number % 3] for number in range(len(NAMES))]


def download(platform: str, folder: Path) -> tuple[str, ...]:
    names = []
    for number, (student, (file, content)) in enumerate(zip(NAMES, works(), strict=True), 1):
        if platform == "canvas":
            late = "_LATE" if number == 5 else ""
            name = f"{student}{late}_{100 + number}_{9000 + number}_{file}"
            path = folder / name
        else:
            name = f"{student}_{4000 + number}_assignsubmission_file_"
            path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        names.append(name)
    return tuple(names)


@pytest.fixture(scope="session", params=["canvas", "moodle"])
def graded_once(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    command: Command,
    has_namespaces: bool,
) -> Term:
    if not has_namespaces:
        pytest.skip("user namespaces are not available on this machine (see `grader doctor`)")
    base = tmp_path_factory.mktemp("term")
    names = download(request.param, base / "download")
    rows = [f"s{number:02},{name},s{number:02}@example.org" for number, name in enumerate((*NAMES, ABSENT), 1)]
    (base / "roster.csv").write_text("\n".join(["학번,이름,이메일", *rows]), encoding="utf-8")
    done = command(
        "batch", base / "download", "--out", base / "out", "--roster", base / "roster.csv", "--jobs", 1,
        "--budget", "quick", timeout=600,
    )  # fmt: skip
    assert done.code == 0, done.text
    return Term(request.param, names, base / "out", base / "download")


@pytest.fixture
def term(graded_once: Term, tmp_path: Path) -> Term:
    """The same class, to change."""
    shutil.copytree(graded_once.out, tmp_path / "out")
    return replace(graded_once, out=tmp_path / "out")


def rows(path: Path, key: str) -> dict[str, dict[str, str]]:
    return {row[key]: row for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())}


def total(page: str) -> float:
    """The big number of a student's page."""
    found = re.search(r'<p class="big">(?:<!--[^>]*-->)?<strong>([\d.]+)</strong>', page)
    assert found is not None
    return float(found[1])


def points_in(sheet: str) -> float:
    """The mark on top of a returned file."""
    found = re.search(r"내 점수: ([\d.]+) /", sheet)
    assert found is not None, sheet[:300]
    return float(found[1])


def other_exports(out: Path, command: Command, to: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Each student's points in JUnit XML and in Gradescope's file; whole points elsewhere follow from these."""
    assert command("export", out, "--format", "junit", "--to", to / "junit.xml").code == 0
    assert command("export", out, "--format", "gradescope", "--to", to / "gradescope").code == 0
    assert command("export", out, "--format", "github", "--to", to / "github").code == 0
    suites = {}
    for suite in ET.parse(to / "junit.xml").getroot():
        (points,) = (p.get("value", "") for p in suite.iter("property") if p.get("name") == "points")
        suites[suite.get("name", "").split(".")[0]] = float(points)
    scores = {}
    for file in sorted((to / "gradescope").iterdir()):
        scores[file.stem] = json.loads(file.read_text(encoding="utf-8"))["score"]
        report = json.loads((to / "github" / file.name).read_text(encoding="utf-8"))
        assert sum(test["score"] for test in report["tests"]) == int(scores[file.stem] + 0.5)
        assert report["max_score"] == 20
    return suites, scores


def test_it_goes_back_in_one_upload_and_every_number_agrees(term: Term, command: Command, tmp_path: Path) -> None:
    late = tmp_path / "late.toml"
    late.write_text("late_percent_per_day = 10\n[extensions]\n", encoding="utf-8")
    out = term.out
    done = command("gradebook", "policy", out, "--set", late, *STAFF)
    assert done.code == 0, done.text
    done = command(
        "gradebook", "adjust", out, "--student", "이서연", "--exercise", "3", "--points", "+2.5",
        "--comment", "설명이 훌륭했어요", *STAFF,
    )  # fmt: skip
    assert done.code == 0, done.text
    assert {"이서연", "s02"} <= set(done.out.split())
    done = command("gradebook", "comment", out, "s02", "3", "뒤집지 않아도 됩니다", "--lines", "1-2", *STAFF)
    assert done.code == 0, done.text
    refused = command(
        "gradebook",
        "adjust",
        out,
        "--student",
        "s01",
        "--exercise",
        "3",
        "--points",
        "5",
        "--comment",
        "x",
        *STAFF,
    )
    assert refused.code == 2
    assert "--allow-extra" in refused.err

    to = tmp_path / "back"
    done = command("return", out, "--to", to, "--lang", "ko")
    assert done.code == 0, done.text
    assert ABSENT in done.out + done.err, "who gets nothing is named"
    with zipfile.ZipFile(to / f"{term.platform}.zip") as packed:
        names = packed.namelist()
        content = {name: packed.read(name).decode("utf-8") for name in names}
    roots = {name.split("/")[0] for name in names}
    assert roots == set(term.names), "the very names of the download"

    grades = rows(out / "grades.csv", "student")
    key = "SIS User ID" if term.platform == "canvas" else "ID number"
    handed_back = rows(to / "marks.csv", key)
    exported = tmp_path / "export.csv"
    assert command("export", out, "--format", term.platform, "--to", exported).code == 0
    suites, scores = other_exports(out, command, tmp_path / "exports")
    book = command("gradebook", "show", out, "--lang", "en")
    index = (out / "index.html").read_text(encoding="utf-8")
    for number, name in enumerate(term.names, 1):
        student = f"s{number:02}"
        counts = float(grades[student]["total"])
        page = (out / student / "student.html").read_text(encoding="utf-8")
        assert total(page) == counts, student
        assert total((out / student / "report.html").read_text(encoding="utf-8")) == counts
        assert float(handed_back[student][EXERCISE]) == counts
        assert float(rows(exported, key)[student][EXERCISE]) == counts
        lines = book.out.splitlines()
        under = next(number for number, line in enumerate(lines) if line.split()[:1] == [student])
        assert float(re.search(r"([\d.]+) / 20", lines[under - 1])[1]) == counts  # type: ignore[index]
        assert (suites[student], scores[student]) == (counts, counts)
        report = json.loads((out / student / "report.json").read_text(encoding="utf-8"))
        automatic = float(grades[student]["automatic"])
        assert (report["points"], report["automatic_points"]) == (counts, automatic)
        assert (report["exercises"][0]["points"], report["max_points"]) == (counts, 20)
        assert f"**{counts:g} / 20**" in (out / student / "report.md").read_text(encoding="utf-8")
        for feedback in (out / student / "feedback").glob("*.html"):
            assert total(feedback.read_text(encoding="utf-8")) == counts
        assert f'data-v="{counts}"' in index[index.index(f"<small>{student}</small>") :][:200]
        if term.platform == "moodle":
            assert content[f"{name}/student.html"] == page
        else:
            text = content[name]
            sheet = json.loads(text)["cells"][0]["source"] if name.endswith(".ipynb") else text
            assert points_in(sheet) == counts
            if name.endswith(".py"):
                compile(text, name, "exec")
    second = (out / "s02" / "student.html").read_text(encoding="utf-8")
    assert float(grades["s02"]["total"]) == float(grades["s02"]["automatic"]) + 2.5
    for said in ("설명이 훌륭했어요", "뒤집지 않아도 됩니다", "이조교"):
        assert said in second
        assert said in content[term.names[1] + ("/student.html" if term.platform == "moodle" else "")]
    assert f"automatic: {float(grades['s02']['automatic']):g}" in second
    if term.platform == "canvas":
        assert float(grades["s05"]["late_penalty"]) == 0.1 * float(grades["s05"]["automatic"]) > 0

    again = tmp_path / "again"
    assert command("return", out, "--to", again, "--lang", "ko").code == 0
    packed_name = f"{term.platform}.zip"
    assert (again / packed_name).read_bytes() == (to / packed_name).read_bytes(), "the same bytes again"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    assert command("return", out, "--to", tmp_path / "mine").code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_request_from_the_students_page_to_its_answer(
    graded_once: Term, command: Command, tmp_path: Path
) -> None:
    """The page begins it without a script; it changes no mark until somebody accepts it."""
    out = tmp_path / "out"
    shutil.copytree(graded_once.out, out)
    page = (out / "s02" / "student.html").read_text(encoding="utf-8")
    begun = html.unescape(re.findall(r'href="data:text/plain;charset=utf-8,([^"]+)"', page)[0])
    sent = tmp_path / "inbox" / "request.txt"
    sent.parent.mkdir()
    sent.write_text(unquote(begun) + "상관 연산이 맞지 않나요?\n", encoding="utf-8")
    (sent.parent / "other.txt").write_text("hello", encoding="utf-8")
    before = rows(out / "grades.csv", "student")["s02"]["total"]
    taken = command("gradebook", "request", out, sent.parent)
    assert taken.code == 1, "one of the files is no request, and is named"
    assert "other.txt" in taken.text
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "상관 연산이 맞지 않나요?" in index[index.index('id="requests"') :]
    assert rows(out / "grades.csv", "student")["s02"]["total"] == before
    mail = EmailMessage()
    mail["Subject"] = f"{EXERCISE} again"
    mail.set_content("안녕하세요\n> " + unquote(begun).replace("\n", "\r\n> ") + "다시 봐 주세요\r\n")
    (tmp_path / "second.eml").write_bytes(bytes(mail))
    taken = command("gradebook", "request", out, tmp_path / "second.eml")
    assert taken.code == 0, taken.text
    assert "다시 봐 주세요" in taken.out
    declined = command("gradebook", "decline", out, "2", "--answer", "과제를 다시 읽어 보세요", *STAFF)
    assert declined.code == 0, declined.text
    assert "과제를 다시 읽어 보세요" in (out / "s02" / "student.html").read_text(encoding="utf-8")
    assert rows(out / "grades.csv", "student")["s02"]["total"] == before, "a declined request changes no mark"
    course = own_course(tmp_path / "course")
    accept = ("gradebook", "accept", out, "1", "--points", "+1", "--answer", "맞아요", *STAFF)
    done = command("--course", course, *accept, "--alternative", "flipped_too")
    assert done.code == 0, done.text
    kept = course / "solutions" / EXERCISE / "alternative" / "flipped_too.py"
    assert "def conv2d" in kept.read_text(encoding="utf-8")
    assert str(kept) in done.out
    assert "grader validate" in done.out
    assert float(rows(out / "grades.csv", "student")["s02"]["total"]) == float(before) + 1
    answered = (out / "s02" / "student.html").read_text(encoding="utf-8")
    assert "맞아요" in answered
    assert total(answered) == float(before) + 1
    assert 'id="requests"' not in (out / "index.html").read_text(encoding="utf-8"), "nothing is open any more"
    assert command("gradebook", "decline", out, "1", "--answer", "no", *STAFF).code == 2, "answered once"


@pytest.mark.parametrize("graded_once", ["canvas"], indirect=True)
def test_comments_a_second_download_and_what_each_gets(
    graded_once: Term, command: Command, tmp_path: Path
) -> None:
    """Comments of every kind, then the next hand-in: they age, attempts add up, and a policy is only tried."""
    out = tmp_path / "out"
    shutil.copytree(graded_once.out, out)
    course = own_course(tmp_path / "course")
    (course / "comments.toml").write_text('once = "한 번만 쓰면 됩니다"\n', encoding="utf-8")
    say = ("--course", course, "gradebook", "comment", out)
    stub = json.loads(works()[2][1])["cells"]
    cell = max(n for n, one in enumerate(stub, 1) if one["cell_type"] == "code")  # the answer
    for words in (
        ("s02", "3", "커널을 뒤집었네요", "--check", "conv2d_valid"),
        ("s02", "3", "--use", "once", "--lines", "1"),
        ("s03", "3", "이 줄이 좋아요", "--lines", f"{cell}:1-2"),
    ):
        done = command(*say, *words, *STAFF)
        assert done.code == 0, (words, done.text)
    for wrong in (
        ("s02", "3", "--use", "ones"),
        ("s02", "3", "…", "--check", "conv2d_vald"),
        ("s02", "3", "…", "--lines", "9999"),
        ("s03", "3", "…", "--lines", "99:1"),
        ("s02", "3"),
    ):
        refused = command(*say, *wrong, *STAFF)
        assert refused.code == 2, wrong
        assert "Traceback" not in refused.text
    page = (out / "s02" / "student.html").read_text(encoding="utf-8")
    for said in ("커널을 뒤집었네요", "한 번만 쓰면 됩니다"):
        assert said in page
    notebook = (out / "s03" / "student.html").read_text(encoding="utf-8")
    assert "".join(stub[-1]["source"]).split("\n")[0].strip('"') in notebook, "the line itself"
    assert "about an earlier hand-in" not in page
    before = rows(out / "grades.csv", "student")

    late = tmp_path / "late.toml"
    late.write_text("late_percent_per_day = 50\nlate_percent_max = 50\n", encoding="utf-8")
    tried = command("return", out, "--to", tmp_path / "tried", "--format", "folder", "--policy", late)
    assert tried.code == 0, tried.text
    back = tmp_path / "tried"
    assert {path.name for path in back.iterdir()} == {*(f"s{n:02}" for n in range(1, len(NAMES) + 1)), "marks.csv"}
    files = {path.relative_to(back / "s03").as_posix() for path in (back / "s03").rglob("*") if path.is_file()}
    assert files == {"student.html", "feedback/convolution.ipynb", "feedback/convolution.html"}
    halved = float(before["s05"]["total"]) / 2
    assert total((back / "s05" / "student.html").read_text(encoding="utf-8")) == halved
    assert float(rows(back / "marks.csv", "student")["s05"]["total"]) == halved
    assert rows(out / "grades.csv", "student") == before, "a policy that is tried changes nothing"
    typo = tmp_path / "typo.toml"
    typo.write_text("[deadlines]\n03_convolutoin = 2026-03-08T23:59:00+09:00\n", encoding="utf-8")
    refused = command("return", out, "--to", tmp_path / "x", "--policy", typo)
    assert (refused.code, (tmp_path / "x").exists()) == (2, False)
    assert "03_convolutoin" in refused.err

    second = tmp_path / "second"
    shutil.copytree(graded_once.download, second)
    changed = second / graded_once.names[1]
    changed.write_text(works()[0][1] + "\n# again\n", encoding="utf-8")
    done = command(
        "batch", second, "--out", out, "--resume", "--roster", graded_once.download.parent / "roster.csv",
        "--jobs", 1, "--budget", "quick", timeout=600,
    )  # fmt: skip
    assert done.code == 0, done.text
    after = rows(out / "grades.csv", "student")
    assert float(after["s02"]["total"]) == 20 > float(before["s02"]["total"])
    assert {name: row for name, row in after.items() if name != "s02"} == {
        name: row for name, row in before.items() if name != "s02"
    }
    page = (out / "s02" / "student.html").read_text(encoding="utf-8")
    assert page.count('lang="en">about an earlier hand-in') == 2, "both comments have aged"
    assert "about an earlier hand-in" not in (out / "s03" / "student.html").read_text(encoding="utf-8")
    history = command("gradebook", "history", out, "--student", "s02").out
    assert "attempt 2" in history
    assert "attempt 2" not in command("gradebook", "history", out, "--student", "s01").out
    index = (out / "index.html").read_text(encoding="utf-8")
    way = f"{float(before['s02']['total']):g} → 20"
    assert way in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", index)), way
