"""The layers of docs/architecture.md, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "grader"

GROUND = ("bounds", "choices", "closing", "errors", "files", "i18n", "layers", "places", "samples", "text", "toml")
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
FRONT_DOORS = ("cli", "notebook", "ci")
#: Stages that have a use case in front of them.
INTERNALS = (
    "grader.award",
    "grader.datasets",
    "grader.gradebook",
    "grader.inspect",
    "grader.similarity",
    "grader.workflows.batch.store",
)
HEAVY = {"tensorflow", "keras", "torch", "jax"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "course" not in path.relative_to(PACKAGE).parts)


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path, *, types: bool = True) -> set[str]:
    """Absolute names of everything ``path`` imports, at the top or inside functions.

    Args:
        types: also what is imported for type checkers alone.
    """
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unseen = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write it in full"
            module = node.module or ""
            if module.split(".")[0] == "grader":
                found |= {f"{module}.{alias.name}" for alias in node.names}
            else:
                found.add(module)
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


def test_no_two_files_import_each_other() -> None:
    """Neither directly nor around a circle; what is imported for types alone does not count."""
    left = {module: {name for name in needed if name != module} for module, needed in file_imports().items()}
    while left:
        free = {module for module, needed in left.items() if not needed & left.keys()}
        assert free, f"among these files there is a circle of imports: {', '.join(sorted(on_circles(left)))}"
        left = {module: needed for module, needed in left.items() if module not in free}


def file_imports() -> dict[str, set[str]]:
    """Module -> modules of ours that it imports when it runs, at the top or inside functions."""
    names = {module_name(path): path for path in modules()}
    return {
        module: {found for name in imports(path, types=False) if (found := nearest_module(name, names))}
        for module, path in names.items()
    }


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def nearest_module(name: str, names: dict[str, Path]) -> str | None:
    """The file behind ``grader.a.b.thing``: itself, or ``grader.a.b``, be it a module or a package."""
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name or None


def on_circles(left: dict[str, set[str]]) -> set[str]:
    """Without those that merely lead to a circle."""
    while True:
        needed = {name for names in left.values() for name in names}
        kept = {module: names for module, names in left.items() if module in needed}
        if len(kept) == len(left):
            return set(left)
        left = kept


def test_a_circle_is_found() -> None:
    assert on_circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == {"b", "c"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_front_doors_ask_use_cases(path: Path) -> None:
    """What runs, scores or stores is behind grader.workflows; a front door shows what comes of it."""
    if room(path) not in FRONT_DOORS:
        return
    behind = {name for name in imports(path, types=False) if name.startswith(INTERNALS)}
    assert not behind, "ask grader.workflows for it"


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
def test_only_front_doors_print_or_exit(path: Path) -> None:
    if room(path) in (*FRONT_DOORS, "confined", "__main__"):
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
        "from grader.cli.main import make_app; make_app()\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    ).split()
    assert "grader" in loaded
    assert not HEAVY & set(loaded)
