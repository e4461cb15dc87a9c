"""전통적인 영상 인식: 사람이 정한 특징을 추출하여 분류기로 보낸다.

영상은 32x32 컬러이고 부류는 바다, 숲, 해바라기, 건물이다.

Classical image recognition: features that people chose are extracted and handed to a classifier.

The images are 32x32 in colour; the classes are sea, forest, sunflower and building.
"""

import numpy as np


def extract_features(images):
    """영상마다 특징 벡터 하나를 추출한다.

    어떤 특징을 쓸지는 자유이다: 색의 평균이나 히스토그램, 기울기의 방향, 작게 줄인 영상 등.

    Args:
        images: (n, 32, 32, 3) 배열. uint8(0에서 255)이거나 실수형(0에서 1)이다. n은 1일 수도 있다.

    Returns:
        (n, d) 배열. 값은 모두 유한한 수이고 d는 1 이상이며 언제나 같다. i번째 줄은 i번째 영상에서만 나온다: 함께
        넣은 다른 영상이나 순서에 따라 달라지지 않고, 같은 영상이면 언제나 같은 특징이 나온다.

    Extract one feature vector from each image.

    Which features they are is up to you: mean colours or histograms, directions of gradients, the image made
    smaller and so on.

    Args:
        images: array (n, 32, 32, 3), uint8 (from 0 to 255) or float (from 0 to 1); n may be 1.

    Returns:
        An array (n, d) of finite numbers; d is at least 1 and always the same. Row i comes from image i alone: it
        does not depend on other images given along with it or on their order, and the same image always has the
        same features.
    """
    raise NotImplementedError("extract_features: 여기에 코드를 작성하세요 | write your code here")


def build_classifier():
    """특징에서 부류를 알아내는 분류기를 만든다.

    직접 만든 클래스의 객체면 된다(최근접 중심, k-최근접 이웃, 소프트맥스 회귀 등).

    Returns:
        메서드가 두 개인 새 객체. fit(features, labels)는 (n, d) 특징과 (n,) 정수형 부류 번호로 배우고,
        predict(features)는 (m, d) 특징마다 부류 번호 하나를 (m,) 배열로 돌려준다. 부류의 수와 d는 정해져 있지
        않고, 부류 번호는 0부터 이어지지 않을 수 있다. 부를 때마다 서로 다른 객체를 만든다.

    Build a classifier, which tells classes from features.

    An object of a class of your own will do (nearest class mean, k nearest neighbours, softmax regression …).

    Returns:
        A new object with two methods. fit(features, labels) learns from features (n, d) and integer class ids
        (n,); predict(features) returns one class id for each row of features (m, d), as an array (m,). The number
        of classes and d are not fixed, and class ids need not count up from 0. Every call makes an object of its
        own.
    """

    raise NotImplementedError("build_classifier: 여기에 코드를 작성하세요 | write your code here")


def recognise(train_images, train_labels, test_images):
    """훈련 영상으로 배우고 테스트 영상의 부류를 알아맞힌다.

    Args:
        train_images: (n, 32, 32, 3) uint8 배열.
        train_labels: (n,) 정수형 배열. 부류 번호는 0부터 이어지지 않을 수 있다.
        test_images: (m, 32, 32, 3) uint8 배열.

    Returns:
        (m,) 배열. 테스트 영상마다 train_labels에 있던 부류 번호 하나.

    Learn from the training images and tell the classes of the test images.

    Args:
        train_images: uint8 array (n, 32, 32, 3).
        train_labels: integer array (n,); class ids need not count up from 0.
        test_images: uint8 array (m, 32, 32, 3).

    Returns:
        An array (m,): for each test image one of the class ids in train_labels.
    """
    raise NotImplementedError("recognise: 여기에 코드를 작성하세요 | write your code here")
