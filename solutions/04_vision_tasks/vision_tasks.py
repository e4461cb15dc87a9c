"""영상 분할, 객체 감지, 영상 분류의 결과를 잰다.

Measure the results of segmentation, object detection and classification.
"""

import numpy as np


def box_iou(a, b):
    """두 상자가 겹치는 정도(IoU): 교집합의 넓이 / 합집합의 넓이.

    좌표는 연속이다. 너비는 x2 - x1, 높이는 y2 - y1이고 1을 더하지 않는다.

    Args:
        a: 상자 하나 (x1, y1, x2, y2). 길이 4인 NumPy 배열이고 x1 <= x2, y1 <= y2이다.
        b: 다른 상자 하나. a와 같다.

    Returns:
        0에서 1 사이의 수 하나. 떨어져 있거나 변이나 모서리만 닿으면 0, 넓이가 있는 같은 상자이면 1이다.
        한 상자나 두 상자의 넓이가 0이면 0이다(0으로 나누지 않는다).

    How far two boxes overlap (IoU): area of the intersection / area of the union.

    Coordinates are continuous: a width is x2 - x1 and a height y2 - y1, without adding 1.

    Args:
        a: one box (x1, y1, x2, y2), a NumPy array of length 4 with x1 <= x2 and y1 <= y2.
        b: another box, like a.

    Returns:
        One number from 0 to 1: 0 for boxes that are apart or share only an edge or a corner, 1 for the same box
        (with an area) twice. Where one box or both have no area it is 0, without a division by zero.
    """
    ### BEGIN SOLUTION
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    intersection = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - intersection
    return float(intersection / union) if union > 0 else 0.0
    ### END SOLUTION


def mask_iou(prediction, target):
    """두 마스크가 겹치는 정도(IoU): 둘 다 참인 화소의 수 / 하나라도 참인 화소의 수.

    Args:
        prediction: 예측한 마스크. (h, w) 배열이고 bool이거나 0과 1로 된 정수형이다.
        target: 정답 마스크. prediction과 모양이 같다. 자료형은 다를 수 있다.

    Returns:
        0에서 1 사이의 수 하나. 둘 다 비어 있으면(참인 화소가 없으면) 0이나 1을 돌려준다. 둘 다 좋지만 NaN이나
        오류가 되어서는 안 된다.

    How far two masks overlap (IoU): pixels that are true in both / pixels that are true in either.

    Args:
        prediction: the predicted mask, an array (h, w) of booleans or of integers 0 and 1.
        target: the true mask, of the same shape; its dtype may be another.

    Returns:
        One number from 0 to 1. Where both are empty (no pixel is true), return 0 or 1: either is fine, but it must
        not be NaN or an error.
    """
    ### BEGIN SOLUTION
    prediction = np.asarray(prediction).astype(bool)
    target = np.asarray(target).astype(bool)
    union = np.count_nonzero(prediction | target)
    if union == 0:
        return 1.0
    return np.count_nonzero(prediction & target) / union
    ### END SOLUTION


def non_max_suppression(boxes, scores, threshold=0.5):
    """겹친 상자를 정리하여 물체마다 상자 하나만 남긴다.

    점수가 가장 높은 상자를 남기고, 그 상자와 IoU가 threshold보다 큰 상자를 버린다. 남은 상자로 되풀이한다.
    이미 버린 상자는 다른 상자를 버리지 못한다.

    Args:
        boxes: (n, 4) 실수형 배열. 한 줄이 (x1, y1, x2, y2)이다. n은 0일 수 있다.
        scores: (n,) 실수형 배열. 같은 점수는 없다.
        threshold: 이 값보다 IoU가 크면 버린다. IoU가 꼭 threshold인 상자는 나오지 않는다.

    Returns:
        남긴 상자의 번호(boxes에서의 위치, 0부터)를 점수가 높은 것부터. 정수의 리스트나 1차원 배열.
        상자가 없으면 비어 있다.

    Clear up overlapping boxes, so that one box is left for each object.

    Keep the box with the best score and drop those whose IoU with it is above threshold; go on with what is left.
    A box that was dropped drops no other.

    Args:
        boxes: float array (n, 4); a row is (x1, y1, x2, y2). n may be 0.
        scores: float array (n,); no two are equal.
        threshold: boxes with an IoU above it are dropped. No IoU is exactly threshold.

    Returns:
        Indices of the boxes that are kept (their places in boxes, from 0), best score first, as a list or a
        one-dimensional array of integers; empty where there are no boxes.
    """
    ### BEGIN SOLUTION
    kept = []
    for index in np.argsort(scores)[::-1]:
        if all(box_iou(boxes[index], boxes[other]) <= threshold for other in kept):
            kept.append(int(index))
    return kept
    ### END SOLUTION


def top_k_accuracy(probabilities, labels, k=5):
    """Top-k 정확도: 정답이 확률이 가장 큰 k개의 부류 안에 있는 영상의 비율.

    Args:
        probabilities: (n, c) 실수형 배열. 영상마다 부류의 확률이고, 한 줄에 같은 값은 없다.
        labels: (n,) 정수형 배열. 정답 부류의 번호.
        k: 1 이상의 정수. 부류의 수 c보다 클 수도 있다.

    Returns:
        0에서 1 사이의 수 하나(백분율이 아니다).

    Top-k accuracy: the share of images whose label is among the k likeliest classes.

    Args:
        probabilities: float array (n, c), the classes' probabilities for each image; no two in a row are equal.
        labels: integer array (n,), the numbers of the true classes.
        k: an integer of at least 1; it may be larger than the number of classes c.

    Returns:
        One number from 0 to 1 (not a percentage).
    """
    ### BEGIN SOLUTION
    best = np.argsort(probabilities, axis=1)[:, ::-1][:, :k]
    hits = (best == np.asarray(labels)[:, np.newaxis]).any(axis=1)
    return float(hits.mean())
    ### END SOLUTION
