"""A confined run of a snippet, at each level of isolation.

The snippet is the body of a probe, so it runs where student code runs, through the entry point that students get.
What it hands to ``say`` comes back as evidence.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SandboxUnavailable
from grader.sandbox import LEVELS, OpenSandbox, open_sandbox
from grader.schema import Json, RunOutcome
from grader.schema.course import Limits
from grader.schema.run import Job

#: What each level promises. A test names the promise it needs; at a level without it, the test is skipped.
PROMISES = {
    "namespace": {"host_files", "network", "uid", "processes", "disk", "descendants", "limits", "verdicts"},
    "process": {"descendants", "limits", "verdicts"},
}

_PRELUDE = """\
import json, os, signal, socket, subprocess, sys, time
from pathlib import Path
import numpy as np

def probe(student, inputs, evidence):
    OUT = Path(evidence._out)
    WORK = Path(inputs.work)
    IN = Path(inputs._in_dir)
    def say(**values):
        for name, value in values.items():
            evidence.value(name, value)
    def attempt(function, *arguments):
        try:
            function(*arguments)
        except OSError as error:
            return type(error).__name__
        return "done"
"""


@dataclass(frozen=True)
class Ran:
    """A run's outcome and what it said."""

    outcome: RunOutcome
    folder: Path

    def __getitem__(self, name: str) -> Any:
        return self.said[name]

    @property
    def said(self) -> dict[str, Any]:
        """The values that the snippet handed to ``say``."""
        path = self.folder / "values.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return {line["name"]: line["value"] for line in map(json.loads, lines)}


def job(folder: Path, snippet: str, *, files: dict[str, Path] | None = None, seed: int = 0, **limits: Any) -> Job:
    """The run of ``snippet``; its two source files are written to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "student.py").write_text("")
    (folder / "probe.py").write_text(_PRELUDE + textwrap.indent(textwrap.dedent(snippet), "    "))
    request: dict[str, Json] = {
        "module": "student",
        "name": "student.py",
        "code_file": "student.py",
        "probe_file": "probe.py",
        "functions": [],
        "arrays": [],
        "files": [],
        "epochs": None,
        "submitted": [],
    }
    places = {name: folder / name for name in ("student.py", "probe.py")} | (files or {})
    wanted = Limits(**{"wall_seconds": 30, "cpu_seconds": 30, "disk_mb": 64, **limits})
    return Job(entry="student", request=request, files=places, limits=wanted, seed=seed)


@pytest.fixture(scope="session", params=list(LEVELS))
def sandbox(request: pytest.FixtureRequest) -> Iterator[OpenSandbox]:
    """One open sandbox for all tests of a level."""
    try:
        opened = open_sandbox(request.param)
    except SandboxUnavailable as error:
        pytest.skip(f"no namespaces here: {error.detail.splitlines()[0]}")
    with opened:
        yield opened


@pytest.fixture(autouse=True)
def _only_what_is_promised(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("promise")
    if marker is not None and "sandbox" in request.fixturenames:
        level = request.getfixturevalue("sandbox").isolation
        if marker.args[0] not in PROMISES[level]:
            pytest.skip(f"level {level} does not promise this: {marker.args[0]}")


Runner = Callable[..., Ran]


@pytest.fixture
def run(sandbox: OpenSandbox, tmp_path: Path) -> Runner:
    """``run(snippet, **limits)`` in a fresh evidence folder."""

    def once(snippet: str, **options: Any) -> Ran:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        outcome = sandbox.run(job(folder / "source", snippet, **options), folder / "evidence")
        assert outcome.isolation == sandbox.isolation
        return Ran(outcome, folder / "evidence")

    return once


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(name): what a level of isolation must hold for this test to run")
