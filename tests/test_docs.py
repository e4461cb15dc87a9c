"""Documents that cannot lie: every name, signature, command and option they show exists as they show it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import grader
import grader.cli
from grader.award import expect
from grader.award.facts_view import FactsView
from grader.award.reference import Reference
from grader.cli.main import make_app
from grader.confined.student.inputs import Inputs
from grader.confined.student.recorder import Recorder
from grader.schema import Facts, StepError
from tests.conftest import ROOT
from tests.sandbox.conftest import PROMISES

PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
#: `grader.award.award(requests: Sequence[AwardRequest]) -> list[ExerciseResult]`, or the name alone.
NAMES = sorted(set(re.findall(r"`(grader\.[A-Za-z_][\w.]*(?:\([^`]*)?)`", " ".join(ARCHITECTURE.split()))))
#: What authors of probes and checks are given -> the class of it.
GIVEN: dict[str, Any] = {
    "inputs": Inputs,
    "evidence": Recorder,
    "facts": FactsView,
    "reference": Reference,
    "expect": expect,
}
CALLS = re.findall(rf"`({'|'.join(GIVEN)})\.(\w+)(?:\(([^`]*?)\))?`", ARCHITECTURE)


def find(name: str) -> Any:
    """The module, class or function with this dotted name; what a package exports goes before its module."""
    found: Any = grader
    path = "grader"
    for part in name.split(".")[1:]:
        path = f"{path}.{part}"
        found = getattr(found, part) if hasattr(found, part) else importlib.import_module(path)
    return found


def test_the_page_names_enough_to_be_worth_reading() -> None:
    assert len(NAMES) > 25
    assert sum("(" in name for name in NAMES) > 10
    assert len(CALLS) > 12


@pytest.mark.parametrize("shown", NAMES)
def test_every_name_of_the_architecture_exists_with_its_signature(shown: str) -> None:
    name, bracket, rest = shown.partition("(")
    found = find(name)
    if bracket:
        assert bracket + rest == str(inspect.signature(found)).replace("'", "")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}.{call[1]}")
def test_what_probes_and_checks_are_given_is_there(call: tuple[str, str, str]) -> None:
    given, name, arguments = call
    owner = GIVEN[given]
    source = inspect.getsource(owner)
    known = hasattr(owner, name) or re.search(rf"self\.{name}\b|^    {name}:", source, re.MULTILINE)
    assert known or (given == "facts" and name in Facts.model_fields), f"{given}.{name}"
    if arguments:
        parameters = inspect.signature(getattr(owner, name)).parameters
        for argument in arguments.split(", "):
            word = argument.partition("=")[0]
            assert not word.isidentifier() or word in parameters, f"{given}.{name} takes no {word}"


def test_step_errors_are_of_the_kinds_that_the_page_names() -> None:
    kinds = StepError.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
    for kind in re.findall(r"(?:with|as) `(\w+)`", ARCHITECTURE):
        assert kind in kinds


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def shown_commands() -> list[tuple[str, str]]:
    """Every ``grader …`` of a code block or of inline code: page, command line."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        lines = re.findall(r"^\s*(?:\$ |run: |- run: )?grader ([^#\n]*)", blocks, re.MULTILINE)
        prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        lines += [" ".join(line.split()) for line in re.findall(r"`grader ([^`]*)`", prose)]
        found += [(page.name, line.strip()) for line in lines]
    return sorted(set(found))


@cache
def root_command() -> Any:
    return typer.main.get_command(make_app())


def test_there_are_commands_to_look_at() -> None:
    assert len(shown_commands()) > 40


@pytest.mark.parametrize(("page", "line"), shown_commands())
def test_every_command_and_option_of_the_documents_exists(page: str, line: str) -> None:
    root = root_command()
    command = root
    options = set(re.findall(r"(?<!\S)\[?(--?[a-z][a-z0-9-]*)", line))
    words = iter(line.split())
    for word in words:
        if word == "--course":
            next(words, None)
        elif re.fullmatch(r"[a-z][a-z-]*", word) and hasattr(command, "commands"):
            assert word in command.commands, f"{page}: grader {line}"
            command = command.commands[word]
        elif not word.startswith("-"):
            break
    known = {name for owner in (root, command) for parameter in owner.params for name in parameter.opts}
    known |= {name for owner in (root, command) for parameter in owner.params for name in parameter.secondary_opts}
    assert options <= known | {"--help", "-h"}, f"{page}: grader {line}"


@pytest.mark.parametrize("page", ["install.md", "install.ko.md"])
def test_the_extras_are_those_of_the_package(page: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(project["optional-dependencies"])


def test_the_citation_is_of_this_version_and_names_nobody() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == grader.__version__
    assert all(set(author) == {"name"} for author in cited["authors"]), "an entity, no person"


def test_nothing_names_a_release_that_nobody_can_have() -> None:
    """There is none on any index or host; whoever registered the name would be installed."""
    made = [
        *(ROOT / ".github").rglob("*.yml"),
        *(ROOT / "grader" / "ci" / "templates").iterdir(),
        ROOT / "action.yml",
    ]
    for path in [*PAGES, *made, ROOT / "CONTRIBUTING.md"]:
        found = re.search(r"vision[-_]grader(\[[\w,]+\])?\s?(==|@v?|-|:)\d.*", path.read_text(encoding="utf-8"))
        assert found is None, (path.name, found)


def promises() -> dict[str, tuple[str, str, str]]:
    """What docs/security.md promises -> at `namespace`, at `process`, and the tests that it names."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", text, re.MULTILINE)
    return {row[0]: row[1:] for row in rows if row[3] not in ("tests", "---")}


def levels_of(name: str) -> set[str]:
    """Levels at which a named test runs; none where there is no such test."""
    if "::" not in name:
        return {"namespace"} if (ROOT / f"tests/hostile/corpus/{name}.toml").is_file() else set()
    path, _, function = name.partition("::")
    file = ROOT / "tests" / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    found = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function), None)
    if found is None:
        return set()
    asked = {argument.arg for argument in found.args.args}
    if path == "sandbox/test_conformance.py":
        marks = [ast.unparse(mark) for mark in found.decorator_list]
        promised = next(re.findall(r"promise\('(\w+)'\)", mark)[0] for mark in marks if "promise(" in mark)
        return {level for level, known in PROMISES.items() if promised in known}
    if path.startswith("hostile/") or asked & {"grade", "has_namespaces", "opened"}:
        return {"namespace"}
    return {"namespace", "process"}  # nothing is run, or whatever the level does is the same


@pytest.mark.parametrize("promise", promises())
def test_every_promise_is_tested_at_its_level(promise: str) -> None:
    namespace, process, tests = promises()[promise]
    last, names = "", []
    for name in re.findall(r"`([^`]+)`|\*([^*]+)\*", tests):
        last = (name[0] or name[1]).replace("…", last.partition("::")[0])
        names.append(last)
    levels = {name: levels_of(name) for name in names}
    assert [name for name, found in levels.items() if not found] == [], "there are no such tests"
    assert any("namespace" in found for found in levels.values()) == (namespace != "**no**")
    if process != "**no**":
        assert any("process" in found for found in levels.values()), f"no test of it runs at process: {levels}"


@pytest.mark.parametrize("page", ["accessibility.md", "accessibility.ko.md"])
def test_the_accessibility_statement_names_tests_that_exist(page: str) -> None:
    names = re.findall(r"`([\w/]+\.py::\w+)`", (ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert len(names) > 12
    assert [name for name in names if not levels_of(name)] == []


def test_the_page_promises_enough_to_be_worth_reading() -> None:
    assert len(promises()) >= 20
