"""The playground's page beside TensorFlow: one picture through the same network, on the same core.

    python benchmarks/playground.py [--rounds N] [--data DIR]

TensorFlow calls ``model(x)`` as a program would; the page runs LiteRT's WebAssembly in headless Chromium. Both are
held to one core, and take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: Times that the page may take of TensorFlow's, and seconds until its first answer.
TARGET, FIRST = 4.0, 3.0
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")

_TENSORFLOW = """
import json, sys, time
import numpy as np, keras
model = keras.saving.load_model(sys.argv[1], compile=False)
x = np.random.default_rng(0).random((1, *model.input_shape[1:]), dtype="float32")
model(x, training=False)
taken = []
for _ in range(50):
    start = time.perf_counter()
    np.asarray(model(x, training=False))
    taken.append(time.perf_counter() - start)
print(json.dumps(sorted(taken)[25] * 1000))
"""

_MODELS = """
import importlib.util, sys
import keras
spec = importlib.util.spec_from_file_location("cifar10_cnn", sys.argv[1])
student = importlib.util.module_from_spec(spec)
spec.loader.exec_module(student)
keras.utils.set_random_seed(0)
student.build_model().save(sys.argv[2] + "/cifar10.keras")
keras.applications.MobileNet(alpha=0.25, weights=sys.argv[3] or None).save(sys.argv[2] + "/mobilenet.keras")
"""


@contextmanager
def one_core() -> Iterator[None]:
    """This process and what it starts run on one core, as far as the system can hold them to it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def python(code: str, *words: str) -> str:
    """What a program prints, on one core and with one thread."""
    environment = {
        **os.environ,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=environment, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout


def page_times(chromium: Any, page: Path, picture: Path) -> tuple[float, float]:
    """Milliseconds a picture, and seconds from opening the page to its first answer."""
    tab = chromium.new_page()
    began = time.perf_counter()
    tab.goto(page.as_uri())
    tab.set_input_files("[data-testid=file-input]", picture)
    tab.wait_for_selector("[data-testid=predictions] li")
    first = time.perf_counter() - began
    tab.wait_for_function("() => document.querySelector('.pane').getAttribute('aria-busy') === 'false'")
    with tab.expect_download() as download:
        tab.locator("button", has_text="JSON").first.click()
    numbers = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    tab.close()
    return float(numbers["milliseconds"]), first


def measure(folder: Path, data: Path | None, rounds: int) -> dict[str, tuple[float, float, float, int]]:
    """Of each network: milliseconds in TensorFlow and on the page, seconds to the first answer, bytes."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(ROOT))
    from tests.report.browser import BROWSER

    weights = data / "keras_home" / "models" / "mobilenet_2_5_224_tf.h5" if data else None
    solution = next((ROOT / "solutions").glob("06*/*.py"))
    python(_MODELS, str(solution), str(folder), str(weights) if weights and weights.is_file() else "")
    picture = folder / "picture.png"
    Image.effect_noise((200, 200), 90).convert("RGB").save(picture)
    found = {}
    for name in ("cifar10", "mobilenet"):
        out = folder / name
        command = [sys.executable, "-m", "grader", "playground", str(folder / f"{name}.keras"), "--out", str(out)]
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
        page = out / "playground.html"
        theirs: list[float] = []
        ours: list[tuple[float, float]] = []
        with one_core():
            for _ in range(rounds):
                theirs.append(float(python(_TENSORFLOW, str(folder / f"{name}.keras"))))
                with sync_playwright() as running:
                    chromium = running.chromium.launch(executable_path=BROWSER, args=list(_ARGUMENTS))
                    ours.append(page_times(chromium, page, picture))
                    chromium.close()
        found[name] = (
            statistics.median(theirs),
            statistics.median(taken for taken, _ in ours),
            statistics.median(first for _, first in ours),
            page.stat().st_size,
        )
    return found


def table(rounds: int = 3, data: Path | None = None) -> str:
    """The section of docs/performance.md."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), data, rounds)
    names = {"cifar10": "the chapter's CIFAR-10 network", "mobilenet": "MobileNet (alpha 0.25), 224×224"}
    rows = [
        f"| {names[name]} | {tensorflow:.1f} ms | {page:.1f} ms | {page / tensorflow:.2f} | {first:.1f} s | "
        f"{size / 1e6:.1f} MB |"
        for name, (tensorflow, page, first, size) in found.items()
    ]
    return "\n".join(
        [
            "## The playground",
            "",
            "One picture through the same network, on one core: TensorFlow's `model(x)`, and the page in headless "
            f"Chromium (WebAssembly, every layer's output included). Targets: at most {TARGET:.0f} times as long, "
            f"the first answer at most {FIRST:.0f} s after opening the page.",
            "",
            "| network | TensorFlow | page | ratio | first answer | page as one file |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
            *rows,
        ]
    )


def main(words: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="folder with keras_home, for MobileNet's real weights")
    arguments = parser.parse_args(words)
    print(table(arguments.rounds, arguments.data))


if __name__ == "__main__":
    main()
