"""What isolation itself costs a run: a confined run beside forks of an equally warm process that nothing confines.

In every round the three kinds take turns, so that what else the machine does hits all of them alike.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.errors import SandboxUnavailable
from grader.sandbox import open_sandbox
from grader.sandbox.visible_paths import environment
from grader.schema import Job, Json, Limits

ROOT = Path(__file__).parent.parent
PROBE = "def probe(student, inputs, evidence):\n    evidence.value('one', 1)\n"
#: The run of an empty module: what is left is the way there and back.
REQUEST: dict[str, Json] = {
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

#: Preloads what the zygote preloads, then forks on request: to exit at once, or to do what a run does.
BARE = """
import os, shutil, sys, time
sys.path.insert(0, sys.argv[1])
from grader.confined.namespace import linux
from grader.confined.process import launch
from grader.wire import task
launch.preload(tensorflow=True)
linux.collapse_memory()
source, scratch = sys.argv[2:4]
names = ("wall_seconds", "cpu_seconds", "memory_mb", "disk_mb", "log_kb", "processes", "open_files")
unused = task.RunLimits.of(dict.fromkeys(names, 1))
for line in sys.stdin:
    folder = os.path.join(scratch, "run")
    for name in ("out", "work"):
        os.makedirs(os.path.join(folder, name))
    run = task.Task("run", "student", unused, 1, 0, source, folder + "/out", folder + "/work")
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        if line.strip() == "fork":
            os._exit(0)
        launch.begin(run)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    seconds = time.perf_counter() - began
    shutil.rmtree(folder)
    print(seconds if status == (0 if line.strip() == "fork" else 87) else -1, flush=True)
"""


def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every round by kind: ``fork``, ``work`` (unconfined) and ``confined``.

    Raises SandboxUnavailable where there are no namespaces.
    """
    times: dict[str, list[float]] = {"fork": [], "work": [], "confined": []}
    with tempfile.TemporaryDirectory() as place, open_sandbox("namespace") as sandbox:
        source, scratch = Path(place) / "in", Path(place) / "scratch"
        source.mkdir()
        for name, text in (("student.py", ""), ("probe.py", PROBE), ("job.json", json.dumps(REQUEST))):
            (source / name).write_text(text)
        files = {name: source / name for name in ("student.py", "probe.py")}
        job = Job(entry="student", request=REQUEST, files=files, limits=Limits())
        bare = subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", BARE, str(ROOT), str(source), str(scratch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # TensorFlow's greetings
            text=True,
            env=environment() | {"HOME": place, "KERAS_HOME": place},
        )
        assert bare.stdin is not None
        assert bare.stdout is not None
        for number in range(-3, rounds):  # the first ones start the zygote and warm everything
            taken = {}
            for kind in ("fork", "work"):
                print(kind, file=bare.stdin, flush=True)
                taken[kind] = float(bare.stdout.readline())
                if taken[kind] < 0:
                    raise RuntimeError(f"the unconfined run ({kind}) failed")
            began = time.perf_counter()
            outcome = sandbox.run(job, Path(place) / "evidence")
            taken["confined"] = time.perf_counter() - began
            if outcome.verdict != "completed":
                raise RuntimeError(f"the confined run: {outcome}")
            if number >= 0:
                for kind, seconds in taken.items():
                    times[kind].append(seconds * 1000)
        bare.stdin.close()
        bare.wait()
    return times


def table(rounds: int) -> str:
    """The Markdown section."""
    try:
        times = measure(rounds)
    except SandboxUnavailable as error:
        return f"## What isolation costs a run\n\nNot measured: {error}\n"
    own = [confined - work for confined, work in zip(times["confined"], times["work"], strict=True)]
    beyond = [confined - fork for confined, fork in zip(times["confined"], times["fork"], strict=True)]
    rows = (
        ("fork of a warm process that exits at once", times["fork"]),
        ("fork that does the run's work, unconfined", times["work"]),
        ("confined run: inputs, namespaces, work, evidence back", times["confined"]),
        ("**isolation's own cost** (confined less unconfined work)", own),
        ("confined run less the bare fork", beyond),
    )
    lines = [
        "## What isolation costs a run",
        "",
        f"An empty module at level `namespace`; {rounds} rounds, the kinds in turn; differences within a round.",
        "",
        "| | fastest ms | median ms | 90 % below ms |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, values in rows:
        ninety = statistics.quantiles(values, n=10)[-1]
        lines.append(f"| {name} | {min(values):.1f} | {statistics.median(values):.1f} | {ninety:.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
