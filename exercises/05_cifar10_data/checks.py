"""공개 채점 | The checks that students see."""

import numpy as np
import pytest

from grader.award import T, expect

DEFAULT_FRACTION = 0.2


def check_images(facts, inputs, case, what, hint="preprocess_images"):
    """float32, pixel / 255, in their order."""
    actual = np.asarray(facts.array(f"{case}.x"))
    expected = np.float32(inputs[f"{case}.x"]) / np.float32(255)
    expect.close(actual, expected, atol=1e-5, dtype="float32", what=what, hint=hint)


def check_one_hot(facts, inputs, case, what, hint="preprocess_labels"):
    """A 1 in the label's column and 0 elsewhere; of any numeric type."""
    labels = np.asarray(inputs[f"{case}.y"]).reshape(-1)
    classes = int(inputs[f"{case}.num_classes"]) if f"{case}.num_classes" in inputs else 10
    expected = (labels[:, np.newaxis] == np.arange(classes)).astype(np.float32)
    expect.close(np.asarray(facts.array(f"{case}.y")), expected, atol=1e-6, what=what, hint=hint)


def rows(images):
    """Each image as bytes, whatever its dtype."""
    return [row.tobytes() for row in np.asarray(images, dtype=np.float64)]


def find(facts, inputs, case, part, what):
    """Which images stand in one part of a split, as their places in x; each has its own label there."""
    x, y = np.asarray(inputs[f"{case}.x"]), np.asarray(inputs[f"{case}.y"])
    images = np.asarray(facts.array(f"{case}.{part}.x"))
    labels = np.asarray(facts.array(f"{case}.{part}.y"))
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    expect.that(
        images.ndim == x.ndim and images.shape[1:] == x.shape[1:] and labels.shape == images.shape[:1],
        T("영상과 레이블의 모양이 맞지 않습니다.", "the shapes are not right."),
        expected=f"x (m, {', '.join(map(str, x.shape[1:]))}), y (m,)",
        actual=f"x {images.shape}, y {labels.shape}",
        what=what,
        hint="split_whole",
    )
    place = {row: index for index, row in enumerate(rows(x))}
    found = [place.get(row) for row in rows(images)]
    expect.that(
        None not in found,
        T(
            "x에 없는 영상이 있습니다. 영상은 바꾸지 말고 그대로 나누세요.",
            "there are images that are not in x. Leave the images as they are.",
        ),
        actual=f"{found.count(None)} / {len(found)}",
        what=what,
        hint="split_whole",
    )
    strange = [i for i, index in enumerate(found) if labels[i] != y[index]]
    expect.that(
        not strange,
        T(
            "영상과 레이블의 짝이 어긋났습니다.",
            "images and labels no longer belong together.",
        ),
        expected=T("모두 제짝", "every pair kept"),
        actual=T(f"어긋난 짝: {len(strange)} / {len(found)}", f"broken pairs: {len(strange)} of {len(found)}"),
        what=what,
        hint="split_whole",
    )
    return found


def check_whole(facts, inputs, case, what):
    """Every image once, in one of the two parts."""
    train, held_out = (find(facts, inputs, case, part, what) for part in ("train", "held_out"))
    both = len(set(train) & set(held_out))
    total = len(inputs[f"{case}.y"])
    expect.that(
        not both,
        T(
            "훈련 데이터와 떼어 낸 데이터에 같은 영상이 있습니다.",
            "some images are in the training data and held out as well.",
        ),
        expected=T("겹치는 영상 0장", "0 images in both"),
        actual=T(f"{both}장", f"{both} images"),
        what=what,
        hint="split_whole",
    )
    expect.that(
        sorted(train + held_out) == list(range(total)),
        T(
            "모든 영상이 꼭 한 번씩 있어야 합니다.",
            "every image must be there exactly once.",
        ),
        expected=T(f"서로 다른 영상 {total}장", f"{total} different images"),
        actual=T(
            f"{len(train) + len(held_out)}장, 그중 서로 다른 영상 {len(set(train + held_out))}장",
            f"{len(train) + len(held_out)} images, {len(set(train + held_out))} of them different",
        ),
        what=what,
        hint="split_whole",
    )


def check_fraction(facts, inputs, case, what):
    """Of every class its fraction is held out, rounded in whichever way."""
    y = np.asarray(inputs[f"{case}.y"])
    fraction = float(inputs[f"{case}.fraction"]) if f"{case}.fraction" in inputs else DEFAULT_FRACTION
    held_out = y[find(facts, inputs, case, "held_out", what)]
    for c in np.unique(y).tolist():
        count, exact = int(np.sum(held_out == c)), fraction * float(np.sum(y == c))
        low, high = int(np.floor(exact + 1e-9)), int(np.ceil(exact - 1e-9))
        wanted = str(low) if low == high else f"{low} - {high}"
        expect.that(
            low <= count <= high,
            T(
                f"부류 {c}에서 떼어 낸 영상의 수가 다릅니다.",
                f"this is not the number of images of class {c} that is held out.",
            ),
            expected=T(f"{int(np.sum(y == c))}장 중 {wanted}장", f"{wanted} of {int(np.sum(y == c))} images"),
            actual=T(f"{count}장", f"{count} images"),
            what=what,
            hint="split_fraction",
        )


def per_class(value, names):
    """Counts by class id, from a dict keyed by id or by name or from a list; None where a key is neither."""
    entries = dict(enumerate(value)) if isinstance(value, list) else value
    if not isinstance(entries, dict):
        return None
    ids = {name: index for index, name in enumerate(names)}
    counts = {}
    for key, count in entries.items():
        text = str(key).strip().casefold()
        index = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else ids.get(text)
        if index is None or isinstance(count, bool) or not isinstance(count, int | float):
            return None
        if count:
            counts[index] = count
    return counts


def check_summary(facts, inputs, reference, case, what):
    """The four entries of one summary."""
    x, y = np.asarray(inputs[f"{case}.x"]), np.asarray(inputs[f"{case}.y"])
    value = facts.value(case, kind=dict)
    hint = "summarise"
    expect.equal(value["count"], len(x), what=(what, "count"), hint=hint)
    shape = list(value["shape"]) if isinstance(value["shape"], list) else value["shape"]
    expect.that(
        shape in (list(x.shape), list(x.shape[1:])),
        T("shape이 다릅니다.", "shape is not the expected one."),
        expected=T(f"{x.shape} 또는 {x.shape[1:]}", f"{x.shape} or {x.shape[1:]}"),
        actual=str(tuple(shape) if isinstance(shape, list) else shape),
        what=what,
        hint=hint,
    )
    expect.equal(value["dtype"], x.dtype.name, what=(what, "dtype"), hint=hint)
    found = per_class(value["per_class"], reference.class_names)
    ids, numbers = np.unique(y, return_counts=True)
    expected = dict(zip(ids.tolist(), numbers.tolist(), strict=True))
    expect.that(
        found == expected,
        T("per_class가 다릅니다.", "per_class is not the expected one."),
        expected=str(expected),
        actual=str(value["per_class"] if found is None else dict(sorted(found.items()))),
        what=what,
        hint=hint,
    )


@pytest.mark.points(2)
def test_class_names(facts, reference):
    """CLASS_NAMES: 부류 이름 열 개 | CLASS_NAMES: the ten classes"""
    names, expected = facts.value("CLASS_NAMES", kind=list), list(reference.class_names)
    expect.that(
        len(names) == len(expected),
        T("부류 이름의 수가 다릅니다.", "The number of class names is not right."),
        expected=str(len(expected)),
        actual=str(len(names)),
    )
    for index, (name, right) in enumerate(zip(names, expected, strict=True)):
        same = isinstance(name, str) and name.strip().casefold() == right
        expect.that(
            same,
            T(f"CLASS_NAMES[{index}]이 다릅니다.", f"CLASS_NAMES[{index}] is not right."),
            expected=repr(right),
            actual=repr(name),
        )


@pytest.mark.points(2)
def test_preprocess_images(facts, inputs):
    """preprocess: 0에서 1 사이의 float32 영상 | preprocess: float32 images from 0 to 1"""
    check_images(facts, inputs, "preprocess.flat", T("영상 열 장", "Ten images"))
    check_images(facts, inputs, "preprocess.dark", T("어두운 영상", "Dark images"))


@pytest.mark.points(2)
def test_preprocess_labels(facts, inputs):
    """preprocess: 원-핫 레이블 | preprocess: one-hot labels"""
    check_one_hot(facts, inputs, "preprocess.flat", T("(n,) 모양의 레이블", "Labels of shape (n,)"))
    check_one_hot(facts, inputs, "preprocess.keras", T("(n, 1) 모양의 레이블", "Labels of shape (n, 1)"))
    check_one_hot(
        facts, inputs, "preprocess.dark", T("없는 부류가 있는 레이블", "Labels that do not have every class")
    )
    check_one_hot(facts, inputs, "preprocess.three", "num_classes=3")


@pytest.mark.points(2)
def test_split_whole(facts, inputs):
    """stratified_split: 모든 영상이 레이블과 함께 한 번씩 | stratified_split: every image once, with its label"""
    check_whole(facts, inputs, "stratified_split.default", T("부류마다 20장", "20 images per class"))
    check_whole(facts, inputs, "stratified_split.uneven", T("수가 다른 부류", "Classes of different sizes"))
    check_whole(facts, inputs, "stratified_split.quarter", "fraction=0.25")


@pytest.mark.points(1)
@pytest.mark.needs("split_whole")
def test_split_fraction(facts, inputs):
    """stratified_split: 부류마다 fraction만큼 | stratified_split: its fraction of every class"""
    check_fraction(
        facts, inputs, "stratified_split.default", T("fraction=0.2(기본값)", "fraction=0.2 (the default)")
    )
    check_fraction(facts, inputs, "stratified_split.uneven", T("수가 다른 부류", "Classes of different sizes"))
    check_fraction(facts, inputs, "stratified_split.quarter", "fraction=0.25")


@pytest.mark.points(1)
@pytest.mark.needs("split_whole")
def test_split_seed(facts, inputs):
    """stratified_split: 시드가 정하는 결과 | stratified_split: the seed decides"""
    found = {
        case: find(facts, inputs, f"stratified_split.{case}", "held_out", case)
        for case in ("default", "again", "other_seed")
    }
    expect.that(
        found["default"] == found["again"],
        T(
            "seed=0으로 두 번 나눈 결과가 다릅니다. seed의 기본값도 0입니다.",
            "Two splits with seed=0 differ. (0 is the default of seed, too.)",
        ),
        expected=T("같은 결과", "the same split"),
        actual=T("다른 결과", "another split"),
    )
    expect.that(
        sorted(found["default"]) != sorted(found["other_seed"]),
        T("seed=0과 seed=1이 같은 영상을 떼어 냅니다.", "seed=0 and seed=1 hold out the same images."),
        expected=T("다른 결과", "another split"),
        actual=T("같은 결과", "the same split"),
    )


@pytest.mark.points(2)
def test_summarise(facts, inputs, reference):
    """summarise: 영상의 수, 모양, 자료형, 부류마다의 수 | summarise: count, shape, dtype, images per class"""
    check_summary(facts, inputs, reference, "summarise.images", T("영상 32장", "32 images"))
