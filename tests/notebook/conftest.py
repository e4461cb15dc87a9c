"""A real Jupyter kernel that runs a student's cells one after the other."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed (pip install nbclient ipykernel)")
pytest.importorskip("ipykernel", reason="ipykernel is not installed (pip install ipykernel)")

import nbformat  # noqa: E402
from jupyter_core.utils import run_sync  # noqa: E402

SOLUTION = (ROOT / "solutions" / "03_convolution" / "convolution.py").read_text(encoding="utf-8")


class Kernel:
    """One kernel in a folder; ``run`` gives what a cell shows."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self._notebook = nbformat.v4.new_notebook()
        self.client = nbclient.NotebookClient(
            self._notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        )
        self._environment = environment or {}
        self.pid = 0

    def __enter__(self) -> Kernel:
        known = {name: os.environ.get(name) for name in self._environment}
        os.environ.update(self._environment)
        try:
            self.client.km = self.client.create_kernel_manager()
            self.client.start_new_kernel()
        finally:
            for name, value in known.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
        self.client.start_new_kernel_client()
        self.pid = int(self.text("import os; print(os.getpid())"))
        return self

    def __exit__(self, *_: object) -> None:
        run_sync(self.client.km.shutdown_kernel)(now=False)

    def run(self, source: str, **metadata: object) -> list[dict[str, Any]]:
        """The outputs of one cell."""
        cell = nbformat.v4.new_code_cell(source, metadata=metadata)
        self._notebook.cells.append(cell)
        self.client.allow_errors = True
        self.client.execute_cell(cell, len(self._notebook.cells) - 1, store_history=True)
        return json.loads(json.dumps(cell.outputs))  # type: ignore[no-any-return]

    def text(self, source: str) -> str:
        """Everything that the cell shows as plain text."""
        return "".join(
            output.get("text")
            or output.get("data", {}).get("text/plain", "")
            or "\n".join(output.get("traceback", []))
            for output in self.run(source)
        )

    def html(self, source: str) -> str:
        """The HTML that the cell shows."""
        return "".join(output.get("data", {}).get("text/html", "") for output in self.run(source))


@pytest.fixture
def open_kernel(tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    """Kernels that end with the test."""
    opened: list[Kernel] = []

    def make(environment: dict[str, str] | None = None) -> Kernel:
        kernel = Kernel(tmp_path, {"GRADER_LANG": "en", **(environment or {})}).__enter__()
        opened.append(kernel)
        return kernel

    yield make
    for kernel in opened:
        kernel.__exit__()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One warm kernel in English, the extension loaded and exercise 03 solved."""
    with Kernel(tmp_path_factory.mktemp("work"), {"GRADER_LANG": "en"}) as opened:
        opened.run("%load_ext grader")
        opened.run(SOLUTION)
        yield opened


def below(pid: int) -> list[int]:
    """All processes that descend from ``pid``."""
    found, todo = [], [pid]
    while todo:
        try:
            tasks = list(Path(f"/proc/{todo.pop()}/task").iterdir())
        except OSError:
            continue
        for task in tasks:
            children = [int(child) for child in (task / "children").read_text().split()]
            found += children
            todo += children
    return found


def gone(pids: list[int], seconds: float = 20) -> bool:
    """Whether all of them end within ``seconds``."""
    deadline = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
