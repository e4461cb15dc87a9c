"""What the grader itself does for a submission is limited: each part ends alone, and is told to staff."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader import bounds
from grader.bounds import Bounds
from grader.errors import OverLimit
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="timers and resource limits are Unix's")

TIGHT = Bounds(cpu_seconds=0.2, memory_mb=64, file_mb=1)


def spin() -> None:
    while True:
        pass


def stubborn(caught: list[OverLimit]) -> None:
    """Catches the first alarm and goes on."""
    try:
        spin()
    except OverLimit as error:
        caught.append(error)
        spin()


@pytest.mark.parametrize(
    ("limit", "work"),
    [
        ("CPU time", spin),
        ("wall time", lambda: time.sleep(60)),
        ("memory", lambda: np.ones(256 << 20, np.uint8)),
        ("the size of a file", lambda: Path("large").write_bytes(b"x" * (2 << 20))),
    ],
)
def test_each_limit_ends_its_part_alone(
    limit: str, work: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with bounds.submission(replace(TIGHT, wall_seconds=0.1 if limit == "wall time" else 300)):
        with pytest.raises(OverLimit, match=rf"busy\) exceeded its limit \({limit}"):
            in_part("busy", work)
        with bounds.part("another"):
            kept = np.ones(32 << 20, np.uint8)
    assert kept.all()
    np.ones(256 << 20, np.uint8)  # afterwards nothing is limited
    Path("large").write_bytes(b"x" * (2 << 20))


def in_part(name: str, work: Callable[[], object]) -> None:
    with bounds.part(name):
        work()


def test_what_catches_the_alarm_is_stopped_again_and_all_pieces_share_one_total() -> None:
    caught: list[OverLimit] = []
    with bounds.submission(TIGHT):
        with pytest.raises(OverLimit):
            in_part("stubborn", lambda: stubborn(caught))
        before = time.process_time()
        with pytest.raises(OverLimit):  # what is spent is spent: the least is left
            in_part("stubborn", spin)
        assert time.process_time() - before < 30  # CPU time: not how busy the machine is
    assert len(caught) == 1


def test_what_has_limits_of_its_own_is_not_charged() -> None:
    with bounds.submission(TIGHT), bounds.part("asking"), bounds.paused():
        end = time.process_time() + 0.5
        while time.process_time() < end:
            pass


def test_a_call_that_never_comes_back_ends_its_process() -> None:
    """No alarm gets through to a loop of C's: the watchdog ends the process."""
    code = (
        "from grader import bounds\n"
        "limits = bounds.Bounds(wall_seconds=2, grace_seconds=0.2)\n"
        "with bounds.submission(limits), bounds.part('adding'):\n"
        "    sum(range(10**13))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert re.search(r"Timeout.*line 4 in <module>", done.stderr, re.DOTALL), done.stderr
