"""직원용 채점 | Staff's checks: the same rules as the visible checks, on inputs that no student has seen."""

import importlib.util
from pathlib import Path

import pytest

from grader.award import T

_FILE = Path(__file__).resolve().parents[2] / "exercises" / "05_cifar10_data" / "checks.py"
_SPEC = importlib.util.spec_from_file_location("cifar10_data_checks", _FILE)
visible = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(visible)


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("preprocess_images", "preprocess_labels")
def test_hidden_preprocess(facts, inputs):
    """preprocess: 부류 100개, 영상 한 장 | preprocess: 100 classes, one image"""
    for case in ("hidden.preprocess.hundred", "hidden.preprocess.one"):
        what = T(f"비공개 사례 {case}", f"Hidden case {case}")
        visible.check_images(facts, inputs, case, what)
        visible.check_one_hot(facts, inputs, case, what)


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("split_whole", "split_fraction", "split_seed")
def test_hidden_split(facts, inputs):
    """stratified_split: 일부 부류만 있는 실수형 영상 | stratified_split: float images of only some classes"""
    case, again = "hidden.stratified_split.few", "hidden.stratified_split.few_again"
    what = T(f"비공개 사례 {case}", f"Hidden case {case}")
    visible.check_whole(facts, inputs, case, what)
    visible.check_fraction(facts, inputs, case, what)
    first, second = (visible.find(facts, inputs, name, "held_out", what) for name in (case, again))
    visible.expect.equal(second, first, what=what, hint="split_seed")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("summarise")
def test_hidden_summarise(facts, inputs, reference):
    """summarise: 일부 부류만 있는 실수형 영상 | summarise: float images of only some classes"""
    case = "hidden.summarise.floats"
    visible.check_summary(facts, inputs, reference, case, T(f"비공개 사례 {case}", f"Hidden case {case}"))
