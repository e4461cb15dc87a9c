"""np.tensordot at every place, integer arithmetic for integer inputs, classes for settings."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Axis:
    size: int
    extent: int
    stride: int
    padding: str

    @property
    def output(self):
        if self.padding == "same":
            return (self.size + self.stride - 1) // self.stride
        return (self.size - self.extent) // self.stride + 1

    @property
    def zeros(self):
        if self.padding == "valid":
            return (0, 0)
        total = max(0, (self.output - 1) * self.stride + self.extent - self.size)
        return (total // 2, total - total // 2)


def conv2d(image, kernel, stride=1, padding="valid"):
    both_integers = image.dtype.kind in "iu" and kernel.dtype.kind in "iu"
    dtype = np.int64 if both_integers else np.float64
    image, kernel = image.astype(dtype), kernel.astype(dtype)
    rows = Axis(image.shape[0], kernel.shape[0], stride, padding)
    columns = Axis(image.shape[1], kernel.shape[1], stride, padding)
    image = np.pad(image, [rows.zeros, columns.zeros] + [(0, 0)] * (image.ndim - 2))
    result = np.empty((rows.output, columns.output), dtype)
    for i in range(rows.output):
        for j in range(columns.output):
            top, left = i * stride, j * stride
            window = image[top : top + kernel.shape[0], left : left + kernel.shape[1]]
            result[i, j] = np.tensordot(window, kernel, axes=kernel.ndim)
    return result


def max_pool2d(feature_map, size=2):
    trimmed = feature_map[
        : feature_map.shape[0] - feature_map.shape[0] % size,
        : feature_map.shape[1] - feature_map.shape[1] % size,
    ]
    rows = np.maximum.reduceat(trimmed, np.arange(0, trimmed.shape[0], size), axis=0)
    return np.maximum.reduceat(rows, np.arange(0, trimmed.shape[1], size), axis=1)


def conv_output_shape(input_shape, filters, kernel_size, stride=1, padding="valid"):
    extents = (kernel_size,) * 2 if np.isscalar(kernel_size) else kernel_size
    sizes = [Axis(n, k, stride, padding).output for n, k in zip(input_shape, extents)]
    return (*sizes, filters)


def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    extents = (kernel_size,) * 2 if np.isscalar(kernel_size) else kernel_size
    weights = np.zeros((*extents, in_channels, filters))
    return weights.size + (np.zeros(filters).size if use_bias else 0)
