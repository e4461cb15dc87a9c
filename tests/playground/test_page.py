"""What the page says is what Keras says; it asks nobody; it works as one file, for everybody."""

from __future__ import annotations

import base64
import io
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from grader.playground import MAX_SINGLE
from tests.conftest import Trained
from tests.playground.conftest import Answers, Keras, Open, Page, Playground, Small, close, noise_picture
from tests.report.browser import axe_core

EXACT, HALF, MAP = 1e-4, 1e-2, 1e-3


def pictures_of(archive: Path, folder: Path, names: tuple[str, ...]) -> list[Path]:
    """The first test picture of each class in a data set's zip."""
    made = []
    with zipfile.ZipFile(archive) as data:
        for name in names:
            member = min(m for m in data.namelist() if m.startswith(f"test/{name}/") and m.endswith(".jpg"))
            made.append(folder / f"{name}-{Path(member).name}")
            made[-1].write_bytes(data.read(member))
    return made


def compare(page: Page, pictures: list[Path], answers: Answers, *, tolerance: float, layers: bool = False) -> None:
    """The five best and the maps equal Keras' own for every picture."""
    for picture, answer in zip(pictures, answers, strict=True):
        page.show(picture)
        if layers:
            page.open_layers()
        numbers = page.numbers()
        wanted = np.asarray(answer["probabilities"])
        if len(wanted) == 1:
            wanted = np.array([1 - wanted[0], wanted[0]])
        assert close(numbers["probabilities"], wanted.tolist(), tolerance), picture.name
        best = page.bars()
        assert len(best) == min(5, len(wanted))
        order = np.argsort(-wanted, kind="stable")[:5]
        assert close([p for _, p in best], wanted[order].tolist(), tolerance)
        for (label, _), other in zip(best, order, strict=True):  # two that are all but equal may change places
            assert label == other or abs(wanted[label] - wanted[other]) <= 2 * tolerance
        if answer["map"] is not None:
            assert numbers["map"]["kind"] == "activation"
            assert numbers["map"]["class"] == best[0][0]
            assert close(numbers["map"]["values"], np.ravel(answer["map"]).tolist(), MAP)
        else:
            assert numbers["map"]["kind"] == "occlusion"
        for name, shown in numbers["layers"].items():
            if name in answer["layers"]:
                values = np.ravel(answer["layers"][name])
                spread = max(1.0, float(np.abs(values).max()))
                assert np.allclose(shown["values"], values, atol=MAP * spread), name
        if layers:
            assert numbers["layers"]
    assert not page.problems


@pytest.mark.slow
def test_a_trained_network_of_cifar10(
    trained: Trained, playground: Playground, open_page: Open, real_data: Path, tmp_path: Path, keras: Keras
) -> None:
    model = trained("06_cifar10_cnn") / "trained.keras"
    out = playground(model, "--data", real_data)
    single = out / "playground.html"
    assert single.stat().st_size <= MAX_SINGLE
    pictures = pictures_of(real_data / "cifar10.zip", tmp_path, ("cat", "ship", "truck"))
    pictures.append(noise_picture(tmp_path, "large", (301, 517)))
    page = open_page(single.as_uri())
    assert [request for request in page.requests if not request.startswith(("file:", "blob:", "data:"))] == []
    compare(page, pictures, keras(model, "unit", *pictures), tolerance=EXACT, layers=True)
    assert page.page.locator("[data-testid=predictions] li .name").first.inner_text().strip()
    assert "ms" in page.page.locator("[data-testid=inference-time]").inner_text()
    words = page.page.locator("[data-testid=layers]").inner_text()
    assert "64 3x3 filters, 1x1 striding, no border padding" in words


@pytest.mark.slow
def test_a_trained_head_on_a_pretrained_network(
    trained: Trained, playground: Playground, open_page: Open, real_data: Path, tmp_path: Path, keras: Keras
) -> None:
    model = next(trained("13_mobilenet_features").glob("trained*.keras"))
    out = playground(model, "--data", real_data)
    pictures = pictures_of(real_data / "cats_vs_dogs.zip", tmp_path, ("cat", "dog"))
    page = open_page((out / "playground.html").as_uri())
    assert page.page.locator("select >> nth=1").input_value() == "symmetric"
    compare(page, pictures, keras(model, "symmetric", *pictures), tolerance=EXACT, layers=True)


@pytest.mark.slow
def test_mobilenet_with_real_weights(
    playground: Playground, open_page: Open, real_data: Path, keras: Keras
) -> None:
    weights = real_data / "keras_home" / "models" / "mobilenet_2_5_224_tf.h5"
    pictures = sorted((real_data / "imagenet_samples").glob("*.jpg"))
    if not weights.is_file() or not pictures:
        pytest.skip("MobileNet's weights or the ImageNet samples are not among the real data")
    out = playground("--data", real_data, "--lang", "ko", env={"KERAS_HOME": str(out_of_the_way(real_data))})
    single = out / "playground.html"
    assert single.stat().st_size <= MAX_SINGLE
    page = open_page(single.as_uri())
    assert page.page.evaluate("document.documentElement.lang") == "ko"
    compare(page, pictures[:6], keras(weights, "symmetric", *pictures[:6]), tolerance=EXACT)


def out_of_the_way(folder: Path) -> Path:
    """No Keras cache of whoever runs the tests."""
    return folder / "no-such-cache"


@pytest.mark.parametrize("name", ["many_kinds", "flat_sigmoid", "pooled_sigmoid", "grey", "markup"])
def test_networks_of_many_kinds(kinds: Path, small: Small, tmp_path: Path, name: str, keras: Keras) -> None:
    pictures = [
        noise_picture(tmp_path, "same", (24, 20)),
        noise_picture(tmp_path, "smaller", (9, 7)),
        noise_picture(tmp_path, "wide", (40, 99)),
    ]
    page = small(name)
    scale = "none" if name == "many_kinds" else "unit"
    compare(
        page,
        pictures,
        keras(kinds / f"{name}.keras", scale, *pictures),
        tolerance=EXACT,
        layers=True,
    )


def test_a_model_inside_a_model_that_ends_without_softmax(
    kinds: Path, small: Small, tmp_path: Path, keras: Keras
) -> None:
    """Its layers are listed with where they are, its scores become probabilities, and a mean pools its maps."""
    picture = noise_picture(tmp_path, "nested", (24, 20))
    page = small("nested")
    page.show(picture)
    scores = np.asarray(keras(kinds / "nested.keras", "unit", picture)[0]["probabilities"])
    wanted = np.exp(scores) / np.exp(scores).sum()
    page.open_layers()
    numbers = page.numbers()
    assert close(numbers["probabilities"], wanted.tolist(), EXACT)
    assert numbers["map"]["kind"] == "activation"
    assert "/ conv2d" in page.page.locator("[data-testid=layers]").inner_text()


def test_a_large_network_on_a_static_host(
    kinds: Path, playground: Playground, open_page: Open, tmp_path: Path, keras: Keras
) -> None:
    """More than ten million weights travel as half floats, which is said; they are too many for one file."""
    out = playground(kinds / "large.keras")
    assert not (out / "playground.html").exists()
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(out)))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{host.server_port}/"
    try:
        page = open_page(base)
        picture = noise_picture(tmp_path, "half", (64, 64))
        page.show(picture)
        assert "half floats" in page.page.inner_text("body")
        wanted = keras(kinds / "large.keras", "unit", picture)[0]["probabilities"]
        assert close(page.numbers()["probabilities"], wanted, HALF)
        assert not [request for request in page.requests if not request.startswith((base, "blob:", "data:"))]
        assert not page.problems
    finally:
        host.shutdown()
        host.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_the_camera_takes_a_picture(many: Path, open_page: Open) -> None:
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(many.parent)))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    try:
        page = open_page(f"http://127.0.0.1:{host.server_port}/{many.name}", permissions=["camera"])
        page.page.get_by_role("button", name="Camera").click()
        page.wait("document.querySelector('video')?.videoWidth > 0")
        page.page.get_by_role("button", name="Take the picture").click()
        page.wait("document.querySelector('.caption').textContent === 'Camera'")
        page.ready()
        assert page.bars()
        assert page.page.locator("video").count() == 0
        assert not page.problems
    finally:
        host.shutdown()
        host.server_close()


def test_half_floats_can_be_asked_for(
    kinds: Path, playground: Playground, open_page: Open, tmp_path: Path, keras: Keras
) -> None:
    page = open_page((playground(kinds / "many_kinds.keras", "--half") / "playground.html").as_uri())
    picture = noise_picture(tmp_path, "half", (24, 20))
    page.show(picture)
    assert "half floats" in page.page.inner_text("body")
    [answer] = keras(kinds / "many_kinds.keras", "none", picture)
    numbers = page.numbers()
    assert close(numbers["probabilities"], answer["probabilities"], HALF)
    assert close(numbers["map"]["values"], np.ravel(answer["map"]).tolist(), HALF)


def test_the_scale_can_be_chosen(kinds: Path, small: Small, tmp_path: Path, keras: Keras) -> None:
    picture = noise_picture(tmp_path, "scaled", (24, 20))
    page = small("flat_sigmoid")
    page.show(picture)
    for scale in ("symmetric", "none", "caffe"):
        page.page.get_by_label("Pixel values").select_option(scale)
        page.ready()
        [second] = keras(kinds / "flat_sigmoid.keras", scale, picture)[0]["probabilities"]
        assert close(page.numbers()["probabilities"], [1 - second, second], EXACT), scale


def test_an_occlusion_map_is_what_covering_costs(kinds: Path, small: Small, tmp_path: Path, keras: Keras) -> None:
    """Made again here: a grey square at each place, and by how much the class's probability falls."""
    picture = noise_picture(tmp_path, "covered", (24, 20))
    page = small("flat_sigmoid")
    page.show(picture)
    found = page.numbers()["map"]
    assert (found["kind"], found["height"], found["width"]) == ("occlusion", 10, 10)
    pixels = np.asarray(Image.open(picture))
    tops, lefts = np.round(np.linspace(0, 20, 10)), np.round(np.linspace(0, 17, 10))
    files = []
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            covered = pixels.copy()
            covered[int(top) : int(top) + 4, int(left) : int(left) + 3] = 128
            files.append(tmp_path / f"{row}-{column}.png")
            Image.fromarray(covered).save(files[-1])
    whole, *answers = keras(kinds / "flat_sigmoid.keras", "unit", picture, *files)
    sign = 1 if found["class"] else -1
    drops = np.array([sign * (whole["probabilities"][0] - answer["probabilities"][0]) for answer in answers])
    wanted = (drops - drops.min()) / (drops.max() - drops.min())
    assert np.abs(np.array(found["values"]) - wanted).max() < MAP + 2 * 1e-6 / (drops.max() - drops.min())


def test_the_map_obeys_its_controls(kinds: Path, small: Small, tmp_path: Path) -> None:
    page = small("many_kinds")
    page.show(noise_picture(tmp_path, "controls", (24, 20)))
    heat = page.page.locator("[data-testid=map]")
    colours = "(c) => Array.from(c.getContext('2d').getImageData(0, 0, 8, 8).data).join()"
    before = heat.evaluate(colours)
    page.page.locator("[data-testid=colormap]").select_option("gray")
    page.wait(f"({colours})(document.querySelector('[data-testid=map]')) !== v[0]", before)
    slider = page.page.locator("[data-testid=opacity]")
    slider.focus()
    slider.press("Home")
    assert heat.evaluate("(c) => getComputedStyle(c).opacity") == "0"
    slider.press("End")
    assert heat.evaluate("(c) => getComputedStyle(c).opacity") == "1"
    page.page.get_by_label("Show the map only while").check()
    page.page.mouse.move(5, 5)
    assert heat.evaluate("(c) => getComputedStyle(c).visibility") == "hidden"
    page.page.locator(".stage").hover()
    assert heat.evaluate("(c) => getComputedStyle(c).visibility") == "visible"
    page.page.mouse.move(5, 5)
    page.page.locator(".stage").focus()
    assert heat.evaluate("(c) => getComputedStyle(c).visibility") == "visible"
    page.page.get_by_label("Map", exact=True).select_option("none")
    page.wait("document.querySelector('[data-testid=map]').hidden")
    page.page.get_by_label("Map", exact=True).select_option("occlusion")
    page.wait("document.querySelector('[data-testid=map]').dataset.kind === 'occlusion'")
    # Headless Chromium has no graphics card: the choice is there and says that it can't be taken.
    assert page.page.locator("[data-testid=backend] option").all_inner_texts()[0].startswith("Processor")


def test_pictures_come_by_drop_and_paste(small: Small, tmp_path: Path) -> None:
    picture = noise_picture(tmp_path, "handed over", (24, 20))
    page = small("flat_sigmoid")
    give = """([data, how]) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], how + ".png", {type: "image/png"}));
      const place = document.querySelector(".stage");
      place.dispatchEvent(how === "drop"
        ? new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true})
        : new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true}));
    }"""
    data = base64.b64encode(picture.read_bytes()).decode()
    for how in ("drop", "paste"):
        page.page.evaluate(give, [data, how])
        page.wait("document.querySelector('.caption').textContent === v[0]", f"{how}.png")
        page.ready()
        assert len(page.bars()) == 2
    page.page.get_by_label("Address of a picture").fill(f"data:image/png;base64,{data}")
    page.page.get_by_role("button", name="Load").click()
    page.wait("document.querySelector('.caption').textContent === ''")
    page.page.get_by_label("Address of a picture").fill("https://example.org/cat.jpg")
    page.page.get_by_role("button", name="Load").click()
    page.wait("document.querySelector('.problem').textContent.includes('other hosts')")
    assert [r for r in page.requests if not r.startswith(("file:", "blob:", "data:"))] == []


def test_what_is_no_picture_is_told(small: Small, tmp_path: Path) -> None:
    page = small("flat_sigmoid")
    wrong = tmp_path / "notes.png"
    wrong.write_text("no picture")
    page.page.set_input_files("[data-testid=file-input]", wrong)
    page.wait("document.querySelector('.problem').textContent.includes('cannot read this picture')")


def test_two_networks_side_by_side(kinds: Path, small: Small, tmp_path: Path) -> None:
    page = small("flat_sigmoid")
    page.show(noise_picture(tmp_path, "both", (24, 20)))
    page.page.get_by_role("button", name="Side by side").click()
    page.ready()
    panes = page.page.locator(".pane")
    assert panes.count() == 2
    panes.nth(1).get_by_label("Network", exact=True).select_option(label="many_kinds")
    page.ready()
    counts = [panes.nth(i).locator("[data-testid=predictions] li").count() for i in (0, 1)]
    assert counts == [2, 3]
    page.page.get_by_role("button", name="Side by side").click()
    assert panes.count() == 1


@pytest.mark.slow
def test_a_whole_folder_with_its_accuracy(
    trained: Trained, playground: Playground, open_page: Open, real_data: Path, tmp_path: Path, keras: Keras
) -> None:
    model = trained("06_cifar10_cnn") / "trained.keras"
    page = open_page((playground(model, "--data", real_data) / "playground.html").as_uri())
    folder = tmp_path / "mine"
    truth = {"cat": 0, "ship": 1, "비행기": 2}
    files = []
    with zipfile.ZipFile(real_data / "cifar10.zip") as data:
        for name, original in (("cat", "cat"), ("ship", "ship"), ("비행기", "airplane")):
            (folder / name).mkdir(parents=True)
            for member in sorted(m for m in data.namelist() if m.startswith(f"test/{original}/"))[:5]:
                files.append(folder / name / Path(member).name)
                files[-1].write_bytes(data.read(member))
    (folder / "cat" / "broken.jpg").write_bytes(b"no picture")
    page.page.set_input_files("[data-testid=folder-input]", folder)
    page.wait("document.querySelector('[data-testid=folder-summary]').textContent.includes('Accuracy')")
    text = page.page.locator("[data-testid=folder-summary]").inner_text()
    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    labels = {"cat": "cat", "ship": "ship", "비행기": "airplane"}
    answers = keras(model, "unit", *files)
    right = sum(
        names[int(np.argmax(answer["probabilities"]))] == labels[file.parent.name]
        for file, answer in zip(files, answers, strict=True)
    )
    assert truth
    assert f"{right} of 15 pictures" in text
    assert "1 files could not be read" in text
    assert page.page.locator("tbody tr").count() == 15


def test_nothing_stands_in_anybodys_way(kinds: Path, small: Small, tmp_path: Path) -> None:
    page = small("many_kinds", bypass_csp=True)
    page.show(noise_picture(tmp_path, "axe", (24, 20)))
    page.open_layers(3)
    page.page.evaluate(axe_core())
    for lang in ("en", "ko"):
        assert page.page.evaluate("document.documentElement.lang") == lang
        for scheme in ("light", "dark"):
            page.page.emulate_media(color_scheme=scheme)
            found = page.page.evaluate(
                "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
            )
            wrong = [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]
            assert wrong == [], (lang, scheme)
        page.page.locator("#switch").click()


def test_on_a_phone_nothing_is_wider_than_the_screen(small: Small, tmp_path: Path) -> None:
    page = small("many_kinds", viewport={"width": 360, "height": 740})
    page.page.locator("#switch").click()
    page.show(noise_picture(tmp_path, "phone", (24, 20)))
    page.open_layers(3)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_everything_works_with_the_keyboard(kinds: Path, small: Small) -> None:
    page = small("many_kinds")
    reached = set()
    for _ in range(60):
        page.page.keyboard.press("Tab")
        reached.add(
            page.page.evaluate(
                "document.activeElement.dataset.testid || document.activeElement.tagName + ' '"
                " + document.activeElement.textContent.slice(0, 20)"
            )
        )
    assert {"file-input", "backend", "colormap", "opacity", "layers", "folder-input"} <= reached
    assert any(name.startswith("SUMMARY") for name in reached)


def test_the_same_model_makes_the_same_page(kinds: Path, playground: Playground) -> None:
    first, second = (playground(kinds / "grey.keras") for _ in range(2))
    assert (first / "index.html").read_bytes() == (second / "index.html").read_bytes()


def test_a_picture_of_many_kinds_of_file(small: Small, tmp_path: Path) -> None:
    """Transparency becomes white; grey and palette pictures are pictures."""
    page = small("flat_sigmoid")
    clear = tmp_path / "clear.png"
    Image.new("RGBA", (20, 24), (10, 200, 30, 0)).save(clear)
    white = tmp_path / "white.png"
    Image.new("RGB", (20, 24), (255, 255, 255)).save(white)
    page.show(clear)
    seen = page.numbers()["probabilities"]
    page.show(white)
    assert close(page.numbers()["probabilities"], seen, EXACT)
    stream = io.BytesIO()
    Image.open(noise_picture(tmp_path, "palette", (24, 20))).convert("P").save(stream, format="GIF")
    (tmp_path / "palette.gif").write_bytes(stream.getvalue())
    page.show(tmp_path / "palette.gif")
    assert len(page.bars()) == 2
