"""공개 채점 | The checks that students see. Expected values are in reference.json, from Keras and TensorFlow."""

import numpy as np
import pytest

from grader.award import T, expect


def one_number(facts, name, what):
    """The result of ``name`` as one float; an array with a single element is as good."""
    array = np.asarray(facts.array(name))
    expect.that(
        array.size == 1,
        T("숫자 하나를 돌려주어야 합니다.", "one number is to be returned."),
        expected=T("숫자 하나", "one number"),
        actual=T(f"모양 {array.shape}인 배열", f"an array of shape {array.shape}"),
        what=what,
    )
    return float(array.reshape(-1)[0])


def check_numbers(facts, reference, function, labels, hint):
    """One number for each case."""
    for case, label in labels.items():
        actual = one_number(facts, f"{function}.{case}", label)
        expected = reference[function][case]
        expect.close(actual, expected, atol=reference.tolerance, what=label, hint=hint)


def kept_indices(facts, name, what):
    """The result of ``name`` as a list of whole numbers."""
    array = np.asarray(facts.array(name))
    if array.shape == (0,):
        return []
    expect.that(
        array.ndim == 1 and array.dtype.kind in "iu",
        T(
            "남긴 상자의 번호(정수)를 1차원으로 돌려주어야 합니다.",
            "the indices (integers) of the boxes that are kept are to be returned, in one dimension.",
        ),
        expected=T("정수 번호의 1차원 배열이나 리스트", "a list or one-dimensional array of integers"),
        actual=T(f"모양 {array.shape}, {array.dtype}", f"shape {array.shape}, {array.dtype}"),
        what=what,
        hint="non_max_suppression",
    )
    return array.tolist()


def check_kept(facts, reference, case, label, hint):
    """One case of non-maximum suppression: the same boxes, in the same order."""
    actual = kept_indices(facts, f"non_max_suppression.{case}", label)
    expected = list(reference.non_max_suppression[case])
    if sorted(actual) == sorted(expected):
        reason = T(
            "남긴 상자는 맞지만 순서가 다릅니다. 점수가 높은 것부터 돌려주세요.",
            "these are the right boxes in another order. Return the best score first.",
        )
        hint = "non_max_suppression"
    else:
        reason = T("남긴 상자가 다릅니다.", "other boxes are kept.")
    expect.that(actual == expected, reason, expected=str(expected), actual=str(actual), what=label, hint=hint)


@pytest.mark.points(2)
def test_box_iou(facts, reference):
    """box_iou: 겹치는 상자 | box_iou: boxes that overlap"""
    labels = {
        "overlap": T("(0, 0, 10, 10)과 (5, 5, 15, 15)", "(0, 0, 10, 10) and (5, 5, 15, 15)"),
        "part": T("크기가 다른 두 상자", "Two boxes of different sizes"),
        "inside": T("한 상자가 다른 상자 안에 있을 때", "One box inside the other"),
        "unit": T("0에서 1 사이의 좌표", "Coordinates between 0 and 1"),
        "negative": T("음수 좌표", "Negative coordinates"),
        "identical": T("같은 상자", "Twice the same box"),
    }
    check_numbers(facts, reference, "box_iou", labels, "box_iou")


@pytest.mark.points(1)
def test_box_iou_apart(facts, reference):
    """box_iou: 떨어져 있거나 닿기만 하는 상자는 0 | box_iou: 0 for boxes that are apart or only touch"""
    labels = {
        "beside": T("옆으로 떨어진 상자", "Boxes side by side"),
        "above": T("위아래로 떨어진 상자", "One box above the other"),
        "diagonal": T("대각선으로 떨어진 상자", "Boxes apart along the diagonal"),
        "touching": T("변이 닿은 상자", "Boxes that share an edge"),
        "corner": T("모서리가 닿은 상자", "Boxes that share a corner"),
    }
    check_numbers(facts, reference, "box_iou", labels, "box_iou_apart")


@pytest.mark.points(1)
def test_box_iou_degenerate(facts, reference):
    """box_iou: 넓이가 0인 상자 | box_iou: boxes without area"""
    labels = {
        "line": T("너비가 0인 상자와 보통 상자", "A box of width 0 and an ordinary one"),
        "point": T("같은 점 두 개", "The same point twice"),
        "lines": T("너비가 0인 상자와 높이가 0인 상자", "A box of width 0 and one of height 0"),
    }
    check_numbers(facts, reference, "box_iou", labels, "box_iou_degenerate")


@pytest.mark.points(2)
def test_mask_iou(facts, reference):
    """mask_iou: 마스크의 겹침 | mask_iou: the overlap of masks"""
    labels = {
        "bool": T("bool 마스크", "Masks of booleans"),
        "uint8": T("0과 1인 uint8 마스크", "uint8 masks of 0 and 1"),
        "int64": T("0과 1인 int64 마스크", "int64 masks of 0 and 1"),
        "inside": T("물체의 일부만 찾은 예측", "A prediction that finds a part of the object"),
        "identical": T("같은 마스크", "Twice the same mask"),
        "apart": T("겹치지 않는 마스크", "Masks that do not overlap"),
    }
    check_numbers(facts, reference, "mask_iou", labels, "mask_iou")


@pytest.mark.points(1)
def test_mask_iou_empty(facts, reference):
    """mask_iou: 빈 마스크 | mask_iou: empty masks"""
    labels = {"no_prediction": T("예측만 빈 마스크", "An empty prediction")}
    check_numbers(facts, reference, "mask_iou", labels, "mask_iou_empty")
    actual = one_number(facts, "mask_iou.both_empty", T("둘 다 빈 마스크", "Two empty masks"))
    expect.that(
        actual in (0.0, 1.0),
        T("둘 다 빈 마스크: 0이나 1이어야 합니다.", "Two empty masks: this must be 0 or 1."),
        expected=T("0 또는 1", "0 or 1"),
        actual=str(actual),
    )


@pytest.mark.points(2)
def test_non_max_suppression(facts, reference):
    """non_max_suppression: 물체마다 상자 하나, 높은 점수부터 | non_max_suppression: one box per object"""
    hint = "non_max_suppression"
    check_kept(facts, reference, "scene", T("물체 세 개에 상자 여섯 개", "Six boxes on three objects"), hint)
    check_kept(facts, reference, "apart", T("서로 떨어진 상자 네 개", "Four boxes that are apart"), hint)
    check_kept(facts, reference, "one", T("상자 하나", "One box"), hint)


@pytest.mark.points(1)
@pytest.mark.needs("non_max_suppression")
def test_nms_chain(facts, reference):
    """non_max_suppression: 버린 상자는 다른 상자를 못 지움 | non_max_suppression: a dropped box drops no other"""
    check_kept(facts, reference, "chain", T("차례로 겹친 상자 네 개", "Four boxes in a row"), "nms_chain")


@pytest.mark.points(1)
@pytest.mark.needs("non_max_suppression")
def test_nms_threshold(facts, reference):
    """non_max_suppression: threshold에 따라 달라지는 결과 | non_max_suppression: threshold decides"""
    for case, threshold in (("strict", 0.3), ("middle", 0.5), ("loose", 0.7)):
        check_kept(facts, reference, case, f"threshold={threshold}", "nms_threshold")


@pytest.mark.points(1)
def test_nms_empty(facts, reference):
    """non_max_suppression: 상자가 없을 때 | non_max_suppression: no boxes at all"""
    check_kept(facts, reference, "empty", T("상자가 없을 때", "No boxes"), "nms_empty")


@pytest.mark.points(1)
def test_top_k_accuracy(facts, reference):
    """top_k_accuracy: Top-5, Top-3, Top-2 정확도 | top_k_accuracy: top-5, top-3 and top-2"""
    labels = {
        "top5": T("영상 20장, 부류 10개, k=5(기본값)", "20 images, 10 classes, k=5 (the default)"),
        "top3": T("영상 15장, 부류 8개, k=3", "15 images, 8 classes, k=3"),
        "top2": T("영상 7장, 부류 5개, k=2", "7 images, 5 classes, k=2"),
    }
    check_numbers(facts, reference, "top_k_accuracy", labels, "top_k_accuracy")


@pytest.mark.points(1)
def test_top_k_range(facts, reference):
    """top_k_accuracy: k=1, 영상 한 장, 부류보다 큰 k | top_k_accuracy: k=1, one image, k beyond the classes"""
    labels = {
        "top1": "k=1",
        "one_image": T("영상 한 장, k=4", "One image, k=4"),
        "all_classes": T("부류 4개, k=4", "4 classes, k=4"),
        "few_classes": T("부류 3개, k=5", "3 classes, k=5"),
    }
    check_numbers(facts, reference, "top_k_accuracy", labels, "top_k_range")
