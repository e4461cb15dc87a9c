"""What the levels of isolation promise, each tried in a real run: for ``grader doctor --try`` and for the tests.

A promise is the body of a probe, which runs where students' code runs. What it hands to ``say`` comes back as
evidence; whether the promise is kept is judged out here, by that and by how the run ended.
"""

from __future__ import annotations

import json
import socket
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.i18n import both
from grader.sandbox.base import OpenSandbox
from grader.schema import Isolation, Json, RunOutcome, Text
from grader.schema.course import Limits
from grader.schema.run import Job

PRELUDE = """\
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

Said = dict[str, Any]


@dataclass(frozen=True)
class Promise:
    """One thing that a run can't do, or that ends it."""

    id: str
    text: Text
    """It is kept."""
    snippet: str
    """In it ``{canary}`` is a file of the host's, ``{port}`` a port on which the host listens."""
    kept: Callable[[RunOutcome, Said], bool]
    levels: tuple[Isolation, ...] = ("namespace",)
    limits: dict[str, Any] = field(default_factory=dict)


def _ends(verdict: str) -> Callable[[RunOutcome, Said], bool]:
    return lambda outcome, said: outcome.verdict == verdict and "after" not in said


_BOTH: tuple[Isolation, ...] = ("namespace", "process")
_PLACES = '["/", "/etc", "/usr/lib", "/box/in", os.path.dirname(np.__file__)]'
PROMISES = (
    Promise(
        "host_files",
        both("A run sees no file of this machine, and can write to none."),
        "say(seen=[p for p in ({canary!r}, '/etc/shadow', '/etc/hostname') if os.path.exists(p)],"
        f" written=[p for p in {_PLACES} if attempt((Path(p) / 'x').write_text, 'x') == 'done'])",
        lambda _, said: said == {"seen": [], "written": []},
    ),
    Promise(
        "network",
        both("A run reaches no network, and no service of this machine."),
        "say(reached=[a for a in (('127.0.0.1', {port}), ('1.1.1.1', 53)) if attempt(lambda:"
        " socket.create_connection(a, 2).close()) == 'done'])",
        lambda _, said: said == {"reached": []},
    ),
    Promise(
        "processes",
        both("A run has no privileges and sees only its own processes."),
        "say(root=os.geteuid() == 0, become=attempt(os.setuid, 0), me=os.getpid(),"
        " seen=[int(n) for n in os.listdir('/proc') if n.isdigit()])",
        lambda _, said: not said["root"] and said["become"] != "done" and {*said["seen"]} == {1, said["me"]},
    ),
    Promise(
        "disk",
        both("A run can fill only its own disk."),
        "say(filled=attempt((WORK / 'x').write_bytes, bytes(80 << 20)))",
        lambda _, said: said == {"filled": "OSError"},
    ),
    Promise("time", both("A run ends at its time limit."), "time.sleep(60); say(after=1)", _ends("timeout"), _BOTH,
            {"wall_seconds": 1}),
    Promise("memory", both("A run ends at its memory limit."), "kept = np.ones(200 << 20); say(after=1)",
            _ends("memory"), _BOTH, {"memory_mb": 700}),
    Promise("output", both("A run ends when it floods its output."), "while True: os.write(1, b'x' * 65536)",
            _ends("output"), _BOTH, {"log_kb": 256}),
    Promise("exit", both("A run that exits early counts as unfinished."), "os._exit(0)", _ends("exited"), _BOTH),
)  # fmt: skip


def job(folder: Path, snippet: str, *, files: dict[str, Path] | None = None, seed: int = 0, **limits: Any) -> Job:
    """The run of ``snippet``; its two source files are written to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "student.py").write_text("")
    (folder / "probe.py").write_text(PRELUDE + textwrap.indent(textwrap.dedent(snippet), "    "))
    request: dict[str, Json] = {"module": "student", "name": "student.py", "code_file": "student.py"}
    request |= {"probe_file": "probe.py", "epochs": None}
    request |= {name: [] for name in ("functions", "arrays", "files", "submitted")}
    places = {name: folder / name for name in ("student.py", "probe.py")} | (files or {})
    wanted = Limits(**{"wall_seconds": 30, "cpu_seconds": 30, "disk_mb": 64, **limits})
    return Job(entry="student", request=request, files=places, limits=wanted, seed=seed)


def read_said(folder: Path) -> Said:
    """The values that a snippet handed to ``say``."""
    path = folder / "values.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {line["name"]: line["value"] for line in map(json.loads, lines)}


def try_promises(sandbox: OpenSandbox) -> Iterator[tuple[Promise, bool]]:
    """Each promise of the sandbox's level, and whether it was kept here and now."""
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as listener:
        folder = Path(name)
        (folder / "canary").write_text("seen")
        for promise in PROMISES:
            if sandbox.isolation not in promise.levels:
                continue
            at = {"canary": str(folder / "canary"), "port": listener.getsockname()[1]}
            snippet = promise.snippet.format(**at) if promise.levels != _BOTH else promise.snippet
            wanted = job(folder / promise.id, snippet, **promise.limits)
            outcome = sandbox.run(wanted, folder / f"{promise.id}.evidence")
            try:
                yield promise, promise.kept(outcome, read_said(folder / f"{promise.id}.evidence"))
            except (KeyError, TypeError, ValueError):
                yield promise, False
