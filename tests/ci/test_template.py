"""``grader export-template``: a ready repository, and nothing in it that is for staff."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.ci.template import Template, template_files
from grader.errors import TemplateError
from grader.schema import Course
from tests.conftest import ROOT, Command

#: Workflow -> whether with notebooks. The one changes nothing about the other.
KINDS = {"plain": False, "classroom": True, "classroom50": False}
Trees = Callable[[str], Path]


@pytest.fixture(scope="module")
def trees(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """A repository by its workflow, made once."""

    @cache
    def made(kind: str) -> Path:
        folder: Path = tmp_path_factory.mktemp("template") / kind
        done = command("export-template", folder, "--workflow", kind, *(["--notebooks"] if KINDS[kind] else []))
        assert done.code == 0, done.text
        return folder

    return made


@pytest.fixture(scope="module", params=KINDS)
def tree(request: pytest.FixtureRequest, trees: Trees) -> Path:
    return trees(request.param)


def files(tree: Path) -> dict[str, str]:
    return {
        path.relative_to(tree).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in sorted(tree.rglob("*"))
        if path.is_file() and path.suffix != ".whl"
    }


@cache
def staff_secrets() -> set[str]:
    """Lines of solutions and hidden checks, numbers of calibration: none is in what students get."""
    public = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "exercises").rglob("*")
        if path.suffix in (".py", ".md", ".toml")
    )
    found: set[str] = set()
    for path in (ROOT / "solutions").glob("[0-9]*/*.py"):
        for part in re.findall(
            r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", path.read_text(encoding="utf-8"), re.S
        ):
            found |= {line.strip() for line in part.splitlines()}
    for path in (ROOT / "reference").glob("*/hidden_*.py"):
        found |= {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    for path in (ROOT / "reference").glob("*/reference.json"):
        found |= set(re.findall(r"\b\d\.\d{4,}\b", path.read_text(encoding="utf-8")))
    return {line for line in found if (len(line) > 24 or re.fullmatch(r"\d\.\d{4,}", line)) and line not in public}


def test_nothing_of_the_staff_is_in_it(tree: Path) -> None:
    secrets = staff_secrets()
    assert len(secrets) > 200
    for name, content in files(tree).items():
        assert not re.search(r"solution|reference|hidden|alternative|wrong|checks|probe|inputs", name), name
        assert "BEGIN SOLUTION" not in content
        leaked = [secret for secret in secrets if secret in content]
        assert not leaked, (name, leaked[:3])


def test_the_grader_in_it_has_nothing_of_the_staff(trees: Trees) -> None:
    (wheel,) = trees("plain").glob(".github/grader/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert "grader/course/exercises/03_convolution/checks.py" in names
        course = [name for name in names if name.startswith("grader/course")]
        assert not [name for name in course if re.search(r"solutions/|hidden_|/alternative/|/wrong/", name)]
        secrets = [secret for secret in staff_secrets() if not re.fullmatch(r"\d\.\d{4,}", secret)]
        text = "".join(archive.read(name).decode("utf-8", "replace") for name in course)
    assert not [secret for secret in secrets if secret in text]


def test_an_installed_grader_is_packed_as_it_was(tmp_path: Path, trees: Trees) -> None:
    """What is packed of an installation is what was installed."""
    (wheel,) = trees("plain").glob(".github/grader/*.whl")
    place = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)],
        check=True,
    )
    code = (
        "from importlib.metadata import Distribution; from pathlib import Path; import sys\n"
        "from grader.ci import wheel\n"
        f"installed = next(iter(Distribution.discover(name='vision-grader', path=[{str(place)!r}])))\n"
        "name, content = wheel._packed(installed); Path(sys.argv[1]).write_bytes(content); print(name)"
    )
    out = tmp_path / "again.whl"
    done = subprocess.run(
        [sys.executable, "-c", code, str(out)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == wheel.name
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(out) as second:
        assert sorted(first.namelist()) == sorted(second.namelist())
        for name in first.namelist():
            if not name.endswith("RECORD"):
                assert first.read(name) == second.read(name)


def test_the_search_would_find_a_solution(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes((ROOT / "solutions" / "03_convolution" / "convolution.py").read_bytes())
    with pytest.raises(AssertionError):
        test_nothing_of_the_staff_is_in_it(tmp_path)


def test_every_exercise_is_ready(tree: Path, course: Course) -> None:
    have = files(tree)
    notebooks = any(name.endswith(".ipynb") for name in have)
    for e in course.exercises:
        name = e.file + (".ipynb" if notebooks else ".py")
        assert have[f"{e.id}/{name}"].encode() == (e.public_dir / name).read_bytes()
        assert f"{e.id}/README.md" in have
        for given in e.given:
            assert (tree / e.id / given).read_bytes() == (e.public_dir / given).read_bytes()
        assert e.id in have["README.md"]
    assert "Actions" in have["README.md"]
    assert ".grader/" in have[".gitignore"].splitlines()
    assert not any(name.startswith(".grader") for name in have)


def workflow(tree: Path) -> dict[Any, Any]:
    value = yaml.safe_load((tree / ".github" / "workflows" / "grade.yml").read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def test_the_workflow_grades_all_exercises(tree: Path, course: Course) -> None:
    text = workflow(tree)
    assert text["env"]["GRADER_EXERCISES"].split() == [e.id for e in course.exercises]
    assert text["env"]["GRADER_LANG"] in ("ko", "en")
    wheel = tree / text["env"]["GRADER"]
    install = next(step["run"] for step in text["jobs"]["grade"]["steps"] if step["name"] == "Install the grader")
    assert f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  $GRADER" in install
    kind = tree.name
    assert ("push" in text[True]) == (kind != "classroom50")
    steps = {step["name"]: step for step in text["jobs"]["grade"]["steps"]}
    assert ("Autograding Reporter" in steps) == (kind == "classroom")
    assert ("--reporter-rows" in steps["Grade"]["run"]) == (kind == "classroom")
    assert not (tree / ".github" / "workflows" / "autograde.yaml").exists(), (
        "Classroom 50 keeps this name for itself"
    )


def test_the_caches_follow_the_grader(tree: Path) -> None:
    steps = workflow(tree)["jobs"]["grade"]["steps"]
    caches = [step["with"] for step in steps if step.get("uses", "").startswith("actions/cache@")]
    assert {path for cache in caches for path in cache["path"].split()} == {
        "~/.cache/grader-env",
        "~/.cache/vision-grader",
        "~/.keras",
    }
    other = {}
    for source in ("vision-grader==1.0", "vision-grader==2.0"):
        made = template_files(Template(workflow="plain", exercises=["a"], lang="ko", source=source))
        other[source] = re.findall(r"^ +key: (.*)$", made[".github/workflows/grade.yml"], re.M)
    first, second = other.values()
    assert len(first) == len(second) == 2
    assert not set(first) & set(second)


def test_the_development_container_is_json(tree: Path) -> None:
    content = json.loads((tree / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert ".github/grader/vision_grader" in content["postCreateCommand"]


def test_classroom50_gets_an_autograder(tree: Path) -> None:
    file = tree / "classroom50" / "autograder.py"
    assert file.exists() == (tree.name == "classroom50")
    if file.exists():
        ast.parse(file.read_text(encoding="utf-8"))


SOURCES = ["git+https://example.org/a/b.git@v1#egg=x", "/some/where/x-1.0.whl", "vision-grader[cluster]>=1,<2"]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_source_of_the_grader_can_be_chosen(source: str, kind: Any) -> None:
    made = template_files(Template(workflow=kind, exercises=["a", "b"], lang="en", source=source, fetch=True))
    text = yaml.safe_load(made[".github/workflows/grade.yml"])
    assert text["env"]["GRADER"] == source
    assert source in json.loads(made[".devcontainer/devcontainer.json"])["postCreateCommand"]
    steps = {step["name"]: step for step in text["jobs"]["grade"]["steps"]}
    assert "fetch" in steps["Download the data sets"]["run"]


@pytest.mark.parametrize("source", ["", "a; rm -rf /", "a'b", 'a"b', "$(id)", "`id`", "a\nb", "a b"])
def test_a_source_that_is_none_is_refused(source: str) -> None:
    with pytest.raises(TemplateError):
        Template(workflow="plain", exercises=["a"], lang="ko", source=source)


def test_a_folder_with_something_in_it_stays_as_it_is(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = command("export-template", tmp_path)
    assert done.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert command("export-template", tmp_path / "x", "--workflow", "gitlab").code == 2
    assert not (tmp_path / "x").exists()


def test_some_exercises(command: Command, tmp_path: Path) -> None:
    done = command("export-template", tmp_path / "x", "--exercise", "09", "--exercise", "3", "--lang", "ko")
    assert done.code == 0, done.text
    assert sorted(path.name for path in (tmp_path / "x").glob("[0-9]*")) == ["03_convolution", "09_save_load"]
    assert workflow(tmp_path / "x")["env"]["GRADER_EXERCISES"] == "03_convolution 09_save_load"
    assert "푸시" in (tmp_path / "x" / "README.md").read_text(encoding="utf-8")
