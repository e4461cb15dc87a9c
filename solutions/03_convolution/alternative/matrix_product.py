"""Windows as rows of a matrix (im2col), with other parameter names and one map that keeps its channel axis."""

# Keras is imported to compare with; conv2d itself does not touch it.
import keras
import numpy as np
from numpy.lib.stride_tricks import as_strided


def _to_3d(array):
    array = np.asarray(array, dtype=float)
    return array.reshape(*array.shape[:2], -1)


def conv2d(img, filt, stride=1, padding="valid"):
    img, filt = _to_3d(img), _to_3d(filt)
    kh, kw, c = filt.shape
    if padding.lower() == "same":
        need = []
        for n, k in zip(img.shape[:2], (kh, kw)):
            rest = n % stride
            total = max(k - (stride if rest == 0 else rest), 0)
            need.append([total // 2, total - total // 2])
        img = np.pad(img, need + [[0, 0]], mode="constant")
    img = np.ascontiguousarray(img)
    oh = (img.shape[0] - kh) // stride + 1
    ow = (img.shape[1] - kw) // stride + 1
    s0, s1, s2 = img.strides
    windows = as_strided(img, (oh, ow, kh, kw, c), (s0 * stride, s1 * stride, s0, s1, s2))
    return (windows.reshape(oh * ow, -1) @ filt.reshape(-1, 1)).reshape(oh, ow, 1)


def max_pool2d(maps, size=2):
    flat = maps.ndim == 2
    if flat:
        maps = maps[:, :, None]
    oh, ow = maps.shape[0] // size, maps.shape[1] // size
    out = np.full((oh, ow, maps.shape[2]), -np.inf)
    for i in range(oh):
        for j in range(ow):
            out[i, j] = maps[i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(0, 1))
    return out[:, :, 0] if flat else out


def conv_output_shape(shape, n, k, stride=1, padding="valid"):
    try:
        kh, kw = k
    except TypeError:
        kh = kw = k
    if padding == "same":
        return np.array([(shape[0] - 1) // stride + 1, (shape[1] - 1) // stride + 1, n])
    return np.array([(shape[0] - kh + stride) // stride, (shape[1] - kw + stride) // stride, n])


def conv_parameter_count(k, c, n, use_bias=True):
    kh, kw = (k, k) if np.isscalar(k) else k
    return float(kh * kw * c * n + int(use_bias) * n)


if __name__ == "__main__":
    image, kernel = np.random.rand(8, 8, 3), np.random.rand(3, 3, 3)
    theirs = keras.ops.conv(image[None], kernel[..., None])
    print(np.abs(np.array(theirs)[0] - conv2d(image, kernel)).max())
