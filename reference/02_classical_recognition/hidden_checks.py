"""직원용 채점 | Staff's checks: pictures and points that no student has seen, under other class ids."""

import importlib.util
from pathlib import Path

import pytest

from grader.award import T


def _load(path):
    spec = importlib.util.spec_from_file_location(f"classical_recognition_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_HERE = Path(__file__).resolve().parent
visible = _load(_HERE.parents[1] / "exercises" / "02_classical_recognition" / "checks.py")
ANSWERS = _load(_HERE / "hidden_inputs.py").answers()


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("classifier")
def test_hidden_classifier(facts, inputs, reference):
    """build_classifier: 다른 특징과 부류 다섯 개 | build_classifier: other features, five classes"""
    right, minimum = ANSWERS["build_classifier.points"], reference.build_classifier.minimum
    case = "hidden.build_classifier.points"
    what = T(f"비공개 사례 {case}", f"Hidden case {case}")
    visible.check_accuracy(facts, inputs, case, right, minimum, what, labels="labels", hint="classifier")


@pytest.mark.staff
@pytest.mark.points(2)
@pytest.mark.needs("recognise", "recognise_learns")
def test_hidden_recognise(facts, inputs, reference):
    """recognise: 다른 영상과 다른 부류 번호 | recognise: other pictures, other class ids"""
    right, minimum = ANSWERS["recognise.pictures"], reference.recognise.minimum
    case = "hidden.recognise.pictures"
    what = T(f"비공개 사례 {case}", f"Hidden case {case}")
    visible.check_accuracy(facts, inputs, case, right, minimum, what, hint="recognise")
