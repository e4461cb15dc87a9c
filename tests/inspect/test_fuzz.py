"""Files that are almost right, by the hundred: facts or a refusal, never anything else (see ``fuzz.py``)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

GOOD = """
import sys, keras, numpy as np
from keras import layers
inputs = keras.Input((8, 8, 3))
base = keras.Sequential(
    [keras.Input((8, 8, 3)), layers.Conv2D(2, 3), layers.ReLU(), layers.BatchNormalization(), layers.Dropout(0.2)])
x = base(inputs[..., ::-1] / 127.5 - 1.0)
x = layers.Flatten()(layers.Concatenate()([x, layers.MaxPooling2D(1)(x)]))
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((4, 8, 8, 3)), np.zeros(4), verbose=0)
model.save(sys.argv[1])
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.keras"
    subprocess.run([sys.executable, "-c", GOOD, path], check=True, capture_output=True, timeout=120)
    return path


def test_changed_files_give_facts_or_a_refusal(good: Path, tmp_path: Path) -> None:
    for name in ("in", "out", "work"):
        (tmp_path / name).mkdir()
    np.save(tmp_path / "in" / "x.npy", np.zeros((2, 8, 8, 3), "float32"))
    script = Path(__file__).with_name("fuzz.py")
    done = subprocess.run(
        [sys.executable, script, good, tmp_path, "11", "60", "60"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=script.parent.parent.parent,
        env={"PYTHONPATH": ".", "TF_CPP_MIN_LOG_LEVEL": "3", "PATH": ""},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    summary = json.loads(done.stdout.splitlines()[-1])
    assert sum(summary["counts"].values()) > 5
    assert summary["slowest"] < 10  # seconds of CPU for one file
    assert summary["peak_mb"] < 1024
