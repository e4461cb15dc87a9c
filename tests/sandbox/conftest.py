"""A confined run of a snippet, at each level of isolation.

The snippet is the body of a probe, so it runs where student code runs, through the entry point that students get.
What it hands to ``say`` comes back as evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SandboxUnavailable
from grader.sandbox import LEVELS, OpenSandbox, open_sandbox, process
from grader.sandbox.conformance import job, read_said
from grader.sandbox.process import _command
from grader.schema import RunOutcome

#: What each level promises. A test names the promise it needs; at a level without it, the test is skipped.
PROMISES = {
    "namespace": {"host_files", "network", "uid", "processes", "disk", "descendants", "limits", "verdicts"},
    "process": {"descendants", "limits", "verdicts"},
}


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
        return read_said(self.folder)


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


def _command_without_keras(*arguments: str) -> list[str]:
    words = _command(*arguments)
    words[words.index("utf8") + 1] = str(Path(__file__).with_name("without_keras.py"))
    return words


@pytest.fixture
def no_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs at level ``process`` import no Keras: for tests that are about the level."""
    monkeypatch.setattr(process, "_command", _command_without_keras)


@pytest.fixture
def run(sandbox: OpenSandbox, no_keras: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """``run(snippet, **limits)`` in a fresh evidence folder; ``keras`` where the snippet needs it."""

    def once(snippet: str, *, keras: bool = False, **options: Any) -> Ran:
        if keras:
            monkeypatch.setattr(process, "_command", _command)
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        outcome = sandbox.run(job(folder / "source", snippet, **options), folder / "evidence")
        assert outcome.isolation == sandbox.isolation
        return Ran(outcome, folder / "evidence")

    return once


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(name): what a level of isolation must hold for this test to run")
