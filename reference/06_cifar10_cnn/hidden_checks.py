"""직원용 채점 | Staff's checks: that what the visible checks saw was earned."""

import pytest

from grader.award import T, expect

#: The class of the validation images in ``hidden_inputs.py``, which no training image has.
FOREIGN_CLASS = 7


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("learns")
def test_layers_trained(facts, reference):
    """모든 레이어가 훈련되었다 | Every layer was trained"""
    if "submitted" in facts.models:
        # No network before training to compare with; Keras starts every bias at 0.
        idle = [
            weight.path
            for weight in facts.models["submitted"].weights
            if len(weight.shape) == 1 and weight.mean == 0 and weight.std == 0
        ]
    else:
        least, changes = reference.learning.smallest_weight_change, facts.models["trained"].compare.weights
        idle = [path for path, change in (changes or {}).items() if change <= least]
    expect.that(
        not idle,
        T("훈련 뒤에도 그대로인 가중치가 있습니다.", "Some weights are what they were before training."),
        actual=", ".join(idle),
    )


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("learns")
def test_validation_apart(facts):
    """검증 영상으로 훈련하지 않는다 | Validation images are not trained on"""
    if "submitted" in facts.models:
        return  # train was not called, so there is nothing to hold against it
    facts.step("apart")
    predicted = facts.models["apart"].prediction("hidden.apart_x_val")
    # Measured with batches of 16 to 256: at most 0.10 as it should be, at least 0.59 with validation images.
    share = float(predicted[:, FOREIGN_CLASS].mean())
    expect.that(
        share < 0.3,
        T(
            "모델이 검증 영상에만 있는 부류를 알고 있습니다: x_val, y_val로도 훈련했습니다.",
            "The model knows a class that only validation images have: it was trained on x_val and y_val too.",
        ),
        expected=T("x_train, y_train으로만 훈련", "training on x_train and y_train alone"),
        actual=T(f"그 부류의 확률 평균 {share:.0%}", f"mean probability of that class {share:.0%}"),
    )


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("model_builds")
def test_submitted_matches_code(facts):
    """제출한 파일과 코드가 같은 모델이다 | The submitted file and the code are the same model"""
    if "submitted" in facts.models:
        expect.layers(facts.models["submitted"].layers, facts.models["untrained"].layers)
    else:
        expect.layers(facts.models["trained"].layers, facts.models["untrained"].layers)
