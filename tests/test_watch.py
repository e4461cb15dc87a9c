"""``grader check`` and ``check --watch`` as a student sees them: the real command, in a real terminal."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from grader.cli.training import Training
from grader.cli.watch import Watch
from grader.schema import Course
from tests.ci.results import check, exercise, result, text
from tests.conftest import ROOT, Command, wrong_answer
from tests.support.terminal import Terminal, save

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals for this test")


@pytest.fixture
def home(command: Command, tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    done = command("start", folder)
    assert done.code == 0, done.text
    return folder


def put(home: Path, slug: str, text: str | None = None) -> Path:
    """The solution of ``slug``, or ``text``, as the student's file."""
    solution = next((ROOT / "solutions" / slug).glob("*.py"))
    target = home / slug / solution.name
    save(target, solution.read_text(encoding="utf-8") if text is None else text)
    return target


def workers(pid: int) -> set[int]:
    """The processes that the command ``pid`` keeps."""
    return {child.pid for child in psutil.Process(pid).children()}


def test_check_names_each_check_explains_the_first_failure_and_gives_one_hint(
    command: Command, home: Path
) -> None:
    put(home, "03_convolution", wrong_answer("03_convolution", "flipped_kernel").source)
    done = command("check", "03", cwd=home)
    assert done.code == 1, done.text
    lines = done.out.splitlines()
    assert sum(line.startswith("  ✓ ") for line in lines) >= 2
    assert sum(line.startswith("  ✗ ") for line in lines) >= 1
    assert done.out.count("First:") == 1
    assert done.out.count("Hint:") == 1
    assert "Expected:" in done.out
    assert "Actual:" in done.out
    assert str(home / ".grader" / "report" / "report.html") in done.out.replace("\n", "")


def test_a_save_is_checked_on_the_warm_grader_with_no_key_pressed(home: Path) -> None:
    with Terminal("check", "--watch", "03", cwd=home) as terminal:
        terminal.wait_for("q quit")
        terminal.wait_for("Checked in")
        target = put(home, "03_convolution")
        assert "All passed" in terminal.wait_for("Checked in")
        zygotes = workers(terminal.process.pid)
        for number in range(3):
            save(target, f"{target.read_text(encoding='utf-8')}\n# {number}\n")
            assert "All passed" in terminal.wait_for("Checked in")
        assert zygotes
        assert zygotes <= workers(terminal.process.pid), "TensorFlow is imported once, not at every save"
        terminal.press("q")
        assert terminal.process.wait(30) == 0


@pytest.mark.slow
def test_watching_trains_when_asked_and_not_before(home: Path, command: Command) -> None:
    with Terminal("check", "--watch", cwd=home, GRADER_DATA="") as terminal:
        terminal.wait_for("q quit")
        target = put(home, "06_cifar10_cnn")
        seen = terminal.wait_for("press t")
        assert "so far" in seen
        assert "✓ Layer" in seen
        assert "epoch" not in seen
        terminal.press("t")
        seen = terminal.wait_for("Checked in")
        assert "epoch 1 of 2" in seen
        assert "All passed" in seen
        assert "Accuracy" in seen
        page = home / ".grader" / "report" / "report.html"
        deadline = time.monotonic() + 60
        while "All passed" not in (trained := page.read_text(encoding="utf-8")):  # it is written after the verdict
            assert time.monotonic() < deadline
            time.sleep(0.2)
        save(target, target.read_text(encoding="utf-8"))  # nothing new
        assert "so far" in terminal.wait_for("press t")
        terminal.press("q")
        assert terminal.process.wait(30) == 0
    assert page.read_text(encoding="utf-8") == trained
    (row,) = [row for row in json.loads(command("list", "--json", cwd=home).out) if row["id"][:2] == "06"]
    assert row["status"]["points"] == row["status"]["max_points"]


def test_keys_give_a_hint_the_next_exercise_and_the_end(home: Path) -> None:
    with Terminal("check", "--watch", "03", "04", cwd=home, BROWSER="true") as terminal:
        terminal.wait_for("q quit")
        terminal.wait_for("Checked in")
        put(home, "03_convolution", wrong_answer("03_convolution", "flipped_kernel").source)
        terminal.wait_for("Checked in")
        time.sleep(0.5)
        terminal.press("h")
        assert "filter is not" in terminal.wait_for("flipped")
        terminal.press("o")
        terminal.wait_for("report.html")
        terminal.press("n")
        assert "04" in terminal.wait_for("Checked in")
        terminal.press("n")
        assert "05" in terminal.wait_for("Checked in"), "the course goes on where the list ends"
        terminal.press("q")
        assert terminal.process.wait(30) == 0


def test_a_failure_without_a_hint_is_not_called_none(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checker = SimpleNamespace(place=SimpleNamespace(folder=tmp_path))
    watch = Watch(checker, course, [], "en", Training("en"))  # type: ignore[arg-type]
    failed = check("a", 0, 5, message=text("NameError: name 'x' is not defined"))
    for one, said in ((failed, "NameError"), (check("a", 5, 5), "nothing failed")):
        watch._result = result(exercise(one))
        watch._hint()
        out = capsys.readouterr().out
        assert said in out
        assert ("nothing failed" in out) == (said == "nothing failed")


def test_without_a_terminal_there_are_no_keys_and_it_says_so(home: Path) -> None:
    from grader.cli.watch import Keys

    with Keys() as keys:
        if sys.stdin.isatty():
            pytest.skip("pytest -s in a terminal: there are keys")
        assert not keys.usable
        assert keys.pressed() == ""


def test_time_left_goes_by_the_epochs_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr("grader.cli.training.time.monotonic", lambda: now.seconds)
    shown: list[str] = []
    training = Training("en")
    training._update = lambda **fields: shown.append(fields["description"])
    training.epoch(1, 5)
    now.seconds += 10
    training.epoch(2, 5)
    assert "about 40 s left" in shown[-1]
    training.epoch(9, 5)  # nonsense of a stranger's
    assert len(shown) == 2
    training.epoch(1, 3)  # another training begins
    assert "left" not in shown[-1]
