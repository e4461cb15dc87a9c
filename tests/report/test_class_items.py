"""What a check tells about a class, against numbers worked out by another way."""

from __future__ import annotations

import random
import statistics

import pytest

from grader.report.class_items import FEWEST, analyse


def test_coefficients_are_those_of_their_definitions() -> None:
    rng = random.Random(1)
    skill = [rng.random() for _ in range(60)]
    points = [{f"c{i}": float(one + rng.gauss(0, 0.2) > (i + 1) / 6) for i in range(5)} for one in skill]
    found = analyse(points, {"c0": [1, 2, 2]})
    shares = [statistics.fmean(row[f"c{i}"] for row in points) for i in range(5)]
    totals = [sum(row.values()) for row in points]
    kr20 = 5 / 4 * (1 - sum(p * (1 - p) for p in shares) / statistics.pvariance(totals))
    assert found.alpha == pytest.approx(kr20), "right or wrong: alpha is KR-20"
    rest = [total - row["c2"] for total, row in zip(totals, points, strict=True)]
    own = [row["c2"] for row in points]
    covariance = statistics.fmean(a * b for a, b in zip(own, rest, strict=True)) - statistics.fmean(
        own
    ) * statistics.fmean(rest)
    wanted = covariance / (statistics.pstdev(own) * statistics.pstdev(rest))
    assert found.items["c2"].discrimination == pytest.approx(wanted)
    assert found.items["c0"].tries == 2
    assert not found.small
    assert not found.rough


def test_what_tells_nothing_or_misleads_is_named() -> None:
    good = [float(number % 2) for number in range(20)]
    points = [
        {
            "a": one,
            "b": one,
            "c": one,
            "d": one,
            "all": 2.0,
            "none": 0.0,
            "against": 1 - one,
            "noise": float(number % 4 < 2),
        }
        for number, one in enumerate(good)
    ]
    verdicts = {check: item.verdict for check, item in analyse(points, {}).items.items()}
    assert verdicts == {
        "a": "",
        "b": "",
        "c": "",
        "d": "",
        "all": "all",
        "none": "none",
        "against": "negative",
        "noise": "low",
    }


def test_a_small_class_says_so_instead_of_a_number() -> None:
    found = analyse([{"a": float(n % 2), "b": 1.0} for n in range(FEWEST - 1)], {})
    assert found.small
    assert found.alpha is None
    assert {item.discrimination for item in found.items.values()} == {None}
    assert {item.verdict for item in found.items.values()} == {""}
    assert analyse([], {}).n == 0
