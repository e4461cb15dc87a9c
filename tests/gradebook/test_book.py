"""Recording, adjusting and reading, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import json
import multiprocessing
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine

from grader.errors import GradebookError
from grader.gradebook import Adjustment, Attempt, Gradebook, Policy, Recorded, open_gradebook
from grader.gradebook.connect import parse
from grader.schema import ClassEntry, Mark, Student
from tests.gradebook.conftest import Entries, graded

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def only(marks: list[Mark]) -> Mark:
    assert len(marks) == 1
    return marks[0]


def test_a_mark_is_what_was_recorded(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        done = book.record(
            [entry("alice", graded("03", 12.5)), entry("bob", graded("03", 0), graded("05", None))], when=MONDAY
        )
        assert done == Recorded(new=3)
        assert [(m.student, m.exercise, m.points, m.max_points) for m in book.marks()] == [
            ("alice", "03", 12.5, 20),
            ("bob", "03", 0, 20),
            ("bob", "05", None, 20),
        ]
    with open_gradebook(url, create=False) as again:
        assert len(again.marks()) == 3, "still there after closing"
        assert again.exercises() == {"03": 20, "05": 20}


def test_recording_twice_changes_nothing(url: str, entry: Entries) -> None:
    entries = [entry("alice", graded("03", 12.5), at=MONDAY)]
    with open_gradebook(url) as book:
        book.record(entries, when=MONDAY)
        before = book.history("alice")
        assert book.record(entries, when=MONDAY + timedelta(days=1)) == Recorded(unchanged=1)
        assert book.history("alice") == before


def test_a_rescore_is_a_new_version_and_the_old_one_stays(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 12), at=MONDAY)], when=MONDAY)
        done = book.record([entry("alice", graded("03", 15), at=MONDAY)], when=MONDAY + timedelta(hours=1))
        assert done == Recorded(rescored=1)
        lines = [line for line in book.history("alice") if isinstance(line, Attempt)]
        assert [(line.number, line.version, line.points) for line in lines] == [(1, 1, 12), (1, 2, 15)]
        mark = only(book.marks())
        assert (mark.points, mark.attempt) == (15, 1)


def test_an_ungraded_attempt_is_filled_in_by_a_regrade(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", None))], when=MONDAY)
        assert only(book.marks()).points is None
        book.record([entry("alice", graded("03", 18))], when=MONDAY + timedelta(hours=1))
        assert only(book.marks()).points == 18


def test_new_work_is_a_new_attempt(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 18), sha="a", at=MONDAY)])
        book.record([entry("alice", graded("03", 12), sha="b", at=MONDAY + timedelta(days=1))])
        last, best = only(book.marks(Policy(counts="last"))), only(book.marks(Policy(counts="best")))
        assert (last.points, last.attempt) == (12, 2)
        assert (best.points, best.attempt) == (18, 1)


def test_going_back_to_earlier_work_makes_it_the_last(url: str, entry: Entries) -> None:
    def handed_in(day: int, sha: str, points: float) -> ClassEntry:
        return entry("alice", graded("03", points), sha=sha, at=MONDAY + timedelta(days=day))

    with open_gradebook(url) as book:
        for day, sha, points in ((0, "a", 18), (1, "b", 12), (2, "a", 18)):
            book.record([handed_in(day, sha, points)])
        assert only(book.marks(Policy(counts="last"))).points == 18
        # Grading the three downloads again, in any order, finds all of it known.
        for day, sha, points in ((1, "b", 12), (0, "a", 18), (2, "a", 18)):
            assert book.record([handed_in(day, sha, points)]) == Recorded(unchanged=1)


def test_handing_in_everything_again_is_no_new_attempt_at_what_did_not_change(
    url: str, entry: Entries, tmp_path: Path
) -> None:
    def hand_in(sha: str, files: dict[str, str], at: datetime) -> ClassEntry:
        made = entry("alice", *(graded(name, 20) for name in files), sha=sha, at=at)
        made.folder.mkdir(parents=True, exist_ok=True)
        stored = {
            "sha256": sha * 64,
            "exercises": [
                {"exercise": name, "source": {"name": f"{name}.py", "sha256": content * 64}, "models": []}
                for name, content in files.items()
            ],
        }
        (made.folder / "submission.json").write_text(json.dumps(stored))
        return made

    policy = Policy(deadline=MONDAY + timedelta(days=1), late_percent_per_day=50)
    with open_gradebook(url) as book:
        book.record([hand_in("a", {"03": "1"}, MONDAY)])
        done = book.record([hand_in("b", {"03": "1", "05": "2"}, MONDAY + timedelta(days=1, hours=1))])
        assert done == Recorded(new=1, unchanged=1)
        marks = {mark.exercise: mark for mark in book.marks(policy)}
        assert marks["03"].points == 20, "handed in on time, and not touched since"
        assert marks["05"].points == 10


def test_the_file_list_of_another_run_is_not_believed(entry: Entries, tmp_path: Path) -> None:
    from grader.gradebook.rows import work_hashes

    made = entry("alice", graded("03", 20), sha="a")
    made.folder.mkdir(parents=True)
    for stored in ('{"sha256": "other", "exercises": []}', "not json", "[]", '{"sha256": null}'):
        (made.folder / "submission.json").write_text(stored)
        assert work_hashes(made) == {"03": "a" * 64}


def test_adjustments_add_up_and_stay(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 12))], when=MONDAY)
        book.adjust("alice", "03", 2, "설명이 훌륭함", "김 조교", when=MONDAY + timedelta(hours=1))
        book.adjust("alice", "03", -0.5, "overlooked", "staff", when=MONDAY + timedelta(hours=2))
        mark = only(book.marks())
        assert (mark.points, mark.graded_points, mark.adjustment) == (13.5, 12, 1.5)
        assert mark.comments == ("설명이 훌륭함", "overlooked")
        kinds = [type(line) for line in book.history("alice")]
        assert kinds == [Attempt, Adjustment, Adjustment]
        # What a person decided is about that attempt, not about another one.
        book.record([entry("alice", graded("03", 20), sha="b")], when=MONDAY + timedelta(days=1))
        mark = only(book.marks())
        assert (mark.points, mark.adjustment, mark.comments) == (20, 0, ())
        assert only(book.marks(Policy(counts="best"))).attempt == 2


def test_more_than_full_marks_is_meant_or_refused(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 15))])
        with pytest.raises(GradebookError, match="21 of 20"):
            book.adjust("alice", "03", 6, "why", "who")
        book.adjust("alice", "03", 5, "why", "who")
        # Another scoring may give what a person had given: full marks stay full marks.
        book.record([entry("alice", graded("03", 18))])
        assert only(book.marks()).points == 20
        book.adjust("alice", "03", 3, "a prize", "who", extra=True)
        assert only(book.marks()).points == 26


def test_students_go_by_name_and_e_mail_too(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record(
            [
                entry("s1", graded("03", 1), name="김하나", email="Hana@example.org"),
                entry("s2", graded("03", 1), name="이두리"),
                entry("s3", graded("03", 1), name="이두리"),
            ]
        )
        decomposed = unicodedata.normalize("NFD", " 김하나")
        assert (book.find(decomposed), book.find("hana@EXAMPLE.org"), book.find("s2")) == ("s1", "s1", "s2")
        with pytest.raises(GradebookError, match="s2, s3"):
            book.find("이두리")
        with pytest.raises(GradebookError, match="s1"):
            book.find("s11")


def test_comments_stay_over_scorings_and_age_with_the_work(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 5), name="김하나")])
        book.comment("김하나", "03", "반복문이 하나 많아요", "조교", check="test_a", lines=(2, 3), code="for …")
        book.record([entry("alice", graded("03", 7))])
        (said,) = only(book.marks()).remarks
        assert (said.text, said.check, said.lines, said.code, said.stale) == (
            "반복문이 하나 많아요", "test_a", (2, 3), "for …", False,
        )  # fmt: skip
        book.record([entry("alice", graded("03", 9), sha="b")])
        assert only(book.marks()).remarks[0].stale
        with pytest.raises(GradebookError, match="nothing"):
            book.comment("alice", "05", "…", "staff")


def test_a_request_is_taken_in_once_and_answered_once(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 5))])
        first = book.request("alice", "03", "test_a", "왜죠?", current=True)
        assert book.request("alice", "03", "test_a", "왜죠?", current=True) == first
        second = book.request("alice", "03", "test_b", "and this?", current=False)
        book.answer(first, "맞는 답이었어요", "조교", delta=2)
        book.answer(second, "see the task", "staff")
        mark = only(book.marks())
        assert (mark.points, mark.comments) == (7, ("맞는 답이었어요",))
        assert [(r.decision, r.answer, r.stale) for r in mark.requests] == [
            ("accepted", "맞는 답이었어요", False),
            ("declined", "see the task", True),
        ]
        with pytest.raises(GradebookError, match="already"):
            book.answer(first, "again", "staff", delta=2)
        with pytest.raises(GradebookError, match="99"):
            book.answer(99, "?", "staff")
        assert only(book.marks()).points == 7


def test_the_way_from_attempt_to_attempt(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 5))])
        book.record([entry("alice", graded("03", None), sha="b")])
        book.record([entry("alice", graded("03", 9), sha="c")])
        book.record([entry("alice", graded("03", 10), sha="c")])
        assert only(book.marks()).path == (5, None, 10)


def test_a_gradebook_of_the_first_version_goes_on(url: str, entry: Entries) -> None:
    """Its rows stay, and an adjustment that names no attempt belongs to the newest before it."""
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 5))], when=MONDAY)
        book.adjust("alice", "03", 2, "why", "who", when=MONDAY + timedelta(hours=1))
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        for change in (
            "ALTER TABLE gradebook_adjustments DROP COLUMN attempt",
            "ALTER TABLE gradebook_adjustments DROP COLUMN extra",
            "ALTER TABLE gradebook_attempts DROP COLUMN passed",
            "DROP TABLE gradebook_answers",
            "DROP TABLE gradebook_requests",
            "DROP TABLE gradebook_comments",
            "UPDATE gradebook_about SET format_version = 1",
        ):
            connection.execute(text(change))
    engine.dispose()
    with open_gradebook(url, create=False) as book:
        assert only(book.marks()).points == 7
        book.comment("alice", "03", "well done", "staff")
        book.record([entry("alice", graded("03", 6), sha="b")])
        assert only(book.marks()).points == 6


def test_adjustments_never_go_below_zero_nor_grade_what_is_ungraded(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 1), graded("05", None))])
        book.adjust("alice", "03", -5, "copied", "staff")
        book.adjust("alice", "05", 5, "shown in class", "staff")
        assert [(m.exercise, m.points) for m in book.marks()] == [("03", 0), ("05", None)]


def test_points_for_an_exercise_that_was_not_handed_in(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 1, out_of=13)), entry("bob", graded("05", 3))])
        book.adjust("bob", "03", 10, "on paper", "staff")
        mark = next(m for m in book.marks() if (m.student, m.exercise) == ("bob", "03"))
        assert (mark.points, mark.max_points, mark.attempt) == (10, 13, 0)


@pytest.mark.parametrize(
    ("student", "exercise", "delta", "comment", "author", "said"),
    [
        ("carol", "03", 1.0, "why", "who", "carol"),
        ("alice", "99", 1.0, "why", "who", "99"),
        ("alice", "03", 1.0, " ", "who", "comment"),
        ("alice", "03", 1.0, "why", "", "author"),
        ("alice", "03", float("nan"), "why", "who", "points"),
        ("alice", "03", 0.0, "why", "who", "points"),
    ],
)
def test_an_adjustment_that_makes_no_sense_is_refused(
    url: str, entry: Entries, student: str, exercise: str, delta: float, comment: str, author: str, said: str
) -> None:
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 1))])
        with pytest.raises(GradebookError, match=said):
            book.adjust(student, exercise, delta, comment, author)
        assert only(book.marks()).adjustment == 0


def test_the_policy_in_force_is_the_newest_and_the_old_ones_stay(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        assert book.policy() == Policy()
        strict = Policy(counts="best", deadline=MONDAY, late_percent_per_day=10)
        book.set_policy(strict, "staff", when=MONDAY)
        book.set_policy(Policy(counts="best"), "head", when=MONDAY + timedelta(days=1))
        assert book.policy() == Policy(counts="best")
        assert [(author, policy) for _, author, policy in book.policies()] == [
            ("staff", strict),
            ("head", Policy(counts="best")),
        ]
        book.record([entry("alice", graded("03", 10), at=MONDAY + timedelta(days=2))])
        assert only(book.marks()).penalty == 0
        assert only(book.marks(strict)).penalty == 2


def test_students_without_a_submission(url: str, entry: Entries) -> None:
    with open_gradebook(url) as book:
        book.enrol([Student(id="zoe", name="Zoe", email="zoe@example.org"), Student(id="alice")])
        book.record([entry("alice", graded("03", 1), name="Alice")])
        book.record([entry("zoe", graded("03", 1))])
        assert book.students() == [
            Student(id="alice", name="Alice"),
            Student(id="zoe", name="Zoe", email="zoe@example.org"),
        ]


def test_times_come_back_as_they_went_in(url: str, entry: Entries) -> None:
    from datetime import timezone

    seoul = datetime(2026, 3, 2, 23, 59, tzinfo=timezone(timedelta(hours=9)))
    with open_gradebook(url) as book:
        book.record([entry("alice", graded("03", 1), at=seoul)], when=MONDAY)
        line = book.history("alice")[0]
        assert isinstance(line, Attempt)
        assert line.submitted_at == seoul
        assert line.submitted_at.tzinfo is not None
        assert line.recorded_at == MONDAY


def test_nothing_is_ever_changed_or_deleted(url: str, entry: Entries) -> None:
    """Rows only grow: what a regrade, a new attempt and an adjustment leave holds all that was there before."""
    with open_gradebook(url) as book:
        history: list[Attempt | Adjustment] = []
        steps: list[Callable[[], object]] = [
            lambda: book.record([entry("alice", graded("03", 5), sha="a")]),
            lambda: book.record([entry("alice", graded("03", 9), sha="a")]),
            lambda: book.adjust("alice", "03", 1, "bonus", "staff"),
            lambda: book.record([entry("alice", graded("03", 7), sha="b")]),
            lambda: book.adjust("alice", "03", -1, "taken back", "staff"),
        ]
        for step in steps:
            step()
            now = book.history("alice")
            assert now[: len(history)] == history
            assert len(now) == len(history) + 1
            history = now


def _record_many(url: str, folder: str, writer: int) -> None:
    entry = Entries(Path(folder))
    with open_gradebook(url) as book:
        for number in range(10):
            # Everybody has the same common student, whose attempts race for the same numbers.
            mine = entry(f"student-{writer}-{number}", graded("03", number))
            common = entry(
                "common", graded("03", number), sha="0123456789abcdefghijklmnopqrst"[writer * 10 + number]
            )
            book.record([mine, common])
            book.adjust("common", "03", 1, f"{writer}-{number}", "staff")


def test_several_writers_at_once(url: str, entry: Entries, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_record_many, args=(url, str(tmp_path), n)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
        assert writer.exitcode == 0
    with open_gradebook(url, create=False) as book:
        marks = book.marks()
        assert len(marks) == 31
        attempts = [line for line in book.history("common") if isinstance(line, Attempt)]
        assert sorted(attempt.number for attempt in attempts) == list(range(1, 31)), "none lost, none twice"
        given = [line.delta for line in book.history("common") if isinstance(line, Adjustment)]
        assert given == [1] * 30, "each belongs to the attempt that counted at its time"


def _open(url: str, gate: Barrier) -> None:
    gate.wait()
    open_gradebook(url).close()


def test_several_open_a_new_gradebook_at_once(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(6)
    openers = [context.Process(target=_open, args=(url, gate)) for _ in range(6)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(timeout=120)
    assert [opener.exitcode for opener in openers] == [0] * 6


def big_class(entry: Entries) -> list[ClassEntry]:
    names = [f"{number:02}_exercise" for number in range(1, 14)]
    return [
        entry(f"s{number:03}", *(graded(name, (number + len(name)) % 20) for name in names), at=MONDAY)
        for number in range(300)
    ]


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements that any database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_big_class_takes_no_query_for_each_mark(url: str, entry: Entries) -> None:
    entries = big_class(entry)
    with open_gradebook(url) as book, counted_queries() as asked:
        assert book.record(entries).new == 3900
        assert book.record(entries).unchanged == 3900
        assert len(book.marks(Policy(counts="best"))) == 3900
    assert 0 < len(asked) < 50


def test_opening_what_is_no_gradebook(tmp_path: Path) -> None:
    with pytest.raises(GradebookError, match="There is no gradebook"):
        open_gradebook(f"sqlite:///{tmp_path / 'none.db'}", create=False)
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "junk.db").write_bytes(b"this is not a database, only a file that is called one" * 100)
    with pytest.raises(GradebookError, match=r"junk\.db"):
        open_gradebook(f"sqlite:///{tmp_path / 'junk.db'}")
    with pytest.raises(GradebookError, match="not a database URL"):
        open_gradebook("gradebook.db")
    with pytest.raises(GradebookError, match="not installed"):
        open_gradebook("nosuchdatabase://host/marks")
    with pytest.raises(GradebookError, match="nowhere"):
        open_gradebook(f"sqlite:///{tmp_path / 'nowhere' / 'gradebook.db'}")


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(GradebookError) as caught:
        open_gradebook("postgresql://grader:hunter2@127.0.0.1:1/marks")
    for said in (caught.value.text.ko, caught.value.text.en):
        assert "127.0.0.1" in said
        assert "hunter2" not in said


def test_a_gradebook_of_a_later_version_is_refused(url: str) -> None:
    open_gradebook(url).close()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE gradebook_about SET format_version = 3"))
    engine.dispose()
    with pytest.raises(GradebookError, match="format 3"):
        Gradebook(engine.url)
