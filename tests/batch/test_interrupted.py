"""A batch that is cut off, however: what is finished stays, nothing of it runs on, and it can go on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.workflows.batch import student_folders
from tests.batch.conftest import Class, command_line, family, marks, needs_cluster, start, without_times
from tests.batch.test_batch import EXERCISES, counts
from tests.batch.test_workers import all_gone, leftovers
from tests.conftest import ROOT, Command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

SECONDS = 600


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        if process.poll() is not None:
            pytest.fail(f"ended too early: {process.communicate()[0]}")
        assert time.monotonic() < end
        time.sleep(0.02)


def finished(out: Path) -> list[str]:
    return [folder.name for folder in student_folders(out)] if out.is_dir() else []


def workers(process: subprocess.Popen[str]) -> list[int]:
    return [pid for pid in family(process.pid) if "spawn_main" in command_line(pid)]


def test_kill_9_and_resume(graded: Class, command: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start("batch", graded.folder, "--out", out, "--jobs", 1)
    wait_for(lambda: len(finished(out)) >= 3, process)
    children = family(process.pid)
    assert any("zygote" in command_line(pid) for pid in children)
    process.kill()
    process.communicate()
    assert all_gone(children), [command_line(pid) for pid in children]
    before = marks(out)
    assert 3 <= len(before) < len(graded.marks)
    assert before == {name: graded.marks[name] for name in before}
    done = command("batch", graded.folder, "--out", out, "--resume", "--jobs", 1, timeout=SECONDS)
    assert done.code == 0, done.text
    run, rescored, reused = counts(done.out)
    assert (run + reused, rescored) == (EXERCISES, 0)
    assert reused >= 1
    assert without_times(out) == without_times(graded.out)
    assert leftovers(out) == []


def test_ctrl_c(graded: Class, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start("batch", graded.folder, "--out", out, "--jobs", 2)
    wait_for(lambda: bool(finished(out)), process)
    children = family(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody in the group gets it
    text = process.communicate(timeout=SECONDS)[0]
    assert process.returncode == 130, text
    assert "--resume" in text
    assert "Traceback" not in text
    assert all_gone(children)
    assert leftovers(out) == []
    whole = without_times(graded.out)
    kept = without_times(out)
    assert kept == {name: whole[name] for name in kept} != {}


def test_a_killed_worker_costs_nobody_anything(graded: Class, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start("batch", graded.folder, "--out", out, "--jobs", 1)
    wait_for(lambda: bool(finished(out)) and bool(workers(process)), process)
    os.kill(workers(process)[0], signal.SIGKILL)
    text = process.communicate(timeout=SECONDS)[0]
    assert process.returncode == 0, text
    assert without_times(out) == without_times(graded.out)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which takes root")
def test_a_full_disk_and_then_a_larger_one(graded: Class, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    again = f"'{sys.executable}' -m grader batch '{graded.folder}' --out '{out}' --jobs 1 --resume"
    script = f"""
    mount -t tmpfs -o size=900k tmpfs '{out}' || exit 77
    {again}; echo "first: $?"
    ls -A '{out}'
    mount -o remount,size=50m '{out}'
    {again}; echo "second: $?"
    cp -r '{out}' '{tmp_path}/copy'
    """
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", script],
        cwd=ROOT,
        env=os.environ | {"GRADER_LANG": "en", "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    if done.returncode == 77:
        pytest.skip("mounting is not allowed here")
    assert "first: 2" in done.stdout, done.stdout + done.stderr
    assert "The disk is full" in done.stderr
    assert ".new-" not in done.stdout
    assert "second: 0" in done.stdout, done.stdout + done.stderr
    assert without_times(tmp_path / "copy") == without_times(graded.out)


@needs_cluster
def test_dask_with_two_workers_of_which_one_is_killed(graded: Class, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start("batch", graded.folder, "--out", out, "--executor", "dask", "--jobs", 2)
    wait_for(lambda: bool(finished(out)), process)
    running = workers(process)  # Dask's own, and below each of them the process that grades
    assert len(running) >= 2
    os.kill(running[0], signal.SIGKILL)
    text = process.communicate(timeout=SECONDS)[0]
    assert process.returncode == 0, text
    assert without_times(out) == without_times(graded.out)
    assert counts(text) == (EXERCISES, 0, 0)
