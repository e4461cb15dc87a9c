"""The model zoo: the tables that ship agree with each other, and inputs and plans fit together."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import re
import tomllib
from collections import namedtuple
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SLUG = "10_model_zoo"
REFERENCE: dict[str, Any] = json.loads((ROOT / "reference" / SLUG / "reference.json").read_text(encoding="utf-8"))
MODELS: dict[str, dict[str, Any]] = REFERENCE["models"]
CONFIG = tomllib.loads((ROOT / "exercises" / SLUG / "exercise.toml").read_text(encoding="utf-8"))


def load(*parts: str) -> ModuleType:
    path = ROOT.joinpath(*parts)
    spec = importlib.util.spec_from_file_location(f"t10_{path.stem}_{parts[0]}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table_of(readme: str) -> dict[str, dict[str, Any]]:
    """The models' table of a README."""
    rows = {}
    text = (ROOT / "exercises" / SLUG / readme).read_text(encoding="utf-8")
    pattern = r"\| (\w+) \| (\d+)MB \| ([\d.]+) \| ([\d.]+) \| ([\d,]+) \| (\d+|—) \|"
    for name, size, top1, top5, parameters, depth in re.findall(pattern, text):
        rows[name] = {
            "size_mb": int(size),
            "top1": float(top1),
            "top5": float(top5),
            "parameters": int(parameters.replace(",", "")),
            "depth": None if depth == "—" else int(depth),
        }
    return rows


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_the_tasks_table_is_the_references(readme: str) -> None:
    assert table_of(readme) == MODELS
    assert len(MODELS) == 13


def test_the_librarys_models_have_the_chapters_parameters() -> None:
    assert REFERENCE["built"].keys() == MODELS.keys()
    for name, built in REFERENCE["built"].items():
        assert built["parameters"] == MODELS[name]["parameters"]
        assert built["trainable"] + built["not_trainable"] == built["parameters"]
        assert abs(built["mebibytes"] - MODELS[name]["size_mb"]) < 2
        assert built["output_shape"] == [None, 1000]


def arrays(seed: int) -> dict[str, np.ndarray]:
    public = load("exercises", SLUG, "inputs.py").make(seed)
    hidden = load("reference", SLUG, "hidden_inputs.py").make(seed)
    return {**public, **hidden}


def test_every_model_is_built_once_and_has_its_plan() -> None:
    built = [name for name in arrays(0) if ".build." in f".{name}"]
    assert sorted(built) == sorted(CONFIG["inspect"])
    assert sorted(name.rpartition(".")[2] for name in built) == sorted(MODELS)


def test_only_the_inclusive_cases_touch_a_limit() -> None:
    """A reader may doubt what happens at a limit; there is one check for that and no other."""
    column = {"max_size_mb": "size_mb", "min_top1": "top1", "max_parameters": "parameters"}
    for seed in range(30):
        for name, limit in arrays(seed).items():
            _, _, argument = name.rpartition(".")
            if ".choose." not in f".{name}":
                continue
            touches = any(row[column[argument]] == limit for row in MODELS.values())
            assert touches == ("inclusive" in name), name


Tuple = namedtuple("Tuple", ["size_mb", "top1", "top5", "parameters", "depth"])


@dataclasses.dataclass
class Data:
    size_mb: int = 16
    top1: float = 0.704
    top5: float = 0.895
    parameters: int = 4_253_864
    depth: int | None = 88


ROW = dataclasses.asdict(Data())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ROW, ROW),
        ({**ROW, "year": 2017}, ROW),
        (Data(), ROW),
        (Tuple(**ROW), ROW),
        ({"size_mb": 16}, {"size_mb": 16}),
        ((16, 0.704, 0.895, 4_253_864, 88), {}),
    ],
)
def test_rows_are_read_however_they_are_written(row: object, expected: dict[str, Any]) -> None:
    assert load("exercises", SLUG, "probe.py").fields(row) == expected
