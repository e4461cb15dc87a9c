"""직원용 채점 | Staff's checks."""

import numpy as np
import pytest

from grader.award import T, expect

#: The class of white squares: among the validation images only.
FOREIGN_CLASS = 3


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("batch_shape")
def test_hidden_order(facts, inputs):
    """70장의 순서와 모양 | Order and shape of 70 images"""
    wanted = inputs["hidden.colours"]
    facts.step("hidden.augment_batch")
    batch = facts.array("hidden.augment_batch", shape=wanted.shape)
    expect.equal(str(batch.dtype), "float32")
    strongest = batch[:, 9:-9, 9:-9].mean(axis=(1, 2)).argmax(axis=1)
    expect.equal(strongest.tolist(), (np.arange(len(wanted)) // 2 % 3).tolist())


@pytest.mark.staff
@pytest.mark.points(1)
@pytest.mark.needs("learns")
def test_validation_apart(facts, inputs):
    """검증 영상으로 훈련하지 않는다 | Validation images are not trained on"""
    expect.layers(facts.models["trained"].layers, facts.models["before"].layers)
    foreign = inputs["val.y"] == FOREIGN_CLASS
    predicted = facts.models["trained"].prediction("val.x").argmax(axis=1)
    share = float((predicted[foreign] == FOREIGN_CLASS).mean())
    expect.that(
        share < 0.5,
        T(
            "모델이 검증 영상에만 있는 부류를 알고 있습니다: x_val, y_val로도 훈련했습니다.",
            "The model knows a class that only validation images have: it was trained on x_val and y_val too.",
        ),
        expected=T("x_train, y_train으로만 훈련", "training on x_train and y_train alone"),
        actual=T(f"검증 영상의 {share:.0%}에 그 부류로 답함", f"answers with it for {share:.0%} of those images"),
    )
