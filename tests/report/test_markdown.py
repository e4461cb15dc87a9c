"""report.md: compact, and safe to show in a pull request."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt

from grader.report import to_markdown
from grader.report.markdown import MAX_BYTES
from grader.schema import Result, Text

Sample = Callable[[str], Result]


def html(markdown: str) -> str:
    return str(MarkdownIt("gfm-like", {"linkify": False}).render(markdown))


def test_table_and_failures(sample: Sample) -> None:
    text = to_markdown(sample("mixed"), "en")
    page = html(text)
    assert page.count("<tr>") == 6
    assert "A network for CIFAR-10" in page
    assert "Layer 1, Conv2D, has another output shape" in page
    assert "<details><summary>Hint</summary>" in page
    assert "cifar10_data.ipynb, cell [3], line 2" in page
    assert "This is not a zero" in page
    assert "So far: 40 / 110" in page
    assert "Compile settings" not in page  # passed: only counted


def test_hostile_text_is_only_text(sample: Sample) -> None:
    text = to_markdown(sample("hostile"), "en")
    page = html(text)
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    allowed = {
        "h2",
        "h3",
        "h4",
        "p",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
        "br",
        "details",
    }
    assert tags <= allowed | {"summary", "pre", "sub"}
    assert not re.search(r"(?m)^\s*::[a-z]", text)
    assert "##[" not in text
    assert "https://" not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_students_see_no_hidden_check(sample: Sample) -> None:
    assert "SECRET" not in to_markdown(sample("hidden"), "en", audience="student")
    assert "SECRET" in to_markdown(sample("hidden"), "en")


def test_size_is_bounded(sample: Sample) -> None:
    base = sample("mismatch").exercises[1]
    huge = Text(ko="|" * 100_000, en="|" * 100_000)
    check = base.checks[0].model_copy(update={"message": huge, "expected": huge, "actual": huge, "hint": huge})
    exercise = base.model_copy(update={"checks": (check,) * 40})
    result = sample("mismatch").model_copy(update={"exercises": (exercise,) * 13})
    assert len(to_markdown(result, "ko").encode()) < MAX_BYTES


def test_same_bytes(sample: Sample) -> None:
    assert to_markdown(sample("mixed"), "ko") == to_markdown(sample("mixed").model_copy(deep=True), "ko")
