"""공개 채점 | The checks that students see: what survives saving, restoring and going on."""

import math

import pytest

from grader.award import T, expect


def check_architecture(model, given, hint):
    """The same layers with the same settings."""
    expect.layers(model.layers, given.layers, hint=hint)
    expect.that(
        model.compare.same_architecture,
        T("레이어의 설정이 주어진 모델과 다릅니다.", "The layers' settings are not those of the given model."),
        hint=hint,
    )


def check_difference(difference, allowed, what, hint):
    """A largest absolute difference within ``allowed``; infinite where shapes do not match or state is missing."""
    expect.that(
        difference <= allowed,
        T(f"{what.ko} 다릅니다.", f"{what.en} differ."),
        expected=T(f"차이 {allowed:g} 이하", f"difference of at most {allowed:g}"),
        actual=T(f"가장 큰 차이 {difference:.3g}", f"largest difference {difference:.3g}")
        if math.isfinite(difference)
        else T("비교할 수 없음(모양이나 개수가 다름)", "not comparable (other shapes or another number)"),
        hint=hint,
    )


def check_compile(model, given, hint):
    """Optimizer, learning rate, loss and metrics, one after the other."""
    actual, expected = model.compiled, given.compiled
    expect.equal(actual.optimizer, expected.optimizer, what=T("옵티마이저", "Optimizer"), hint=hint)
    expect.close(
        actual.optimizer_config.get("learning_rate"),
        expected.optimizer_config["learning_rate"],
        atol=1e-7,
        what=T("학습률", "Learning rate"),
        hint=hint,
    )
    expect.equal(actual.loss, expected.loss, what=T("손실 함수", "Loss"), hint=hint)
    expect.equal(actual.metrics, expected.metrics, what=T("측정 지표", "Metrics"), hint=hint)
    expect.that(
        model.compare.same_compile,
        T("컴파일 정보가 주어진 모델과 다릅니다.", "The compile settings are not those of the given model."),
        hint=hint,
    )


def check_optimizer(model, given, reference, hint):
    """Iterations and moments."""
    expect.equal(
        model.optimizer.iterations,
        given.optimizer.iterations,
        what=T("옵티마이저의 반복 횟수", "Optimizer iterations"),
        hint=hint,
    )
    difference, tolerance = model.compare.largest_optimizer_difference, reference.round_trip.tolerance
    check_difference(difference, tolerance, T("옵티마이저의 모멘트가", "The optimizer's moments"), hint)


@pytest.mark.points(1)
def test_saved_architecture(facts):
    """save_model: 아키텍처가 남는다 | save_model: the architecture survives"""
    facts.step("save_model")
    check_architecture(facts.models["saved"], facts.models["given"], "saved_architecture")


@pytest.mark.points(1)
@pytest.mark.needs("saved_architecture")
def test_saved_weights(facts, reference):
    """save_model: 가중치가 남는다 | save_model: the weights survive"""
    difference = facts.models["saved"].compare.largest_weight_difference
    tolerance = reference.round_trip.tolerance
    check_difference(difference, tolerance, T("저장된 가중치가", "The saved weights"), "saved_weights")


@pytest.mark.points(1)
@pytest.mark.needs("saved_architecture")
def test_saved_compile(facts):
    """save_model: 컴파일 정보가 남는다 | save_model: the compile settings survive"""
    check_compile(facts.models["saved"], facts.models["given"], "saved_compile")


@pytest.mark.points(2)
@pytest.mark.needs("saved_compile")
def test_saved_optimizer(facts, reference):
    """save_model: 옵티마이저 상태가 남는다 | save_model: the optimizer's state survives"""
    check_optimizer(facts.models["saved"], facts.models["given"], reference, "saved_optimizer")


@pytest.mark.points(1)
def test_restored_architecture(facts):
    """restore_model: 아키텍처가 복원된다 | restore_model: the architecture is restored"""
    facts.step("restore_model")
    check_architecture(facts.models["restored"], facts.models["given"], "restored_architecture")


@pytest.mark.points(1)
@pytest.mark.needs("restored_architecture")
def test_restored_weights(facts, reference):
    """restore_model: 가중치가 복원된다 | restore_model: the weights are restored"""
    difference = facts.models["restored"].compare.largest_weight_difference
    tolerance = reference.round_trip.tolerance
    check_difference(difference, tolerance, T("복원된 가중치가", "The restored weights"), "restored_weights")


@pytest.mark.points(1)
@pytest.mark.needs("restored_architecture")
def test_restored_compile(facts):
    """restore_model: 컴파일 정보가 복원된다 | restore_model: the compile settings are restored"""
    check_compile(facts.models["restored"], facts.models["given"], "restored_compile")


@pytest.mark.points(2)
@pytest.mark.needs("restored_compile")
def test_restored_optimizer(facts, reference):
    """restore_model: 옵티마이저 상태가 복원된다 | restore_model: the optimizer's state is restored"""
    check_optimizer(facts.models["restored"], facts.models["given"], reference, "restored_optimizer")


@pytest.mark.points(1)
@pytest.mark.needs("restored_weights")
def test_restored_predictions(facts, reference):
    """restore_model: 예측이 같다 | restore_model: predictions are equal"""
    difference = facts.models["restored"].compare.predictions.get("x", math.inf)
    tolerance = reference.round_trip.tolerance_of_predictions
    what = T("복원된 모델의 예측이", "The restored model's predictions")
    check_difference(difference, tolerance, what, "restored_predictions")


def check_answer(facts, case, expected, what, hint):
    """One pair of models."""
    expect.equal(facts.value(f"same_model.{case}", kind=bool), expected, what=what, hint=hint)


@pytest.mark.points(1)
def test_same_model_equal(facts):
    """same_model: 같은 모델 | same_model: the same model"""
    hint = "same_model_equal"
    check_answer(
        facts, "loaded_twice", True, T("같은 파일을 두 번 복원한 두 모델", "One file, restored twice"), hint
    )
    what = T("코드로 만든 모델과 저장했다가 복원한 모델", "A model built in code, and its restored copy")
    check_answer(facts, "built", True, what, hint)


@pytest.mark.points(1)
@pytest.mark.needs("same_model_equal")
def test_same_model_weights(facts):
    """same_model: 가중치가 다른 모델 | same_model: other weights"""
    hint = "same_model_weights"
    check_answer(
        facts, "first_kernel", False, T("첫 필터의 값 하나가 다름", "One value of the first filters"), hint
    )
    check_answer(facts, "last_bias", False, T("마지막 편향 하나가 다름", "One value of the last bias"), hint)


@pytest.mark.points(1)
@pytest.mark.needs("same_model_equal")
def test_same_model_architecture(facts):
    """same_model: 아키텍처가 다른 모델 | same_model: other architectures"""
    for case, what in (
        ("activation", T("가중치는 같고 활성화 함수가 다름", "Same weights, another activation")),
        ("dropout", T("가중치는 같고 드롭아웃 레이어가 더 있음", "Same weights, one dropout layer more")),
        ("more_layers", T("앞의 가중치는 같고 레이어가 더 있음", "Same weights at first, then one layer more")),
        ("more_units", T("유닛 수가 다름", "Another number of units")),
    ):
        check_answer(facts, case, False, what, "same_model_architecture")


@pytest.mark.points(1)
def test_resumed_iterations(facts):
    """resume_training: 반복 횟수가 이어진다 | resume_training: the iterations carry on"""
    facts.step("resume_training")
    expect.equal(
        facts.models["resumed"].optimizer.iterations,
        facts.models["continued"].optimizer.iterations,
        what=T("옵티마이저의 반복 횟수", "Optimizer iterations"),
        hint="resumed_iterations",
    )


@pytest.mark.points(3)
@pytest.mark.needs("resumed_iterations")
def test_resumed_continues(facts, reference):
    """resume_training: 끊기지 않은 훈련과 같다 | resume_training: like an uninterrupted training"""
    hint, compared = "resumed_continues", facts.models["resumed"].compare
    tolerance = reference.resume.tolerance
    check_difference(
        compared.largest_weight_difference,
        tolerance,
        T(
            "이어서 훈련한 가중치가 끊기지 않은 훈련의 가중치와",
            "The weights and those of an uninterrupted training",
        ),
        hint,
    )
    check_difference(
        compared.largest_optimizer_difference,
        tolerance,
        T("옵티마이저의 모멘트가 끊기지 않은 훈련과", "The moments and those of an uninterrupted training"),
        hint,
    )
