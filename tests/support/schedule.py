"""Which tests go to one worker together, and in which order.

A module's fixtures (a graded class, a browser, a kernel) cost more than its tests, so a module stays together, and
so do folders whose modules share such a fixture. The longest come first: at the end nobody waits for one of them.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

#: Folders that stay together.
TOGETHER = ("tests/batch/", "tests/playground/")
#: What takes longest, the longest first; a folder or a module.
LONGEST = (
    *("tests/batch/", "tests/playground/", "tests/hostile/", "tests/test_course.py", "tests/sandbox/"),
    *("tests/notebook/", "tests/test_cli.py", "tests/test_site.py", "tests/test_return.py", "tests/test_watch.py"),
    *("tests/inspect/", "tests/report/", "tests/exercises/", "tests/test_bad_input.py"),
    *("tests/test_invariants.py", "tests/ci/", "tests/test_real_work.py", "tests/intake/test_limits.py"),
)


def unit(nodeid: str) -> str:
    """The name of what stays together with the test."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.partition("::")[0])


def rank(item: pytest.Item) -> int:
    """Where its unit stands among all."""
    return next((n for n, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))


class Units(LoadScopeScheduling):  # type: ignore[misc]
    """Gives units out in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)
