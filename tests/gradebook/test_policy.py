"""Which attempt counts, what lateness costs, and what a policy file may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import PolicyError
from grader.gradebook import Adjustment, Attempt, Policy, count, read_policy
from grader.schema import Mark

DUE = datetime(2026, 3, 15, 14, 59, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def attempt(number: int, points: float | None, at: datetime | None, **changes: object) -> Attempt:
    base = Attempt(
        student="alice",
        exercise="03",
        number=number,
        version=1,
        submitted_at=at,
        recorded_at=DUE + 30 * DAY + number * HOUR,
        points=points,
        max_points=20,
        sha256="0" * 64,
        status="ungraded" if points is None else "graded",
    )
    return base.model_copy(update=changes)


def mark(policy: Policy, *attempts: Attempt) -> Mark:
    (only,) = count(attempts, (), policy)
    return only


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (-HOUR, 0),
        (timedelta(0), 0),
        (timedelta(minutes=10), 0),
        (timedelta(minutes=10, seconds=1), 1),
        (DAY, 1),
        (DAY + timedelta(seconds=1), 2),
        (10 * DAY, 10),
    ],
)
def test_days_late_are_days_begun_after_the_deadline(after: timedelta, days: int) -> None:
    policy = Policy(deadline=DUE, grace_minutes=10)
    assert policy.days_late("alice", "03", DUE + after) == days


def test_the_penalty_is_of_the_points_reached_and_capped() -> None:
    policy = Policy(deadline=DUE, late_percent_per_day=10, late_percent_max=25)
    for late, penalty in ((0, 0), (1, 1.8), (2, 3.6), (3, 4.5), (300, 4.5)):
        got = mark(policy, attempt(1, 18, DUE + late * DAY))
        assert got.penalty == pytest.approx(penalty)
        assert got.points == pytest.approx(18 - penalty)
        assert got.graded_points == 18


def test_best_counts_after_the_penalty() -> None:
    early, late = attempt(1, 15, DUE - DAY), attempt(2, 18, DUE + HOUR)
    policy = Policy(counts="best", deadline=DUE, late_percent_per_day=20)
    got = mark(policy, early, late)
    assert (got.points, got.attempt, got.penalty) == (15, 1, 0)
    kinder = policy.model_copy(update={"late_percent_per_day": 10})
    assert mark(kinder, early, late).points == pytest.approx(16.2)
    assert mark(kinder, early, late).attempt == 2
    assert mark(policy.model_copy(update={"counts": "last"}), early, late).attempt == 2


def test_of_equals_the_earlier_counts() -> None:
    assert mark(Policy(counts="best"), attempt(1, 15, DUE), attempt(2, 15, DUE + DAY)).attempt == 1


def test_last_is_by_time_of_submission_not_of_recording() -> None:
    got = mark(Policy(counts="last"), attempt(1, 12, DUE), attempt(2, 18, DUE - DAY))
    assert (got.points, got.attempt) == (12, 1)


def test_an_ungraded_attempt_is_never_a_zero() -> None:
    graded, open_ = attempt(1, 3, DUE - DAY), attempt(2, None, DUE)
    assert mark(Policy(counts="last"), graded, open_).points is None
    assert mark(Policy(counts="best"), graded, open_).points == 3
    assert mark(Policy(counts="best"), open_).points is None
    late = attempt(1, None, DUE + 9 * DAY)
    got = mark(Policy(deadline=DUE, late_percent_per_day=100), late)
    assert (got.points, got.penalty) == (None, 0)


def test_a_later_hand_in_without_the_file_takes_nothing_back() -> None:
    done = attempt(1, 18, DUE - DAY)
    missing = attempt(2, 0, DUE, status="missing")
    assert mark(Policy(counts="last"), done, missing).points == 18
    assert mark(Policy(counts="last"), missing).points == 0


def test_deadlines_by_exercise_and_extensions_by_student() -> None:
    policy = Policy(deadline=DUE, deadlines={"03": DUE - 7 * DAY}, extensions={"alice": DUE - 2 * DAY})
    assert policy.deadline_of("bob", "05") == DUE
    assert policy.deadline_of("bob", "03") == DUE - 7 * DAY
    assert policy.deadline_of("alice", "03") == DUE - 2 * DAY
    assert policy.deadline_of("alice", "05") == DUE, "an extension never shortens"
    assert Policy(extensions={"alice": DUE}).deadline_of("alice", "05") is None


def test_nobody_is_late_by_guesswork() -> None:
    policy = Policy(deadline=DUE, late_percent_per_day=10)
    assert mark(policy, attempt(1, 20, None)).penalty == 0, (
        "graded long after the deadline, handed in who knows when"
    )
    assert mark(policy, attempt(1, 20, None, late=True)).penalty == 2
    assert mark(Policy(late_percent_per_day=10), attempt(1, 20, DUE, late=True)).penalty == 2
    assert mark(policy, attempt(1, 20, DUE - DAY, late=True)).penalty == 0, "the policy's own deadline decides"


attempts = st.lists(
    st.tuples(
        st.none() | st.floats(0, 20), st.none() | st.integers(-5, 5), st.sampled_from(["graded", "missing"])
    ),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        attempt(
            number,
            points,
            None if day is None else DUE + day * DAY,
            status="ungraded" if points is None else status,
        )
        for number, (points, day, status) in enumerate(rows, 1)
    ]
)
policies = st.builds(
    Policy,
    counts=st.sampled_from(["best", "last"]),
    deadline=st.none() | st.just(DUE),
    grace_minutes=st.floats(0, 100),
    late_percent_per_day=st.floats(0, 100),
    late_percent_max=st.floats(0, 100),
)


@given(attempts, policies, st.floats(-30, 30))
def test_marks_stay_within_reason(tried: list[Attempt], policy: Policy, delta: float) -> None:
    (counting,) = count(tried, (), policy)
    given_by_hand = Adjustment(
        student="alice",
        exercise="03",
        delta=delta,
        comment="why",
        author="who",
        time=DUE,
        attempt=counting.attempt,
    )
    (got,) = count(tried, [given_by_hand], policy)
    (plain,) = count(tried, (), policy)
    assert (got.points is None) == (got.graded_points is None)
    assert got.graded_points in {a.points for a in tried}
    if got.points is not None:
        assert plain.points is not None
        assert 0 <= plain.points <= 20
        assert 0 <= plain.penalty <= (plain.graded_points or 0) + 1e-6
        wanted = min(max(plain.points + delta, 0), max(plain.max_points, plain.points))
        assert got.points == pytest.approx(wanted, abs=1e-5) or (policy.counts == "best" and got.points > wanted)
    assert count(list(reversed(tried)), [given_by_hand], policy) == [got], "in whatever order they are read"


@given(attempts, policies)
def test_best_is_never_worse_than_last(tried: list[Attempt], policy: Policy) -> None:
    best = mark(policy.model_copy(update={"counts": "best"}), *tried).points
    last = mark(policy.model_copy(update={"counts": "last"}), *tried).points
    if last is not None:
        assert best is not None
        assert best >= last


def test_a_policy_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        """
        counts = "best"
        deadline = 2026-03-15T23:59:00+09:00
        grace_minutes = 10
        late_percent_per_day = 10
        late_percent_max = 50
        [deadlines]
        03_convolution = 2026-03-08T23:59:00+09:00
        [extensions]
        alice = 2026-03-20T23:59:00+09:00
        """
    )
    policy = read_policy(file)
    assert policy.counts == "best"
    assert policy.deadline == DUE
    assert policy.deadline_of("bob", "03_convolution") == DUE - 7 * DAY
    assert policy.deadline_of("alice", "03_convolution") == DUE + 5 * DAY
    assert (policy.grace_minutes, policy.late_percent_per_day, policy.late_percent_max) == (10, 10, 50)
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('counts = "beest"', "counts"),
        ("late_percent_per_days = 10", "late_percent_per_day"),
        ("deadline = 2026-03-15T23:59:00", "distance from UTC"),
        ("deadline = 2026-03-15", "distance from UTC"),
        ('deadline = "soon"', "distance from UTC"),
        ("[deadlines]\nx = 2026-03-15T23:59:00", "deadlines.x"),
        ("late_percent_per_day = 110", "late_percent_per_day"),
        ("grace_minutes = -1", "grace_minutes"),
        ("counts = ", "TOML"),
    ],
)
def test_a_mistake_in_a_policy_is_named(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(content)
    with pytest.raises(PolicyError) as caught:
        read_policy(file)
    assert "policy.toml" in caught.value.text.en
    assert said in caught.value.text.en


def test_a_policy_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"none\.toml cannot be read"):
        read_policy(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(PolicyError, match="UTF-8"):
        read_policy(tmp_path / "latin.toml")
