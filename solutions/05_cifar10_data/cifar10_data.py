"""CIFAR-10 데이터를 신경망이 배울 수 있게 준비한다.

영상과 레이블은 keras.datasets.cifar10.load_data()가 주는 것과 같은 NumPy 배열이다. 채점은 작은 배열로 하므로
데이터를 내려받을 필요가 없다.

Prepare the CIFAR-10 data for a network.

Images and labels are NumPy arrays like those that keras.datasets.cifar10.load_data() gives. Small arrays are used
for grading, so nothing needs to be downloaded.
"""

import numpy as np

# 부류의 이름 열 개를 번호 순서대로 담은 리스트나 튜플. 영어 이름은 교재에 있다(0번이 airplane).
# The names of the ten classes in the order of their numbers, as a list or a tuple; the textbook has them
# (0 is airplane).
### BEGIN SOLUTION: CLASS_NAMES = []
CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
### END SOLUTION


def preprocess(x, y, num_classes=10):
    """영상을 0에서 1 사이의 float32로, 레이블을 원-핫 벡터로 바꾼다.

    Args:
        x: (n, h, w, 3) uint8 영상. 화소는 0에서 255이다.
        y: 부류의 번호(레이블). (n,) 또는 케라스가 주는 (n, 1) 모양의 정수형 배열이다.
        num_classes: 부류의 수. y에 모든 부류가 들어 있지는 않을 수도 있다.

    Returns:
        (영상, 레이블) 두 개. 영상은 x와 모양이 같은 float32 배열로 화소 0이 0.0, 255가 1.0이다(255로 나눈다).
        레이블은 (n, num_classes) 배열로 줄마다 그 부류의 자리만 1이고 나머지는 0이다. 레이블의 자료형은 자유이다.

    Turn images into float32 from 0 to 1, and labels into one-hot vectors.

    Args:
        x: uint8 images (n, h, w, 3), pixels from 0 to 255.
        y: numbers of the classes, an integer array of shape (n,) or, as Keras gives it, (n, 1).
        num_classes: number of classes; y need not have all of them.

    Returns:
        A pair (images, labels). Images: a float32 array of the shape of x in which pixel 0 is 0.0 and 255 is 1.0
        (divide by 255). Labels: an array (n, num_classes) of any numeric dtype, with a 1 in the label's place of
        each row and 0 elsewhere.
    """
    ### BEGIN SOLUTION
    images = x.astype(np.float32) / np.float32(255)
    labels = np.eye(num_classes, dtype=np.float32)[np.asarray(y).reshape(-1)]
    return images, labels
    ### END SOLUTION


def stratified_split(x, y, fraction=0.2, seed=0):
    """부류의 비율을 지키면서 데이터를 둘로 나눈다.

    부류마다 그 부류 영상의 fraction만큼을 무작위로 골라 떼어 낸다. 수가 나누어떨어지지 않으면 올려도, 내려도,
    반올림해도 좋다. 영상과 레이블의 값은 바꾸지 않고, 돌려주는 순서는 자유이다.

    Args:
        x: (n, h, w, c) 영상. 자료형은 무엇이든 될 수 있다.
        y: (n,) 정수형 배열. 0에서 9 사이의 부류 번호이고, 없는 부류가 있을 수 있다.
        fraction: 떼어 낼 비율. 0과 1 사이의 수.
        seed: 무작위 선택의 시드. 같은 시드이면 언제나 같은 결과, 다른 시드이면 다른 결과가 나온다.

    Returns:
        ((x, y), (x, y)) 두 쌍. 첫째가 훈련 데이터, 둘째가 떼어 낸 데이터이다. 모든 영상이 둘 가운데 한 곳에 꼭
        한 번, 제 레이블과 함께 들어 있다.

    Split data in two, with the same mixture of classes in both.

    Of every class its fraction of images is picked at random and held out. Where that is no whole number, round
    up, down, or to the nearest. Values of images and labels stay as they are; the order of the result is free.

    Args:
        x: images (n, h, w, c) of any dtype.
        y: integer array (n,), class numbers from 0 to 9; some classes may be absent.
        fraction: share to hold out, a number between 0 and 1.
        seed: seed of the random choice. The same seed always gives the same split, another seed another one.

    Returns:
        Two pairs ((x, y), (x, y)): the training data first, then what is held out. Every image is in one of the
        two, exactly once, together with its label.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(y), dtype=bool)
    for c in np.unique(y):
        places = rng.permutation(np.flatnonzero(y == c))
        held_out[places[: round(fraction * len(places))]] = True
    return (x[~held_out], y[~held_out]), (x[held_out], y[held_out])
    ### END SOLUTION


def summarise(x, y):
    """데이터 세트를 한눈에 보여 주는 dict를 만든다.

    Args:
        x: (n, h, w, c) 영상. 자료형은 무엇이든 될 수 있다.
        y: (n,) 정수형 배열. 0에서 9 사이의 부류 번호이고, 없는 부류가 있을 수 있다.

    Returns:
        키가 네 개인 dict. "count"는 영상의 수. "shape"은 x의 모양 (n, h, w, c) 또는 영상 하나의 모양 (h, w, c).
        "dtype"은 x의 자료형으로 "uint8" 같은 글자나 np.dtype. "per_class"는 부류마다 영상의 수를 담은 dict로, 키는
        부류의 번호나 이름이다. 영상이 없는 부류는 0이어도, 빠져도 좋다.

    Sum up a data set in a dict.

    Args:
        x: images (n, h, w, c) of any dtype.
        y: integer array (n,), class numbers from 0 to 9; some classes may be absent.

    Returns:
        A dict with four keys. "count": the number of images. "shape": that of x, (n, h, w, c), or that of one
        image, (h, w, c). "dtype": that of x, as a text such as "uint8" or as an np.dtype. "per_class": a dict with
        the number of images of each class, keyed by the class's number or by its name; classes without images may
        be 0 or absent.
    """
    ### BEGIN SOLUTION
    classes, counts = np.unique(y, return_counts=True)
    return {
        "count": len(x),
        "shape": x.shape,
        "dtype": str(x.dtype),
        "per_class": dict(zip(classes.tolist(), counts.tolist(), strict=True)),
    }
    ### END SOLUTION
