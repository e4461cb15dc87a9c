"""A mistake that nobody has explained yet: found in a class, explained once, and given to all who made it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.authoring import read_answer
from grader.catalog import load_course
from grader.workflows.signing import signature_drift
from tests.conftest import Command

ROOT = Path(__file__).parent.parent
SLUG = "04_vision_tasks"
KO, EN = "다이스 계수입니다.", "This is the Dice coefficient."
#: Twice the same mistake, by two hands, with a name in a comment.
DICE = {
    "gahui": """
def mask_iou(prediction, target):
    # Gahui wrote this
    a, b = np.asarray(prediction) > 0, np.asarray(target) > 0
    n = a.sum() + b.sum()
    return 1.0 if n == 0 else float(2 * (a & b).sum() / n)
""",
    "nahyun": """
def mask_iou(prediction, target):
    first = np.asarray(prediction).astype(bool)
    second = np.asarray(target).astype(bool)
    total = int(first.sum()) + int(second.sum())
    if not total:
        return 1.0
    return 2.0 * int(np.logical_and(first, second).sum()) / total
""",
}
#: What somebody types who is asked for the cause; the Korean one is there already.
EDITOR = f"""
import sys, pathlib
file = pathlib.Path(sys.argv[1])
asked = file.read_text(encoding="utf-8")
assert "{SLUG}" in asked and 'ko = "{KO}"' in asked, asked
asked = asked.replace('name = ""', 'name = "dice"').replace('en = ""', 'en = "{EN}"')
file.write_text(asked, encoding="utf-8")
"""


def ran(command: Command, *arguments: object, env: dict[str, str] | None = None) -> str:
    done = command(*arguments, env=env)
    assert done.code == 0, done.text
    return done.out


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One exercise whose wrong answers lack the one that several will make."""
    root = tmp_path_factory.mktemp("course")
    for place in ("exercises", "reference", "solutions"):
        shutil.copytree(ROOT / place / SLUG, root / place / SLUG, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "solutions" / SLUG / "wrong" / "mask_dice.toml").unlink()
    for file in (
        root / "exercises" / SLUG / "signatures.json",
        root / "reference" / SLUG / "hidden_signatures.json",
    ):
        signed = json.loads(file.read_text(encoding="utf-8"))
        signed["answers"].pop("mask_dice", None)
        file.write_text(json.dumps(signed), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def out(course: Path, command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    exercise = load_course(course)[SLUG]
    solution = read_answer(exercise, "alternative", "plain_python").source
    sources = {name: f"{solution}\nimport numpy as np\n{text}" for name, text in DICE.items()}
    sources |= {"dabin": solution, "rahee": read_answer(exercise, "wrong", "top_k_percent").source}
    for name, source in sources.items():
        (folder / "in" / name).mkdir(parents=True)
        (folder / "in" / name / "vision_tasks.py").write_text(source, encoding="utf-8")
    ran(command, "--course", course, "batch", folder / "in", "--out", folder / "out", "--jobs", "1")
    return folder / "out"


def diagnoses(out: Path, student: str) -> list[Any]:
    report = json.loads((out / student / "report.json").read_text(encoding="utf-8"))
    return list(report["exercises"][0]["diagnoses"])


def test_explained_once_for_all(course: Path, out: Path, command: Command) -> None:
    assert diagnoses(out, "dabin") == []
    assert [one["id"] for one in diagnoses(out, "rahee")] == ["top_k_percent"]
    assert diagnoses(out, "gahui") == diagnoses(out, "nahyun") == []
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Not explained yet" in page

    editor = course / "editor.py"
    editor.write_text(EDITOR, encoding="utf-8")
    env = {"EDITOR": f"{sys.executable} {editor}", "VISUAL": ""}
    said = ran(command, "--course", course, "explain", out, "--ko", KO, "--lang", "en", env=env)

    assert "2 of 2 in the group have the explanation now" in said
    shown = said.lower()
    assert "gahui" not in shown
    assert "nahyun" not in shown
    for student in DICE:
        (told,) = diagnoses(out, student)
        assert (told["id"], told["text"], told["checks"]) == ("dice", EN, ["mask_iou"])
        assert EN in (out / student / "student.html").read_text(encoding="utf-8")
    assert diagnoses(out, "dabin") == []
    assert EN in (out / "index.html").read_text(encoding="utf-8")

    exercise = load_course(course)[SLUG]
    answer = read_answer(exercise, "wrong", "dice")
    assert answer.declared is not None
    assert answer.declared.edit, "little differs from the solution, so that is all that is written"
    assert "def box_iou" in answer.source
    assert not (course / "solutions" / SLUG / "wrong" / "dice.py").exists()
    assert signature_drift(exercise) == []
    assert "Everything that failed already has a known cause" in ran(
        command, "--course", course, "explain", out, "--lang", "en"
    )


def test_a_list_changes_nothing(course: Path, out: Path, command: Command) -> None:
    before = sorted((course / "solutions" / SLUG / "wrong").iterdir())
    ran(command, "--course", course, "explain", out, "--list")
    assert sorted((course / "solutions" / SLUG / "wrong").iterdir()) == before


def test_an_edited_answer_is_drift(course: Path) -> None:
    exercise = load_course(course)[SLUG]
    file = course / "solutions" / SLUG / "wrong" / "top_k_percent.toml"
    kept = file.read_text(encoding="utf-8")
    file.write_text(kept.replace("100", "50"), encoding="utf-8")
    (drift,) = signature_drift(exercise)
    assert "top_k_percent" in drift.text.en
    file.write_text(kept, encoding="utf-8")
