"""Rows are named tuples; models are looked up in a dict of functions and kept."""

import functools
import math
from typing import NamedTuple

from keras import applications


class Row(NamedTuple):
    size_mb: float
    top1: float
    top5: float
    parameters: int
    depth: int | None


MODELS = {
    "Xception": Row(88, 0.790, 0.945, 22_910_480, 126),
    "VGG16": Row(528, 0.713, 0.901, 138_357_544, 23),
    "VGG19": Row(549, 0.713, 0.900, 143_667_240, 26),
    "ResNet50": Row(98, 0.749, 0.921, 25_636_712, None),
    "ResNet101": Row(171, 0.764, 0.928, 44_707_176, None),
    "ResNet152": Row(232, 0.766, 0.931, 60_419_944, None),
    "ResNet50V2": Row(98, 0.760, 0.930, 25_613_800, None),
    "ResNet101V2": Row(171, 0.772, 0.938, 44_675_560, None),
    "ResNet152V2": Row(232, 0.780, 0.942, 60_380_648, None),
    "InceptionV3": Row(92, 0.779, 0.937, 23_851_784, 159),
    "InceptionResNetV2": Row(215, 0.803, 0.953, 55_873_736, 572),
    "MobileNet": Row(16, 0.704, 0.895, 4_253_864, 88),
    "MobileNetV2": Row(14, 0.713, 0.901, 3_538_984, 88),
}


BUILDERS = {name: getattr(applications, name) for name in MODELS}


@functools.cache
def build(name):
    return BUILDERS[name](weights=None)


def count_parameters(name):
    return sum(math.prod(variable.shape) for variable in build(name).variables if "seed" not in variable.name)


def choose(max_size_mb=math.inf, min_top1=None, max_parameters=None):
    size = math.inf if max_size_mb is None else max_size_mb
    top1 = 0 if min_top1 is None else min_top1
    parameters = math.inf if max_parameters is None else max_parameters
    rows = [(row.top1, name) for name, row in MODELS.items() if row.size_mb <= size and row.top1 >= top1]
    rows = [(accuracy, name) for accuracy, name in rows if MODELS[name].parameters <= parameters]
    return tuple(name for _, name in sorted(rows, reverse=True))
