"""Text from strangers loses everything that acts, and nothing that shows."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.award.show import plain as shown
from grader.text import (
    for_markdown,
    for_markdown_block,
    for_terminal,
    for_workflow,
    format_percent,
    format_size,
    format_value,
    plain,
    tail,
    told_apart,
)
from tests.conftest import ROOT

ANY = st.text(alphabet=st.characters(), max_size=200)
ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufeff\ud800-\udfff]"
)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\x1bPq#0;2;0;0;0\x1b\\b", "ab"),
        ("nul\x00", "nul␀"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\ud83d", "\ufffd"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        (" 10/313\r 20/313\r313/313\n", "313/313\n"),
        ("12\b\b34", "1234"),
        ("탭\t한글 👩‍💻", "탭\t한글 👩‍💻"),
    ],
)
def test_plain_names_or_removes_what_acts(given_text: str, shown: str) -> None:
    assert plain(given_text) == shown


@given(ANY)
def test_plain_leaves_nothing_active_and_is_stable(text: str) -> None:
    once = plain(text)
    assert not ACTIVE.search(once)
    assert plain(once) == once
    once.encode("utf-8")


@given(ANY, st.integers(1, 50))
def test_plain_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(plain(text, limit=limit)) <= limit


def test_plain_is_quick_on_a_flood() -> None:
    assert len(plain("\x1b]" * 5_000_000, limit=100)) <= 100


@given(ANY)
def test_one_line_is_one_line(text: str) -> None:
    assert "\n" not in plain(text, one_line=True)


def test_tail_keeps_the_end_and_says_so() -> None:
    log = "\n".join(f"line {n}" for n in range(1000))
    kept = tail(log, limit=500, lines=5)
    assert kept.split("\n") == ["…", *(f"line {n}" for n in range(995, 1000))]
    assert tail("short", limit=500, lines=5) == "short"
    assert len(tail("x" * 100_000, limit=500, lines=5)) <= 502


class _Visible(HTMLParser):
    """Tags and text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(markdown: str) -> _Visible:
    page = _Visible()
    page.feed(MarkdownIt("gfm-like", {"linkify": False}).render(markdown))
    return page


def squeeze(text: str) -> str:
    return "".join(text.replace("\u2060", "").split())


def test_markdown_shows_hostile_text_as_it_is(evil: str) -> None:
    page = rendered(for_markdown(evil))
    assert page.tags <= {"p", "br"}
    assert squeeze(page.text) == squeeze(plain(evil))


@given(ANY)
def test_markdown_has_no_markup_whatever_the_text(text: str) -> None:
    page = rendered("before " + for_markdown(text) + " after")
    assert page.tags <= {"p", "br"}
    assert squeeze(page.text) == "before" + squeeze(plain(text)) + "after"


MARKS = st.text(alphabet=" \n\t-+=*_#>.|:`~[]()!<&\\\"'123wa@/", max_size=40)


@settings(max_examples=600)
@given(MARKS)
def test_markdown_has_no_markup_whatever_the_marks(text: str) -> None:
    page = rendered(for_markdown(text) + " after")
    assert page.tags <= {"p", "br"}
    assert squeeze(page.text) == squeeze(plain(text)) + "after"


def test_markdown_stays_readable() -> None:
    assert for_markdown("cifar10_cnn.py, line 3: x = (1, 2) - 4.5") == "cifar10_cnn.py, line 3: x = (1, 2) - 4.5"


@given(ANY)
def test_markdown_stays_in_its_table_cell(text: str) -> None:
    page = rendered(f"| a | b |\n| --- | --- |\n| {for_markdown(text)} | END |\n")
    assert page.tags <= {"table", "thead", "tbody", "tr", "th", "td", "br"}
    assert "END" in page.text


@pytest.mark.parametrize("text", ["https://evil.example", "www.evil.example", "someone@evil.example"])
def test_markdown_links_nothing(text: str) -> None:
    assert not re.search(r"https?://|www\.|\w@\w", for_markdown(text))


@pytest.mark.parametrize("escape", [for_markdown, for_markdown_block, for_terminal])
def test_no_workflow_command_in_any_line(escape: object, evil: str) -> None:
    assert callable(escape)
    for text in (evil, "::error::x", "  ::set-output name=a::b", "a ##[error]x", "x\n::stop-commands::t"):
        for line in escape(text).split("\n"):
            assert not re.search(r"::[A-Za-z]", line)
            assert "##[" not in line


def test_block_cannot_be_ended_from_inside(evil: str) -> None:
    page = rendered(for_markdown_block(evil + "\n\n</pre>\n\n# out") + "\n")
    assert page.tags == {"pre"}
    assert squeeze(page.text) == squeeze(plain(evil) + "</pre># out")


def test_terminal_leaves_slices_alone() -> None:
    assert for_terminal("image[::2, ::-1]") == "image[::2, ::-1]"


def test_workflow_values_are_escaped_as_the_toolkit_does() -> None:
    assert for_workflow("100%\nnext: a,b") == "100%25%0Anext: a,b"
    assert for_workflow("a:b,c", is_property=True) == "a%3Ab%2Cc"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8.369, "8.369"),
        (7.086321, "7.086"),
        (0.5, "0.5"),
        (0.00012345, "0.0001234"),
        (1e-7, "1e-07"),
        (-123456.7, "-123,457"),
        (1792, "1,792"),
        (np.int64(453786), "453,786"),
        (np.float32(0.1), "0.1"),
        (0.0, "0"),
        (float("nan"), "nan"),
    ],
)
def test_measured_values_have_four_significant_digits(value: float, text: str) -> None:
    assert format_value(value) == text


@pytest.mark.parametrize(
    ("form", "one", "other", "texts"),
    [
        (format_value, 8.369, 7.08632, ("8.369", "7.086")),
        (format_value, 0.5, 0.500002, ("0.5", "0.500002")),
        (format_value, 1.0, 1.0, ("1", "1")),
        (format_percent, 0.3, 0.29996, ("30.000%", "29.996%")),
        (shown, [0.25, 1.0], [0.25, 1.0000001], ("[0.25, 1]", "[0.25, 1.0000001]")),
    ],
)
def test_compared_values_look_different(form: Any, one: Any, other: Any, texts: tuple[str, str]) -> None:
    assert told_apart(form, one, other) == texts


def test_sizes_are_decimal() -> None:
    assert [format_size(size) for size in (0, 35_400, 170_498_071, 5_000_000_000)] == [
        "0 kB",
        "35 kB",
        "170.5 MB",
        "5,000 MB",
    ]


#: Files whose numbers are for programs: coordinates, attributes of JUnit, a worker's log, what is compared again.
FOR_PROGRAMS = {"pictures/canvas.py", "export/junit.py", "sandbox/receive.py", "award/traits.py", "text.py"}


def test_digits_are_chosen_in_one_place() -> None:
    wild = re.compile(r"\{[^{}\n]*:[+,]*(?:\.\d+[fge%]|g)\}|\.toFixed\((?!1\))|\| *format\(")
    found = [
        (str(file.relative_to(ROOT / "grader")), line)
        for pattern in ("*.py", "*.j2", "*.ts")
        for file in sorted((ROOT / "grader").rglob(pattern))
        if not {"confined", "wire", "node_modules"} & set(file.parts)
        for line in file.read_text(encoding="utf-8").splitlines()
        if wild.search(line)
    ]
    assert [one for one in found if one[0] not in FOR_PROGRAMS] == []
