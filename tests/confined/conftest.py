"""The student's runtime for real, in a plain fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.wire.npy import read_array

ROOT = Path(__file__).parent.parent.parent

MAIN = """
import json, os, sys
from pathlib import Path
from grader.wire.entry import Box
from grader.confined.student.run import main
base = Path(sys.argv[1])
os.chdir(base / "work")
main(Box(in_dir=base / "in", out_dir=base / "out", work_dir=base / "work", threads=1, seed=7,
         request=json.loads((base / "in" / "job.json").read_text())))
"""


@dataclass(frozen=True)
class Ran:
    """A finished run."""

    code: int
    out: Path
    stdout: str
    stderr: str
    records: list[dict[str, Any]] = field(default_factory=list)

    def end(self, step: str) -> dict[str, Any]:
        (record,) = [r for r in self.records if r.get("step") == step and r.get("event") == "end"]
        return record

    def error(self, step: str) -> dict[str, Any]:
        error = self.end(step)["error"]
        assert isinstance(error, dict)
        return error

    def array(self, name: str) -> np.ndarray[Any, Any]:
        return read_array(self.out / f"{name}.npy")

    @property
    def values(self) -> dict[str, Any]:
        path = self.out / "values.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return {line["name"]: line["value"] for line in map(json.loads, lines)}


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``student`` code under ``probe``; ``arrays`` become inputs."""

    def go(
        student: str,
        probe: str,
        *,
        arrays: dict[str, np.ndarray[Any, Any]] | None = None,
        files: dict[str, bytes] | None = None,
        name: str = "edges.py",
        **request: Any,
    ) -> Ran:
        for folder in ("in", "out", "work"):
            (tmp_path / folder).mkdir()
        inside = tmp_path / "in"
        (inside / "student.py").write_text(student, encoding="utf-8")
        (inside / "probe.py").write_text(probe, encoding="utf-8")
        for key, value in (arrays or {}).items():
            np.save(inside / f"{key}.npy", value)
        for key, data in (files or {}).items():
            (inside / key).write_bytes(data)
        job = {
            "module": "edges",
            "name": name,
            "code_file": "student.py",
            "probe_file": "probe.py",
            "functions": ["solve"],
            "arrays": list(arrays or {}),
            "files": list(files or {}),
            "epochs": None,
            "submitted": [],
        }
        (inside / "job.json").write_text(json.dumps(job | request))
        done = subprocess.run(
            [sys.executable, "-c", MAIN, str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        steps = tmp_path / "out/steps.jsonl"
        records = [json.loads(line) for line in steps.read_text().splitlines()] if steps.exists() else []
        return Ran(done.returncode, tmp_path / "out", done.stdout, done.stderr, records)

    return go
