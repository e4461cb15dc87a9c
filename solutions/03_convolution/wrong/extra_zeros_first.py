"""Puts the extra row of zeros at the top and left instead of the bottom and right."""

import numpy as np


def conv2d(image, kernel, stride=1, padding="valid"):
    image = np.asarray(image, dtype=np.float64)
    kernel = np.asarray(kernel, dtype=np.float64)
    if image.ndim == 2:
        image, kernel = image[..., np.newaxis], kernel[..., np.newaxis]
    height, width = kernel.shape[:2]
    if padding == "same":
        borders = []
        for size, extent in zip(image.shape, (height, width), strict=False):
            zeros = max((-(-size // stride) - 1) * stride + extent - size, 0)
            borders.append((zeros - zeros // 2, zeros // 2))
        image = np.pad(image, [*borders, (0, 0)])
    elif padding != "valid":
        raise ValueError(f'padding must be "valid" or "same", not {padding!r}')
    windows = np.lib.stride_tricks.sliding_window_view(image, (height, width), axis=(0, 1))
    # windows: (rows, columns, channels, kernel height, kernel width)
    return np.einsum("ijcab,abc->ij", windows[::stride, ::stride], kernel)


def max_pool2d(feature_map, size=2):
    feature_map = np.asarray(feature_map)
    rows, columns = feature_map.shape[0] // size, feature_map.shape[1] // size
    blocks = feature_map[: rows * size, : columns * size]
    blocks = blocks.reshape(rows, size, columns, size, *feature_map.shape[2:])
    return blocks.max(axis=(1, 3))


def conv_output_shape(input_shape, filters, kernel_size, stride=1, padding="valid"):
    kernel = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else tuple(kernel_size)
    if padding == "same":
        height, width = (-(-size // stride) for size in input_shape[:2])
    elif padding == "valid":
        height, width = ((size - extent) // stride + 1 for size, extent in zip(input_shape, kernel, strict=False))
    else:
        raise ValueError(f'padding must be "valid" or "same", not {padding!r}')
    return height, width, filters


def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    height, width = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    return height * width * in_channels * filters + (filters if use_bias else 0)
