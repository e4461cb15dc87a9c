"""직원용 채점 | Staff's checks: other single weights, and a file that no student has seen."""

import pytest

from grader.award import T, expect


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("same_model_equal", "same_model_weights", "same_model_architecture")
def test_hidden_same_model(facts, inputs):
    """same_model: 다른 값 | same_model: other values"""
    cases = sorted(name for name in inputs if name.startswith("hidden.same_model."))
    assert cases, "no hidden inputs for same_model"
    for name in cases:
        array, element, amount = inputs[name]
        what = T(
            f"가중치 배열 {array:.0f}의 값 {element:.0f}에 {amount:.3f} 더함",
            f"{amount:.3f} added to value {element:.0f} of weight array {array:.0f}",
        )
        expect.equal(facts.value(name, kind=bool), bool(amount == 0), what=what, hint="same_model_weights")


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("saved_weights", "saved_optimizer", "restored_weights", "restored_optimizer")
def test_hidden_files(facts, inputs):
    """save_model, restore_model: 다른 모델 | save_model, restore_model: another model"""
    kernel, rate = inputs["hidden.kernel"], float(inputs["hidden.learning_rate"])
    given = facts.models["given"]
    for name in ("hidden_saved", "hidden_restored"):
        function = "save_model" if name == "hidden_saved" else "restore_model"
        facts.step(f"hidden.{function}")
        model = facts.models[name]
        found = [(w.mean, w.std) for w in model.weights if w.shape == kernel.shape]
        expect.equal(len(found), 1, what=f"{name}: {kernel.shape}", hint="restored_weights")
        expect.close(
            found[0],
            (kernel.mean(), kernel.std()),
            atol=1e-5,
            what=T(f"{name}: 가중치의 평균과 표준 편차", f"{name}: mean and standard deviation of a kernel"),
            hint="restored_weights",
        )
        expect.close(
            model.compiled.optimizer_config.get("learning_rate"),
            rate,
            atol=1e-6,
            what=T(f"{name}: 학습률", f"{name}: learning rate"),
            hint="restored_compile",
        )
        expect.equal(
            model.optimizer.iterations,
            given.optimizer.iterations,
            what=T(f"{name}: 반복 횟수", f"{name}: iterations"),
            hint="restored_optimizer",
        )
