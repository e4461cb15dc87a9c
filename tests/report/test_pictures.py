"""Pictures on the page: drawn without words, described in both languages, small, and never the page's end."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from grader.i18n import both
from grader.report import to_html
from grader.report.html import MAX_BYTES
from grader.report.pictures import look_at
from grader.report.pictures.network import can_be_drawn
from grader.report.pictures.panels import unpack
from grader.schema import (
    Confusion,
    ExerciseResult,
    LayerFact,
    ModelFact,
    MovedLayer,
    MovedModel,
    Movement,
    Panel,
    Picture,
    Pixels,
    Result,
    Sheet,
    Text,
)

Sample = Callable[[str], Result]
HOSTILE = '<script>alert(1)</script>$\\frac{1}{0}$ "&\u202e'
TITLE = Text(ko="제목", en="Title")


def pixels(height: int, width: int, channels: int = 3, palette: str = "colour") -> Pixels:
    rng = np.random.default_rng(1)
    data = rng.integers(0, 256, size=(height, width, channels), dtype=np.uint8)
    packed = base64.b64encode(zlib.compress(data.tobytes())).decode()
    return Pixels.model_validate({"shape": data.shape, "data": packed, "palette": palette})


def sheet(*panels: Panel, kind: str = "gallery") -> Sheet:
    return Sheet.model_validate({"kind": kind, "title": TITLE, "text": TITLE, "panels": panels})


def layer(name: str, kind: str, shape: tuple[int | None, ...]) -> LayerFact:
    return LayerFact(name=name, type=kind, output_shape=shape, parameters=1234, trainable_parameters=0)


def moved(*changes: tuple[bool, float]) -> Movement:
    layers = tuple(
        MovedLayer(name=f"{HOSTILE}{i}", parameters=10, trainable=trainable, change=change)
        for i, (trainable, change) in enumerate(changes)
    )
    return Movement(title=TITLE, text=TITLE, models=(MovedModel(label=both("Exercise"), layers=layers),))


def with_pictures(sample: Sample, *pictures: Picture, layers: tuple[LayerFact, ...] = ()) -> ExerciseResult:
    model = ModelFact(name="m", file="m.keras", layers=layers, parameters=12345) if layers else None
    return sample("mixed").exercises[0].model_copy(update={"pictures": pictures, "model": model})


def svg_of(address: str) -> str:
    kind, _, data = address.partition(";base64,")
    assert kind == "data:image/svg+xml"
    return base64.b64decode(data).decode()


CONFUSION = Confusion(
    title=TITLE, text=TITLE, names=(Text(ko="가", en=HOSTILE), Text(ko="나", en="b")), counts=((3, 1), (0, 4))
)
LAYERS = (
    layer(HOSTILE, HOSTILE, (None, 30, 30, 64)),
    layer("b", "Conv2D", (None, None, None, 3)),
    layer("c", "Dense", (None, 10)),
)


def test_drawings_hold_no_script_and_are_the_same_every_time(sample: Sample) -> None:
    exercise = with_pictures(
        sample, CONFUSION, moved((True, 0.5), (False, 0.0), (False, 2e-3), (True, 0.0)), layers=LAYERS
    )
    first, again = look_at(exercise), look_at(exercise)
    assert [group.kind for group in first] == ["network", "confusion", "movement"]
    assert first == again
    for group in first:
        for drawing in group.drawings:
            for address in (drawing.light, drawing.dark):
                svg = svg_of(address)
                assert "<script" not in svg
                assert not re.findall(r'(?:href|src|url)[=(](?!"?#|"?data:image/png;base64,)[^ >]*', svg)
            assert drawing.light != drawing.dark
            assert drawing.alt.ko != drawing.alt.en


def test_every_picture_says_in_both_languages_what_it_shows(sample: Sample) -> None:
    shown = with_pictures(sample, sheet(Panel(pixels=pixels(8, 8), caption=Text(ko="새", en="bird"))))
    page = to_html(sample("mixed").model_copy(update={"exercises": (shown,)}), "ko")
    images = re.findall(r"<img [^>]*>", page)
    assert images
    assert all(re.search(r'alt="[^"]+" data-ko="[^"]+" data-en="[^"]+"', image) for image in images)
    assert 'alt="새" data-ko="새" data-en="bird"' in page


@pytest.mark.parametrize("change", [float("inf"), 1e300, 1e-300])
def test_absurd_changes_are_drawn_at_the_edge(sample: Sample, change: float) -> None:
    assert [group.kind for group in look_at(with_pictures(sample, moved((True, change), (False, change))))] == [
        "movement"
    ]


@pytest.mark.parametrize(
    "broken",
    [
        Pixels(shape=(4, 4, 3), data="!!!"),
        Pixels(shape=(4, 4, 3), data=base64.b64encode(b"nonsense").decode()),
        Pixels(shape=(4, 4, 3), data=base64.b64encode(zlib.compress(b"short")).decode()),
        Pixels(shape=(100_000, 100_000, 3), data=base64.b64encode(zlib.compress(b"\0" * 9)).decode()),
        Pixels(shape=(4, 4, 3), data=base64.b64encode(zlib.compress(b"\0" * 10_000_000)).decode()),
        Pixels(shape=(4, 4, 2), data=base64.b64encode(zlib.compress(b"\0" * 32)).decode()),
    ],
    ids=["not base64", "not zlib", "too short", "huge", "a bomb", "two channels"],
)
def test_what_cannot_be_drawn_is_left_out(sample: Sample, broken: Pixels) -> None:
    with pytest.raises((ValueError, zlib.error)):
        unpack(broken)
    exercise = with_pictures(sample, sheet(Panel(pixels=broken, caption=TITLE)), CONFUSION)
    assert [group.kind for group in look_at(exercise)] == ["confusion"]


def test_a_map_is_laid_over_its_image(sample: Sample) -> None:
    panel = Panel(pixels=pixels(48, 64), over=pixels(5, 7, 1, "grey"), caption=TITLE)
    (group,) = look_at(with_pictures(sample, sheet(panel, kind="activation_maps")))
    assert group.sheet is not None
    (image,) = group.sheet.images
    assert (image.width, image.height) == (192, 144)
    assert image.address.startswith("data:image/webp;base64,")


def test_a_page_full_of_pictures_stays_within_its_size(sample: Sample) -> None:
    panels = tuple(Panel(pixels=pixels(40, 40), caption=TITLE) for _ in range(40))
    exercises = tuple(
        with_pictures(sample, sheet(*panels)).model_copy(update={"id": f"{i:02d}_x"}) for i in range(13)
    )
    page = to_html(sample("mixed").model_copy(update={"exercises": exercises}), "ko")
    assert len(page.encode()) < MAX_BYTES
    assert page.count('<section class="card"') == 13


def test_a_network_that_would_be_a_wall_of_boxes_is_not_drawn() -> None:
    assert can_be_drawn(LAYERS)
    assert not can_be_drawn(LAYERS * 11)
    assert not can_be_drawn(LAYERS[:2])
