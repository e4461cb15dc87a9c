"""Python alone: no NumPy, sets of pixels and sorted lists."""


def box_iou(a, b):
    ax1, ay1, ax2, ay2 = (float(v) for v in a)
    bx1, by1, bx2, by2 = (float(v) for v in b)
    if ax1 >= bx2 or bx1 >= ax2 or ay1 >= by2 or by1 >= ay2:
        return 0
    both = (min(ax2, bx2) - max(ax1, bx1)) * (min(ay2, by2) - max(ay1, by1))
    try:
        return both / ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - both)
    except ZeroDivisionError:
        return 0


def mask_iou(prediction, target):
    first = {(i, j) for i, row in enumerate(prediction) for j, value in enumerate(row) if value}
    second = {(i, j) for i, row in enumerate(target) for j, value in enumerate(row) if value}
    if not first and not second:
        return 1
    return len(first & second) / len(first | second)


def non_max_suppression(boxes, scores, threshold=0.5):
    waiting = sorted(zip(scores, range(len(scores))), reverse=True)
    kept = []
    while waiting:
        _, best = waiting.pop(0)
        kept.append(best)
        waiting = [(s, i) for s, i in waiting if not box_iou(boxes[best], boxes[i]) > threshold]
    return tuple(kept)


def top_k_accuracy(probabilities, labels, k=5):
    right = 0
    for row, label in zip(probabilities.tolist(), labels.tolist()):
        ranking = sorted(range(len(row)), key=row.__getitem__, reverse=True)
        right += label in ranking[:k]
    return right / len(labels)
