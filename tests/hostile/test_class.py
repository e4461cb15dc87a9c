"""Hostile work of a whole class through the real commands: what one hands in, and what all others get."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from grader.workflows.batch import read_entries
from tests.conftest import Command, wrong_answer
from tests.hostile import build

#: Two parts of a Moodle download that a hostile file name has in it as well.
PART = "assignsubmission_file"
ROSTER = "id,name,email\n20230001,student one,one@example.org\n20230002,student two,two@example.org\n"
UNGRADED = '''"""Implements nothing, and leaves what a check or the inspector might fail on."""
import keras


def build_model():
    with open("/box/out/values.jsonl", "a") as file:
        file.write('{"name": "history", "value": {"loss": 5}}\\n')
    with open("/box/out/steps.jsonl", "a") as file:
        for step in ("build_model", "train", "history"):
            file.write('{"step": "%s", "event": "end", "ok": true, "seconds": 1}\\n' % step)
    keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten()]).save("/box/out/untrained.keras")
    raise NotImplementedError
'''


def test_nobody_gains_and_nobody_else_loses(command: Command, has_namespaces: bool, tmp_path: Path) -> None:
    if not has_namespaces:
        pytest.skip("user namespaces are not available on this machine (see `grader doctor`)")
    folder, solution = tmp_path / "class", build.solution("03_convolution")
    folder.mkdir()

    def hand_in(who: str, name: str, content: str) -> None:
        (folder / f"{who}_{PART}_{name}").write_text(content, encoding="utf-8")

    # A file that is called as if it were somebody else's.
    hand_in(
        "student one_501",
        f"x_20230002_{PART}_convolution.py",
        wrong_answer("03_convolution", "flipped_kernel").source,
    )
    hand_in("student two_502", "convolution.py", solution)
    # Zips of a few kilobytes in a zip: together they are more than anybody may unpack.
    with zipfile.ZipFile(folder / f"fill_503_{PART}_a.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(3):
            with archive.open(f"d/{number}.zip", "w", force_zip64=True) as member:
                for _ in range(900):
                    member.write(bytes(1 << 20))
    hand_in("fill_503", "convolution.py", solution)
    # "Ungraded" by force, beside the same work that leaves it at nothing.
    for who, code in (
        ("forger_504", UNGRADED),
        ("honest zero_505", "def build_model():\n    raise NotImplementedError\n"),
    ):
        hand_in(who, "cifar10_cnn.py", code)
        hand_in(who, "convolution.py", solution)
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")

    done = command(
        "batch", folder, "--out", tmp_path / "out", "--roster", tmp_path / "roster.csv", "--jobs", 1, timeout=900
    )

    assert done.code == 0, done.text
    entries = {entry.student.name or entry.student.id: entry for entry in read_entries(tmp_path / "out")}
    marks = {name: entry.result.points for name, entry in entries.items()}
    assert marks["student two"] == 20
    assert marks["student one"] == 8
    assert marks["forger"] == marks["honest zero"] == 20
    assert entries["forger"].result.max_points == 45
    assert marks["fill"] == 20
    problems = " ".join(problem.message.en for problem in entries["fill"].result.problems)
    assert "zip" in problems.casefold()
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*")) < 200 << 20
    done = command("export", tmp_path / "out", "--format", "github", "--to", tmp_path / "github")
    assert done.code == 0, done.text
    given = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "github").glob("*.json")]
    scores = sorted((sum(test["score"] for test in one["tests"]), one["max_score"]) for one in given)
    assert scores == [(8, 20), (20, 20), (20, 20), (20, 45), (20, 45)]
