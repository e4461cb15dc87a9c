"""The table is made of NumPy columns; choose works with masks."""

import keras
import numpy as np

NAMES = [
    "Xception",
    "VGG16",
    "VGG19",
    "ResNet50",
    "ResNet101",
    "ResNet152",
    "ResNet50V2",
    "ResNet101V2",
    "ResNet152V2",
    "InceptionV3",
    "InceptionResNetV2",
    "MobileNet",
    "MobileNetV2",
]
SIZES = np.array([88, 528, 549, 98, 171, 232, 98, 171, 232, 92, 215, 16, 14])
TOP1 = np.array([0.790, 0.713, 0.713, 0.749, 0.764, 0.766, 0.760, 0.772, 0.780, 0.779, 0.803, 0.704, 0.713])
TOP5 = np.array([0.945, 0.901, 0.900, 0.921, 0.928, 0.931, 0.930, 0.938, 0.942, 0.937, 0.953, 0.895, 0.901])
PARAMETERS = np.array(
    [
        22_910_480,
        138_357_544,
        143_667_240,
        25_636_712,
        44_707_176,
        60_419_944,
        25_613_800,
        44_675_560,
        60_380_648,
        23_851_784,
        55_873_736,
        4_253_864,
        3_538_984,
    ]
)
DEPTHS = [126, 23, 26] + [None] * 6 + [159, 572, 88, 88]

MODELS = {
    name: {"size_mb": size, "top1": top1, "top5": top5, "parameters": parameters, "depth": depth}
    for name, size, top1, top5, parameters, depth in zip(NAMES, SIZES, TOP1, TOP5, PARAMETERS, DEPTHS, strict=True)
}


def build(name):
    return getattr(keras.applications, name)(weights=None)


def count_parameters(name):
    return np.sum([weights.size for weights in map(np.asarray, build(name).get_weights())])


def choose(max_size_mb=None, min_top1=None, max_parameters=None):
    mask = np.ones(len(NAMES), dtype=bool)
    if max_size_mb is not None:
        mask &= max_size_mb >= SIZES
    if min_top1 is not None:
        mask &= min_top1 <= TOP1
    if max_parameters is not None:
        mask &= max_parameters >= PARAMETERS
    order = np.argsort(-TOP1, kind="stable")
    return np.array(NAMES)[order[mask[order]]]
