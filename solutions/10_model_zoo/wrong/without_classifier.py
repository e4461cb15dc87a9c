"""Builds the feature extractor alone."""

import keras

MODELS = {
    "Xception": {"size_mb": 88, "top1": 0.790, "top5": 0.945, "parameters": 22_910_480, "depth": 126},
    "VGG16": {"size_mb": 528, "top1": 0.713, "top5": 0.901, "parameters": 138_357_544, "depth": 23},
    "VGG19": {"size_mb": 549, "top1": 0.713, "top5": 0.900, "parameters": 143_667_240, "depth": 26},
    "ResNet50": {"size_mb": 98, "top1": 0.749, "top5": 0.921, "parameters": 25_636_712, "depth": None},
    "ResNet101": {"size_mb": 171, "top1": 0.764, "top5": 0.928, "parameters": 44_707_176, "depth": None},
    "ResNet152": {"size_mb": 232, "top1": 0.766, "top5": 0.931, "parameters": 60_419_944, "depth": None},
    "ResNet50V2": {"size_mb": 98, "top1": 0.760, "top5": 0.930, "parameters": 25_613_800, "depth": None},
    "ResNet101V2": {"size_mb": 171, "top1": 0.772, "top5": 0.938, "parameters": 44_675_560, "depth": None},
    "ResNet152V2": {"size_mb": 232, "top1": 0.780, "top5": 0.942, "parameters": 60_380_648, "depth": None},
    "InceptionV3": {"size_mb": 92, "top1": 0.779, "top5": 0.937, "parameters": 23_851_784, "depth": 159},
    "InceptionResNetV2": {"size_mb": 215, "top1": 0.803, "top5": 0.953, "parameters": 55_873_736, "depth": 572},
    "MobileNet": {"size_mb": 16, "top1": 0.704, "top5": 0.895, "parameters": 4_253_864, "depth": 88},
    "MobileNetV2": {"size_mb": 14, "top1": 0.713, "top5": 0.901, "parameters": 3_538_984, "depth": 88},
}


def build(name):
    return getattr(keras.applications, name)(weights=None, include_top=False)


def count_parameters(name):
    return build(name).count_params()


def choose(max_size_mb=None, min_top1=None, max_parameters=None):
    names = [
        name
        for name, row in MODELS.items()
        if (max_size_mb is None or row["size_mb"] <= max_size_mb)
        and (min_top1 is None or row["top1"] >= min_top1)
        and (max_parameters is None or row["parameters"] <= max_parameters)
    ]
    return sorted(names, key=lambda name: MODELS[name]["top1"], reverse=True)
