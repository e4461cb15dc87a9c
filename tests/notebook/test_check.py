"""``%check`` in a real kernel: right marks below the cell, whatever other cells do."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from jupyter_core.utils import run_sync

from grader.authoring import make_notebook
from grader.authoring.notebook import split
from grader.notebook.source import Ran, merge_cells
from grader.schema import Colab
from tests.conftest import ROOT, Command
from tests.notebook.conftest import SOLUTION, Kernel, below, gone

pytestmark = pytest.mark.slow


def points(kernel: Kernel, line: str = "%check 3") -> str:
    """The score in the first line of a check's text."""
    first = kernel.text(line).splitlines()[0]
    return first.split("  ")[-1]


def test_solved_work_gets_every_visible_point(kernel: Kernel) -> None:
    score = points(kernel)
    got, out_of = score.split(" / ")
    assert got == out_of


def test_a_failure_is_explained_in_html_and_text(kernel: Kernel) -> None:
    kernel.run("def max_pool2d(feature_map, size=2):\n    return feature_map")
    (output,) = kernel.run("%check 3")
    shown, text = output["data"]["text/html"], output["data"]["text/plain"]
    kernel.run(SOLUTION)
    assert "Expected" in shown
    assert "<details><summary>Hint</summary>" in shown
    assert "<script" not in shown
    assert "Expected:" in text
    got, out_of = text.splitlines()[0].split("  ")[-1].split(" / ")
    assert float(got) < float(out_of)


def test_korean(kernel: Kernel) -> None:
    assert "통과" in kernel.html("%check 3 --lang ko")


def test_the_working_folder_says_the_language(open_kernel: Callable[..., Kernel], tmp_path: Path) -> None:
    (tmp_path / ".grader").mkdir()
    (tmp_path / ".grader" / "workplace.json").write_text('{"lang": "ko"}', encoding="utf-8")
    kernel = open_kernel({"GRADER_LANG": ""})
    kernel.run("%load_ext grader")
    assert "과제가 없습니다" in kernel.text("%check 99")
    assert "Did you mean" in kernel.text("%check 3 --lang kr")


def test_the_cell_of_a_cell_magic_runs_and_is_checked(kernel: Kernel) -> None:
    shown = kernel.text("%%check 3\ndef max_pool2d(feature_map, size=2):\n    return None")
    assert "✗" in shown
    assert kernel.text("print(max_pool2d(1))").strip() == "None"
    kernel.run(SOLUTION)


def test_without_a_number_the_exercises_of_the_notebook_are_checked(kernel: Kernel) -> None:
    assert "03" in kernel.text("%check 03") or kernel.text("%check").count(" / ") > 2


def test_a_wrong_name_is_a_sentence(kernel: Kernel) -> None:
    shown = kernel.text("%check 99")
    assert "99" in shown
    assert "03_convolution" in shown
    assert "Traceback" not in shown
    assert "Traceback" not in kernel.text("%check --nonsense")


def test_code_of_strangers_is_escaped(kernel: Kernel) -> None:
    shown = kernel.html(
        "%%check 3\ndef conv2d(image, kernel, stride=1, padding='valid'):\n"
        "    raise ValueError('<script>alert(1)</script><img src=x onerror=alert(1)>')"
    )
    kernel.run(SOLUTION)
    assert "&lt;script&gt;" in shown
    assert "<img" not in shown


HOSTILE = """\
# scratch
import builtins, os, subprocess, sys
import IPython.display
IPython.display.display = lambda *a, **k: sys.stdout.write("20 / 20")
IPython.display.HTML = str
builtins.print = lambda *a, **k: None
subprocess.Popen = lambda *a, **k: None
os.environ.update(GRADER_COURSE="/nowhere", PYTHONPATH="/nowhere", PATH="/nowhere", HOME="/nowhere")
os.chdir("/")
sys.stdout.write("x" * 2_000_000)
"""


def test_a_hostile_cell_changes_no_mark_and_harms_no_later_check(open_kernel: Callable[..., Kernel]) -> None:
    kernel = open_kernel()
    kernel.run("%load_ext grader")
    kernel.run(SOLUTION)
    before = points(kernel)
    kernel.run(HOSTILE)
    kernel.run("# scratch\nimport sys; sys.exit(3)")
    shown = kernel.html("%check 3")
    assert "forged" not in shown
    got, out_of = before.split(" / ")
    assert f"{got} / {out_of}" in shown


def test_no_process_and_no_file_outlives_the_kernel(open_kernel: Callable[..., Kernel], tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    kernel = open_kernel({"TMPDIR": str(scratch)})
    kernel.run("%load_ext grader")
    kernel.run(SOLUTION)
    kernel.run("%check 3")
    started = below(kernel.pid)
    assert started
    assert list(scratch.glob("grader-*"))
    os.kill(kernel.pid, signal.SIGKILL)
    assert gone(started)
    assert list(scratch.glob("grader-*")) == []


def test_an_interrupt_ends_the_check_and_the_next_one_works(kernel: Kernel) -> None:
    kernel.run("def conv2d(image, kernel, stride=1, padding='valid'):\n    while True: pass")
    client = kernel.client

    def interrupt() -> None:
        time.sleep(3)
        run_sync(client.km.interrupt_kernel)()

    thread = threading.Thread(target=interrupt)
    thread.start()
    shown = kernel.text("%check 3")
    thread.join()
    assert "Stopped" in shown
    kernel.run(SOLUTION)
    got, out_of = points(kernel).split(" / ")
    assert got == out_of


def test_the_saved_file_counts_where_the_server_names_it(
    open_kernel: Callable[..., Kernel], tmp_path: Path
) -> None:
    file = tmp_path / "convolution.ipynb"
    cell = nbformat.v4.new_code_cell(SOLUTION)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), file)
    kernel = open_kernel({"JPY_SESSION_NAME": str(file)})
    kernel.run("%load_ext grader")
    got, out_of = points(kernel, "%check").split(" / ")
    assert got == out_of, "no cell ran, but the file has the work"


def test_vs_code_names_the_file_and_its_cells_are_known_by_what_they_define(
    open_kernel: Callable[..., Kernel], tmp_path: Path
) -> None:
    file = tmp_path / "mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in per_function()]), file)
    kernel = open_kernel()
    kernel.run(f"__vsc_ipynb_file__ = {str(file)!r}")  # its extension does this when it starts the kernel
    kernel.run("%load_ext grader")
    got, out_of = points(kernel).split(" / ")
    assert got == out_of
    kernel.run("def max_pool2d(feature_map, size=2):\n    return feature_map")
    shown = kernel.text("%check 3")
    assert "saved notebook, plus the cells that you have run since" in shown
    less, out_of = shown.splitlines()[0].split("  ")[-1].split(" / ")
    assert 0 < float(less) < float(out_of), "the other functions are the file's"


def per_function() -> list[str]:
    """The solution as a notebook has it: a function in a cell."""
    return [code for _, code in split(SOLUTION)]


def test_training_gives_what_grader_check_gives_on_a_course_of_ones_own(
    open_kernel: Callable[..., Kernel], command: Command, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    slug, course = "06_cifar10_cnn", tmp_path_factory.mktemp("course")
    for kind in ("exercises", "reference"):
        shutil.copytree(ROOT / kind / slug, course / kind / slug)
    answer = (ROOT / "solutions" / slug / "cifar10_cnn.py").read_text(encoding="utf-8")
    file = tmp_path / "cifar10_cnn.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(answer)]), file)
    kernel = open_kernel({"JPY_SESSION_NAME": str(file), "GRADER_DATA": ""})
    kernel.run("%load_ext grader")
    shown = kernel.text(f"%check 6 --train --course {shlex.quote(str(course))}")
    done = command("--course", course, "check", "6", cwd=tmp_path)
    assert done.code == 0, done.text
    (graded,) = json.loads((tmp_path / ".grader" / "report" / "report.json").read_text("utf-8"))["exercises"]
    assert shown.splitlines()[0].endswith(f"  {graded['points']} / {graded['max_points']}"), shown
    said = [line.strip() for line in shown.splitlines()]
    for check in graded["checks"]:
        assert f"✓ {check['title']}  {check['points']} / {check['max_points']}" in said


def test_colabs_first_cell_installs_and_brings_what_the_task_needs(
    open_kernel: Callable[..., Kernel], tmp_path: Path
) -> None:
    """A name that is installed already stands for the wheel's address."""
    place = "https://colab.research.google.com/github/o/c/blob/main/exercises"
    colab = Colab(notebooks=place, install="vision-grader")
    made = make_notebook("def f(): ...", "task", "task", "9", colab, "09/x.ipynb", supplied=True)
    notebook = nbformat.reads(made, as_version=4)
    assert f"]({place}/09/x.ipynb)" in notebook.cells[0].source
    (install,) = [cell.source for cell in notebook.cells if "%pip" in cell.source]
    kernel = open_kernel()
    kernel.run(install)
    assert not (tmp_path / "given.keras").exists(), "elsewhere it does nothing"
    kernel.run("import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')")
    said = kernel.text(install)
    assert (tmp_path / "given.keras").is_file(), said


def test_colab_is_asked_for_the_notebook_on_the_screen(open_kernel: Callable[..., Kernel], tmp_path: Path) -> None:
    """Colab's own module answers ``get_ipynb`` with ``{"ipynb": notebook}``; its cells keep lists of lines."""
    package = tmp_path / "modules" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    cells = [{"cell_type": "code", "metadata": {"id": "a1"}, "source": SOLUTION.splitlines(keepends=True)}]
    reply = {"ipynb": {"cells": cells, "metadata": {"colab": {}}, "nbformat": 4, "nbformat_minor": 0}}
    (package / "_message.py").write_text(
        "def blocking_request(request_type, request='', timeout_sec=5, parent=None):\n"
        f"    return {reply!r} if request_type == 'get_ipynb' else None\n"
    )
    kernel = open_kernel({"PYTHONPATH": str(tmp_path / "modules")})
    kernel.run("import sys; sys.modules.pop('google', None)\n%load_ext grader")
    kernel.run("def conv2d(): pass  # an older state of the cell")
    got, out_of = points(kernel).split(" / ")
    assert got == out_of


def ran(source: str, cell_id: str | None, at: float) -> Ran:
    return Ran(source, cell_id, at, 8)


def saved(*cells: tuple[str, str]) -> list[dict[str, object]]:
    code: dict[str, object] = {"cell_type": "code", "metadata": {}}
    return [{"cell_type": "markdown", "source": ""}, *({**code, "id": one, "source": text} for one, text in cells)]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], ["a = 1", "b = 1"]),
        ([ran("a = 0", "a", 5)], ["a = 1", "b = 1"]),
        ([ran("a = 2", "a", 15)], ["a = 2", "b = 1"]),
        ([ran("a = 1", "a", 12), ran("new", "c", 15)], ["a = 1", "new", "b = 1"]),
        ([ran("new", "c", 15)], None),
        ([ran("a = 1", "W0s", 15)], ["a = 1", "b = 1"]),
        ([ran("b = 2", "W1s", 15), ran("import os", "W2s", 5)], ["a = 1", "b = 2"]),
    ],
    ids=[
        "nothing ran",
        "ran before the save",
        "edited since",
        "added since",
        "ids unknown",
        "same text",
        "same name",
    ],
)
def test_saved_cells_and_those_that_ran_since(history: list[Ran], expected: list[str] | None) -> None:
    cells, changed = merge_cells(saved(("a", "a = 1"), ("b", "b = 1")), history, saved_at=10)
    found = None if cells is None else [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    assert found == expected
    assert cells is None or cells[0]["cell_type"] == "markdown", "text cells are counted too"
    ran_again = [cell for cell in cells or () if cell["source"] not in ("", "a = 1", "b = 1")]
    assert all(cell["execution_count"] == 8 for cell in ran_again), "what stands beside it"
    assert changed == (expected != ["a = 1", "b = 1"])
