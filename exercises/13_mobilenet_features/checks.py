"""공개 채점 | The checks that students see: base kept and frozen, its features, a classifier that learns."""

from collections import Counter

import numpy as np
import pytest

from grader.award import T, expect


def identity(weight):
    """What makes two variables the same, wherever they stand: shape and every bit."""
    return tuple(weight.shape), weight.dtype, weight.sha256


def split_weights(model, base):
    """``model``'s variables that are base's, those that are not, and how many of base's it lacks."""
    left = Counter(identity(weight) for weight in base.weights)
    own, other = [], []
    for weight in model.weights:
        if left[identity(weight)] > 0:
            left[identity(weight)] -= 1
            own.append(weight)
        else:
            other.append(weight)
    return own, other, left.total()


def check_base_weights(model, base, message, hint):
    """All of base's variables are in ``model``, bit for bit."""
    _, _, lost = split_weights(model, base)
    total = len(base.weights)
    expect.that(
        lost == 0,
        message,
        expected=T(f"base의 가중치 배열 {total}개", f"{total} arrays of base's weights"),
        actual=T(f"{total - lost}개만 같음", f"only {total - lost} are the same"),
        hint=hint,
    )


def readings(maps):
    """What may be returned as features of base's output (n, h, w, c): itself, flattened, averaged, maxima."""
    return [maps, maps.reshape(len(maps), -1), maps.mean(axis=(1, 2)), maps.max(axis=(1, 2))]


def check_features(actual, maps, tolerance, hint):
    """``actual`` is one of the readings; the message is about the one of its shape that is nearest."""
    fitting = [value for value in readings(maps) if value.shape == actual.shape]
    shapes = " / ".join(str(value.shape) for value in readings(maps)[:3])
    what = T("특징의 모양이 맞지 않습니다.", "The features have the wrong shape.")
    expect.that(fitting, what, expected=shapes, actual=str(actual.shape), hint=hint)
    with np.errstate(all="ignore"):
        distance = [float(np.nan_to_num(np.abs(actual - value).max(), nan=np.inf)) for value in fitting]
    nearest = fitting[int(np.argmin(distance))]
    expect.close(actual, nearest, atol=tolerance, what=T("특징의 값", "Values of the features"), hint=hint)


@pytest.mark.points(1)
def test_model_builds(facts):
    """build_classifier가 모델을 돌려준다 | build_classifier returns a model"""
    facts.step("build_classifier")
    model, base = facts.models["untrained"], facts.models["base"]
    hint = "model_builds"
    # A base that takes any size may be given the one that it is used with.
    actual, expected = tuple(model.input_shape)[1:], tuple(base.input_shape)[1:]
    expect.equal(actual, expected, what=T("입력의 모양", "Input shape"), hint=hint)
    expect.equal(tuple(model.output_shape), (None, 2), what=T("출력의 모양", "Output shape"), hint=hint)


@pytest.mark.points(1)
def test_number_of_classes(facts):
    """출력의 수가 num_classes이다 | There are num_classes outputs"""
    facts.step("number_of_classes")
    shape = facts.value("number_of_classes", kind=list)
    what = T("num_classes=5일 때 출력의 모양", "Output shape for num_classes=5")
    expect.equal(tuple(shape), (None, 5), what=what, hint="number_of_classes")


@pytest.mark.points(3)
@pytest.mark.needs("model_builds")
def test_uses_base(facts):
    """base의 가중치를 그대로 쓴다 | base's weights are used as they are"""
    model, base, hint = facts.models["untrained"], facts.models["base"], "uses_base"
    message = T("모델에 base의 가중치가 모두 있지 않습니다.", "The model does not have all of base's weights.")
    check_base_weights(model, base, message, hint)
    _, head, _ = split_weights(model, base)
    expect.that(
        head, T("모델에 분류기 레이어가 없습니다.", "The model has no classifier layers."), hint="model_builds"
    )


@pytest.mark.points(2)
@pytest.mark.needs("uses_base")
def test_base_frozen(facts):
    """base는 고정되고 분류기만 훈련된다 | base is frozen, the classifier alone is trainable"""
    model, base, hint = facts.models["untrained"], facts.models["base"], "base_frozen"
    own, head, _ = split_weights(model, base)
    loose = [weight for weight in own if weight.trainable]
    expect.that(
        not loose,
        T("base가 고정되어 있지 않습니다.", "base is not frozen."),
        expected=T("base의 훈련되는 매개 변수 0개", "0 trainable parameters in base"),
        actual=T(f"훈련되는 매개 변수 {count(loose):,}개", f"{count(loose):,} trainable parameters"),
        hint=hint,
    )
    expect.that(
        count(weight for weight in head if weight.trainable) > 0,
        T(
            "분류기까지 고정되어 훈련할 것이 없습니다.",
            "The classifier is frozen, too: there is nothing to train.",
        ),
        expected=T("훈련되는 분류기", "a trainable classifier"),
        actual=T("훈련되는 매개 변수 0개", "0 trainable parameters"),
        hint=hint,
    )


def count(weights):
    """Numbers in all of them."""
    return sum(int(np.prod(weight.shape)) for weight in weights)


@pytest.mark.points(1)
@pytest.mark.needs("model_builds")
def test_probabilities(facts, reference):
    """출력이 확률이다(softmax) | The outputs are probabilities (softmax)"""
    answers = facts.models["untrained"].prediction("samples").astype(float)
    tolerance, hint = reference.probabilities.tolerance, "probabilities"
    sums = answers.sum(axis=1)
    worst = sums[int(np.argmax(np.abs(sums - 1)))]
    expect.that(
        np.abs(sums - 1).max() <= tolerance,
        T("부류별 출력의 합이 1이 아닙니다.", "The outputs of the classes do not add up to 1."),
        expected="1",
        actual=f"{worst:.4g}",
        hint=hint,
    )
    what = T("음수인 출력이 있습니다.", "There are negative outputs.")
    expect.that(
        answers.min() >= 0, what, expected=T("0 이상", "at least 0"), actual=f"{answers.min():.4g}", hint=hint
    )


@pytest.mark.points(1)
def test_feature_shape(facts):
    """extract_features: 특징의 모양 | extract_features: the features' shape"""
    facts.step("extract_features")
    features = facts.array("extract_features")
    wanted = [value.shape for value in readings(facts.models["base"].prediction("samples"))[:3]]
    expect.that(
        features.shape in wanted,
        T("특징의 모양이 맞지 않습니다.", "The features have the wrong shape."),
        expected=" / ".join(map(str, wanted)),
        actual=str(features.shape),
        hint="feature_shape",
    )


@pytest.mark.points(2)
@pytest.mark.needs("feature_shape")
def test_feature_values(facts, reference):
    """extract_features: base가 계산한 값이다 | extract_features: the values are what base computes"""
    maps = facts.models["base"].prediction("samples")
    check_features(facts.array("extract_features"), maps, reference.features.tolerance, "feature_values")


@pytest.mark.points(1)
@pytest.mark.needs("feature_shape")
def test_feature_rows(facts, reference):
    """extract_features: 영상마다 따로 계산한다 | extract_features: each image on its own"""
    facts.step("extract_features.part")
    part, whole = facts.array("extract_features.part"), facts.array("extract_features")
    what = T("같은 영상 3개만 넣었을 때의 특징", "Features of three of the images alone")
    expect.close(part, whole[2:5], atol=reference.features.tolerance, what=what, hint="feature_rows")


@pytest.mark.points(1)
@pytest.mark.needs("model_builds")
def test_save_load_round_trip(facts, reference):
    """저장하고 다시 읽어도 같은 예측 | The same predictions after saving and loading"""
    facts.step("round_trip")
    before, model = facts.array("round_trip"), facts.models["untrained"]
    atol = reference.round_trip.tolerance
    expect.round_trip(before, model, "samples", atol=atol, hint="save_load_round_trip")


@pytest.mark.points(1)
@pytest.mark.needs("model_builds")
def test_train_history(facts):
    """train이 History를 돌려준다 | train returns a History"""
    facts.step("train")
    facts.step("history")
    expect.history(facts.value("history"), epochs=facts.budget.epochs, hint="train_history")


@pytest.mark.points(1)
@pytest.mark.needs("uses_base")
def test_base_unchanged(facts):
    """훈련 뒤에도 base의 가중치가 그대로이다 | base's weights are the same after training"""
    facts.step("train")
    message = T(
        "훈련한 뒤에 base의 가중치가 달라졌습니다.", "After training, base's weights are no longer what they were."
    )
    check_base_weights(facts.models["trained"], facts.models["base"], message, "base_unchanged")


@pytest.mark.points(1)
@pytest.mark.needs("uses_base")
def test_head_trained(facts):
    """훈련으로 분류기의 가중치가 변한다 | Training changes the classifier's weights"""
    facts.step("train")
    base = facts.models["base"]
    before, after = (split_weights(facts.models[name], base)[1] for name in ("untrained", "trained"))
    kept = Counter(map(identity, before)) & Counter(map(identity, after))
    changed = len(after) - kept.total()
    expect.that(
        changed > 0 and facts.models["trained"].finite,
        T(
            "train을 부른 뒤에도 분류기의 가중치가 그대로입니다.",
            "After train, the classifier's weights are what they were.",
        ),
        expected=T("변한 가중치", "changed weights"),
        actual=T(f"{len(after)}개 배열이 모두 그대로", f"all {len(after)} arrays unchanged"),
        hint="head_trained",
    )


@pytest.mark.points(2)
@pytest.mark.needs("head_trained")
def test_accuracy(facts, reference):
    """처음 보는 강아지와 고양이에 대한 정확도 | Accuracy on cats and dogs it has not seen"""
    accuracy = facts.models["trained"].score("test").accuracy
    minimum = reference.threshold(facts).minimum
    expect.at_least(accuracy, minimum, as_percent=True, what=T("정확도", "Accuracy"), hint="accuracy")
