"""The workflows and the action as YAML: what they must have, and what makes them unsafe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from grader.ci.template import Template, template_files
from grader.schema import Workflow
from tests.conftest import ROOT

SHIPPED = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MADE: dict[str, str] = {
    kind: template_files(
        Template(workflow=kind, exercises=["a"], lang="ko", source="x.whl", sha256="0" * 64, fetch=True)
    )[".github/workflows/grade.yml"]
    for kind in get_args(Workflow)
}
ALL: dict[str, str] = {path.name: path.read_text(encoding="utf-8") for path in SHIPPED} | dict(MADE)
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, text in ALL.items():
        for job in yaml.safe_load(text)["jobs"].values():
            yield from ((name, step) for step in job["steps"])
    yield from (("action.yml", step) for step in ACTION["runs"]["steps"])


@pytest.mark.parametrize("name", ALL)
def test_a_workflow_may_only_read(name: str) -> None:
    text = yaml.safe_load(ALL[name])
    assert {"name", True, "permissions", "jobs"} <= set(text)  # YAML reads "on" as true
    assert text["permissions"] == {"contents": "read"}
    for job in text["jobs"].values():
        assert "permissions" not in job
        assert job["runs-on"] == "ubuntu-24.04"
        assert job["timeout-minutes"] <= (60 if name == "ci.yml" else 15)
        ids = [step["id"] for step in job["steps"] if "id" in step]
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"[a-zA-Z0-9]+", one) for one in ids), "a reporter's variable is named after it"


def test_no_step_interpolates_into_a_script() -> None:
    scripts = [(name, step["run"]) for name, step in steps() if "run" in step]
    assert len(scripts) > 10
    for name, script in scripts:
        assert "${{" not in script, (name, script)


def test_no_credentials_are_left_and_none_are_given() -> None:
    seen = 0
    for name, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            seen += 1
            assert step["with"]["persist-credentials"] is False, name
        elif "secrets." in str(step) or "github.token" in str(step):
            raise AssertionError(f"{name}: {step}")
    assert seen >= 5


def test_every_action_is_pinned_by_commit() -> None:
    """A tag can be moved to another program; a commit can't. The comment says which version it is."""
    page = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    texts = {**ALL, "action.yml": (ROOT / "action.yml").read_text(encoding="utf-8"), "github.md": page}
    pins: dict[str, str] = {}
    for name, text in texts.items():
        for action, pin in re.findall(r"^[ -]*uses: ([\w-]+/[\w-]+)@(.*)$", text, re.MULTILINE):
            if action.startswith("OWNER/"):  # the reader's own
                continue
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+(\.\d+)*", pin), (name, action, pin)
            assert pins.setdefault(action, pin) == pin, f"{action} has two versions"
    assert len(pins) == 5
    for name, step in steps():
        assert "uses" in step or "run" in step, name


def test_nothing_is_installed_by_a_name_of_ours_alone() -> None:
    """It is on no index, so anybody could register it: pip is given a file, an address or a checkout."""
    grader = yaml.safe_load(ALL["grade.yml"])[True]["workflow_call"]["inputs"]["grader"]
    assert grader["required"] is True
    assert "default" not in grader
    for name, step in steps():
        for line in step.get("run", "").splitlines():
            assert "pip install" not in line or '"$GRADER"' in line, (name, line)


def test_outputs_that_are_used_are_outputs_of_the_command() -> None:
    source = (ROOT / "grader" / "ci" / "job.py").read_text(encoding="utf-8")
    used = {
        found
        for text in [*ALL.values(), str(ACTION)]
        for found in re.findall(r"steps\.grade\.outputs\.([\w-]+)", text)
    }
    assert used == {"result", "runners", "points", "max-points", "report", "junit"}
    assert all(f'"{name}"' in source for name in used)


def test_hidden_checks_are_not_left_to_code_that_runs_free() -> None:
    text = yaml.safe_load(ALL["grade.yml"])
    assert "workflow_call" in text[True]
    (grade,) = [step for step in text["jobs"]["grade"]["steps"] if step.get("id") == "grade"]
    assert grade["env"]["ISOLATION"] == "${{ inputs.course-repository && 'namespace' || 'auto' }}"


def test_the_action_is_composite() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert ("shell" in step) == ("run" in step)
    named = set(re.findall(r"inputs\.([\w-]+)", str(ACTION["runs"])))
    assert named == set(ACTION["inputs"]), "every input is used, and none that is not there"


def test_the_project_checks_itself_with_its_own_script() -> None:
    text = yaml.safe_load(ALL["ci.yml"])
    assert ".ci/run" in [step.get("run") for step in text["jobs"]["check"]["steps"]]


def test_the_examples_in_the_docs_are_yaml() -> None:
    page = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert len(blocks) == 3
    for block in blocks:
        assert yaml.safe_load(block)
    assert Path(ROOT / ".github" / "workflows" / "grade.yml").is_file()
