"""The whole chapter, one submission of all exercises: where its CPU goes, and what hidden checks cost."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import ROOT, run


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        work, out = Path(place) / "work", Path(place) / "out"
        work.mkdir()
        for solution in sorted((ROOT / "solutions").glob("[0-9]*/*.py")):
            shutil.copy(solution, work)
        words: list[str | Path] = ["grade", work, "--out", out, "--budget", "quick", "--threads", "1"]
        data: list[str | Path] = ["--data", arguments.data] if arguments.data else []
        cost = run([sys.executable, "-m", "grader", *words, *data])
        report = json.loads((out / "report.json").read_bytes())
        rows = [_row(exercise, out / "evidence" / exercise["id"]) for exercise in report["exercises"]]
    runs = sum(exercise["cpu_seconds"] for exercise in report["exercises"])
    return "\n".join(
        [
            "## The whole chapter",
            "",
            f"`grader grade` of the solutions of all {len(rows)} exercises in one submission (budget",
            f"`quick`, one thread): {cost.cpu:.0f} CPU seconds, {cost.wall:.0f} s. Of these {runs:.0f} are the",
            "students' code and the probes that call it; the rest is TensorFlow's import, inspections, marks and",
            "reports.",
            "What hidden checks call runs after all else, in a run of its own; its share is that of the time of",
            "all steps.",
            "",
            "| exercise | images | CPU s of its runs | hidden steps, share |",
            "| --- | --- | ---: | ---: |",
            *rows,
        ]
    )


def _row(exercise: dict[str, object], evidence: Path) -> str:
    visible, hidden = (_seconds(evidence / name) for name in ("steps.jsonl", "hidden.steps.jsonl"))
    share = f"{hidden / (visible + hidden):.0%}" if hidden else "–"
    return f"| {exercise['id']} | {exercise['data'] or '–'} | {exercise['cpu_seconds']:.1f} | {share} |"


def _seconds(steps: Path) -> float:
    """Of all steps that a run wrote down."""
    lines = steps.read_text(encoding="utf-8").splitlines() if steps.is_file() else ()
    return sum(float(json.loads(line).get("seconds", 0)) for line in lines)
