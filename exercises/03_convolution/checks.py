"""공개 채점 | The checks that students see. Expected values are in reference.json, computed by Keras."""

import numpy as np
import pytest

from grader.award import T, expect


def check_map(facts, reference, case, label, hint):
    """One conv2d case: NumPy alone, the right shape, the right values."""
    actual = np.asarray(facts.array(f"conv2d.{case}"))
    used = ", ".join(map(str, facts.value("libraries", kind=list)))
    expect.that(
        not used,
        T("conv2d는 NumPy만으로 계산해야 합니다.", "conv2d must compute with NumPy alone."),
        expected=T("numpy만", "numpy only"),
        actual=used,
        hint="numpy_only",
    )
    if actual.ndim == 3 and actual.shape[2] == 1:
        actual = actual[..., 0]  # one map may keep its channel axis
    expected = np.asarray(reference.conv2d[case])
    expect.close(actual, expected, atol=reference.tolerance, what=label, hint=hint)


def check_pool(facts, reference, case, label, hint):
    """One max_pool2d case."""
    actual, expected = facts.array(f"max_pool2d.{case}"), np.asarray(reference.max_pool2d[case])
    expect.close(actual, expected, atol=reference.tolerance, what=label, hint=hint)


def check_numbers(facts, reference, function, labels):
    """Whole numbers, exactly; a list is as good as a tuple."""
    expected = getattr(reference, function)
    for case, label in labels.items():
        actual = np.asarray(facts.array(f"{function}.{case}")).tolist()
        expect.equal(actual, expected[case], what=label, hint=function)


@pytest.mark.points(2)
def test_conv2d_valid(facts, reference):
    """conv2d: 회색조 영상과 필터 | conv2d: a grey image and a filter"""
    check_map(facts, reference, "grey", T("회색조 영상", "Grey image"), "conv2d")
    check_map(facts, reference, "rectangle", T("정사각형이 아닌 필터", "Filter that is not square"), "conv2d")


@pytest.mark.points(1)
def test_conv2d_channels(facts, reference):
    """conv2d: 채널이 여럿인 영상 | conv2d: an image with channels"""
    check_map(facts, reference, "colour", T("컬러 영상", "Colour image"), "conv2d_channels")
    check_map(
        facts, reference, "two_channels", T("채널이 두 개인 영상", "Image with two channels"), "conv2d_channels"
    )


@pytest.mark.points(1)
@pytest.mark.needs("conv2d_valid")
def test_conv2d_integers(facts, reference):
    """conv2d: uint8 영상 | conv2d: a uint8 image"""
    hint = "conv2d_integers"
    check_map(facts, reference, "uint8", T("255를 넘는 합", "Sums beyond 255"), hint)
    check_map(facts, reference, "uint8_negative", T("음수가 나오는 필터", "Filter with negative sums"), hint)
    check_map(facts, reference, "uint8_mean", T("소수가 나오는 평균 필터", "Mean filter with fractions"), hint)


@pytest.mark.points(1)
@pytest.mark.needs("conv2d_valid")
def test_conv2d_stride(facts, reference):
    """conv2d: 간격 2와 3 | conv2d: strides 2 and 3"""
    check_map(facts, reference, "stride2", T("간격 2", "Stride 2"), "conv2d_stride")
    check_map(facts, reference, "stride3", T("간격 3", "Stride 3"), "conv2d_stride")


@pytest.mark.points(2)
@pytest.mark.needs("conv2d_valid")
def test_conv2d_same(facts, reference):
    """conv2d: "same" 패딩 | conv2d: "same" padding"""
    check_map(facts, reference, "same", T('"same", 필터 3x3', '"same", 3x3 filter'), "conv2d_same")
    check_map(
        facts, reference, "same_even", T('"same", 짝수 크기 필터', '"same", filter of even size'), "conv2d_same"
    )


@pytest.mark.points(1)
@pytest.mark.needs("conv2d_same", "conv2d_stride")
def test_conv2d_same_stride(facts, reference):
    """conv2d: 간격이 있는 "same" 패딩 | conv2d: "same" padding with a stride"""
    for stride in (2, 3):
        label = T(f'"same", 간격 {stride}', f'"same", stride {stride}')
        check_map(facts, reference, f"same_stride{stride}", label, "conv2d_same_stride")


@pytest.mark.points(1)
def test_max_pool2d(facts, reference):
    """max_pool2d: 특징 맵 하나 | max_pool2d: one feature map"""
    check_pool(facts, reference, "even", T("나누어떨어지는 크기", "Size that divides evenly"), "max_pool2d")
    check_pool(facts, reference, "odd", T("남는 행과 열", "Rows and columns left over"), "max_pool2d")
    check_pool(facts, reference, "size3", T("구역 3x3", "Blocks of 3x3"), "max_pool2d")
    check_pool(facts, reference, "negative", T("음수만 있는 특징 맵", "Negative values only"), "max_pool2d")


@pytest.mark.points(1)
def test_max_pool2d_channels(facts, reference):
    """max_pool2d: 채널이 여럿인 특징 맵 | max_pool2d: feature maps with channels"""
    hint = "max_pool2d_channels"
    check_pool(facts, reference, "channels", T("채널 세 개", "Three channels"), hint)
    check_pool(facts, reference, "channels_size3", T("채널 두 개, 구역 3x3", "Two channels, blocks of 3x3"), hint)


@pytest.mark.points(2)
def test_conv_output_shape(facts, reference):
    """conv_output_shape: 교재의 출력 모양 | conv_output_shape: the textbook's output shapes"""
    labels = {
        "cifar10": T("CIFAR-10의 첫 컨벌루션", "First convolution of the CIFAR-10 network"),
        "cifar10_second": T("CIFAR-10의 둘째 컨벌루션", "Second convolution of the CIFAR-10 network"),
        "cats_vs_dogs": T("강아지와 고양이의 첫 컨벌루션", "First convolution of cats and dogs"),
        "inception": T("InceptionV3의 첫 레이어, 간격 2", "First layer of InceptionV3, stride 2"),
        "rectangle": T("(20, 30, 1)에 필터 8개 (5, 2)", "8 filters (5, 2) on (20, 30, 1)"),
        "stride2": T("(28, 20, 1)에 필터 3x3, 간격 2", "3x3 filters with stride 2 on (28, 20, 1)"),
        "same": T('(32, 24, 3)에 "same"', '"same" on (32, 24, 3)'),
        "same_stride2": T('(15, 20, 3)에 "same", 간격 2', '"same" with stride 2 on (15, 20, 3)'),
    }
    check_numbers(facts, reference, "conv_output_shape", labels)


@pytest.mark.points(1)
def test_conv_parameter_count(facts, reference):
    """conv_parameter_count: 교재의 매개 변수 수 | conv_parameter_count: the textbook's parameter counts"""
    labels = {
        "cifar10": T("CIFAR-10의 첫 컨벌루션", "First convolution of the CIFAR-10 network"),
        "cifar10_second": T("CIFAR-10의 둘째 컨벌루션", "Second convolution of the CIFAR-10 network"),
        "cats_vs_dogs": T("강아지와 고양이의 첫 컨벌루션", "First convolution of cats and dogs"),
        "cats_vs_dogs_second": T("강아지와 고양이의 둘째 컨벌루션", "Second convolution of cats and dogs"),
        "rectangle": T("12 채널에 필터 5개 (1, 7)", "5 filters (1, 7) on 12 channels"),
        "no_bias": T("편향이 없는 레이어", "Layer without bias"),
    }
    check_numbers(facts, reference, "conv_parameter_count", labels)
