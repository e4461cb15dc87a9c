"""직원용 채점 | Staff's checks: the same functions on inputs that no student has seen.

Expected values come from the definitions, written here as plain loops (a second way to the numbers of Keras and
TensorFlow: a test holds both together).
"""

import numpy as np
import pytest

from grader.award import T, expect

ATOL = 1e-4


def expected_box_iou(a, b):
    """Area of the intersection over area of the union; 0 where there is no union."""
    overlap = [max(0.0, min(a[i + 2], b[i + 2]) - max(a[i], b[i])) for i in (0, 1)]
    both = float(overlap[0] * overlap[1])
    union = sum(float((box[2] - box[0]) * (box[3] - box[1])) for box in (a, b)) - both
    return both / union if union > 0 else 0.0


def expected_mask_iou(prediction, target):
    """Pixels in both over pixels in either."""
    pairs = list(zip(np.ravel(prediction), np.ravel(target), strict=True))
    either = sum(1 for p, t in pairs if p or t)
    return sum(1 for p, t in pairs if p and t) / either if either else 0.0


def expected_non_max_suppression(boxes, scores, threshold=0.5):
    """Greedy, best score first: keep what overlaps with nothing that is kept."""
    kept = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(expected_box_iou(boxes[index], boxes[other]) <= threshold for other in kept):
            kept.append(index)
    return kept


def expected_top_k_accuracy(probabilities, labels, k=5):
    """Share of images in which fewer than k classes are likelier than the label."""
    hits = 0
    for row, label in zip(probabilities, labels, strict=True):
        hits += sum(1 for value in row if value > row[label]) < k
    return hits / len(labels)


EXPECTED = {
    "box_iou": expected_box_iou,
    "mask_iou": expected_mask_iou,
    "non_max_suppression": expected_non_max_suppression,
    "top_k_accuracy": expected_top_k_accuracy,
}


def arguments_by_case(inputs, function):
    """The hidden cases of one function: names of cases, each with its arguments by name."""
    cases = {}
    for name in sorted(inputs):
        case, _, argument = name.rpartition(".")
        if case.startswith(f"hidden.{function}."):
            array = np.asarray(inputs[name])
            cases.setdefault(case, {})[argument] = array if array.ndim else array.item()
    if not cases:
        raise LookupError(f"no hidden inputs for {function}")
    return cases


def check_numbers(facts, inputs, function):
    """Every hidden case of a function that returns one number."""
    for case, arguments in arguments_by_case(inputs, function).items():
        actual = np.asarray(facts.array(case))
        if actual.size == 1:
            actual = actual.reshape(())
        what = T(f"비공개 사례 {case}", f"Hidden case {case}")
        expect.close(actual, EXPECTED[function](**arguments), atol=ATOL, hint=function, what=what)


@pytest.mark.staff
@pytest.mark.points(2)
@pytest.mark.needs("box_iou", "box_iou_apart", "box_iou_degenerate")
def test_hidden_box_iou(facts, inputs):
    """box_iou: 다른 상자 | box_iou: other boxes"""
    check_numbers(facts, inputs, "box_iou")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("mask_iou", "mask_iou_empty")
def test_hidden_mask_iou(facts, inputs):
    """mask_iou: 다른 마스크 | mask_iou: other masks"""
    check_numbers(facts, inputs, "mask_iou")


@pytest.mark.staff
@pytest.mark.points(2)
@pytest.mark.needs("non_max_suppression", "nms_chain", "nms_threshold")
def test_hidden_non_max_suppression(facts, inputs):
    """non_max_suppression: 다른 상자 | non_max_suppression: other boxes"""
    for case, arguments in arguments_by_case(inputs, "non_max_suppression").items():
        expected = expected_non_max_suppression(**arguments)
        what = T(f"비공개 사례 {case}", f"Hidden case {case}")
        expect.equal(np.asarray(facts.array(case)).tolist(), expected, what=what, hint="non_max_suppression")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("top_k_accuracy", "top_k_range")
def test_hidden_top_k_accuracy(facts, inputs):
    """top_k_accuracy: 다른 확률 | top_k_accuracy: other probabilities"""
    check_numbers(facts, inputs, "top_k_accuracy")
