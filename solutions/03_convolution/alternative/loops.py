"""Plain loops, lists as results, Python's own floats."""


def _pad(size, extent, stride, padding):
    if padding == "valid":
        return 0, (size - extent) // stride + 1
    out = -(-size // stride)
    return max((out - 1) * stride + extent - size, 0) // 2, out


def conv2d(image, kernel, stride=1, padding="valid"):
    image, kernel = image.tolist(), kernel.tolist()
    top, rows = _pad(len(image), len(kernel), stride, padding)
    left, columns = _pad(len(image[0]), len(kernel[0]), stride, padding)
    result = []
    for r in range(rows):
        line = []
        for c in range(columns):
            total = 0
            for y, weights in enumerate(kernel):
                for x, weight in enumerate(weights):
                    i, j = r * stride + y - top, c * stride + x - left
                    if 0 <= i < len(image) and 0 <= j < len(image[0]):
                        value = image[i][j]
                        if isinstance(weight, list):
                            total += sum(v * w for v, w in zip(value, weight))
                        else:
                            total += value * weight
            line.append(total)
        result.append(line)
    return result


def max_pool2d(feature_map, size=2):
    if feature_map.ndim == 3:
        layers = [max_pool2d(feature_map[:, :, k], size) for k in range(feature_map.shape[2])]
        return [[list(values) for values in zip(*rows)] for rows in zip(*layers)]
    h, w = feature_map.shape
    return [
        [
            max(float(feature_map[i + y, j + x]) for y in range(size) for x in range(size))
            for j in range(0, w - size + 1, size)
        ]
        for i in range(0, h - size + 1, size)
    ]


def conv_output_shape(input_shape, filters, kernel_size, stride=1, padding="valid"):
    if isinstance(kernel_size, int):
        kernel_size = [kernel_size, kernel_size]
    return [_pad(input_shape[i], kernel_size[i], stride, padding)[1] for i in (0, 1)] + [filters]


def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    if isinstance(kernel_size, int):
        kernel_size = [kernel_size, kernel_size]
    one = kernel_size[0] * kernel_size[1] * in_channels
    if use_bias:
        one += 1
    return one * filters
