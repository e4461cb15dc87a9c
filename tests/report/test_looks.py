"""What the page looks like, and to whom: screenshots, print, and axe-core's judgement.

``GRADER_SCREENSHOTS=docs/images`` keeps the screenshots; ``GRADER_SCREENSHOT_OF=OUT/result.json`` takes them of a
real result instead of the sample.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader import pictures as painter
from grader.report import Audience, to_html
from grader.report.class_report import to_class_html
from grader.report.feedback_page import to_page
from grader.report.html import Drawn
from grader.schema import Confusion, Course, Lang, Panel, Result, Sheet, SimilarPair, Text
from tests.report.browser import DARK, OFFLINE, axe_core, chromium, measure
from tests.report.classes import make_class
from tests.report.test_feedback import check, exercise, notebook
from tests.report.test_pictures import moved, pixels

Sample = Callable[[str], Result]

#: Name -> language, window, whether dark.
SHOTS: dict[str, tuple[str, tuple[int, int], bool]] = {
    "report-ko": ("ko", (1000, 1500), False),
    "report-en": ("en", (1000, 1500), False),
    "report-dark": ("ko", (1000, 1500), True),
    "report-pictures": ("ko", (1000, 3000), False),
    "report-phone": ("ko", (360, 1600), False),
    "report-phone-dark": ("en", (360, 1600), True),
}


@pytest.fixture(scope="module")
def shown(sample: Sample) -> Result:
    """A result with every kind of picture."""
    named = os.environ.get("GRADER_SCREENSHOT_OF")
    if named:
        return Result.model_validate_json(Path(named).read_bytes())
    caption, title = Text(ko="정답: 고양이, 예측: 개", en="cat, predicted as dog"), Text(ko="그림", en="Pictures")
    panels = tuple(Panel(pixels=pixels(32, 32), caption=caption, tone="bad") for _ in range(8))
    over = Panel(pixels=pixels(48, 64), over=pixels(6, 8, 1, "grey"), caption=caption)
    names = tuple(Text(ko=f"부류 {i}", en=f"class {i}") for i in range(10))
    counts = tuple(tuple(90 if i == j else (i + j) % 3 for j in range(10)) for i in range(10))
    pictures = (
        Sheet(kind="mistakes", title=title, text=title, panels=panels),
        Sheet(kind="activation_maps", title=title, text=title, panels=(over,) * 4, columns=4),
        Confusion(title=title, text=title, names=names, counts=counts),
        moved((False, 0.0), (False, 0.1), (True, 0.2), (True, 0.0)),
    )
    result = sample("mixed")
    exercises = tuple(
        e.model_copy(update={"pictures": pictures}) if e.learning is not None else e for e in result.exercises
    )
    return result.model_copy(update={"exercises": exercises})


def drawn(result: Result, lang: Lang, audience: Audience) -> str:
    return to_html(result, lang, drawings=Drawn(result, painter), audience=audience)


@pytest.mark.parametrize("name", SHOTS)
def test_screenshot(name: str, shown: Result, tmp_path: Path) -> None:
    lang, (width, height), dark = SHOTS[name]
    if name == "report-pictures":  # they stand below the tables: take an exercise that was trained by itself
        trained = next(exercise for exercise in shown.exercises if exercise.learning is not None)
        shown = shown.model_copy(update={"exercises": (trained,)})
    page = tmp_path / "report.html"
    page.write_text(drawn(shown, "ko" if lang == "ko" else "en", "student"), encoding="utf-8")
    kept = os.environ.get("GRADER_SCREENSHOTS")
    target = (Path(kept) if kept else tmp_path).resolve() / f"{name}.png"
    scheme = [DARK] if dark else []
    chromium(
        tmp_path, *scheme, *OFFLINE, f"--window-size={width},{height}", f"--screenshot={target}", page.as_uri()
    )
    picture = Image.open(target).convert("RGB")
    assert picture.size == (width, height)
    pixels_seen = np.asarray(picture, dtype=float).mean(axis=2)
    # Something is on it, and its ground is as dark or light as asked for.
    assert pixels_seen.std() > 5
    assert bool(np.median(pixels_seen) < 80) is dark
    # Nothing is cut off at the right: the outermost columns are ground.
    assert np.asarray(picture, dtype=float)[:, -2:].std(axis=0).max() < 3
    if kept:
        picture.quantize(256).save(target, optimize=True)


def test_print_is_whole_and_light(shown: Result, tmp_path: Path) -> None:
    page, target = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(drawn(shown, "ko", "student"), encoding="utf-8")
    chromium(tmp_path, *OFFLINE, DARK, f"--print-to-pdf={target}", "--no-pdf-header-footer", page.as_uri())
    data = target.read_bytes()
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) >= 2
    assert len(data) > 20_000
    kept, draw = os.environ.get("GRADER_SCREENSHOTS"), shutil.which("pdftoppm")
    if kept and draw:
        stem = Path(kept).resolve() / "report-print"
        pages = ["-f", "1", "-l", "1", "-singlefile", "-r", "72", "-png"]
        subprocess.run([draw, *pages, str(target), str(stem)], check=True, timeout=60)


AXE = """
AXE_SOURCE
const found = await axe.run(document, {resultTypes: ["violations"]});
const where = (v) => v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ");
return found.violations.map((v) => [v.impact, v.id, where(v)]);
"""


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_core()


@pytest.mark.parametrize(("lang", "dark", "width"), [("ko", False, 1000), ("en", True, 1000), ("ko", True, 360)])
def test_axe_finds_nothing(lang: str, dark: bool, width: int, shown: Result, axe: str, tmp_path: Path) -> None:
    page = drawn(shown, "ko" if lang == "ko" else "en", "staff")
    script = "for (const part of document.querySelectorAll('details')) part.open = true;" + AXE.replace(
        "AXE_SOURCE", axe.replace("</script", "<\\/script")
    )
    violations = measure(page, script, tmp_path, *([DARK] if dark else []), width=width)
    assert not violations, violations


def test_nothing_overflows_a_phone_with_everything_open(shown: Result, tmp_path: Path) -> None:
    script = """
    for (const part of document.querySelectorAll("details")) part.open = true;
    return [document.documentElement.scrollWidth, innerWidth,
      performance.getEntriesByType("resource").map((one) => one.name).filter((url) => !url.startsWith("data:"))];
    """
    wide, window, requests = measure(drawn(shown, "ko", "staff"), script, tmp_path, *OFFLINE, width=360)
    assert window == 360
    assert wide <= 360
    assert requests == []


def class_page(course: Course, folder: Path) -> str:
    names = ("20240001", "20240002", "20240003")
    pairs = [
        SimilarPair(
            exercise=course.exercises[0].id,
            first=names[0],
            second=other,
            kind="code",
            score=0.9,
            evidence=Text(ko="같은 줄", en="the same lines"),
            first_lines=((1, 2),),
            second_lines=((1, 2),),
        )
        for other in names[1:]
    ]
    source = {"name": "a.py", "code": "own = 1\nline = 2", "sha256": ""}
    for name in names:
        (folder / name).mkdir()
        stored = {"exercises": [{"exercise": course.exercises[0].id, "source": source}]}
        (folder / name / "submission.json").write_text(json.dumps(stored), encoding="utf-8")
    return to_class_html("ko", make_class(course, folder, 24), similar=pairs, painter=painter)


def feedback_page() -> str:
    source = notebook(
        ("markdown", "# A heading\n\n### Another\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("code", 'def first(x):\n    """One\n    two\n    three\n    """\n    return x'),
    )
    result = exercise(check("first", failed=True), check("whole"))
    return to_page(source, result, "en", handed_out='    """One\n    two\n    three\n    """')


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", ["class", "feedback"])
def test_axe_finds_nothing_on_other_pages(kind: str, dark: bool, axe: str, course: Course, tmp_path: Path) -> None:
    page = class_page(course, tmp_path) if kind == "class" else feedback_page()
    assert "own = 1" in page or "two" in page
    script = "for (const part of document.querySelectorAll('details')) part.open = true;" + AXE.replace(
        "AXE_SOURCE", axe.replace("</script", "<\\/script")
    )
    violations = measure(page, script, tmp_path, *([DARK] if dark else []), width=360 if dark else 1200)
    assert not violations, violations


def test_contents_stay_in_sight(shown: Result, tmp_path: Path) -> None:
    script = """
    const nav = document.querySelector("nav.jump");
    window.scrollTo({top: document.documentElement.scrollHeight, behavior: "instant"});
    return [nav.getBoundingClientRect().top, scrollY > 500, nav.querySelectorAll("a").length];
    """
    assert measure(drawn(shown, "ko", "staff"), script, tmp_path, width=1000) == [0, True, len(shown.exercises)]


def test_a_link_opens_what_passed_and_is_folded(shown: Result, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(drawn(shown, "ko", "student"), encoding="utf-8")
    folded = '<section class="card" id="03_convolution" data-passed'
    for target, is_open in (("", False), ("#03_convolution", True)):
        dumped = chromium(tmp_path, *OFFLINE, "--dump-dom", page.as_uri() + target)
        assert folded in dumped
        first = dumped.partition(folded)[2].partition("<details")[2].partition(">")[0]
        assert ("open" in first) is is_open
