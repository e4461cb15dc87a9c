"""What the grader itself does for a submission is limited: each part ends alone, and is told to staff."""

from __future__ import annotations

import re
import subprocess
import sys
import time
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


def test_each_limit_ends_its_part_alone(tmp_path: Path) -> None:
    with bounds.submission(TIGHT):
        with pytest.raises(OverLimit, match=r"counting.*CPU time"), bounds.part("counting"):
            while True:
                pass
        with pytest.raises(OverLimit, match=r"waiting.*wall time"):
            with bounds.submission(replace(TIGHT, wall_seconds=0.1)), bounds.part("waiting"):
                time.sleep(60)
        with pytest.raises(OverLimit, match=r"filling.*memory"), bounds.part("filling"):
            np.ones(256 << 20, np.uint8)
        with pytest.raises(OverLimit, match=r"writing.*file"), bounds.part("writing"):
            (tmp_path / "large").write_bytes(b"x" * (2 << 20))
        with bounds.part("another"):
            kept = np.ones(32 << 20, np.uint8)
    assert kept.all()
    np.ones(256 << 20, np.uint8)  # afterwards nothing is limited
    (tmp_path / "large").write_bytes(b"x" * (2 << 20))


def test_what_catches_the_alarm_is_stopped_again_and_all_pieces_share_one_total() -> None:
    caught = 0
    with bounds.submission(TIGHT):
        with pytest.raises(OverLimit), bounds.part("stubborn"):
            while True:
                try:
                    while True:
                        pass
                except OverLimit:
                    caught += 1
                    if caught == 2:
                        raise
        before = time.process_time()
        with pytest.raises(OverLimit), bounds.part("stubborn"):  # what is spent is spent: the least is left
            while True:
                pass
        assert time.process_time() - before < 30  # CPU time: not how busy the machine is
    assert caught == 2


def test_what_has_limits_of_its_own_is_not_charged() -> None:
    with bounds.submission(TIGHT), bounds.part("asking"), bounds.paused():
        end = time.process_time() + 0.5
        while time.process_time() < end:
            pass


def test_a_call_that_never_comes_back_ends_its_process() -> None:
    """No alarm gets through to a regular expression that backtracks for ever: the watchdog ends the process."""
    code = (
        "import re; from grader import bounds\n"
        "limits = bounds.Bounds(wall_seconds=0.2, grace_seconds=0.2)\n"
        "with bounds.submission(limits), bounds.part('matching'):\n"
        "    re.match(r'(a|a)*b', 'a' * 60)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert re.search(r"Timeout.*line 4 in <module>", done.stderr, re.DOTALL), done.stderr
