"""An interpreter below /tmp, where many people clone: a run's own /tmp must not cover its packages."""

from __future__ import annotations

import pytest

from grader.confined.namespace import jail


@pytest.mark.parametrize(
    "path", ["/tmp/clone/.venv/lib/python3.11/site-packages", "/run/user/1000/x", "/dev/shm/venv"]
)
def test_packages_below_a_runs_own_folders_are_shown_elsewhere(path: str) -> None:
    seat = jail._seat(path)
    assert seat.endswith(path)
    assert not seat.startswith(jail._COVERED)


@pytest.mark.parametrize("path", ["/usr/lib", "/home/x/.venv/lib", "/tmpfs/venv"])
def test_all_others_stay_where_they_are(path: str) -> None:
    assert jail._seat(path) == path
