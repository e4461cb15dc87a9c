"""비공개 채점 | Staff only: another base, of other sizes and other layers."""

from collections import Counter

import numpy as np
import pytest

from grader.award import T, expect


def other_maps(inputs):
    """What the hidden base computes: strided cross-correlation, normalisation (epsilon 0.001), ReLU up to 6."""
    images, kernel = inputs["hidden.images"].astype(float), inputs["hidden.kernel"].astype(float)
    height, width = kernel.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(images, (height, width), axis=(1, 2))[:, ::2, ::2]
    maps = np.einsum("nijchw,hwcf->nijf", windows, kernel)
    scale = inputs["hidden.gamma"] / np.sqrt(inputs["hidden.variance"].astype(float) + 1e-3)
    return np.clip((maps - inputs["hidden.mean"]) * scale + inputs["hidden.beta"], 0, 6)


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("feature_values")
def test_other_base_features(facts, inputs, reference):
    """다른 base의 특징 | Features of another base"""
    facts.step("hidden.features")
    features, maps = facts.array("hidden.features"), other_maps(inputs)
    ways = (maps, maps.reshape(len(maps), -1), maps.mean(axis=(1, 2)), maps.max(axis=(1, 2)))
    fitting = [way for way in ways if way.shape == features.shape]
    what = T("특징의 모양이 맞지 않습니다.", "The features have the wrong shape.")
    expect.that(fitting, what, expected=str(maps.shape), actual=str(features.shape))
    nearest = min(fitting, key=lambda way: float(np.nan_to_num(np.abs(features - way).max(), nan=np.inf)))
    expect.close(features, nearest, atol=reference.features.tolerance)


@pytest.mark.staff
@pytest.mark.points(0.5)
@pytest.mark.needs("base_frozen")
def test_other_base_classifier(facts, inputs):
    """다른 base와 다른 부류 수의 분류기 | A classifier on another base, for another number of classes"""
    facts.step("hidden.classifier")
    model = facts.models["hidden_classifier"]
    classes = int(inputs["hidden.classes"])
    what = T("다른 base일 때의 출력", "Output for another base")
    expect.equal(tuple(model.output_shape), (None, classes), what=what)
    base = [inputs[f"hidden.{name}"] for name in ("kernel", "gamma", "beta", "mean", "variance")]
    left = Counter((value.shape, round(float(value.mean(dtype=float)), 6)) for value in base)
    loose = 0
    for weight in model.weights:
        key = (tuple(weight.shape), round(weight.mean, 6))
        if left[key] > 0:
            left[key] -= 1
            loose += weight.trainable
    expect.that(
        left.total() == 0, T("다른 base의 가중치가 모델에 없습니다.", "The other base's weights are missing.")
    )
    expect.that(loose == 0, T("다른 base가 고정되어 있지 않습니다.", "The other base is not frozen."))


@pytest.mark.staff
@pytest.mark.points(0.5)
@pytest.mark.needs("accuracy", "base_frozen")
def test_validation_apart(facts, inputs):
    """검증 영상으로 훈련하지 않는다 | Validation images are not trained on"""
    facts.step("hidden.apart")
    labels, leads = inputs["hidden.apart_y"], []
    for name in ("apart_before", "apart"):
        answers = facts.models[name].prediction("hidden.apart_x").astype(float)
        rows = np.arange(len(labels))
        leads.append(float((answers[rows, labels] - answers[rows, 1 - labels]).mean()))
    # The validation images are three times as many of the same two kinds, under the other class id.
    expect.that(
        leads[1] > leads[0],
        T(
            "모델이 검증 영상의 레이블을 배웠습니다: x_val, y_val로도 훈련했습니다.",
            "The model has learnt the labels of the validation images: it was trained on x_val and y_val too.",
        ),
        expected=T("x_train, y_train으로만 훈련", "training on x_train and y_train alone"),
        actual=T(
            f"x_train에서 바른 부류가 앞서는 정도: 훈련 전 {leads[0]:.3f}, 훈련 뒤 {leads[1]:.3f}",
            f"lead of the right class on x_train: {leads[0]:.3f} before, {leads[1]:.3f} after training",
        ),
    )
