"""What chapter 10, "영상인식", prints in its tables, typed in once for docs/make_chapter.py."""

from __future__ import annotations

from typing import Any

Row = tuple[Any, ...]

#: Section "컨벌루션 신경망을 이용한 CIFAR-10 분류 프로그램": name (type), output shape, Param #.
CIFAR10_TABLE: tuple[Row, ...] = (
    ("conv2d (Conv2D)", (None, 30, 30, 64), 1792),
    ("max_pooling2d (MaxPooling2D)", (None, 15, 15, 64), 0),
    ("conv2d_1 (Conv2D)", (None, 13, 13, 32), 18464),
    ("flatten (Flatten)", (None, 5408), 0),
    ("dense (Dense)", (None, 80), 432720),
    ("dense_1 (Dense)", (None, 10), 810),
)
CIFAR10_TOTAL = (453786, "1.73 MB")

#: Section "예제: 강아지와 고양이 구별하기".
CATS_TABLE: tuple[Row, ...] = (
    ("conv2d (Conv2D)", (None, 126, 126, 32), 896),
    ("max_pooling2d (MaxPooling2D)", (None, 63, 63, 32), 0),
    ("conv2d_1 (Conv2D)", (None, 61, 61, 64), 18496),
    ("max_pooling2d_1 (MaxPooling2D)", (None, 30, 30, 64), 0),
    ("flatten (Flatten)", (None, 57600), 0),
    ("dense (Dense)", (None, 512), 29491712),
    ("dense_1 (Dense)", (None, 1), 513),
)
CATS_TOTAL = (29511617, "112.58 MB")

#: Section "사전 훈련된 신경망 모델": name, size in MB, top-1, top-5, parameters, depth (None: a dash).
MODEL_TABLE: tuple[tuple[str, int, float, float, int, int | None], ...] = (
    ("Xception", 88, 0.790, 0.945, 22910480, 126),
    ("VGG16", 528, 0.713, 0.901, 138357544, 23),
    ("VGG19", 549, 0.713, 0.900, 143667240, 26),
    ("ResNet50", 98, 0.749, 0.921, 25636712, None),
    ("ResNet101", 171, 0.764, 0.928, 44707176, None),
    ("ResNet152", 232, 0.766, 0.931, 60419944, None),
    ("ResNet50V2", 98, 0.760, 0.930, 25613800, None),
    ("ResNet101V2", 171, 0.772, 0.938, 44675560, None),
    ("ResNet152V2", 232, 0.780, 0.942, 60380648, None),
    ("InceptionV3", 92, 0.779, 0.937, 23851784, 159),
    ("InceptionResNetV2", 215, 0.803, 0.953, 55873736, 572),
    ("MobileNet", 16, 0.704, 0.895, 4253864, 88),
    ("MobileNetV2", 14, 0.713, 0.901, 3538984, 88),
)

#: Section "영상인식 신경망 체험하기": what the page that it shows prints beside InceptionV3's first layers.
INCEPTION_TABLE: tuple[tuple[str, str], ...] = (
    ("InputLayer", "shape: [299,299,3]"),
    ("Conv2D", "32 3x3 filters, 2x2 striding, no border padding"),
    ("BatchNormalization", ""),
    ("Activation", "relu"),
)

#: Section "컴퓨터 시각 분야 응용의 예".
CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR10_COUNTS = {"training": 50000, "test": 10000}

#: Section "데이터 증대": the transformations, and what they are called in the library.
AUGMENTATION: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("좌우반전 (flip)", ("horizontal_flip",), "RandomFlip"),
    ("밝기조절 (brightness)", ("brightness_range",), "RandomBrightness"),
    ("좌표이동 (shift)", ("width_shift_range", "height_shift_range"), "RandomTranslation"),
    ("회전 (rotation)", ("rotation_range",), "RandomRotation"),
    ("확대 (zoom)", ("zoom_range",), "RandomZoom"),
)

#: Section "사전 훈련된 모델을 내 프로젝트에 맞게 재정의하기".
STRATEGIES = {
    1: "사전 훈련 모델의 구조만 사용하고 학습은 전부 새로 한다.",
    2: "특징 추출하는 레이어 중에서 일부는 고정시키고 일부는 새로 학습. 분류는 전부 다시 학습.",
    3: "오직 분류기 레이어만 새로 학습한다.",
}
