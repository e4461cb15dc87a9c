"""Work that takes the grader itself too much: that part ends, staff hear of it, the class goes on."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from grader.bounds import Bounds
from grader.catalog import load_course
from grader.sandbox import NamespaceSandbox, landlock
from grader.workflows import Options
from grader.workflows.batch import read_entries
from grader.workflows.grade_class import ClassRequest, grade_class
from tests.batch.conftest import EXERCISE
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="timers, namespaces and /proc")

#: What a check of this course does with a value that a student's process may write as it likes.
CHECK = """

def hog(facts):
    note = facts.value("note", default="")
    while note == "loop":
        pass
    for attempt in (
        lambda: open(OUTSIDE, "w").close(),
        lambda: __import__("socket").create_connection(("127.0.0.1", PORT), 2).close(),
    ):
        try:
            attempt()
        except PermissionError:
            continue
    if note == "call":
        sum(range(10**13))
"""
WRITES = """
import json, os
def write(name, lines):
    descriptor = os.open(f"/box/out/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, b"".join(json.dumps(line).encode() + b"\\n" for line in lines))
    os.close(descriptor)
"""
NOTES = {
    # Python that never ends, a call into C that never ends, and 7.9 MB of evidence that are all to be looked at.
    "loop": 'write("values.jsonl", [{"name": "note", "value": "loop"}])',
    "call": 'write("values.jsonl", [{"name": "note", "value": "call"}])',
    "flood": 'write("values.jsonl", [{"name": f"n{i}", "value": [[]] * 99_000} for i in range(19)])',
}


def test_hogs_end_alone(
    own_course: Path, zygote: NamespaceSandbox | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if zygote is None:
        pytest.skip("user namespaces are not available on this machine (see `grader doctor`)")
    door = zygote.door()
    monkeypatch.setattr("grader.workflows.grade_class.NamespaceSandbox", lambda: NamespaceSandbox(door=door))
    checks = own_course / "exercises" / EXERCISE / "checks.py"
    text = checks.read_text(encoding="utf-8")
    head, valid, rest = text.partition("def test_conv2d_valid(facts, reference):\n")
    docstring, end, body = rest.partition("\n")
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    places = f"OUTSIDE, PORT = {str(tmp_path / 'outside')!r}, {listener.getsockname()[1]}\n"
    checks.write_text(f"{head}{valid}{docstring}{end}    hog(facts)\n{body}{CHECK}\n{places}", encoding="utf-8")
    solution = (ROOT / "solutions" / EXERCISE / "convolution.py").read_text(encoding="utf-8")
    for name, code in {"right": "", "zeta": "", **{k: WRITES + v for k, v in NOTES.items()}}.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "convolution.py").write_text(f"{solution}\n{code}\n", encoding="utf-8")
    # A notebook within intake's own limits, which takes more memory than these bounds have.
    (tmp_path / "class" / "wide").mkdir()
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "source": solution,
        "outputs": [],
        "execution_count": None,
    }
    wide = {"cells": [cell], "metadata": {"x": ["y" * 30] * 2_500_000}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "class" / "wide" / "convolution.ipynb").write_text(json.dumps(wide), encoding="utf-8")

    limits = Bounds(cpu_seconds=1, wall_seconds=20, memory_mb=120, grace_seconds=1)
    request = ClassRequest(
        tmp_path / "class",
        tmp_path / "out",
        "en",
        Options(builtin=True, threads=1, bounds=limits),
        isolation="namespace",
        root=own_course,
    )
    done = grade_class(request, load_course(own_course), lambda _: nullcontext(lambda *_: None))

    results = {entry.student.id: entry.result for entry in read_entries(tmp_path / "out")}
    marks = {name: result.points for name, result in results.items()}
    assert marks == {"right": 20, "zeta": 20, "loop": 9, "call": 0, "flood": 0, "wide": 0}
    assert done.summary.ungraded == []
    # What got hold of a worker would have written and connected: where the kernel has the wall, it did not.
    known = landlock.version()
    assert (tmp_path / "outside").exists() == (known == 0)
    if known >= landlock.TCP_FROM:
        with pytest.raises(BlockingIOError):
            listener.accept()
    listener.close()
    told = {
        name: " ".join(
            [p.message.en for p in result.problems]
            + [f"{note.text.en} {note.detail}" for e in result.exercises for note in e.notes]
        )
        for name, result in results.items()
    }
    assert "its checks) exceeded its limit (CPU time)" in told["loop"]
    assert "its checks) exceeded its limit (its process had to be ended)" in told["call"]
    assert "reading what its run left) exceeded its limit (CPU time)" in told["flood"]
    assert "reading it) exceeded its limit (memory)" in told["wide"]
    assert told["right"] == told["zeta"] == ""
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert page.count("exceeded its limit") + page.count("What the run left was not read") >= 2
    assert page.count("could not work with what was handed in") >= 2
