"""직원용 채점 | Staff's checks: the same functions on inputs that no student has seen.

Expected values come from the definitions, written here as plain loops (a second way to Keras' numbers: a test
holds both together).
"""

import numpy as np
import pytest

from grader.award import T, expect

ATOL = 1e-3


def expected_conv2d(image, kernel, stride=1, padding=0):
    """Sum of products of the filter and every window; zeros around the image for padding 1 ("same")."""
    image, kernel = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    if image.ndim == 2:
        image, kernel = image[..., np.newaxis], kernel[..., np.newaxis]
    rows, columns, top, left = [
        *(output_length(image.shape[axis], kernel.shape[axis], stride, padding) for axis in (0, 1)),
        *(zeros_before(image.shape[axis], kernel.shape[axis], stride, padding) for axis in (0, 1)),
    ]
    result = np.zeros((rows, columns))
    for row, column in np.ndindex(rows, columns):
        for y, x in np.ndindex(*kernel.shape[:2]):
            i, j = row * stride + y - top, column * stride + x - left
            if 0 <= i < image.shape[0] and 0 <= j < image.shape[1]:
                result[row, column] += float(image[i, j] @ kernel[y, x])
    return result


def output_length(size, extent, stride, padding):
    """How many windows there are in one direction."""
    return int(np.ceil(size / stride)) if padding else len(range(0, size - extent + 1, stride))


def zeros_before(size, extent, stride, padding):
    """Zeros at the top or left: half of all that "same" needs, rounded down."""
    if not padding:
        return 0
    return max((output_length(size, extent, stride, padding) - 1) * stride + extent - size, 0) // 2


def expected_max_pool2d(feature_map, size=2):
    """Largest value of every whole block."""
    rows, columns = feature_map.shape[0] // size, feature_map.shape[1] // size
    result = np.zeros((rows, columns, *feature_map.shape[2:]))
    for row, column in np.ndindex(rows, columns):
        block = feature_map[row * size : (row + 1) * size, column * size : (column + 1) * size]
        result[row, column] = np.max(block, axis=(0, 1))
    return result


def expected_conv_output_shape(input_shape, filters, kernel_size, stride=1, padding=0):
    """(rows, columns, filters)."""
    kernel = np.broadcast_to(kernel_size, 2)
    lengths = (output_length(int(input_shape[i]), int(kernel[i]), int(stride), padding) for i in (0, 1))
    return np.array([*lengths, int(filters)])


def expected_conv_parameter_count(kernel_size, in_channels, filters, use_bias=1):
    """One weight per value of every filter, and a bias per filter."""
    values = int(np.prod(np.broadcast_to(kernel_size, 2))) * int(in_channels)
    return np.array((values + int(use_bias)) * int(filters))


EXPECTED = {
    "conv2d": expected_conv2d,
    "max_pool2d": expected_max_pool2d,
    "conv_output_shape": expected_conv_output_shape,
    "conv_parameter_count": expected_conv_parameter_count,
}


def arguments_by_case(inputs, function):
    """The hidden cases of one function: names of cases, each with its arguments by name."""
    cases = {}
    for name in sorted(inputs):
        case, _, argument = name.rpartition(".")
        if case.startswith(f"hidden.{function}."):
            array = np.asarray(inputs[name])
            cases.setdefault(case, {})[argument] = array if array.ndim else int(array)
    return cases


def check_cases(facts, inputs, function, only=lambda case: True):
    """Every hidden case of ``function`` for which ``only`` holds."""
    cases = [(c, a) for c, a in arguments_by_case(inputs, function).items() if only(c)]
    assert cases, f"no hidden inputs for {function}"
    for case, arguments in cases:
        actual = np.asarray(facts.array(case))
        if function == "conv2d" and actual.ndim == 3 and actual.shape[2] == 1:
            actual = actual[..., 0]
        expected = EXPECTED[function](**arguments)
        what = T(f"비공개 사례 {case}", f"Hidden case {case}")
        expect.close(actual, expected, atol=ATOL, hint=function, what=what)


@pytest.mark.staff
@pytest.mark.points(2)
@pytest.mark.needs("conv2d_valid", "conv2d_channels", "conv2d_integers", "conv2d_stride")
def test_hidden_conv2d(facts, inputs):
    """conv2d: 다른 영상과 간격 | conv2d: other images and strides"""
    check_cases(facts, inputs, "conv2d", lambda case: ".same_" not in case)


@pytest.mark.staff
@pytest.mark.points(2)
@pytest.mark.needs("conv2d_channels", "conv2d_integers", "conv2d_same", "conv2d_same_stride")
def test_hidden_conv2d_same(facts, inputs):
    """conv2d: 다른 영상의 "same" 패딩 | conv2d: "same" padding of other images"""
    check_cases(facts, inputs, "conv2d", lambda case: ".same_" in case)


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("max_pool2d", "max_pool2d_channels")
def test_hidden_max_pool2d(facts, inputs):
    """max_pool2d: 다른 특징 맵 | max_pool2d: other feature maps"""
    check_cases(facts, inputs, "max_pool2d")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("conv_output_shape")
def test_hidden_conv_output_shape(facts, inputs):
    """conv_output_shape: 다른 레이어 | conv_output_shape: other layers"""
    check_cases(facts, inputs, "conv_output_shape")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("conv_parameter_count")
def test_hidden_conv_parameter_count(facts, inputs):
    """conv_parameter_count: 다른 레이어 | conv_parameter_count: other layers"""
    check_cases(facts, inputs, "conv_parameter_count")
