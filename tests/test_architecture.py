"""The layers of docs/architecture.md, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "grader"

GROUND = ("errors", "files", "i18n", "layers", "text", "toml")
STAGES = (
    "authoring",
    "award",
    "catalog",
    "datasets",
    "export",
    "gradebook",
    "inspect",
    "intake",
    "pictures",
    "playground",
    "report",
    "sandbox",
    "similarity",
)
LAYERS = {
    "wire": 0,
    "confined": 0.5,
    "schema": 1,
    **dict.fromkeys(GROUND, 2),
    **dict.fromkeys(STAGES, 3),
    "workflows": 4,
    "ci": 5,
    "notebook": 5,
    "cli": 6,
}
HEAVY = {"tensorflow", "keras", "torch", "jax"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "course" not in path.relative_to(PACKAGE).parts)


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Absolute names of everything ``path`` imports, at the top or inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write it in full"
            module = node.module or ""
            found.add(module)
            if module == "grader":
                found |= {f"grader.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down_only(path: Path) -> None:
    here = room(path)
    if here in ("__init__", "__main__"):
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "grader" or len(parts) < 2 or parts[1] in (here, "__version__"):
            continue
        there = parts[1]
        assert there in LAYERS, f"{path}: {name} has no place in the layers"
        allowed = LAYERS[there] < LAYERS[here] or (here in GROUND and there in GROUND)
        assert allowed, f"{here} imports {there}, which is not below it"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_outside_imports_what_runs_confined(path: Path) -> None:
    if room(path) != "confined":
        assert not [name for name in imports(path) if name.split(".")[:2] == ["grader", "confined"]]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_confined_processes_import_keras(path: Path) -> None:
    heavy = {name.split(".")[0] for name in imports(path)} & HEAVY
    assert not heavy or room(path) == "confined"


def test_schema_imports_pydantic_and_nothing_else() -> None:
    standard = set(sys.stdlib_module_names)
    for path in (PACKAGE / "schema").glob("*.py"):
        outside = {name.split(".")[0] for name in imports(path)} - standard - {"grader", "pydantic"}
        assert not outside, path


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_exercise_is_named_in_the_grader(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code = ast.parse(text)
    docstrings = {id(node.value) for node in ast.walk(code) if isinstance(node, ast.Expr)}
    slugs = [folder.name for folder in (ROOT / "exercises").iterdir() if folder.is_dir()]
    assert slugs
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            for slug in slugs:
                assert slug not in node.value, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    if room(path) in ("cli", "confined", "__main__"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in ("print", "exit", "quit", "sys.exit", "os._exit"), f"{path}:{node.lineno}"


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def test_importing_the_grader_loads_no_tensorflow() -> None:
    loaded = run_python(
        "import sys, grader, grader.cli, grader.workflows, grader.report, grader.award, grader.sandbox\n"
        "from grader.cli import author, check, host, staff\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    ).split()
    assert "grader" in loaded
    assert not HEAVY & set(loaded)
