"""컨벌루션, 풀링, 출력 크기와 매개 변수 수를 직접 계산한다.

Convolution, pooling, output shapes and parameter counts, computed by hand.
"""

import numpy as np


def conv2d(image, kernel, stride=1, padding="valid"):
    """영상에 필터 하나를 적용하여 특징 맵 하나를 만든다.

    케라스의 Conv2D와 같이 필터를 뒤집지 않는다(교차 상관). 편향과 활성화 함수는 없다.
    conv2d는 NumPy만으로 계산한다.

    Args:
        image: (h, w) 또는 (h, w, c) 배열. uint8 같은 정수형이거나 실수형이다.
        kernel: image가 (h, w)이면 (kh, kw), (h, w, c)이면 (kh, kw, c) 배열. 정수형이거나 실수형이다.
        stride: 가로와 세로에 함께 쓰는 1 이상의 정수 간격.
        padding: "valid"(채우지 않음) 또는 "same"(0으로 채움).
            "same"의 출력 크기는 한 방향마다 ceil(크기 / stride)이다. 필요한 0의 개수는
            max((출력 크기 - 1) * stride + 필터 크기 - 크기, 0)이고, 홀수이면 아래쪽과 오른쪽에 하나 더 채운다.

    Returns:
        (oh, ow) 특징 맵 하나. 채널은 모두 더한다. (oh, ow, 1)도 된다. 정수형이든 실수형이든 좋지만
        반올림하거나 자르지 않은 값이어야 하고, 입력의 자료형 범위(uint8은 255)를 넘거나 음수여도 값이 맞아야 한다.

    Apply one filter to an image and return one feature map.

    Like Keras' Conv2D, the filter is not flipped (cross-correlation). There is no bias and no activation.
    conv2d computes with NumPy alone.

    Args:
        image: array (h, w) or (h, w, c), of an integer type such as uint8 or of a float type.
        kernel: array (kh, kw) where image is (h, w), (kh, kw, c) where it is (h, w, c); integer or float.
        stride: integer step of at least 1, the same in both directions.
        padding: "valid" (none) or "same" (zeros). For "same" the output has ceil(size / stride) values in
            each direction; max((output - 1) * stride + kernel size - size, 0) zeros are needed, and where
            that is odd the extra one goes to the bottom and to the right.

    Returns:
        One feature map (oh, ow), summed over the channels; (oh, ow, 1) is fine too. Integer or float, but
        neither rounded nor cut off, and right also where it is negative or beyond the range of the input's
        type (255 for uint8).
    """
    raise NotImplementedError("conv2d: 여기에 코드를 작성하세요 | write your code here")


def max_pool2d(feature_map, size=2):
    """특징 맵을 size x size 구역으로 나누고 구역마다 최댓값을 고른다.

    구역은 겹치지 않는다(간격이 size이다). 케라스의 MaxPooling2D처럼 아래쪽과 오른쪽에 남는 행과 열은 버린다.

    Args:
        feature_map: (h, w) 또는 (h, w, c) 배열. 정수형이거나 실수형이고, 음수도 있을 수 있다.
        size: 구역 한 변의 길이. 1 이상의 정수.

    Returns:
        (h // size, w // size) 또는 (h // size, w // size, c) 배열. 채널마다 따로 고른다.

    Divide a feature map into blocks of size x size and take the largest value of each.

    Blocks do not overlap (the stride is size). Rows and columns left over at the bottom and at the right are
    dropped, as Keras' MaxPooling2D does.

    Args:
        feature_map: array (h, w) or (h, w, c), integer or float; values may be negative.
        size: side of a block, an integer of at least 1.

    Returns:
        Array (h // size, w // size) or (h // size, w // size, c); each channel by itself.
    """
    raise NotImplementedError("max_pool2d: 여기에 코드를 작성하세요 | write your code here")


def conv_output_shape(input_shape, filters, kernel_size, stride=1, padding="valid"):
    """컨벌루션 레이어의 출력 모양을 구한다.

    Args:
        input_shape: 입력 영상의 (h, w, c). 배치 크기는 들어 있지 않다.
        filters: 필터의 개수.
        kernel_size: 필터의 크기. 정수 하나 또는 (kh, kw).
        stride: 가로와 세로에 함께 쓰는 정수 간격.
        padding: "valid" 또는 "same". conv2d와 같다.

    Returns:
        정수 (oh, ow, filters). 튜플이든 리스트든 좋다.

    The output shape of a convolution layer.

    Args:
        input_shape: (h, w, c) of the input image, without the batch size.
        filters: number of filters.
        kernel_size: size of a filter, one integer or (kh, kw).
        stride: integer step, the same in both directions.
        padding: "valid" or "same", as for conv2d.

    Returns:
        Integers (oh, ow, filters), as a tuple or a list.
    """
    raise NotImplementedError("conv_output_shape: 여기에 코드를 작성하세요 | write your code here")


def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    """컨벌루션 레이어의 매개 변수 수를 구한다.

    Args:
        kernel_size: 필터의 크기. 정수 하나 또는 (kh, kw).
        in_channels: 입력 채널의 수.
        filters: 필터의 개수.
        use_bias: 필터마다 편향이 하나 있으면 True.

    Returns:
        매개 변수의 수(정수).

    The number of parameters of a convolution layer.

    Args:
        kernel_size: size of a filter, one integer or (kh, kw).
        in_channels: number of input channels.
        filters: number of filters.
        use_bias: True where each filter has a bias.

    Returns:
        The number of parameters, an integer.
    """
    raise NotImplementedError("conv_parameter_count: 여기에 코드를 작성하세요 | write your code here")
