"""What a GitHub Actions runner tells a step by variables, and how a step talks back: files and log commands."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from grader.text import for_terminal, for_workflow

Level = Literal["error", "warning", "notice"]

#: GitHub cuts an annotation's message at 4,096 characters.
MAX_MESSAGE = 3000
MAX_TITLE = 200
#: Annotations of one level that a step may make; more are dropped by the runner without a word.
MAX_ANNOTATIONS = 10


@dataclass(frozen=True)
class Runner:
    """The job's surroundings. Everything is optional: outside of Actions nothing is written but reports."""

    workspace: Path
    """The checkout."""
    out: Path
    """Where reports go by default: outside of the checkout where the runner has a place for it."""
    output_file: Path | None = None
    env_file: Path | None = None
    summary_file: Path | None = None
    classroom50: Mapping[str, str] = field(default_factory=dict)
    """Classroom 50's values by their keys in ``result.json``; empty where its runner did not start this."""

    @classmethod
    def of(cls, variables: Mapping[str, str], cwd: Path) -> Runner:
        """Read the variables that Actions sets, and Classroom 50's."""

        def path(name: str) -> Path | None:
            return Path(variables[name]) if variables.get(name) else None

        temporary = path("RUNNER_TEMP")
        return cls(
            workspace=path("GITHUB_WORKSPACE") or cwd,
            out=temporary / "grader-report" if temporary else cwd / ".grader" / "ci",
            output_file=path("GITHUB_OUTPUT"),
            env_file=path("GITHUB_ENV"),
            summary_file=path("GITHUB_STEP_SUMMARY"),
            classroom50=_classroom50(variables),
        )


def _classroom50(variables: Mapping[str, str]) -> dict[str, str]:
    """Classroom 50's values, its three addresses made from the runner's own variables where they are not given."""
    known = {key: variables.get(name, "") for key, name in _CLASSROOM50.items()}
    if not (known["classroom"] and known["assignment"] and known["submission"]):
        return {}
    place = f"{variables.get('GITHUB_SERVER_URL', 'https://github.com')}/{variables.get('GITHUB_REPOSITORY', '')}"
    known["commit"] = known["commit"] or f"{place}/commit/{variables.get('GITHUB_SHA', 'HEAD')}"
    known["release"] = known["release"] or f"{place}/releases/tag/{quote(known['submission'], safe='')}"
    known["review"] = known["review"] or known["commit"]
    return {key: value for key, value in known.items() if value}


_CLASSROOM50 = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
    "owner": "OWNER",
    "assignment_type": "ASSIGNMENT_TYPE",
}


def encode(report: Mapping[str, Any]) -> str:
    """``report`` as the reporter wants it: JSON in base64, one line."""
    return base64.b64encode(json.dumps(report, ensure_ascii=False).encode("utf-8")).decode("ascii")


def append_values(file: Path, values: Mapping[str, str]) -> None:
    """Set outputs (or variables) of the step. A value can't end its own field, whatever is in it."""
    lines = []
    for name, value in values.items():
        mark = f"end_{secrets.token_hex(16)}"
        lines.append(f"{name}={value}\n" if "\n" not in value else f"{name}<<{mark}\n{value}\n{mark}\n")
    with file.open("a", encoding="utf-8", newline="\n") as target:
        target.write("".join(lines))


@dataclass(frozen=True)
class Annotation:
    """One remark beside a line of the student's file."""

    level: Level
    title: str
    message: str
    file: str = ""
    """Relative to the repository, with ``/``."""
    line: int | None = None

    def command(self) -> str:
        """The log line that makes it. Whatever the texts hold, it is one line and one command."""
        properties = {"file": self.file, "line": str(self.line) if self.line else "", "title": self.title}
        shown = ",".join(
            f"{name}={_inert(value, MAX_TITLE, is_property=True)}" for name, value in properties.items() if value
        )
        return f"::{self.level}{' ' if shown else ''}{shown}::{_inert(self.message, MAX_MESSAGE)}"


def _inert(text: str, limit: int, *, is_property: bool = False) -> str:
    return for_workflow(for_terminal(text, limit=limit).strip(), is_property=is_property)
