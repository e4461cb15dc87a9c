"""직원용 채점 | Staff's checks: the same functions on inputs that no student has seen."""

import importlib.util
from pathlib import Path

import pytest

from grader.award import T


def visible_checks():
    """The exercise's own ``checks.py``, for its ways to compare."""
    here = Path(__file__).resolve().parent
    file = here.parents[1] / "exercises" / here.name / "checks.py"
    spec = importlib.util.spec_from_file_location("visible_checks_of_resnet50", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


visible = visible_checks()


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("prepare", "prepare_modes")
def test_hidden_prepare(facts, inputs, reference):
    """prepare: 다른 사진 | prepare: other pictures"""
    names = [name for name in inputs if name.startswith("hidden.prepare.")]
    assert names, "no hidden pictures"
    for name in names:
        kind = name.rpartition(".")[2]
        visible.check_picture(facts, inputs, reference, name, T(f"비공개 사진 {kind}", f"Hidden picture {kind}"))


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("predict", "predict_k")
def test_hidden_predict(facts, inputs, reference):
    """predict: 다른 신경망과 사진 | predict: another network, other pictures"""
    cases = {"default": T("비공개 사진", "Hidden picture"), "seven": T("비공개 사진, k=7", "Hidden picture, k=7")}
    visible.check_cases(facts, inputs, reference, cases, prefix="hidden.")
