"""The class report: self-contained, bilingual, deaf to what students put in it, and right in its numbers."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.errors import OutputError
from grader.report import write_class_report
from grader.report.class_report import to_class_html
from grader.report.class_similar import MAX_LINES
from grader.report.class_stats import MAX_ANSWERS, gather, report_link, spread
from grader.schema import (
    CheckResult,
    ClassEntry,
    Course,
    Download,
    Downloads,
    ExerciseResult,
    Learning,
    Problem,
    Result,
    SimilarPair,
    StaffNote,
    Student,
    SubmissionId,
    Text,
)
from tests.report.classes import make_class
from tests.report.test_html import ATTRIBUTES_THAT_LOAD, Page

Sample = Callable[[str], Result]
EVIL = "</script></style><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202egnp.exe'\"`{{ 7 * 7 }}"


def same(value: str) -> Text:
    return Text(ko=value, en=value)


def one_check(outcome: str, actual: str = "", **changes: object) -> ExerciseResult:
    """An exercise of one check worth 10."""
    ungraded = outcome == "ungraded"
    points = None if ungraded else 10.0 if outcome == "passed" else 0.0
    check = CheckResult(
        id="layers",
        title=Text(ko="층", en="Layers"),
        outcome=outcome,
        points=points,
        max_points=10,
        message=same("Wrong layers.") if outcome == "failed" else None,
        expected=same("Dense") if outcome == "failed" else None,
        actual=same(actual) if outcome == "failed" else None,
    )
    exercise = ExerciseResult(
        id="06_x",
        title=Text(ko="신경망", en="A network"),
        status="ungraded" if ungraded else "graded",
        points=points,
        max_points=10,
        data=None,
        budget="quick",
        checks=(check,),
    )
    return exercise.model_copy(update=changes)


def entry(name: str, *exercises: ExerciseResult, folder: Path = Path("out"), **changes: object) -> ClassEntry:
    points = [exercise.points for exercise in exercises]
    known = [value for value in points if value is not None]
    result = Result(
        grader_version="0.1.0",
        isolation="namespace",
        submission=SubmissionId(id=name, sha256="0" * 64),
        points=sum(known) if len(known) == len(points) else None,
        max_points=sum(exercise.max_points for exercise in exercises),
        exercises=exercises,
    )
    made = ClassEntry(student=Student(id=name), folder=folder / name, result=result)
    return made.model_copy(update=changes)


def review(page: str) -> str:
    """The part of the page that lists students to review."""
    return page[page.index('id="review"') : page.index('id="checks"')]


def test_wrong_answers_are_counted_and_the_commonest_come_first() -> None:
    answers = ["Conv2D", "Flatten", "Conv2D", "Conv2D", "Flatten", "Dropout", "ReLU"]
    entries = [entry(f"s{n}", one_check("failed", actual)) for n, actual in enumerate(answers)]
    entries += [entry("good", one_check("passed")), entry("later", one_check("ungraded"))]
    stats = gather(entries)
    check = stats.exercises["06_x"].checks["layers"]
    assert [(a.actual.en, n) for a, n in check.commonest(2) if a.actual] == [("Conv2D", 3), ("Flatten", 2)]
    assert check.further(2) == 2
    assert check.rate == pytest.approx(1 / 8)  # an ungraded one says nothing about the student
    page = to_class_html("en", entries)
    assert page.index("3 ×") < page.index("2 ×")
    assert "for example s0, s2, s3" in page


def test_every_different_answer_does_not_fill_the_memory() -> None:
    entries = (entry(f"s{n}", one_check("failed", f"answer {n}")) for n in range(MAX_ANSWERS + 50))
    check = gather(entries).exercises["06_x"].checks["layers"]
    assert len(check.answers) == MAX_ANSWERS
    assert check.further(3) == MAX_ANSWERS + 50 - 3


def test_marks_are_on_one_scale_and_open_ones_are_left_out() -> None:
    other = one_check("passed", id="07_y", title=same("Another"))
    stats = gather(
        [
            entry("both", one_check("passed"), other),
            entry("one", one_check("passed")),
            entry("open", one_check("ungraded"), other),
        ]
    )
    assert stats.max_points == 20
    assert stats.marks == [20, 10]
    page = to_class_html("en", [entry("open", one_check("ungraded"))])
    assert "Not fully graded yet" in page
    assert "Distribution of marks" not in page  # of nobody


def test_the_list_names_everyone_who_is_to_be_reviewed_and_nobody_else() -> None:
    learning = Learning(accuracy=0.61, minimum=0.6, borderline=True, attempts=(0.59, 0.61))
    refused = Problem(file="net.h5", severity="error", message=same("is refused"))
    note = Problem(file="net.py", severity="note", message=same("was graded"))
    entries = [
        entry("fine", one_check("passed", problems=(note,))),
        entry("wrong", one_check("failed", "Conv2D")),
        entry("ours", one_check("ungraded", message=same("disk full"))),
        entry("endless", one_check("failed", status="timeout", wall_seconds=60.0)),
        entry("greedy", one_check("failed", status="memory", peak_memory_mb=3072.0)),
        entry("close", one_check("passed", learning=learning)),
        entry("bad-file", one_check("failed", problems=(refused,))),
        entry("nothing"),
        entry("stub", one_check("failed", handed_in="untouched")),
        entry("renamed", one_check("failed", handed_in="misnamed", problems=(note,))),
        entry("no-colon", one_check("failed", status="error", message=same("SyntaxError in line 3"))),
        entry("strange", one_check("passed", notes=(StaffNote(kind="weights", text=same("99 steps of 10")),))),
        entry("left", one_check("passed")),
        entry("right", one_check("passed")),
    ]
    downloads = Downloads(
        layout="moodle",
        students=(Download(student=Student(id="fine"), paths=()),),
        without_submission=(Student(id="absent", name="없는 학생"),),
        not_on_roster=(Student(id="guest"),),
        problems=(Problem(file="broken.zip", severity="error", message=same("is damaged")),),
    )
    pair = SimilarPair(
        exercise="06_x", first="left", second="right", kind="code", score=0.9, evidence=same("90% alike")
    )
    found = review(to_class_html("en", entries, downloads=downloads, similar=[pair]))
    for name in ("ours", "endless", "greedy", "close", "bad-file", "nothing", "absent", "guest"):
        assert re.search(rf">[^<]*\b{name}\b[^<]*<", found), name
    for name in ("stub", "renamed", "no-colon", "strange"):
        assert re.search(rf">[^<]*\b{name}\b[^<]*<", found), name
    assert "left, right" in found  # a cluster is one line
    for reason in ("net.py: was graded", "SyntaxError in line 3", "99 steps of 10"):
        assert reason in found, reason
    for reason in ("disk full", "60 s", "3,072 MB", "59.0%, 61.0%", "net.h5: is refused", "is damaged"):
        assert reason in found, reason
    assert not re.search(r">(fine|wrong)<", found)
    assert "Nobody" in review(to_class_html("en", entries[:2]))


def test_links_are_relative_and_encoded_whatever_the_folder_is_called() -> None:
    assert report_link(Path("/out/김가람 #1?")) == "%EA%B9%80%EA%B0%80%EB%9E%8C%20%231%3F/report.html"
    assert report_link(Path("out/javascript:alert(1)")).startswith("javascript%3Aalert")
    page = Page(to_class_html("ko", [entry("a b&c", one_check("passed"))]))
    links = [attrs["href"] for attrs in page.all("a") if not attrs["href"].startswith("#")]
    assert set(links) == {"a%20b%26c/report.html"}


def test_links_lead_to_the_reports(tmp_path: Path) -> None:
    names = ["20240001", "김가람", "o'brien & <co>", "100%25"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.html").write_text(name, encoding="utf-8")
    path = write_class_report(
        tmp_path, "ko", [entry(name, one_check("passed"), folder=tmp_path) for name in names]
    )
    assert path == tmp_path / "index.html"
    from urllib.parse import unquote

    links = {a["href"] for a in Page(path.read_text(encoding="utf-8")).all("a") if "report.html" in a["href"]}
    assert {(tmp_path / unquote(link)).read_text(encoding="utf-8") for link in links} == set(names)


def test_nothing_on_the_page_acts_or_loads(sample: Sample, tmp_path: Path) -> None:
    hostile = ClassEntry(
        student=Student(id=EVIL.replace("/", "|"), name=EVIL, email=EVIL),
        folder=tmp_path,
        result=sample("hostile"),
    )
    problem = Problem(file=EVIL, severity="error", message=same(EVIL))
    source = {"name": EVIL, "code": EVIL + "\n" + EVIL, "sha256": ""}
    (tmp_path / "submission.json").write_text(
        json.dumps({"exercises": [{"exercise": "06_cifar10_cnn", "source": source}]}), encoding="utf-8"
    )
    pair = SimilarPair(
        exercise="06_cifar10_cnn",
        first=gather([hostile]).rows[0].id,
        second=gather([hostile]).rows[0].id,
        kind="code",
        score=0.9,
        evidence=same(EVIL),
        first_lines=((1, 2),),
        second_lines=((-5, 10**9),),
    )
    downloads = Downloads(
        layout="zips", students=(), without_submission=(Student(id=EVIL, name=EVIL),), problems=(problem,)
    )
    text = to_class_html("ko", [hostile], downloads=downloads, similar=[pair])
    page = Page(text)
    assert len(page.all("script")) == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    assert "{{" not in page.scripts
    for _, attrs in page.tags:
        assert not any(name.startswith("on") for name in attrs)
        for name in attrs.keys() & ATTRIBUTES_THAT_LOAD:
            assert attrs[name].startswith(("data:", "#")) or attrs[name].endswith("/report.html")
    assert not re.search(r"url\(|@import|https?:", page.styles)


def test_a_class_of_nobody_has_a_report() -> None:
    assert "Class report" in to_class_html("en", [])


def test_both_languages_are_complete(course: Course, tmp_path: Path) -> None:
    page = to_class_html("ko", make_class(course, tmp_path, 12))
    korean = re.findall(r'<span class="t" lang="ko">(.*?)</span>', page)
    english = re.findall(r'<span class="t" lang="en">(.*?)</span>', page)
    assert len(korean) == len(english) > 100
    for picture in Page(page).all("img"):
        assert picture["alt"] == picture["data-ko"] != picture["data-en"]


def test_the_same_class_makes_the_same_bytes(course: Course, tmp_path: Path) -> None:
    assert to_class_html("ko", make_class(course, tmp_path, 5)) == to_class_html(
        "ko", make_class(course, tmp_path, 5)
    )


def test_pairs_show_the_lines_that_are_alike(tmp_path: Path) -> None:
    code = "\n".join(f"line_{n} = {n}" for n in range(1, 101))
    for name, lines in (("a", {}), ("b", {"runs": [[0, 3, 1]], "length": 100})):
        (tmp_path / name).mkdir()
        source = {"name": f"{name}.py", "code": code, "sha256": "", "lines": lines}
        stored = {"exercises": [{"exercise": "06_x", "source": source}]}
        (tmp_path / name / "submission.json").write_text(json.dumps(stored), encoding="utf-8")
    pair = SimilarPair(
        exercise="06_x",
        first="a",
        second="b",
        kind="code",
        score=0.934,
        evidence=same("much"),
        first_lines=((5, 6), (10, 99)),
        second_lines=((7, 8), (10, 99)),
    )
    entries = [entry(name, one_check("passed"), folder=tmp_path) for name in "ab"]
    page = to_class_html("en", entries, similar=[pair])
    shown = page[page.index('id="similar"') :]
    assert "<b>5</b><code>line_5 = 5</code>" in shown
    assert "<b>3:7</b><code>line_7 = 7</code>" in shown  # cell and line, as in the notebook
    assert f"{90 - MAX_LINES} more lines are not shown." in shown
    assert "93.4% alike" in shown
    assert "a reason to look, not a verdict" in shown
    without = to_class_html("en", [entry(n, one_check("passed")) for n in "ab"], similar=[pair])
    assert "much" in without  # code that is not stored any more leaves the numbers


def test_results_are_not_kept(course: Course, tmp_path: Path) -> None:
    """A thousand results of 13 exercises would be hundreds of megabytes."""

    def bulky(count: int) -> Iterator[ClassEntry]:
        for one in make_class(course, tmp_path, count):
            exercises = tuple(e.model_copy(update={"stdout": "x" * 50_000}) for e in one.result.exercises)
            yield one.model_copy(update={"result": one.result.model_copy(update={"exercises": exercises})})

    next(bulky(1))  # caches of the helper
    tracemalloc.start()
    try:
        stats = gather(bulky(60))
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(stats.rows) == 60
    assert kept < 8_000_000
    assert peak < 16_000_000  # 60 of them together would be 39 MB of output alone


def test_spread_is_the_median_the_ninth_of_ten_and_the_largest() -> None:
    values = [float(n) for n in range(1, 11)]
    found = spread([*values, float("inf")])
    assert found is not None
    assert (found.median, found.high, found.largest) == (5.5, 9.0, 10.0)
    assert spread([]) is None


def test_an_old_report_survives_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_class_report(tmp_path / "file", "ko", [])


def test_similar_submissions_are_clusters_and_show_the_students_own_code(tmp_path: Path) -> None:
    stub = 'def f(x):\n    """What f does,\n    handed out.\n    """\n    raise NotImplementedError'
    code = 'def f(x):\n    """What f does,\n    handed out.\n    """\n    own_line = x\n    return own_line + 1'
    names = ["a1", "a2", "a10", "b1", "b2"]
    for name in names:
        (tmp_path / name).mkdir()
        source = {"name": "x.py", "code": code, "sha256": ""}
        (tmp_path / name / "submission.json").write_text(
            json.dumps({"exercises": [{"exercise": "06_x", "source": source}]}), encoding="utf-8"
        )

    def alike(first: str, second: str, score: float) -> SimilarPair:
        return SimilarPair(
            exercise="06_x",
            first=first,
            second=second,
            kind="code",
            score=score,
            evidence=same("said"),
            first_lines=((1, 6),),
            second_lines=((1, 6),),
        )

    pairs = [alike("a1", "a2", 1.0), alike("a2", "a10", 0.9), alike("a1", "a10", 0.8), alike("b1", "b2", 0.85)]
    entries = [entry(name, one_check("passed"), folder=tmp_path) for name in names]
    page = to_class_html("en", entries, similar=pairs, handed_out={"06_x": stub})
    similar = page[page.index('id="similar"') :]
    assert similar.count("<article") == 2
    assert "80.0%–100.0%" in similar
    assert similar.count('<details class="screen">') == 3  # as many pairs as hold the clusters together
    assert "own_line + 1" in similar
    assert "handed out." not in similar
    assert "a1, a2, a10" in review(page)
    assert re.findall(r"(\d) submissions<", review(page)) == ["3", "2"]
