"""Whole points: the sum is right, full stays full, nothing failed gets a point."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from grader.export.whole import deal, in_whole_points
from tests.ci.results import check, exercise, result

quarters = st.integers(1, 40).map(lambda n: n / 4)
graded_checks = st.lists(st.tuples(quarters, st.booleans()), min_size=1, max_size=12)


def test_the_largest_remainders_get_the_missing_points() -> None:
    assert deal([7.5, 7.5, 5.0]) == [8, 7, 5]
    assert deal([0.2, 0.3, 0.5]) == [0, 0, 1]
    assert deal([1 / 3] * 3) == [1, 0, 0]
    assert deal([0.1] * 10) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "a sum that is off by rounding errors"
    assert deal([2.0, 3.0]) == [2, 3]
    assert deal([0.5, 0.0], limits=[0, 1]) == [0, 0], "what has nothing gets nothing"


@given(graded_checks)
def test_everything_adds_up(rows: list[tuple[float, bool]]) -> None:
    graded = exercise(*(check(str(i), most if passed else 0.0, most) for i, (most, passed) in enumerate(rows)))
    whole = in_whole_points(result(graded, graded))
    assert in_whole_points(whole) == whole
    for e in whole.exercises:
        assert all(isinstance(c.points, int) and isinstance(c.max_points, int) for c in e.checks)
        assert e.points == sum(c.points or 0 for c in e.checks)
        assert e.max_points == sum(c.max_points for c in e.checks)
        assert abs(Fraction(e.max_points) - Fraction(sum(most for most, _ in rows))) <= Fraction(1, 2)
        for c, (_, passed) in zip(e.checks, rows, strict=True):
            assert c.points == (c.max_points if passed else 0)
    assert whole.points == sum(e.points or 0 for e in whole.exercises)
    assert whole.max_points == sum(e.max_points for e in whole.exercises)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 8)), min_size=1, max_size=8))
def test_partial_points_are_never_full(rows: list[tuple[int, int]]) -> None:
    checks = [check(str(i), min(got, most) / 4, most / 4, outcome="failed") for i, (most, got) in enumerate(rows)]
    (e,) = in_whole_points(result(exercise(*checks))).exercises
    for before, after in zip(checks, e.checks, strict=True):
        assert after.points is not None
        assert 0 <= after.points <= after.max_points
        if before.points is not None and before.points < before.max_points and after.max_points:
            assert after.points < after.max_points
        if not before.points:
            assert after.points == 0


def test_whole_points_stay_as_they_are() -> None:
    before = result(exercise(check("a", 2, 2), check("b", 0, 3)))
    assert in_whole_points(before) == before


def test_ungraded_is_no_zero() -> None:
    before = result(
        exercise(check("a", 1.5, 1.5)), exercise(check("b", None, 2.5), name="04_x", status="ungraded")
    )
    whole = in_whole_points(before)
    assert whole.points is None
    assert whole.exercises[1].points is None
    assert whole.exercises[1].checks[0].points is None
    assert whole.exercises[0].points == 2
