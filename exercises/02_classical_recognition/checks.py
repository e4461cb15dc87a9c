"""공개 채점 | The checks that students see."""

import numpy as np
import pytest

from grader.award import T, expect

ROWS = 12  # images that extract_features gets


def feature_rows(facts, variant, count):
    """The features of one variant as float64: a row for each image, all of them finite."""
    array = np.asarray(facts.array(f"extract_features.{variant}"))
    expect.that(
        array.ndim == 2 and len(array) == count and array.shape[1] > 0,
        T(
            f"extract_features({variant}): 모양이 다릅니다.",
            f"extract_features({variant}): the shape is not right.",
        ),
        expected=f"({count}, d)",
        actual=str(array.shape),
        hint="features_shape",
    )
    odd = int(np.sum(~np.isfinite(array.astype(np.float64))))
    expect.that(
        odd == 0,
        T(
            f"extract_features({variant}): 유한한 수가 아닌 값이 있습니다(NaN이나 무한대).",
            f"extract_features({variant}): there are values that are not finite (NaN or infinity).",
        ),
        expected=T("모두 유한한 수", "finite numbers only"),
        actual=f"{odd} / {array.size}",
        hint="features_shape",
    )
    return array.astype(np.float64)


def same_features(actual, expected, message):
    """Equal but for rounding, which may differ between batches."""
    expect.that(
        actual.shape == expected.shape
        and bool(np.all(np.abs(actual - expected) <= 1e-4 * (np.abs(expected) + np.abs(expected).max()))),
        message,
        expected=T("같은 특징", "the same features"),
        actual=T("다른 특징", "other features"),
        hint="features_per_image",
    )


def class_ids(facts, name, count, known, hint):
    """Predicted class ids, one for each of ``count`` rows, all of them among ``known``."""
    array = np.asarray(facts.array(name))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    function = name.removeprefix("hidden.").partition(".")[0]
    expect.that(
        array.shape == (count,),
        T(f"{function}: 모양이 다릅니다.", f"{function}: the shape is not right."),
        expected=str((count,)),
        actual=str(array.shape),
        hint=hint,
    )
    found, allowed = set(array.tolist()), set(np.asarray(known).tolist())
    expect.that(
        found <= allowed,
        T(
            f"{function}: labels에 없던 부류 번호가 있습니다.",
            f"{function}: there are class ids that were not in the labels.",
        ),
        expected=str(sorted(allowed)),
        actual=str(sorted(found - allowed)[:8]),
        hint=hint,
    )
    return array


def check_accuracy(facts, inputs, case, right, minimum, what, *, labels="train_labels", hint):
    """Share of right class ids."""
    predicted = class_ids(facts, case, len(right), inputs[f"{case}.{labels}"], hint)
    accuracy = float(np.mean(predicted == np.asarray(right)))
    expect.at_least(accuracy, minimum, as_percent=True, what=what, hint=hint)


def nearest(train, labels, test):
    """Class of the nearest training row, and of the nearest class mean."""
    ids = np.unique(labels)
    means = np.stack([train[labels == c].mean(axis=0) for c in ids])
    for rows, names in ((train, labels), (means, ids)):
        squares = np.sum(test**2, axis=1)[:, np.newaxis] - 2 * test @ rows.T + np.sum(rows**2, axis=1)
        yield names[np.argmin(squares, axis=1)]


@pytest.mark.points(2)
def test_features_shape(facts):
    """extract_features: 영상마다 특징 벡터 하나 | extract_features: one feature vector for each image"""
    rows = feature_rows(facts, "uint8", ROWS)
    for variant, count in (("float32", ROWS), ("single", 1)):
        other = feature_rows(facts, variant, count)
        expect.that(
            other.shape[1] == rows.shape[1],
            T(
                f"extract_features({variant}): 특징의 수가 uint8 영상 {ROWS}장의 특징과 다릅니다.",
                f"extract_features({variant}): another number of features than for {ROWS} uint8 images.",
            ),
            expected=f"d = {rows.shape[1]}",
            actual=f"d = {other.shape[1]}",
        )


@pytest.mark.points(2)
@pytest.mark.needs("features_shape")
def test_features_per_image(facts):
    """extract_features: 특징은 그 영상에서만 | extract_features: an image's features come from it alone"""
    rows = feature_rows(facts, "uint8", ROWS)
    same_features(
        feature_rows(facts, "again", ROWS),
        rows,
        T("같은 영상을 다시 넣으면 특징이 달라집니다.", "The same images have other features the second time."),
    )
    same_features(
        feature_rows(facts, "reversed", ROWS)[::-1],
        rows,
        T("영상의 순서를 뒤집으면 특징이 달라집니다.", "In reverse order, the images have other features."),
    )
    same_features(
        feature_rows(facts, "single", 1),
        rows[2:3],
        T(
            "영상 하나만 넣으면 여럿과 함께 넣을 때와 특징이 달라집니다.",
            "An image alone has other features than together with others.",
        ),
    )


@pytest.mark.points(2)
@pytest.mark.needs("features_shape")
def test_features_useful(facts, inputs, reference):
    """extract_features: 부류를 구별하는 특징 | extract_features: features that tell the classes apart"""
    labels = np.asarray(inputs["recognise.pictures.train_labels"])
    right = np.asarray(reference.recognise.labels)
    train, test = feature_rows(facts, "train", len(labels)), feature_rows(facts, "test", len(right))
    width = min(train.shape[1], test.shape[1])
    largest = max(float(np.abs(train).max()), float(np.abs(test).max()), 1e-300)
    train, test = train[:, :width] / largest, test[:, :width] / largest  # so that no square overflows
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread[spread <= 1e-12] = 1.0
    guesses = [*nearest(train, labels, test), *nearest((train - mean) / spread, labels, (test - mean) / spread)]
    expect.at_least(
        max(float(np.mean(guess == right)) for guess in guesses),
        reference.recognise.minimum,
        as_percent=True,
        what=T(
            "이 특징과 채점기의 간단한 분류기로 맞힌 테스트 영상",
            "Test images that simple classifiers of the grader recognise by these features",
        ),
    )


@pytest.mark.points(2)
def test_classifier(facts, inputs, reference):
    """build_classifier: fit으로 배우고 predict로 알아맞히기 | build_classifier: fit learns, predict recognises"""
    right, minimum = np.asarray(reference.build_classifier.labels), reference.build_classifier.minimum
    cases = {
        "points": (right, T("부류 0, 1, 2", "Classes 0, 1, 2")),
        "other_ids": (np.array([8, 3, 5])[right], T("부류 8, 3, 5", "Classes 8, 3, 5")),
    }
    for case, (wanted, what) in cases.items():
        name = f"build_classifier.{case}"
        check_accuracy(facts, inputs, name, wanted, minimum, what, labels="labels", hint="classifier")


@pytest.mark.points(1)
@pytest.mark.needs("classifier")
def test_classifier_fresh(facts, reference):
    """build_classifier: 부를 때마다 새 분류기 | build_classifier: a new classifier in every call"""
    for name, case in (("first", "points"), ("second", "other_ids")):
        alone = np.asarray(facts.array(f"build_classifier.{case}")).reshape(-1)
        together = np.asarray(facts.array(f"build_classifier.fresh.{name}")).reshape(-1)
        expect.that(
            # Nearly the same is enough: training may begin at random.
            alone.shape == together.shape
            and float(np.mean(alone == together)) >= reference.build_classifier.minimum,
            T(
                "다른 분류기를 훈련시키면 먼저 훈련시킨 분류기의 답이 바뀝니다.",
                "Training another classifier changes what the first one says.",
            ),
            expected=str(alone[:8].tolist()),
            actual=str(together[:8].tolist()),
        )


@pytest.mark.points(2)
def test_recognise(facts, inputs, reference):
    """recognise: 테스트 영상의 부류 | recognise: the classes of the test images"""
    row = reference.recognise
    what = T("맞힌 테스트 영상", "Test images recognised")
    check_accuracy(facts, inputs, "recognise.pictures", row.labels, row.minimum, what, hint="recognise")


@pytest.mark.points(1)
@pytest.mark.needs("recognise")
def test_recognise_learns(facts, inputs, reference):
    """recognise: 부류 번호가 달라져도 | recognise: with other class ids"""
    row = reference.recognise
    right = np.asarray(row.other_ids)[np.asarray(row.labels)]
    what = T("부류 번호를 7, 2, 9, 4로 바꾸었을 때", "With 7, 2, 9, 4 as class ids")
    check_accuracy(facts, inputs, "recognise.other_ids", right, row.minimum, what, hint="recognise_learns")
