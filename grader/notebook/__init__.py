"""``%load_ext grader``: the checks of ``grader check``, below the cell.

Two processes. The *kernel* belongs to the student: whatever a cell does there (new builtins, a patched display, a
flood of output) must not change a mark. So it only finds the notebook's own code (:mod:`grader.notebook.source`),
hands it to the *server* (:mod:`grader.notebook.server`, a process of its own with a warm sandbox) and shows what
comes back. The server ends with the kernel, however that ends.
"""

from __future__ import annotations

from typing import Any


def load(shell: Any) -> None:
    """Register ``%check`` and ``%%check`` with an IPython shell; called by ``%load_ext grader``."""
    from grader.notebook.magics import CheckMagics

    CheckMagics(shell)
