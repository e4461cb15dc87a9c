"""Claims read back: real ones in full, hostile ones without harm."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.inspect.evidence import read_evidence
from grader.schema import Evidence, RunOutcome, SourceFile, SourceLine, SourceLines
from grader.wire.npy import write_array
from tests.confined.conftest import Run

OUTCOME = RunOutcome(verdict="completed", isolation="process")
SOURCE = SourceFile(
    name="edges.ipynb",
    code="import os\n\ndef solve(:\n    boom()\n",
    sha256="0",
    lines=SourceLines.of(SourceLine(cell=2 + i // 2, line=1 + i % 2) for i in range(4)),
)


def of_lines(folder: Path, *lines: object, values: tuple[object, ...] = ()) -> Evidence:
    for name, content in (("steps.jsonl", lines), ("values.jsonl", values)):
        data = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in content)
        (folder / name).write_bytes(data + b"\n")
    evidence = read_evidence(folder, OUTCOME, SOURCE)
    evidence.model_dump_json()
    return evidence


def ended(step: str = "solve", **error: Any) -> dict[str, object]:
    return {"step": step, "event": "end", "ok": False, "seconds": 0.5, "error": {"kind": "exception"} | error}


def test_a_real_run_of_a_notebook_points_at_cell_and_line(run: Run, tmp_path: Path) -> None:
    code = "import os\n\ndef solve():\n    raise ValueError('no')\n\n"
    probe = """
def probe(s, i, e):
    e_ = e
    with e.step("ok"): e.array("ok.0", [1, 2]); e.value("v", 1)
    with e.step("solve"): s.solve()
"""
    ran = run(code, probe, name="edges.ipynb")
    source = SourceFile(
        name="edges.ipynb",
        code=code,
        sha256="0",
        lines=SourceLines.of((*SOURCE.lines, SourceLine(cell=3, line=2))),
    )
    evidence = read_evidence(ran.out, OUTCOME, source)
    assert [(s.name, s.status) for s in evidence.steps] == [("import", "ok"), ("ok", "ok"), ("solve", "failed")]
    error = evidence.steps[2].error
    assert error is not None
    (frame,) = error.frames
    assert (frame.file, frame.cell, frame.line, frame.function) == ("edges.ipynb", 3, 2, "solve")
    assert frame.text == "raise ValueError('no')"
    assert evidence.arrays == ("ok.0",)
    assert evidence.values == {"v": 1}


def test_a_step_that_did_not_end_is_unfinished(tmp_path: Path) -> None:
    evidence = of_lines(tmp_path, {"step": "solve", "event": "begin"})
    assert [(s.name, s.status) for s in evidence.steps] == [("solve", "unfinished")]


def test_the_first_ending_counts(tmp_path: Path) -> None:
    begin = {"step": "solve", "event": "begin"}
    evidence = of_lines(tmp_path, begin, ended(), {"step": "solve", "event": "end", "ok": True}, begin)
    assert [s.status for s in evidence.steps] == ["failed"]


def test_ok_must_be_true_itself(tmp_path: Path) -> None:
    for ok in (1, "true", [True], None):
        evidence = of_lines(tmp_path, {"step": "solve", "event": "end", "ok": ok})
        assert evidence.steps[0].status == "failed"


def test_a_claimed_fault_is_a_failed_step(tmp_path: Path) -> None:
    evidence = of_lines(tmp_path, {"fault": "KeyError: 'x'"})
    (step,) = evidence.steps
    assert (step.name, step.status) == ("probe", "failed")
    assert evidence.outcome.verdict == "completed", "a claim must not become a fault of the harness"


def test_a_syntax_error_keeps_its_column_and_indentation(tmp_path: Path) -> None:
    frame = {"file": "edges.ipynb", "line": 4, "text": "a lie", "function": ""}
    error = of_lines(tmp_path, ended("import", kind="syntax", column=11, frames=[frame])).steps[0].error
    assert error is not None
    assert (error.column, error.frames[0].text, error.frames[0].cell) == (11, "    boom()", 3)


def test_frames_elsewhere_are_dropped(tmp_path: Path) -> None:
    claims = [
        {"file": "/etc/passwd", "line": 1},
        {"file": "edges.ipynb", "line": 99},
        {"file": "edges.ipynb", "line": True},
        {"file": "edges.ipynb", "line": "1"},
        5,
        None,
    ]
    error = of_lines(tmp_path, ended(frames=claims)).steps[0].error
    assert error is not None
    assert error.frames == ()


def test_texts_are_made_harmless(tmp_path: Path) -> None:
    nasty = "\x1b[31mred\x1b]0;title\x07\u202egnp\x00\ud800" + "x" * 100_000
    evidence = of_lines(
        tmp_path,
        ended(message=nasty, type=nasty, name=nasty, expected={"kind": "text", "name": nasty}, actual=nasty),
        values=({"name": "v", "value": {nasty: [nasty]}},),
    )
    text = evidence.model_dump_json()
    for bad in ("\x1b", "\u202e", "\\u0000", "\\u001b"):
        assert bad not in text
    error = evidence.steps[0].error
    assert error is not None
    assert len(error.message) <= 2000
    assert error.message.startswith("red⟨U+202E⟩gnp␀\ufffd")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 500_000,
        b'{"step":' * 10_000,
        b'{"step": "solve", "event": "begin", "x": ' + b"9" * 10_000 + b"}x",
        b'{"step": 5}',
        b'{"step": "../../etc"}',
        b'{"step": "a\\u0000"}',
        b'{"name": "v"}',
        b'{"name": ["v"], "value": 1}',
        b'{"name": "v", "value": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"name": "v", "value": "' + b"x" * 2_000_000 + b'"}',
    ],
)
def test_malformed_lines_are_left_out(tmp_path: Path, line: bytes) -> None:
    good = {"step": "good", "event": "begin"}
    evidence = of_lines(tmp_path, line, good, values=(line, {"name": "w", "value": 1}))
    assert [step.name for step in evidence.steps] == ["good"]
    assert evidence.values == {"w": 1}


def test_values_are_finite_json(tmp_path: Path) -> None:
    raw = b'{"name": "v", "value": [NaN, Infinity, 1e999, -0.5, 123456789012345678901234567890, 7]}'
    values = of_lines(tmp_path, values=(raw,)).values["v"]
    assert values == [None, None, None, -0.5, 123456789012345678901234567890.0, 7]
    assert json.loads(json.dumps(values, allow_nan=False)) == values


@pytest.mark.parametrize("error", [None, 5, "x", [], {"kind": ["a"], "frames": 5, "column": -1, "message": {}}])
def test_errors_of_any_shape(tmp_path: Path, error: object) -> None:
    evidence = of_lines(tmp_path, {"step": "solve", "event": "end", "ok": False, "seconds": "x", "error": error})
    found = evidence.steps[0].error
    assert found is not None
    assert found.kind == "exception"


def test_numbers_of_things_are_bounded(tmp_path: Path) -> None:
    evidence = of_lines(
        tmp_path,
        *({"step": f"s{i}", "event": "begin"} for i in range(5000)),
        values=tuple({"name": f"v{i}", "value": i} for i in range(9000)),
    )
    assert len(evidence.steps) == 2000
    assert len(evidence.values) == 5000


def test_only_whole_arrays_and_plain_files_count(tmp_path: Path) -> None:
    write_array(tmp_path / "good.npy", np.arange(3))
    (tmp_path / "bad.npy").write_bytes(b"\x93NUMPY\x01\x00 garbage")
    np.save(tmp_path / "pickled.npy", np.array([{}], dtype=object), allow_pickle=True)
    (tmp_path / "model.keras").write_bytes(b"anything")
    (tmp_path / "a b.keras").write_bytes(b"anything")
    (tmp_path / "folder.keras").mkdir()
    if hasattr(os, "symlink"):
        (tmp_path / "link.npy").symlink_to(tmp_path / "good.npy")
        (tmp_path / "steps.jsonl").symlink_to("/dev/zero")
    evidence = read_evidence(tmp_path, OUTCOME, None)
    assert (evidence.arrays, evidence.models, evidence.steps) == (("good",), ("model",), ())


def test_no_folder_at_all(tmp_path: Path) -> None:
    """Not even a step: whatever its exit code, the run did not come to its end."""
    ended = OUTCOME.model_copy(update={"verdict": "exited"})
    assert read_evidence(tmp_path / "none", OUTCOME, None) == Evidence(outcome=ended)


def test_random_damage_never_raises(tmp_path: Path) -> None:
    line = json.dumps(ended(frames=[{"file": "edges.ipynb", "line": 1}], message="m")).encode() + b"\n"
    chance = random.Random(0)
    for _ in range(500):
        data = bytearray(line * 3)
        for _ in range(chance.randrange(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "steps.jsonl").write_bytes(data)
        (tmp_path / "values.jsonl").write_bytes(data)
        read_evidence(tmp_path, OUTCOME, SOURCE).model_dump_json()
