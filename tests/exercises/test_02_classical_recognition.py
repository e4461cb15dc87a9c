"""The classical recognition exercise: a fair minimum, no label where the student's code runs, no fault of ours."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.award.failures import CheckFailed
from grader.award.json_values import JsonDict

ROOT = Path(__file__).parents[2]
SLUG = "02_classical_recognition"
RECORD = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))
ANSWERS = sorted((ROOT / "solutions" / SLUG / "alternative").glob("*.py"))


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t02_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inputs = load("exercises", SLUG, "inputs.py")
checks = load("exercises", SLUG, "checks.py")
hidden_inputs = load("reference", SLUG, "hidden_inputs.py")
make_reference = load("reference", SLUG, "make_reference.py")
VISIBLE = inputs.make(0)
HIDDEN = hidden_inputs.make(0)
MINIMUM = RECORD["recognise"]["minimum"]


def test_the_labels_are_those_of_the_visible_test_images() -> None:
    kinds, points = make_reference.visible_answers(inputs)
    assert RECORD["recognise"]["labels"] == kinds.tolist()
    assert RECORD["build_classifier"]["labels"] == points.tolist()
    assert RECORD["recognise"]["other_ids"] == list(inputs.OTHER_IDS)
    rng = np.random.Generator(np.random.PCG64(102))
    inputs.pictures(inputs.TRAIN, rng)
    images, again = inputs.pictures(inputs.TEST, rng)
    assert np.array_equal(images, VISIBLE["recognise.pictures.test_images"])
    assert np.array_equal(again, kinds)


def test_no_test_label_travels_to_the_run() -> None:
    answers = [np.asarray(RECORD["recognise"]["labels"]), *hidden_inputs.answers().values()]
    for name, array in (VISIBLE | HIDDEN).items():
        assert not any(array.ndim == 1 and np.array_equal(array, answer) for answer in answers), name


def test_the_minimum_is_what_its_samples_say() -> None:
    samples = RECORD["recognise"]["samples"]
    assert {"classical_recognition", *(file.stem for file in ANSWERS)} == set(samples)
    assert min(map(make_reference.lower_bound, samples.values())) >= MINIMUM
    for accuracies in RECORD["recognise"]["too_weak"].values():
        assert max(accuracies) < MINIMUM


@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.stem)
def test_every_alternative_stays_clear_of_the_minimum_on_the_graded_pictures(file: Path) -> None:
    answer = load("solutions", SLUG, "alternative", file.name)
    case = "hidden.recognise.pictures"
    for arrays, name, right in (
        (VISIBLE, "recognise.pictures", np.asarray(RECORD["recognise"]["labels"])),
        (HIDDEN, case, hidden_inputs.answers()["recognise.pictures"]),
    ):
        arguments = [arrays[f"{name}.{part}"] for part in ("train_images", "train_labels", "test_images")]
        predicted = np.asarray(answer.recognise(*arguments)).reshape(-1)
        assert float(np.mean(predicted == right)) >= MINIMUM + 0.1


def test_classes_are_balanced_and_ids_do_not_count_up() -> None:
    for labels in (RECORD["recognise"]["labels"], VISIBLE["recognise.pictures.train_labels"]):
        assert len(set(np.bincount(labels).tolist())) == 1
    for name, array in (VISIBLE | HIDDEN).items():
        if name.endswith("labels") and ("other_ids" in name or name.startswith("hidden.")):
            assert not np.array_equal(np.unique(array), np.arange(len(np.unique(array)))), name


def test_hidden_pictures_are_others() -> None:
    seen = {image.tobytes() for name, array in VISIBLE.items() if name.endswith("images") for image in array}
    assert not any(image.tobytes() in seen for name, array in HIDDEN.items() if array.ndim == 4 for image in array)
    assert all(name.startswith("hidden.") for name in HIDDEN)


def test_pictures_are_the_same_in_every_run() -> None:
    again = inputs.make(0)
    assert all(np.array_equal(VISIBLE[name], again[name]) for name in VISIBLE)
    assert not np.array_equal(
        inputs.make(1)["recognise.pictures.test_images"], VISIBLE["recognise.pictures.test_images"]
    )


class Given:
    """Facts with these arrays and nothing else."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        self.arrays = arrays

    def array(self, name: str) -> Any:
        return self.arrays[name]


class Reference:
    """``reference`` as checks see it: attributes all the way down."""

    recognise = JsonDict(RECORD["recognise"], "recognise", lambda name, key: KeyError(key))
    build_classifier = JsonDict(RECORD["build_classifier"], "build_classifier", lambda name, key: KeyError(key))


@pytest.mark.parametrize(
    "odd",
    [
        np.full((1, 3), 1e308),
        np.full((1, 3), -5e-324),
        np.array([[1e300, 1e-300, 0.0]]),
        np.zeros((1, 1), dtype=bool),
        np.zeros((1, 2), dtype=np.uint8),
        np.full((1, 4), 1e-200),
    ],
)
def test_strange_features_are_judged_and_no_fault_of_ours(odd: np.ndarray) -> None:
    facts = Given(
        {
            "extract_features.train": np.repeat(odd, inputs.TRAIN, axis=0),
            "extract_features.test": np.repeat(odd, inputs.TEST, axis=0),
        }
    )
    with np.errstate(all="raise", under="ignore"), pytest.raises(CheckFailed):
        checks.test_features_useful(facts, VISIBLE, Reference)


def test_features_of_another_width_are_judged_and_no_fault_of_ours() -> None:
    rng = np.random.Generator(np.random.PCG64(0))
    facts = Given(
        {
            "extract_features.train": rng.random((inputs.TRAIN, 5)),
            "extract_features.test": rng.random((inputs.TEST, 3)),
        }
    )
    with pytest.raises(CheckFailed):
        checks.test_features_useful(facts, VISIBLE, Reference)


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros(()),
        np.zeros((80, 4)),
        np.zeros(79),
        np.full(80, np.nan),
        np.full(80, 0.5),
        np.full(80, 9),
        np.ones(80, dtype=bool),
    ],
)
def test_predictions_of_any_other_kind_fail_and_are_no_fault_of_ours(bad: np.ndarray) -> None:
    with pytest.raises(CheckFailed):
        checks.test_recognise(Given({"recognise.pictures": bad}), VISIBLE, Reference)
