"""직원용 채점 | Staff's checks: that the model was trained as it was built, all of it, and on train alone."""

import pytest

from grader.award import T, expect

SCALES = ("unit", "symmetric", "none")


@pytest.mark.staff
@pytest.mark.points(0.5)
@pytest.mark.needs("learns")
def test_layers_trained(facts):
    """build_model의 모델에서 모든 레이어가 훈련되었다 | Every layer was trained, in build_model's model"""
    name = next(f"trained_{scale}" for scale in SCALES if f"trained_{scale}" in facts.models)
    expect.layers(facts.models[name].layers, facts.models["untrained"].layers)
    idle = [
        weight.path
        for weight in facts.models[name].weights
        if len(weight.shape) == 1 and weight.mean == 0 and weight.std == 0
    ]
    expect.that(
        not idle,
        T("훈련 뒤에도 편향이 모두 0인 레이어가 있습니다.", "In some layers all biases are 0 after training."),
        actual=", ".join(idle),
    )


@pytest.mark.staff
@pytest.mark.points(0.5)
@pytest.mark.needs("learns")
def test_test_apart(facts):
    """테스트 사진으로 훈련하지 않는다 | Test pictures are not trained on"""
    facts.step("apart")
    # Red pictures (cat) and blue ones (dog) by turns, as in train; in test, most had the other label.
    dogs = facts.models["apart"].prediction("coloured").astype(float).reshape(-1)
    red, blue = float(dogs[::2].mean()), float(dogs[1::2].mean())
    expect.that(
        blue > red,
        T(
            "모델이 test의 레이블을 배웠습니다: test로도 훈련했습니다.",
            "The model has learnt the labels of test: it was trained on test too.",
        ),
        expected=T("train으로만 훈련", "training on train alone"),
        actual=T(
            f"개일 확률: 빨간 그림 {red:.3f}, 파란 그림 {blue:.3f}",
            f"probability of a dog: red pictures {red:.3f}, blue pictures {blue:.3f}",
        ),
    )
