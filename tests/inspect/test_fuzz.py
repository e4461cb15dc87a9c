"""Files that are almost right, by the hundred: facts or a refusal, never anything else (see ``fuzz.py``)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Program

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
def good(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.keras"
    program(GOOD, path)
    return path


def test_changed_files_give_facts_or_a_refusal(good: Path, program: Program, tmp_path: Path) -> None:
    for name in ("in", "out", "work"):
        (tmp_path / name).mkdir()
    np.save(tmp_path / "in" / "x.npy", np.zeros((2, 8, 8, 3), "float32"))
    said = program(Path(__file__).with_name("fuzz.py"), good, tmp_path, "11", "60", "60")
    summary = json.loads(said.splitlines()[-1])
    assert sum(summary["counts"].values()) > 5
    assert summary["slowest"] < 10  # seconds of CPU for one file
    assert summary["peak_mb"] < 1024
