"""Pictures are made of a stranger's arrays: what can't be shown is left out, and no mark depends on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.catalog import load_course
from grader.pictures import make_pictures
from grader.pictures.panels import unpack
from grader.pictures.pixels import SIDE, NoPicture, field, images
from grader.schema import (
    Confusion,
    Difference,
    Exercise,
    Facts,
    ModelFact,
    Movement,
    PicturePlan,
    Score,
    Sheet,
    Text,
    WeightFact,
)
from grader.wire.npy import write_array

Arrays = Mapping[str, np.ndarray[Any, Any]]
COURSE = load_course()
TITLE = Text(ko="그림", en="Picture")


def exercise(*plans: PicturePlan, classes: tuple[Text, ...] = ()) -> Exercise:
    return COURSE.exercises[0].model_copy(update={"pictures": plans, "classes": classes})


def plan(kind: str, **fields: object) -> PicturePlan:
    return PicturePlan.model_validate({"kind": kind, "title": TITLE, "text": TITLE, **fields})


def facts(folder: Path, arrays: Arrays, **fields: object) -> Facts:
    for name, array in arrays.items():
        write_array(folder / f"{name}.npy", array)
    base = {"exercise": COURSE.exercises[0].id, "present": True, "budget_name": "quick"}
    return Facts.model_validate({**base, "arrays": tuple(arrays), **fields})


def made(folder: Path, wanted: Exercise, arrays: Arrays, inputs: Arrays | None = None, **fields: object) -> Any:
    return make_pictures(wanted, facts(folder, arrays, **fields), folder, lambda: inputs or {})


GALLERY = plan("gallery", arrays="batch", images=("original",))
ORIGINAL = {"original": np.linspace(0, 1, 24 * 32 * 3, dtype=np.float32).reshape(24, 32, 3)}


def test_one_image_stands_beside_its_variants(tmp_path: Path) -> None:
    batch = np.repeat(ORIGINAL["original"][None], 3, axis=0)
    (sheet,), notes = made(tmp_path, exercise(GALLERY), {"batch": batch}, ORIGINAL)
    assert isinstance(sheet, Sheet)
    assert not notes
    assert [panel.tone for panel in sheet.panels] == ["original", "", "", ""]
    shown = unpack(sheet.panels[1].pixels)
    np.testing.assert_array_equal(shown, np.rint(batch[0] * 255).astype(np.uint8))


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros((0, 4, 4, 3), np.float32),
        np.zeros((2, 4, 4, 2), np.float32),
        np.zeros((2, 4), np.float32),
        np.full((2, 4, 4, 3), np.nan, np.float32),
        np.full((2, 4, 4, 3), np.inf, np.float64),
        np.zeros((1, 4096, 2, 3), np.uint8),
        np.zeros((2, 0, 4, 3), np.float32),
        np.array(3.0),
    ],
    ids=["none", "two channels", "flat", "nan", "infinite", "too large", "empty", "a number"],
)
def test_what_is_no_image_is_left_out_with_a_note(tmp_path: Path, batch: np.ndarray[Any, Any]) -> None:
    pictures, notes = made(tmp_path, exercise(GALLERY), {"batch": batch}, ORIGINAL)
    assert pictures == ()
    assert len(notes) == 1
    assert notes[0].startswith("gallery: ")


def test_a_damaged_file_is_a_note_and_no_exception(tmp_path: Path) -> None:
    wanted = facts(tmp_path, {"batch": np.zeros((2, 4, 4, 3), np.float32)})
    (tmp_path / "batch.npy").write_bytes(b"\x93NUMPY\x01\x00nonsense")
    pictures, notes = make_pictures(exercise(GALLERY), wanted, tmp_path, lambda: ORIGINAL)
    assert pictures == ()
    assert len(notes) == 1


def test_what_is_not_there_is_no_note(tmp_path: Path) -> None:
    assert made(tmp_path, exercise(GALLERY), {}, ORIGINAL) == ((), ())


@pytest.mark.parametrize("huge", [1e300, -1e300])
def test_huge_numbers_do_not_overflow(tmp_path: Path, huge: float) -> None:
    batch = np.full((2, 100, 100, 3), huge)
    (sheet,), notes = made(tmp_path, exercise(GALLERY), {"batch": batch}, ORIGINAL)
    assert not notes
    assert max(sheet.panels[1].pixels.shape) <= SIDE


def test_maps_are_matched_with_their_images_and_hidden_ones_are_not_shown(tmp_path: Path) -> None:
    wanted = exercise(plan("activation_maps", arrays="map.*", images=("map.*.image",)))
    one = np.eye(4, dtype=np.float32)
    arrays = {"map.two": one, "map.ten_10": one, "hidden.map.secret": one, "map.nan": np.full((4, 4), np.nan)}
    inputs = {f"map.{case}.image": np.zeros((8, 8, 3), np.uint8) for case in ("two", "ten_10", "nan", "secret")}
    (sheet,), notes = made(tmp_path, wanted, arrays, inputs)
    assert not notes
    assert [panel.caption.en for panel in sheet.panels] == [
        "image",
        "yours",
        "image",
        "yours",
    ]
    assert [panel.label.en for panel in sheet.panels if panel.label] == ["ten 10", "two"]
    assert sheet.panels[1].over is not None
    np.testing.assert_array_equal(unpack(sheet.panels[1].over)[..., 0], np.eye(4) * 255)


def test_maps_may_have_a_batch_or_channel_axis_and_no_other() -> None:
    for shape in ((1, 5, 7), (5, 7, 1), (5, 7)):
        assert field(np.zeros(shape), "map").shape == (5, 7)
    for other in ((2, 5, 7), (5,), (1, 5, 7, 1)):
        with pytest.raises(NoPicture):
            field(np.zeros(other), "map")


@pytest.mark.parametrize(
    ("values", "expected"),
    [(np.array([-1.0, 1.0]), [0, 1]), (np.array([0.0, 1.0]), [0, 1]), (np.array([0.0, 255.0]), [0, 1])],
)
def test_ranges_are_told_apart(values: np.ndarray[Any, Any], expected: list[float]) -> None:
    batch = np.broadcast_to(values[:, None, None, None], (2, 3, 3, 3))
    assert [float(image.mean()) for image in images(batch, "x")] == expected


def test_mistakes_and_confusion_name_the_classes(tmp_path: Path) -> None:
    classes = (Text(ko="고양이", en="cat"), Text(ko="개", en="dog"))
    model = ModelFact(
        name="m",
        file="m.keras",
        scores={"test": Score(images=10, accuracy=0.7, loss=1, confusion=((4, 1), (2, 3)))},
    )
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "picture.mistakes.images": np.zeros((1, 8, 8, 3), np.uint8),
        "picture.mistakes.classes": np.array([[1, 0, 0.875]], np.float32),
    }
    pictures, notes = made(tmp_path, exercise(classes=classes), arrays, models={"m": model}, graded_model="m")
    assert not notes
    confusion, mistakes = pictures
    assert isinstance(confusion, Confusion)
    assert "7 of 10" in confusion.text.en
    assert "dog, predicted as cat, 2 times" in confusion.text.en
    assert mistakes.panels[0].caption.en == "dog, predicted as cat (87.5%)"
    assert "개" in mistakes.panels[0].caption.ko


def test_movement_puts_a_layers_variables_together(tmp_path: Path) -> None:
    def weight(path: str, trainable: bool) -> WeightFact:
        return WeightFact(path=path, shape=(2, 3), dtype="float32", trainable=trainable, sha256="", mean=0, std=0)

    model = ModelFact(
        name="m",
        file="m.keras",
        weights=(weight("a/kernel", False), weight("a/bias", False), weight("b/kernel", True)),
        compare=Difference(
            against="before",
            same_architecture=True,
            same_compile=True,
            weights={"a/kernel": 0.0, "a/bias": 0.0, "b/kernel": 0.5},
        ),
    )
    pictures, notes = made(
        tmp_path, exercise(plan("movement", models={"m": TITLE, "absent": TITLE})), {}, models={"m": model}
    )
    assert not notes
    assert isinstance(pictures[0], Movement)
    (layers,) = (moved.layers for moved in pictures[0].models)
    assert [(layer.name, layer.parameters, layer.trainable, layer.change) for layer in layers] == [
        ("a", 12, False, 0.0),
        ("b", 6, True, 0.5),
    ]


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    batch = np.random.default_rng(0).random((3, 24, 32, 3), dtype=np.float32)
    first = made(tmp_path, exercise(GALLERY), {"batch": batch}, ORIGINAL)
    again = made(tmp_path, exercise(GALLERY), {"batch": batch}, ORIGINAL)
    assert json.dumps([p.model_dump() for p in first[0]]) == json.dumps([p.model_dump() for p in again[0]])


def test_right_maps_stand_beside_the_students(tmp_path: Path) -> None:
    (tmp_path / "reference.json").write_text('{"maps": {"two": [[0, 4], [2, 0]]}}', encoding="utf-8")
    labels = {"two": Text(ko="둘", en="the second")}
    wanted = exercise(
        plan(
            "activation_maps",
            arrays="map.*",
            images=("map.*.image",),
            expected="maps.*",
            names="map.*.names",
            labels=labels,
        )
    ).model_copy(update={"reference_file": tmp_path / "reference.json"})
    inputs = {"map.two.image": np.zeros((8, 8, 3), np.uint8), "map.one.image": np.zeros((8, 8, 3), np.uint8)}
    arrays = {"map.two": np.eye(2, dtype=np.float32), "map.one": np.full((2, 2), 0.25, np.float32)}
    values = {"map.two.names": [["bull_mastiff", 0.914], ["cat", 0.01]], "map.one.names": [[], 3]}
    (sheet,), notes = made(tmp_path, wanted, arrays, inputs, values=values)
    assert not notes
    assert [(panel.label.en if panel.label else "", panel.caption.en) for panel in sheet.panels] == [
        ("one", "image"),
        ("", "yours: 0.25 everywhere"),
        ("the second", "bull mastiff 91.4%"),
        ("", "expected"),
        ("", "yours"),
    ]
    np.testing.assert_array_equal(unpack(sheet.panels[3].over)[..., 0], [[0, 255], [128, 0]])


def test_a_right_feature_map_stands_beside_the_students_and_says_how_far_off_it_is(tmp_path: Path) -> None:
    wanted = exercise(plan("feature_maps", arrays="map.*", images=("map.*.image",), filters="map.*.kernel"))
    image, kernel = np.arange(20.0).reshape(4, 5), np.array([[0.0, 1.0], [2.0, 0.0]])
    right = image[:-1, 1:] + 2 * image[1:, :-1]
    inputs = {
        f"map.{case}.{what}": array for case in "ab" for what, array in (("image", image), ("kernel", kernel))
    }
    (sheet,), notes = made(tmp_path, wanted, {"map.a": right, "map.b": right + 1.5}, inputs)
    assert not notes
    captions = [panel.caption.en for panel in sheet.panels]
    assert captions[2:4] == ["expected, 3×4", "yours, 3×4"]
    assert captions[7] == "yours, 3×4: up to 1.5 off"
    assert sheet.panels[1].numbers == (("0", "1"), ("2", "0"))
