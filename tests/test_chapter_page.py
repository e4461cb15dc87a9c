"""The generated pages: they are what their scripts write, and agree with the exercises' references."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Program

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "chapter.md").read_text(encoding="utf-8")
sys.path.insert(0, str(ROOT / "docs"))
import chapter_tables as tables  # noqa: E402

sys.path.pop(0)


def reference(slug: str) -> dict[str, Any]:
    path = ROOT / "reference" / slug / "reference.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("slug", "table", "total"),
    [
        ("06_cifar10_cnn", tables.CIFAR10_TABLE, tables.CIFAR10_TOTAL),
        ("08_cats_vs_dogs", tables.CATS_TABLE, tables.CATS_TOTAL),
    ],
)
def test_the_networks_are_those_of_the_exercises(
    slug: str, table: tuple[Any, ...], total: tuple[int, str]
) -> None:
    layers = reference(slug)["layers"]
    kinds = [re.sub(r".*\((\w+)\)", r"\1", name) for name, _, _ in table]
    assert kinds == [layer["type"] for layer in layers]
    assert [list(shape) for _, shape, _ in table] == [layer["output_shape"] for layer in layers]
    assert [parameters for _, _, parameters in table] == [layer["parameters"] for layer in layers]
    assert sum(parameters for _, _, parameters in table) == total[0]


def test_every_row_of_the_page_agrees() -> None:
    found = re.search(r"Compared: (\d+) rows, of which the same: (\d+)\.", PAGE)
    assert found is not None
    assert found[1] == found[2] == str(PAGE.count("| same |"))
    assert "**different**" not in PAGE
    for name, _, _, _, parameters, _ in tables.MODEL_TABLE:
        assert f"| {name} | {parameters:,} | {parameters:,} | same |" in PAGE


@pytest.mark.skipif(
    f"Keras {version('keras')} on TensorFlow {version('tensorflow')}" not in PAGE,
    reason="docs/chapter.md was written with other versions than are installed here: make chapter",
)
def test_the_page_is_what_its_script_writes(program: Program) -> None:
    program(ROOT / "docs" / "make_chapter.py", "--check")


def test_the_page_on_minima_is_what_its_script_writes() -> None:
    done = subprocess.run(
        [sys.executable, "docs/make_minima.py", "--check"], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr[-500:]
