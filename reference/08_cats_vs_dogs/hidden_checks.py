"""직원용 채점 | Staff's checks: that the model was trained as it was built, all of it."""

import pytest

from grader.award import T, expect

SCALES = ("unit", "symmetric", "none")


@pytest.mark.staff
@pytest.mark.points(1)
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
