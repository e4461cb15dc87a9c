"""What Classroom's reporter and Classroom 50 read, by their rules."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from grader.export.classroom50 import to_classroom50
from grader.export.github import MAX_JSON_BYTES, to_github, to_github_rows
from grader.report import for_student
from grader.schema import Lang, Result
from tests.ci.results import SECRET, check, exercise, hidden, result, text

NASTY = "two\nlines\r\n::set-output name=x::y\n##[error]z \"quotes\" 'and' 한글 \x1b[31mred\u202e\ud800"

PARTIAL = result(exercise(check("a", 2, 2), check("b", 0, 3), hidden(0, 1)))
FRACTIONS = result(exercise(check("a", 2.5, 2.5), check("b", 0, 2.5)), exercise(check("c", 1.5, 1.5), name="04_x"))
UNGRADED = result(
    exercise(check("a", 2, 2)), exercise(check("b", None, 3), check("c", 1, 1), name="04_x", status="ungraded")
)
MISSING = result(exercise(name="04_x", status="missing", points=0.0, max_points=20.0, message=text("not there")))
ODD = result(exercise(check("a", 0, 2, title=text(NASTY), message=text(NASTY), actual=text(NASTY))))
NOTHING = result()
ALL = [PARTIAL, FRACTIONS, UNGRADED, MISSING, ODD, NOTHING]


@pytest.mark.parametrize("graded", ALL)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_reporter_can_read_it(graded: Result, lang: Lang) -> None:
    for report in (to_github(graded, lang), *to_github_rows(graded, lang).values()):
        assert report["status"] in ("pass", "fail", "error")
        assert type(report["max_score"]) is int
        assert report["tests"], "it divides by their number"
        for test in report["tests"]:
            assert test["status"] in ("pass", "fail", "error")
            assert type(test["score"]) is int, "a string would be concatenated, a missing one print NaN"
            assert test["line_no"] == 0, "anything else is printed"
            for key in ("name", "message", "test_code"):
                assert type(test[key]) is str
                assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e\ud800-\udfff]", test[key])
                assert "::" not in test[key]
                assert "##[" not in test[key]
        assert sum(test["score"] for test in report["tests"]) <= report["max_score"]
        json.dumps(report).encode("utf-8")


@pytest.mark.parametrize("graded", ALL)
def test_rows_and_the_whole_agree(graded: Result) -> None:
    whole, rows = to_github(graded, "en"), to_github_rows(graded, "en")
    assert sum(row["max_score"] for row in rows.values()) == whole["max_score"]
    assert sum(row["tests"][0]["score"] for row in rows.values()) == sum(t["score"] for t in whole["tests"])
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,17}", name) for name in rows)
    assert len({name.upper() for name in rows}) == len(rows)


def test_rows_have_ids_of_their_own() -> None:
    checks = [check(f"the_same_long_beginning_{i}", 1, 1) for i in range(12)]
    assert len(to_github_rows(result(exercise(*checks), exercise(*checks)), "en")) == 24


def test_status() -> None:
    assert to_github(result(exercise(check("a", 1, 1))), "en")["status"] == "pass"
    assert to_github(PARTIAL, "en")["status"] == "fail"
    assert to_github(UNGRADED, "en")["status"] == "error"
    assert to_github(NOTHING, "en")["status"] == "fail"


def test_making_the_grader_fail_pays_no_more_than_an_honest_zero() -> None:
    """Left out of both sums, 2 of 2 would stand beside an honest 2 of 6."""
    meta = dict.fromkeys(("classroom", "assignment", "submission", "commit", "release", "review"), "x")
    report, other = to_github(UNGRADED, "en"), to_classroom50(UNGRADED, meta, datetime.now(UTC))
    assert (sum(test["score"] for test in report["tests"]), report["max_score"]) == (2, 6)
    assert (other["score"], other["max-score"]) == (2, 6)
    assert "not you" in report["tests"][1]["message"]


@pytest.mark.parametrize("view", [lambda graded: graded, for_student])
def test_hidden_checks_do_not_leak(view: Any) -> None:
    graded = view(result(exercise(check("a", 1, 1), hidden(0, 3), hidden(2, 2))))
    meta = dict.fromkeys(("classroom", "assignment", "submission", "commit", "release", "review"), "x")
    said = json.dumps(
        [to_github(graded, "en"), to_github_rows(graded, "ko"), to_classroom50(graded, meta, datetime.now(UTC))]
    )
    assert SECRET not in said
    names = [test["name"] for test in to_github(graded, "en")["tests"]]
    assert names[1:] == ["Convolution: Hidden check 1", "Convolution: Hidden check 2"]
    assert [test["score"] for test in to_github(graded, "en")["tests"]] == [1, 0, 2]


@pytest.mark.parametrize("count", [1, 150, 400, 3000])
def test_it_fits_into_one_variable(count: int) -> None:
    long = text("한글" * 2000)
    checks = [check(f"c{i}", 0 if i % 2 else 1, 1, title=long, message=long, actual=long) for i in range(count)]
    graded = result(*(exercise(*checks[i : i + 20], name=f"{i:04}_x") for i in range(0, count, 20)))
    report = to_github(graded, "ko")
    data = json.dumps(report, ensure_ascii=False).encode()
    assert len(data) <= MAX_JSON_BYTES < 98_000
    assert sum(test["score"] for test in report["tests"]) == graded.points
    assert report["max_score"] == graded.max_points


META = {
    "classroom": "vision",
    "assignment": "keras",
    "submission": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "commit": "https://github.com/o/r/commit/1",
    "release": "https://github.com/o/r/releases/tag/x",
    "review": "https://github.com/o/r/compare/0...1",
}
WHEN = datetime(2026, 6, 1, 23, 32, 5, tzinfo=timezone(timedelta(hours=9)))


def is_classroom50(content: dict[str, Any]) -> None:
    """The rules of ``classroom50/result/v1``; with CLASSROOM50_SCHEMA also those of the published file."""
    required = {*META, "schema", "datetime", "score", "max-score", "tests"}
    assert required <= set(content) <= required | {"owner", "assignment_type"}, "no other top-level keys"
    assert content["schema"] == "classroom50/result/v1"
    for key in META:
        assert type(content[key]) is str
        assert content[key]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", content["datetime"])
    for row in (content, *content["tests"]):
        for key in ("score", "max-score"):
            assert type(row[key]) is int
            assert row[key] >= 0
        assert row["score"] <= row["max-score"]
    for test in content["tests"]:
        assert type(test["passed"]) is bool
        assert type(test["test-name"]) is str
        assert test["test-name"]
    assert content["score"] == sum(test["score"] for test in content["tests"])
    assert content["max-score"] == sum(test["max-score"] for test in content["tests"])


@pytest.mark.parametrize("graded", ALL)
def test_classroom50_takes_it(graded: Result) -> None:
    content = to_classroom50(graded, META, WHEN)
    is_classroom50(content)
    assert content["datetime"] == "2026-06-01T14:32:05Z"
    assert content["score"] == sum(test["score"] for test in to_github(graded, "ko")["tests"])
    assert content["max-score"] == to_github(graded, "ko")["max_score"]


def test_classroom50_by_its_published_schema() -> None:
    place = os.environ.get("CLASSROOM50_SCHEMA")
    if not place:
        pytest.skip("the published schema is not here (set CLASSROOM50_SCHEMA to result-v1.schema.json)")
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(Path(place).read_text(encoding="utf-8"))
    for graded in ALL:
        content = to_classroom50(graded, META | {"owner": "alice", "assignment_type": "individual"}, WHEN)
        jsonschema.validate(content, schema)


def test_classroom50_wants_all_its_values() -> None:
    assert to_classroom50(PARTIAL, META | {"review": ""}, WHEN)["review"] == META["commit"]
    with pytest.raises(ValueError, match="classroom"):
        to_classroom50(PARTIAL, META | {"classroom": ""}, WHEN)
    with pytest.raises(ValueError, match="time zone"):
        to_classroom50(PARTIAL, META, datetime(2026, 1, 1))
