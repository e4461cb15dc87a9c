"""Ten wrong answers: the page names the true cause where its reader looks first.

The cause is what the wrong answer's own TOML file declares as the message of the check that it fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.report import to_html
from grader.workflows import Grader
from tests.conftest import beside, wrong_answer
from tests.report.browser import measure_on

WRONG = (
    ("03_convolution", "flipped_kernel"),
    ("03_convolution", "keeps_channels"),
    ("03_convolution", "uint8_overflow"),
    ("03_convolution", "pool_of_zeros"),
    ("04_vision_tasks", "box_plus_one"),
    ("04_vision_tasks", "nms_original_order"),
    ("06_cifar10_cnn", "softmax_from_logits"),
    ("05_cifar10_data", "images_float64"),
    ("06_cifar10_cnn", "average_pooling"),
    ("09_save_load", "saves_without_compile"),
)
#: A laptop's window and a phone's, in CSS pixels.
SCREENS = ((1000, 800), (360, 740))

SCRIPT = """
const section = document.querySelector("section.card");
section.scrollIntoView({behavior: "instant"});
const seen = [];
for (const node of section.querySelectorAll(".message, .pair dd, .layers td, .code li.last, h3")) {
  const box = node.getBoundingClientRect();
  if (box.top >= 0 && box.bottom <= innerHeight && box.height) seen.push(node.innerText);
}
return seen.join("\\n");
"""


@pytest.fixture(scope="module")
def quick_grader(warm_grader: Grader) -> Grader:
    """Without training: none of these mistakes needs any to be seen."""
    return beside(warm_grader, staff=False, train=False)


@pytest.mark.parametrize(("slug", "name"), WRONG)
def test_the_first_screen_names_the_cause(slug: str, name: str, quick_grader: Grader, tmp_path: Path) -> None:
    answer = wrong_answer(slug, name)
    exercise = next(e for e in quick_grader.course.exercises if e.id == slug)
    work = tmp_path / "work"
    work.mkdir()
    (work / f"{exercise.file}.py").write_text(answer.source, encoding="utf-8")
    result = quick_grader.grade(work, tmp_path / "out", only=[slug], lang="en")
    failed = [check.id for check in result.exercises[0].checks if check.outcome == "failed"]
    assert failed, [(c.id, c.outcome) for c in result.exercises[0].checks]
    assert answer.declared is not None
    cause = answer.declared.messages[failed[0]][0]
    page = to_html(result, "en", audience="student")
    for (width, _), seen in zip(SCREENS, measure_on(page, SCRIPT, tmp_path, screens=SCREENS), strict=True):
        assert cause in seen, (width, failed, seen)
