"""The page: self-contained, bilingual, deterministic, deaf to what students put in it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from grader.report import to_html
from grader.report.html import MAX_BYTES
from grader.report.page import asset
from grader.schema import CheckResult, Result, Text

Sample = Callable[[str], Result]
ATTRIBUTES_THAT_LOAD = {"src", "href", "srcset", "action", "formaction", "poster", "data", "background", "ping"}


class Page(HTMLParser):
    """What the browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.scripts = self.styles = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("script", "style"):
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts += data
        elif self._inside == "style":
            self.styles += data
        else:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_nothing_is_loaded_from_elsewhere(sample: Sample, sample_names: list[str]) -> None:
    for name in sample_names:
        page = Page(to_html(sample(name), "ko"))
        for tag, attrs in page.tags:
            for attribute in attrs.keys() & ATTRIBUTES_THAT_LOAD:
                assert attrs[attribute].startswith(("data:", "#")), (name, tag, attribute)
        assert not re.search(r"url\(|@import|https?:", page.styles)
        assert not re.search(r"fetch|XMLHttp|import\s|https?:|eval", page.scripts)


def test_policy_allows_the_one_script_by_its_hash(sample: Sample) -> None:
    page = Page(to_html(sample("mixed"), "ko"))
    policy = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1]
    assert len(page.all("script")) == 1
    digest = base64.b64encode(hashlib.sha256(page.scripts.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy


def test_hostile_strings_are_text(sample: Sample) -> None:
    text = to_html(sample("hostile"), "en")
    page = Page(text)
    assert len(page.all("script")) == 1
    assert not [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    assert all(attrs["src"].startswith("data:") for attrs in page.all("img"))
    assert "alert(1)" in "".join(page.text)
    assert "alert" not in page.scripts
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "49" not in "".join(page.text)  # {{ 7 * 7 }} is not a template of ours


def test_both_languages_are_in_the_page(sample: Sample) -> None:
    for lang in ("ko", "en"):
        text = to_html(sample("mismatch"), lang)
        assert f'<html lang="{lang}">' in text
        assert '<span class="t" lang="ko">층별 출력 모양</span>' in text
        assert '<span class="t" lang="en">Layer output shapes</span>' in text
    # All but the window title and the label of the switch is the same, whichever language it opens in.
    ko, en = (
        [text.strip() for text in Page(to_html(sample("mismatch"), lang)).text if text.strip()]
        for lang in ("ko", "en")
    )
    differing = [(a, b) for a, b in zip(ko, en, strict=True) if a != b]
    assert len(differing) <= 2, differing


def test_same_bytes(sample: Sample, sample_names: list[str]) -> None:
    for name in sample_names:
        assert to_html(sample(name), "ko") == to_html(sample(name).model_copy(deep=True), "ko")


def test_structure_for_screen_readers(sample: Sample) -> None:
    page = Page(to_html(sample("mixed"), "ko"))
    names = [tag for tag, _ in page.tags]
    assert names.count("h1") == 1
    assert {"main", "header", "footer", "nav"} <= set(names)
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert names.count("caption") == names.count("table")
    assert all(attrs.get("scope") for attrs in page.all("th"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        assert set(attrs.get("aria-labelledby", "").split()) <= set(ids)
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in ids
    assert all(attrs["alt"] and attrs["data-ko"] and attrs["data-en"] for attrs in page.all("img"))


def test_failure_says_all_a_student_needs(sample: Sample) -> None:
    text = "".join(Page(to_html(sample("mismatch"), "en")).text)
    for needed in (
        "Layer 1, Conv2D, has another output shape",
        "Conv2D  (None, 30, 30, 64)",
        "Conv2D  (None, 28, 28, 64)",
        "32 - 3 + 1 = 30",
        "model.add(Conv2D(64, kernel_size=(5, 5), activation='relu'))",
        "cifar10_cnn.py, line 14",
        "extra layer",
        "below the minimum of 58.0%",
        "Borderline",
        "56.1%, 56.9%",
    ):
        assert needed in text


def test_right_network_is_not_marked(sample: Sample) -> None:
    text = to_html(sample("all_pass"), "en")
    assert 'class="layers"' in text
    assert "<del>" not in text


def test_notebook_error_points_at_cell_and_line(sample: Sample) -> None:
    assert "cifar10_data.ipynb, cell [3], line 2" in to_html(sample("notebook"), "en")


def test_ungraded_is_loud_and_no_zero(sample: Sample) -> None:
    text = to_html(sample("ungraded"), "en")
    assert text.index("This is not a zero") < text.index("<nav")
    assert "of 30 points so far; 25 more are not graded yet" in text


def test_audiences(sample: Sample) -> None:
    staff = to_html(sample("hidden"), "en")
    assert "SECRET-EXPECTED" in staff
    assert "SECRET-DETAIL" in staff
    assert "Give students student.html" in staff
    student = to_html(sample("hidden"), "en", audience="student")
    assert "SECRET" not in student
    assert "Give students student.html" not in student
    assert "Hidden check 1" in student
    own = sample("timeout")
    held = tuple(exercise.model_copy(update={"limited_by": "cgroup"}) for exercise in own.exercises)
    assert "Give students student.html" not in to_html(own.model_copy(update={"exercises": held}), "en"), (
        "a student's own check has nothing to hide, however the run was held"
    )


def test_size_is_bounded_whatever_students_write(sample: Sample) -> None:
    huge = Text(ko="가<&" * 30_000, en="<&" * 30_000)
    base = sample("mismatch")
    check = CheckResult(
        id="c",
        title=huge,
        outcome="failed",
        points=0,
        max_points=1,
        message=huge,
        expected=huge,
        actual=huge,
        hint=huge,
        frames=base.exercises[1].checks[0].frames * 500,
    )
    exercise = base.exercises[1].model_copy(update={"checks": (check,) * 40, "stdout": "<\n" * 1_000_000})
    result = base.model_copy(update={"exercises": (exercise,) * 13})
    assert len(to_html(result, "ko").encode()) < MAX_BYTES


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of ``#rrggbb``."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_aa(scheme: str) -> None:
    css = asset("style.css")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0 if scheme == "light" else 1]))
    grounds = [colours[name] for name in ("page", "card", "sunk")]
    for name in ("ink", "quiet", "link", "good", "bad", "part", "wait"):
        for ground in grounds:
            assert _contrast(colours[name], ground) >= 4.5, (name, ground)
    for tone in ("good", "bad", "part", "wait"):
        assert _contrast(colours[tone], colours[f"{tone}-soft"]) >= 4.5, tone
    for ground in ("bad-soft", "part-soft", "wait-soft"):
        assert _contrast(colours["ink"], colours[ground]) >= 4.5
        assert _contrast(colours["good"], colours["bad-soft"]) >= 4.5
    for line in ("accent", "warm", "good", "bad"):  # of the pictures
        assert _contrast(colours[line], colours["card"]) >= 3
