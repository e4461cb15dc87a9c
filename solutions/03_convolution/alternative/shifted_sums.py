"""Adds up shifted copies of the image, one per weight: a loop over the filter, not over the image. float32."""

import math

import numpy as np


def same_padding(size, extent, stride):
    missing = max((math.ceil(size / stride) - 1) * stride + extent - size, 0)
    return missing // 2, math.ceil(missing / 2)


def conv2d(image, kernel, stride=1, padding="valid"):
    image = image.astype("float32")
    if image.ndim == 3:
        return sum(conv2d(image[..., c], kernel[..., c], stride, padding) for c in range(image.shape[2]))
    kh, kw = kernel.shape
    if padding == "same":
        image = np.pad(
            image,
            (same_padding(image.shape[0], kh, stride), same_padding(image.shape[1], kw, stride)),
        )
    h, w = image.shape
    full = np.zeros((h - kh + 1, w - kw + 1), np.float32)
    for y in range(kh):
        for x in range(kw):
            full += kernel[y, x] * image[y : h - kh + 1 + y, x : w - kw + 1 + x]
    return full[::stride, ::stride]


def max_pool2d(feature_map, size=2):
    h = feature_map.shape[0] // size * size
    w = feature_map.shape[1] // size * size
    candidates = [feature_map[y:h:size, x:w:size] for y in range(size) for x in range(size)]
    return np.maximum.reduce(candidates)


def conv_output_shape(input_shape, filters, kernel_size, stride=1, padding="valid"):
    kernel_size = np.broadcast_to(kernel_size, (2,))
    size = np.array(input_shape[:2])
    if padding == "valid":
        size = size - kernel_size + 1
    oh, ow = np.ceil(size / stride).astype(int)
    return (oh, ow, filters)


def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    return np.prod(np.broadcast_to(kernel_size, (2,))) * in_channels * filters + filters * use_bias
