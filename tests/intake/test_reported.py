"""What nobody is told would be lost: the command prints every line of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.batch import show
from grader.intake import find_downloads
from grader.workflows.batch import Summary
from grader.workflows.grade_class import GradedClass
from tests.intake.conftest import COURSE, write


def test_everybody_who_is_on_one_side_only_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {f"stranger{n}/edges.py": "" for n in range(80)} | {f"lost{n}.py": "" for n in range(40)}
    write(tmp_path / "class", {**files, "00_here/edges.py": ""})
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "id,name\nhere,Here\n" + "".join(f"absent{n},Kim {n}x\n" for n in range(80)), encoding="utf-8"
    )
    downloads = find_downloads(tmp_path / "class", COURSE, roster)
    show(GradedClass(Summary(), downloads, tmp_path / "index.html"), "en", 1.0)
    printed = " ".join(capsys.readouterr().out.split())
    assert "80 students on the roster handed in nothing" in printed
    for n in range(80):
        assert f"absent{n} (Kim {n}x)" in printed
        assert f"stranger{n}" in printed
    for n in range(40):
        assert f"lost{n}.py This is nobody's submission" in printed
