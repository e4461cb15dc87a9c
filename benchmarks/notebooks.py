"""nbgrader and otter-grader on the same exercise, from an environment of their own.

Their requirements may clash with the project's, so they are installed into a folder of the user's cache, which
sees the project's packages (TensorFlow is not installed twice) behind its own. The versions are those of the
extra ``bench`` in ``pyproject.toml``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks.material import SOLUTION
from benchmarks.processes import ROOT, CommandFailed, Cost, run, say

CONTESTANTS = Path(__file__).parent / "contestants"
ASSIGNMENT = "structure"
_CHECK = (
    'import checks_06\nchecks_06.check(checks_06.student_of(globals()), checks_06.reference_of("{reference}"))'
)
_OTTER_TEST = """OK_FORMAT = True
test = {{
    "name": "structure",
    "points": 1,
    "suites": [{{"type": "doctest", "cases": [{{"hidden": False, "locked": False, "code": {code!r}}}]}}],
}}
"""


class Notebooks:
    """The environment, and in ``folder`` one course for each of the two."""

    def __init__(self, folder: Path, reference: Path, count: int) -> None:
        """Install what is missing and prepare ``count`` submissions.

        Raises CommandFailed where it can't be installed, or one of the two does not take the course.
        """
        self.bin = environment()
        self._folder = folder
        self._count = count
        self._environment = {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(CONTESTANTS),
            # Nothing of the user's: no other kernels, no settings.
            "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
            "JUPYTER_DATA_DIR": str(folder / "jupyter"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        self._code = _CHECK.format(reference=reference)
        self._prepare_nbgrader()
        self._prepare_otter()

    def versions(self) -> dict[str, str]:
        """Of both packages."""
        code = "from importlib.metadata import version as v; print(v('nbgrader'), v('otter-grader'))"
        found = run([self.bin / "python", "-c", code], watch_memory=False).output.split()
        return dict(zip(("nbgrader", "otter-grader"), found, strict=True))

    def nbgrader(self) -> Cost:
        """``nbgrader autograde`` of all submissions in one go; the cost of one."""
        command: list[str | Path] = [self.bin / "nbgrader", "autograde", ASSIGNMENT, "--force"]
        cost = run(command, environment=self._environment, folder=self._folder / "nbgrader")
        for number in range(self._count):
            graded = self._folder / "nbgrader" / "autograded" / _name(number) / ASSIGNMENT / "cifar10_cnn.ipynb"
            self._no_errors(graded)
        return cost.each(self._count)

    def otter(self) -> Cost:
        """``otter run`` of one submission; ``otter grade`` of many does that in a container for each."""
        place = self._folder / "otter"
        command: list[str | Path] = [
            self.bin / "otter",
            "run",
            "-a",
            "autograder.zip",
            "-o",
            "out",
            "cifar10_cnn.ipynb",
        ]
        cost = run(command, environment=self._environment, folder=place)
        results = (place / "out" / "results.json").read_text(encoding="utf-8")
        if '"score": 1' not in results:
            raise CommandFailed(f"otter gave no full mark: {results[:2000]}")
        return cost

    @staticmethod
    def _no_errors(path: Path) -> None:
        notebook = nbformat.read(path, as_version=4)
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
        if any(output["output_type"] == "error" for output in outputs):
            raise CommandFailed(f"nbgrader: {path} has an error: {outputs[-1]}")

    def _prepare_nbgrader(self) -> None:
        place = self._folder / "nbgrader"
        source = place / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        nbformat.write(self._graded_notebook(), source / "cifar10_cnn.ipynb")
        run(
            [self.bin / "nbgrader", "generate_assignment", ASSIGNMENT, "--create"],
            environment=self._environment,
            folder=place,
            watch_memory=False,
        )
        for number in range(self._count):
            target = place / "submitted" / _name(number) / ASSIGNMENT
            target.mkdir(parents=True)
            shutil.copyfile(source / "cifar10_cnn.ipynb", target / "cifar10_cnn.ipynb")

    def _graded_notebook(self) -> nbformat.NotebookNode:
        """The solution in one cell, the check in a locked one with a point."""

        def marks(name: str, **fields: object) -> dict[str, object]:
            base = {"grade_id": name, "schema_version": 3, "grade": False, "solution": False, "task": False}
            return {"nbgrader": {**base, "locked": False, **fields}}

        return new_notebook(
            cells=[
                new_code_cell(SOLUTION.read_text(encoding="utf-8"), metadata=marks("solution", solution=True)),
                new_code_cell(self._code, metadata=marks("structure", grade=True, locked=True, points=1)),
            ],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )

    def _prepare_otter(self) -> None:
        place = self._folder / "otter"
        (place / "tests").mkdir(parents=True)
        (place / "out").mkdir()
        code = "\n".join(f">>> {line}" for line in self._code.splitlines())
        (place / "tests" / "structure.py").write_text(_OTTER_TEST.format(code=code), encoding="utf-8")
        notebook = new_notebook(
            cells=[new_code_cell(SOLUTION.read_text(encoding="utf-8"))],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(notebook, place / "cifar10_cnn.ipynb")
        run(
            [self.bin / "otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"],
            environment=self._environment,
            folder=place,
            watch_memory=False,
        )


def _name(number: int) -> str:
    return f"student{number:04d}"


def environment() -> Path:
    """The folder of programs of the cached environment, made when it is not there.

    Raises CommandFailed when the packages can't be installed.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vision-grader"
    place = base / f"bench-{sys.version_info.major}.{sys.version_info.minor}"
    programs = place / "bin"
    if (programs / "nbgrader").is_file() and (programs / "otter").is_file() and (place / "ready").is_file():
        _see_our_packages(place)
        return programs
    say(f"  installing nbgrader and otter-grader into {place} …")
    venv.create(place, with_pip=True, clear=True)
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["project"]["optional-dependencies"]["bench"]
    command = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    try:
        run(command, watch_memory=False)
    except (CommandFailed, subprocess.SubprocessError) as error:
        shutil.rmtree(place, ignore_errors=True)
        raise CommandFailed(f"nbgrader and otter-grader could not be installed: {error}") from error
    _see_our_packages(place)
    (place / "ready").touch()
    return programs


def _see_our_packages(place: Path) -> None:
    """Append the project's packages to the environment's path, after its own."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    link = place / "lib" / version / "site-packages" / "vision_grader_bench.pth"
    link.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
