"""The command line: asks the use cases in grader.workflows, and shows the answer."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (whoever sees this runs a Python that the rest does not load in)
    # No catalogue and no library here: they need the Python that is missing.
    _HERE = sys.version.split()[0]
    raise SystemExit(
        f"vision-grader needs Python 3.11 or newer; this is {_HERE}. Get one from https://www.python.org/downloads/.\n"
        f"Python 3.11 이상이 필요합니다(지금은 {_HERE}). https://www.python.org/downloads/ 에서 받으세요."
    )

from grader.cli.main import main

__all__ = ["main"]
