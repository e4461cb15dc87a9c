"""Pictures on the page: drawn once for light and dark, described in both languages, and never the page's end."""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from grader import pictures
from grader.i18n import both
from grader.pictures import draw_accuracies, draw_exercise, draw_marks
from grader.pictures.curves import draw_curves
from grader.pictures.network import can_be_drawn
from grader.pictures.panels import png, unpack
from grader.report import to_html
from grader.report.html import MAX_BYTES, Drawn
from grader.report.page import asset
from grader.schema import (
    Confusion,
    Drawing,
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


def kinds(exercise: ExerciseResult) -> list[str]:
    return [drawing.kind for drawing in draw_exercise(exercise) if drawing.kind != "curves"]


def page_of(result: Result) -> str:
    return to_html(result, "ko", drawings=Drawn(result, pictures))


CONFUSION = Confusion(
    title=TITLE, text=TITLE, names=(Text(ko="가", en=HOSTILE), Text(ko="나", en="b")), counts=((3, 1), (0, 4))
)
LAYERS = (
    layer(HOSTILE, HOSTILE, (None, 30, 30, 64)),
    layer("b", "Conv2D", (None, None, None, 3)),
    layer("c", "Dense", (None, 10)),
)


def every_drawing(sample: Sample) -> list[Drawing]:
    exercise = with_pictures(
        sample,
        CONFUSION,
        moved((True, 0.5), (False, 0.0), (False, 2e-3), (True, 0.0)),
        sheet(Panel(pixels=pixels(3, 3, 1, "signed"), numbers=((HOSTILE,),), caption=TITLE)),
        layers=LAYERS,
    )
    curves = draw_curves({"accuracy": (0.1, 0.2), "val_accuracy": (0.1, 0.3)}, 0.2)
    found = [*draw_exercise(exercise), curves, draw_marks([1, 2], 10), draw_accuracies([0.5], [0.4], 0)]
    return [drawing for drawing in found if drawing is not None]


def svgs(sample: Sample) -> list[str]:
    return [figure.svg for drawing in every_drawing(sample) for figure in drawing.figures]


def test_drawings_are_well_formed_hold_no_script_and_are_the_same_every_time(sample: Sample) -> None:
    first, again = every_drawing(sample), every_drawing(sample)
    assert {"network", "confusion", "movement", "gallery", "curves", "marks", "accuracies"} <= {
        drawing.kind for drawing in first
    }
    assert first == again
    for svg in svgs(sample):
        tags = {element.tag for element in ElementTree.fromstring(f"<div>{svg}</div>").iter()}
        assert tags <= {"div", "svg", "rect", "path", "circle", "text", "image"}
        assert not re.findall(r'(?:href|src|url)[=(](?!"data:image/png;base64,)[^ >]*', svg)
        assert "\u202e" not in svg
    for drawing in first:
        assert all(figure.alt.ko != figure.alt.en for figure in drawing.figures)


def test_colours_are_the_pages_variables_for_light_and_dark(sample: Sample) -> None:
    light, dark = re.findall(r":root \{(.*?)\}", asset("style.css"), re.DOTALL)[:2]
    drawn = "".join(svgs(sample))
    used = set(re.findall(r"var\(--(\w+)\)", drawn))
    assert {"accent", "warm", "bad", "card", "ink", "line", "quiet", "sunk"} <= used
    for name in used:
        assert f"--{name}:" in light
        assert f"--{name}:" in dark
    assert not re.search(r"(?:fill|stroke)[:=]\"?#(?!fff|10141a)", drawn)


def test_every_picture_says_in_both_languages_what_it_shows(sample: Sample) -> None:
    shown = with_pictures(sample, sheet(Panel(pixels=pixels(8, 8), caption=Text(ko="새", en="bird"))))
    page = page_of(sample("mixed").model_copy(update={"exercises": (shown,)}))
    charts = re.findall(r'<div class="chart"[^>]*>', page)
    assert charts
    assert all(re.search(r'role="img" aria-label="[^"]+" data-ko="[^"]+" data-en="[^"]+"', one) for one in charts)
    assert 'aria-label="새" data-ko="새" data-en="bird"' in page


def test_an_axis_is_zoomed_to_the_data_and_names_the_minimum() -> None:
    drawing = draw_curves({"accuracy": (0.71, 0.74), "val_accuracy": (0.70, 0.72)}, 0.69)
    assert drawing is not None
    svg = drawing.figures[0].svg
    assert "minimum 69.0%" in svg
    labels = [int(label) for label in re.findall(r">(\d+)%<", svg)]
    assert labels
    assert min(labels) >= 65
    assert max(labels) <= 80


def test_curves_are_deterministic_and_survive_any_history() -> None:
    history = {"loss": (1.0, 0.5), "val_loss": (1.2, 0.8), "accuracy": (0.3, 0.6)}
    first, second = draw_curves(history, 0.5), draw_curves(history, 0.5)
    assert first == second
    assert first is not None
    assert [figure.title.en for figure in first.figures if figure.title] == ["Accuracy by epoch", "Loss by epoch"]
    assert "from 30.0% to 60.0%" in first.figures[0].alt.en
    nan, inf = float("nan"), float("inf")
    assert draw_curves({"loss": (nan, inf), "junk": (1.0,)}, None) is None
    strange: list[dict[str, tuple[float, ...]]] = [
        {"loss": (nan, 3.0, -1e308, 1e5) * 1000},
        {"acc": (0.5,)},
        {"acc": (5.0, -3.0)},
    ]
    for claimed in strange:
        survived = draw_curves(claimed, nan)
        assert survived is not None
        assert len(survived.figures) == 1
        assert "nan" not in survived.figures[0].svg


def test_marks_stand_in_bins_of_a_tenth_of_full_marks() -> None:
    drawing = draw_marks([0, 9.9, 10, 55, 100], 100)
    assert drawing is not None
    bars = re.findall(r'<rect [^>]*style="fill:var\(--accent\)"/>', drawing.figures[0].svg)
    assert len(bars) == 4  # 0 to 10, 10 to 20, 50 to 60, 90 to 100
    assert "Most of them (2) are between 0 and 10." in drawing.figures[0].alt.en


@pytest.mark.parametrize("values", [[0.5], [0.0, 1.0], [0.999, 1.0], [1.0], [0.0]])
def test_accuracies_are_zoomed_and_none_is_lost(values: list[float]) -> None:
    drawing = draw_accuracies(values, [0.5], 0)
    assert drawing is not None
    counts = [int(n) for n in re.findall(r'font-size="11"[^>]*>(\d+)<', drawing.figures[0].svg)]
    assert sum(counts) == len(values)


def test_recall_stands_beside_the_confusion_matrix(sample: Sample) -> None:
    (drawing,) = [d for d in draw_exercise(with_pictures(sample, CONFUSION)) if d.kind == "confusion"]
    assert {"75.0%", "100.0%"} <= set(re.findall(r">([\d.]+%)<", drawing.figures[0].svg))
    assert "75.0%" in drawing.figures[0].alt.en


def test_small_images_are_right_png_files() -> None:
    values = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    grey, colours = values[..., :1], np.stack([np.arange(256)] * 3, axis=1).astype(np.uint8)
    for made, expected in (
        (png(values), values),
        (png(grey), np.repeat(grey, 3, axis=2)),
        (png(grey, colours), np.repeat(grey, 3, axis=2)),
    ):
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(made)).convert("RGB")), expected)


@pytest.mark.parametrize("change", [float("inf"), 1e300, 1e-300])
def test_absurd_changes_are_drawn_at_the_edge(sample: Sample, change: float) -> None:
    assert kinds(with_pictures(sample, moved((True, change), (False, change)))) == ["movement"]


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
    assert kinds(exercise) == ["confusion"]


def test_a_map_is_laid_over_its_image_and_its_colours_are_explained(sample: Sample) -> None:
    panel = Panel(pixels=pixels(48, 64), over=pixels(5, 7, 1, "heat"), caption=TITLE)
    exercise = with_pictures(sample, sheet(panel, kind="activation_maps"))
    (drawing,) = [d for d in draw_exercise(exercise) if d.kind == "activation_maps"]
    image, bar = drawing.figures
    assert image.svg.count("<image") == 2
    assert 'opacity="0.55"' in image.svg
    assert bar.tone == "bar"


def test_a_page_full_of_pictures_stays_within_its_size(sample: Sample) -> None:
    panels = tuple(Panel(pixels=pixels(40, 40), caption=TITLE) for _ in range(40))
    exercises = tuple(
        with_pictures(sample, sheet(*panels)).model_copy(update={"id": f"{i:02d}_x"}) for i in range(13)
    )
    page = page_of(sample("mixed").model_copy(update={"exercises": exercises}))
    assert len(page.encode()) < MAX_BYTES
    assert page.count('<section class="card"') == 13


def test_a_network_that_would_be_a_wall_of_boxes_is_not_drawn() -> None:
    assert can_be_drawn(LAYERS)
    assert not can_be_drawn(LAYERS * 11)
    assert not can_be_drawn(LAYERS[:2])
