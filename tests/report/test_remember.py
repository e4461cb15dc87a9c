"""A page made anew takes its pictures from the old page; it is the same page, whatever anybody wrote into it."""

from __future__ import annotations

import base64
from collections import OrderedDict
from functools import partial
from pathlib import Path

import pytest

from grader.report import remember
from grader.report.remember import INDEX, KEPT, index_of, recall, remembered

PICTURE = "data:image/png;base64," + base64.b64encode(b"picture").decode()


@pytest.fixture(autouse=True)
def nothing_drawn_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process."""
    monkeypatch.setattr(remember, "_drawn", OrderedDict())


def fail() -> str:
    pytest.fail("drawn again")


def make_page(folder: Path, body: str) -> Path:
    page = folder / "report.html"
    with remembered(page) as used:
        recall(("this", 1), lambda: PICTURE)
        (folder / INDEX).write_text(index_of(used), encoding="utf-8")
    page.write_text(body, encoding="utf-8")
    return page


def test_what_is_there_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = make_page(tmp_path, f'<img src="{PICTURE}">')
    forget(monkeypatch)
    with remembered(page):
        assert recall(("this", 1), fail) == PICTURE
        assert recall(("this", 2), lambda: "other") == "other"


@pytest.mark.parametrize(
    "body", ["", f"<p>{PICTURE}</p>", f"<p> src=&#34;{PICTURE}&#34;</p>", '<img src="data:image/png;x">']
)
def test_only_an_embedded_picture_with_the_right_bytes_counts(
    tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make_page(tmp_path, body)
    forget(monkeypatch)
    with remembered(page):
        assert recall(("this", 1), lambda: "drawn") == "drawn"


def test_a_damaged_index_costs_time_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = make_page(tmp_path, f'<img src="{PICTURE}">')
    for content in ("", "[1]", '{"a": [1]}', "null"):
        (tmp_path / INDEX).write_text(content, encoding="utf-8")
        forget(monkeypatch)
        with remembered(page):
            assert recall(("this", 1), lambda: "drawn") == "drawn"


def test_elsewhere_nothing_is_remembered() -> None:
    assert [recall(("this", 1), partial(str, n)) for n in ("a", "b")] == ["a", "b"]


def test_another_page_has_the_picture_that_was_just_drawn(tmp_path: Path) -> None:
    make_page(tmp_path, f'<img src="{PICTURE}">')
    with remembered(tmp_path / "other" / "report.html") as used:
        assert recall(("this", 1), fail) == PICTURE
    assert list(used.values()) == [PICTURE]


def test_only_the_last_pictures_are_kept_in_memory(tmp_path: Path) -> None:
    with remembered(tmp_path / "one.html"):
        for number in range(KEPT + 1):
            recall(("this", number), lambda: PICTURE)
    assert len(remember._drawn) == KEPT
    with remembered(tmp_path / "two.html"):
        assert recall(("this", 1), fail) == PICTURE
        assert recall(("this", 0), lambda: "drawn") == "drawn"
