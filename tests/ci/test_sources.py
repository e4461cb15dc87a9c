"""Which file of a checkout a remark is put on."""

from __future__ import annotations

from pathlib import Path

from grader.ci.annotate import find_sources
from tests.intake.conftest import COURSE, notebook, write


def test_a_file_with_almost_the_right_name_is_remarked_on_where_it_lies(tmp_path: Path) -> None:
    write(tmp_path, {"hw/edges (1).py": "\ndef solve():\n    pass\n", "Small_Net.ipynb": notebook("x = 1")})
    found = find_sources(tmp_path, COURSE)
    assert (found["01_edges"].path, found["01_edges"].name) == ("hw/edges (1).py", "edges.py")
    assert found["01_edges"].line_of("solve") == 2
    assert found["02_small_net"].is_notebook
    assert found["02_small_net"].line_of("solve") is None


def test_a_notebook_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"edges.ipynb": notebook("x = 1") + " " * 20_000_000})
    assert find_sources(tmp_path, COURSE)["01_edges"].is_notebook
