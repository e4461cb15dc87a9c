"""What the contestants grade: exercise 06 without its training, as a course of ours and as notebooks of others."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
SLUG = "06_cifar10_cnn"
SOLUTION = ROOT / "solutions" / SLUG / "cifar10_cnn.py"
#: Of checks.py: all that need no training. They do together what ``contestants/checks_06.py`` does.
STRUCTURE_CHECKS = (
    "model_builds",
    "layer_types",
    "layer_shapes",
    "parameter_count",
    "activations",
    "compile_settings",
    "save_load_round_trip",
)


def structure_course(folder: Path) -> Path:
    """A course of exercise 06 alone: its own probe, checks and reference, but no data, so nothing is trained."""
    public, reference = folder / "exercises" / SLUG, folder / "reference" / SLUG
    shutil.copytree(ROOT / "exercises" / SLUG, public)
    reference.mkdir(parents=True)
    shutil.copyfile(ROOT / "reference" / SLUG / "reference.json", reference / "reference.json")
    checks = public / "checks.py"
    text, points = only_checks(checks.read_text(encoding="utf-8"), STRUCTURE_CHECKS)
    checks.write_text(text, encoding="utf-8")
    settings = public / "exercise.toml"
    settings.write_text(without_training(settings.read_text(encoding="utf-8"), points), encoding="utf-8")
    return folder


def training_course(folder: Path) -> Path:
    """Exercise 06 as students have it: its data and training, none of the staff's hidden checks and inputs."""
    shutil.copytree(ROOT / "exercises" / SLUG, folder / "exercises" / SLUG)
    reference = folder / "reference" / SLUG
    reference.mkdir(parents=True)
    shutil.copyfile(ROOT / "reference" / SLUG / "reference.json", reference / "reference.json")
    return folder


def only_checks(source: str, names: tuple[str, ...]) -> tuple[str, int]:
    """``checks.py`` with these checks and everything that is no check; and the points of these."""
    blocks = re.split(r"(?m)^(?=@pytest\.mark\.points)", source)
    kept, points, found = [blocks[0]], 0, []
    for block in blocks[1:]:
        name = re.search(r"(?m)^def test_(\w+)", block)
        if name and name[1] in names:
            kept.append(block)
            found.append(name[1])
            points += int(re.findall(r"points\((\d+)\)", block)[0])
    if found != list(names):
        raise ValueError(f"checks.py has {found}, wanted {names}")
    return "".join(kept), points


def without_training(settings: str, points: int) -> str:
    """``exercise.toml`` without data, budgets, and plans and hints for what training makes."""
    tables = re.split(r"(?m)^(?=\[)", settings)
    head = re.sub(r"(?ms)^(# In the order[^\n]*\n)?classes = \[.*?^\]\n", "", tables[0])
    head = re.sub(r"(?m)^(dataset|models) = .*\n", "", head)
    head = re.sub(r"(?m)^graded_model = .*$", 'graded_model = ["untrained"]', head)
    head = re.sub(r"(?m)^points = .*$", f"points = {points}", head)
    kept = [head]
    for table in tables[1:]:
        name = table[1 : table.index("]")]
        unwanted = name.startswith(("budgets.", "inspect.", "playground")) and name != "inspect.untrained"
        if name.startswith("hints."):
            unwanted = name.removeprefix("hints.") not in STRUCTURE_CHECKS
        if not unwanted:
            kept.append(table)
    return "".join(kept)


def submissions(folder: Path, count: int, suffix: str = ".py") -> list[Path]:
    """``count`` students' folders, each with the solution and a line of its own: no two files are the same."""
    made = []
    for number in range(1, count + 1):
        place = folder / f"student{number:04d}"
        place.mkdir(parents=True)
        text = SOLUTION.read_text(encoding="utf-8") + f"\nSTUDENT = {number}\n"
        file = place / f"cifar10_cnn{suffix}"
        if suffix == ".py":
            file.write_text(text, encoding="utf-8")
        made.append(place)
    return made
