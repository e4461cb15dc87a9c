"""Scores against labels that only the grader has."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from grader.inspect import Inspection, score_predictions
from grader.inspect.scoring import score
from grader.schema import CompileFact, LayerFact, ModelFact
from grader.wire.npy import write_array

LABELS = np.array([0, 1, 2, 1])


def test_probabilities_of_classes() -> None:
    given = np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1]])
    found = score(given, LABELS)
    assert found is not None
    assert found.accuracy == 0.75
    assert found.loss == pytest.approx(-np.mean(np.log([0.8, 0.5, 0.1, 0.8])))
    assert found.confusion == ((1, 0, 0), (0, 2, 0), (1, 0, 0))


def test_one_column_is_the_probability_of_class_1() -> None:
    labels = np.array([0, 1, 1])
    for given in (np.array([[0.2], [0.9], [0.4]]), np.array([0.2, 0.9, 0.4])):
        found = score(given, labels)
        assert found is not None
        assert found.accuracy == pytest.approx(2 / 3)
        assert found.confusion == ((1, 0), (1, 1))
        assert found.loss == pytest.approx(-np.mean(np.log([0.8, 0.9, 0.4])))


def test_rows_that_are_not_numbers_are_wrong_and_harm_no_other_row() -> None:
    given = np.array([[math.nan, 1, 0], [0, 1, 0], [math.inf, 0, 0], [0, 1, 0]])
    found = score(given, LABELS)
    assert found is not None
    assert found.accuracy == 0.5
    assert np.isfinite(found.loss)
    assert np.sum(found.confusion) == 2


@pytest.mark.parametrize(
    "given", [np.zeros((3, 3)), np.zeros((4, 2, 2)), np.zeros((4, 0)), np.zeros((0,)), np.zeros(())]
)
def test_other_shapes_have_no_score(given: np.ndarray) -> None:
    assert score(given, LABELS) is None


def test_fewer_classes_than_labels_can_still_be_scored() -> None:
    found = score(np.array([[0.9, 0.1]] * 4), LABELS)
    assert found is not None
    assert found.accuracy == 0.25


def test_a_million_classes_cost_no_matrix() -> None:
    found = score(np.zeros((4, 200_000), "float32"), LABELS)
    assert found is not None
    assert found.confusion == ()


def inspection(folder: Path, given: np.ndarray, *, from_logits: bool, activation: str | None) -> Inspection:
    path = folder / "m.predict.test.npy"
    write_array(path, given.astype("float32"))
    layer = LayerFact(
        name="d", type="Dense", output_shape=(None, 1), parameters=1, trainable_parameters=1, activation=activation
    )
    compiled = CompileFact(optimizer="adam", loss="binary_crossentropy", from_logits=from_logits)
    model = ModelFact(name="m", file="m.keras", layers=(layer,), compiled=compiled)
    return Inspection(models={"m": model}, arrays={"m.predict.test": path})


def test_logits_are_made_probabilities_first(tmp_path: Path) -> None:
    given, labels = np.array([[0.3], [-0.3], [2.0], [-800.0]]), np.array([1, 0, 1, 0])
    logits = score_predictions(inspection(tmp_path, given, from_logits=True, activation="linear"), labels)
    assert logits.models["m"].scores["test"].accuracy == 1
    assert logits.models["m"].scores["test"].loss == pytest.approx(
        np.mean(np.log1p(np.exp([-0.3, -0.3, -2.0, -800.0]))), abs=1e-6
    )
    plain = score_predictions(inspection(tmp_path, given, from_logits=False, activation="linear"), labels)
    assert plain.models["m"].scores["test"].accuracy == 0.75
    sigmoid = score_predictions(inspection(tmp_path, given, from_logits=True, activation="sigmoid"), labels)
    assert sigmoid.models["m"].scores["test"].accuracy == 0.75


def test_a_broken_file_has_no_score(tmp_path: Path) -> None:
    made = inspection(tmp_path, np.zeros((4, 1)), from_logits=False, activation=None)
    (tmp_path / "m.predict.test.npy").write_bytes(b"\x93NUMPY")
    assert score_predictions(made, LABELS).models["m"].scores == {}
