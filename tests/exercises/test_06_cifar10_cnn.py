"""The CIFAR-10 exercise: its table, its inputs, and trained files that come with a submission."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from grader.authoring import Answer, read_answers
from grader.authoring.answers import Kind
from grader.catalog import load_course
from grader.schema import CheckResult, ExerciseResult, Result
from tests.conftest import Trained, wrong_answer

ROOT = Path(__file__).parents[2]
SLUG = "06_cifar10_cnn"
REFERENCE = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))
SOLUTION = (ROOT / "solutions" / SLUG / "cifar10_cnn.py").read_text(encoding="utf-8")


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t06_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The reference


def test_the_table_is_the_textbooks_and_adds_up() -> None:
    rows = [(row["type"], tuple(row["output_shape"]), row["parameters"]) for row in REFERENCE["layers"]]
    assert rows == [
        ("Conv2D", (None, 30, 30, 64), 1792),
        ("MaxPooling2D", (None, 15, 15, 64), 0),
        ("Conv2D", (None, 13, 13, 32), 18464),
        ("Flatten", (None, 5408), 0),
        ("Dense", (None, 80), 432720),
        ("Dense", (None, 10), 810),
    ]
    assert sum(row["parameters"] for row in REFERENCE["layers"]) == REFERENCE["parameters"] == 453786


def test_class_names_are_those_of_the_data_set() -> None:
    from grader.datasets.types import CIFAR10

    assert tuple(REFERENCE["class_names"]) == CIFAR10.class_names


def test_thresholds_follow_from_their_samples() -> None:
    from grader.authoring.calibrate import make_threshold
    from grader.samples import groups

    rows = REFERENCE["accuracy"]["thresholds"]
    assert {(row["train"], row["epochs"]) for row in rows if row["data"] == "builtin"} >= {
        (2000, 2),
        (2000, 3),
        (4000, 4),
    }
    for row in rows:
        made = make_threshold(
            groups(row["samples"]),
            untrained=row["untrained"],
            images=row["test"],
            classes=len(REFERENCE["class_names"]),
            **{key: row[key] for key in ("data", "train", "epochs")},
        )
        # Samples are stored to four digits, which may move a bound across a hundredth.
        assert made.minimum == pytest.approx(row["minimum"], abs=0.0101)


# What the probe and the inputs do


def test_images_are_scaled_exactly_as_the_inspector_scales_them() -> None:
    scaled = load("exercises", SLUG, "probe.py").scaled
    images = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    result = scaled(images)
    assert result.dtype == np.float32
    assert np.array_equal(result, images.astype(np.float32) / np.float32(255))
    assert images.dtype == np.uint8


def test_the_foreign_class_is_in_the_validation_images_alone() -> None:
    arrays = load("reference", SLUG, "hidden_inputs.py").make(3)
    foreign = load("reference", SLUG, "hidden_checks.py").FOREIGN_CLASS
    assert set(arrays["hidden.apart_y_val"]) == {foreign}
    assert foreign not in arrays["hidden.apart_y"]
    for name, images in (("hidden.apart_x", 32), ("hidden.apart_x_val", 64)):
        assert arrays[name].shape == (images, 32, 32, 3)
        assert arrays[name].dtype == np.float32
        assert 0 <= arrays[name].min() < arrays[name].max() <= 1


@pytest.mark.parametrize(("kind", "least"), [("alternative", 4), ("wrong", 6)])
def test_every_answer_defines_what_is_asked_for(kind: Kind, least: int) -> None:
    answers = list(read_answers(load_course(ROOT)[SLUG], kind))
    assert len(answers) >= least
    for answer in answers:
        assert isinstance(answer, Answer)
        names = {n.name for n in ast.parse(answer.source).body if isinstance(n, ast.FunctionDef)}
        assert names >= {"build_model", "compile_model", "train"}, answer.name


# A trained file in the submission

Grade = Callable[..., Result]


@pytest.fixture(scope="module")
def files(trained: Trained) -> dict[str, bytes]:
    """The solution's network before and after training, as files."""
    return {name: (trained(SLUG) / f"{name}.keras").read_bytes() for name in ("trained", "untrained")}


def only(result: Result) -> ExerciseResult:
    (exercise,) = result.exercises
    return exercise


def by_id(exercise: ExerciseResult) -> dict[str, CheckResult]:
    return {check.id: check for check in exercise.checks}


NO_TRAINING = SOLUTION + "\n\ndef train(*args):\n    raise AssertionError('train was called')\n"


@pytest.mark.slow
def test_a_trained_file_is_measured_instead_of_training(grade: Grade, files: dict[str, bytes]) -> None:
    result = only(grade({"cifar10_cnn.py": NO_TRAINING, "cifar10_cnn.keras": files["trained"]}))
    assert [c.id for c in result.checks if c.outcome != "passed"] == []
    assert result.points == result.max_points == 25


@pytest.mark.slow
def test_an_untrained_file_gets_nothing_for_learning(grade: Grade, files: dict[str, bytes]) -> None:
    checks = by_id(only(grade({"cifar10_cnn.py": NO_TRAINING, "cifar10_cnn.keras": files["untrained"]})))
    assert checks["learns"].outcome == "failed"
    assert checks["accuracy"].outcome == "skipped"
    assert checks["layer_shapes"].outcome == "passed"


@pytest.mark.slow
def test_a_file_of_another_network_than_the_codes(grade: Grade, files: dict[str, bytes]) -> None:
    code = wrong_answer(SLUG, "more_units").source
    checks = by_id(only(grade({"cifar10_cnn.py": code, "cifar10_cnn.keras": files["trained"]})))
    assert checks["layer_shapes"].outcome == "passed"
    assert checks["submitted_matches_code"].outcome == "failed"


@pytest.mark.slow
def test_a_damaged_file_is_named_and_costs_nothing_that_the_code_earns(
    grade: Grade, files: dict[str, bytes]
) -> None:
    result = only(grade({"cifar10_cnn.py": SOLUTION, "cifar10_cnn.keras": files["trained"][:20_000]}))
    checks = by_id(result)
    assert result.status == "graded"
    assert {check.outcome for check in checks.values()} == {"passed"}
    assert any("cifar10_cnn.keras" in problem.file + problem.message.en for problem in result.problems)


@pytest.mark.slow
def test_a_file_alone_shows_its_structure_and_accuracy(grade: Grade, files: dict[str, bytes]) -> None:
    checks = by_id(only(grade({"cifar10_cnn.keras": files["trained"]})))
    passed = {"layer_types", "layer_shapes", "parameter_count", "activations", "learns", "accuracy"}
    assert passed <= {name for name, check in checks.items() if check.outcome == "passed"}
    assert checks["model_builds"].outcome == "failed"


@pytest.mark.slow
def test_a_file_with_code_in_it_runs_nothing(grade: Grade, files: dict[str, bytes]) -> None:
    """A Lambda layer in the configuration is refused by name, before anything is built."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files["trained"])) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b'"Flatten"', b'"Lambda"') if name == "config.json" else data)
    checks = by_id(only(grade({"cifar10_cnn.keras": packed.getvalue()})))
    assert checks["layer_types"].outcome == "failed"
    assert "Lambda" in checks["layer_types"].message.en  # type: ignore[union-attr]
    assert checks["accuracy"].outcome != "passed"
