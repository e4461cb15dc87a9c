"""A GitHub Actions job without GitHub: a student's repository, the workflow's own steps, what came of them.

``run:`` commands are those of the YAML, run by bash as the runner runs them. ``uses:`` steps are played: checkout
clones, setup-python puts an interpreter on the PATH, cache moves folders to and from a store, upload-artifact
copies, and the reporter is run with node where it can be had.

    python -m tests.ci.simulate            # a partly right submission, with the packages that are here
    python -m tests.ci.simulate --times    # also a first and a second push with packages from the index; writes
                                           # how long they took into docs/github.md
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.ci.expressions import evaluate, fill

ROOT = Path(__file__).parents[2]
#: Pages that hold the measured times, each with the words of its table: its head, a cold push, a warm one.
PAGES = {
    "github.md": (
        "| | install | grade | job |",
        "first push (cold: everything is downloaded)",
        "second push (warm: installed before, from the cache)",
    ),
    "github.ko.md": ("| | 설치 | 채점 | 작업 전체 |", "첫 푸시(모두 내려받음)", "두 번째 푸시(캐시에서)"),
}

#: A log line that the runner takes for a command: ``::name …::`` after blanks, or ``##[name]`` anywhere.
_COMMAND = re.compile(r"^\s*::(?P<new>[^\s:]+)(?P<properties>[^:]*(?::(?!:)[^:]*)*)::(?P<data>.*)$")
_OLD_COMMAND = re.compile(r"##\[(?P<old>[^\]]+)\](?P<data>.*)$")


@dataclass(frozen=True)
class Command:
    """One command in the log."""

    name: str
    properties: dict[str, str]
    data: str


@dataclass
class Step:
    """What one step did."""

    name: str
    code: int = 0
    seconds: float = 0.0
    log: str = ""
    skipped: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def commands(self) -> list[Command]:
        """What a runner would have obeyed in this step's log."""
        return [command for line in self.log.splitlines() if (command := read_command(line))]


@dataclass
class Job:
    """A finished job."""

    steps: list[Step]
    folder: Path
    workspace: Path

    def __getitem__(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def ok(self) -> bool:
        return all(step.code == 0 for step in self.steps)


def read_command(line: str) -> Command | None:
    """The command in a log line, unescaped; None where there is none."""
    if match := _COMMAND.match(line):
        pairs = [pair.partition("=") for pair in match["properties"].strip().split(",") if "=" in pair]
        return Command(
            match["new"], {key.strip(): _unescape(value) for key, _, value in pairs}, _unescape(match["data"])
        )
    if match := _OLD_COMMAND.search(line):
        return Command(match["old"], {}, match["data"])
    return None


def _unescape(text: str) -> str:
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def read_values(file: Path) -> dict[str, str]:
    """GITHUB_OUTPUT or GITHUB_ENV as the runner reads it."""
    values: dict[str, str] = {}
    lines = iter(file.read_text(encoding="utf-8").split("\n"))
    for line in lines:
        name, equals, value = line.partition("=")
        if "<<" in name:
            name, _, mark = line.partition("<<")
            rows = []
            for row in lines:
                if row == mark:
                    break
                rows.append(row)
            values[name] = "\n".join(rows)
        elif equals:
            values[name] = value
    return values


@dataclass
class Machine:
    """A throw-away runner with a cache store that outlives it."""

    folder: Path
    store: Path
    python: str = sys.executable
    """What setup-python brings."""
    borrow: bool = True
    """Let new environments use this one's packages, so that nothing is downloaded."""
    reporter: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, workflow: Path, repository: Path, inputs: Mapping[str, str] | None = None) -> Job:
        """Run the only job of ``workflow`` on a clone of ``repository``."""
        text = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        (job,) = text["jobs"].values()
        workspace = self.folder / "work"
        home = self.folder / "home"
        for place in (workspace, home, self.folder / "temp", self.folder / "files", self.folder / "bin"):
            place.mkdir(parents=True)
        self._interpreter(self.folder / "bin" / "python")
        defaults = (
            {
                name: spec.get("default", "")
                for name, spec in (text.get(True, text.get("on", {})) or {})
                .get("workflow_call", {})
                .get("inputs", {})
                .items()
            }
            if isinstance(text.get(True), dict)
            else {}
        )
        contexts: dict[str, Any] = {
            "github": {
                "ref": "refs/heads/main",
                "workspace": str(workspace),
                "repository": "class/student",
                "token": "",
            },
            "runner": {
                "os": "Linux",
                "arch": "X64",
                "temp": str(self.folder / "temp"),
                "environment": "self-hosted",
            },
            "steps": {},
            "inputs": {**defaults, **(inputs or {})},
            "secrets": {},
            "strategy": {"job-index": "0"},
        }
        contexts["inputs"] = {k: fill(str(v), contexts) for k, v in contexts["inputs"].items()}
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_REPOSITORY": "class/student",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": _git(repository, "rev-parse", "HEAD"),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "RUNNER_OS": "Linux",
            **{name: fill(str(value), contexts) for name, value in text.get("env", {}).items()},
            **self.variables,
        }
        steps: list[Step] = []
        saved: list[Callable[[], None]] = []
        for number, spec in enumerate(job["steps"]):
            name = spec.get("name", spec.get("id", f"step {number}"))
            failed = any(step.code for step in steps)
            condition = str(spec.get("if", ""))
            if failed and "cancelled" not in condition and "always" not in condition:
                steps.append(Step(name, skipped="an earlier step failed"))
                continue
            if condition and not evaluate(condition, contexts):
                steps.append(Step(name, skipped=condition))
                continue
            given = {key: fill(str(value), contexts) for key, value in spec.get("with", {}).items()}
            own = environment | {key: fill(str(value), contexts) for key, value in spec.get("env", {}).items()}
            began = time.perf_counter()
            if "run" in spec:
                step = self._bash(name, number, fill(spec["run"], contexts), own, workspace)
                environment |= read_values(self.folder / "files" / f"env-{number}")
            else:
                step = self._uses(spec["uses"], name, given, own, repository, workspace, saved)
            step.seconds = time.perf_counter() - began
            if "id" in spec:
                contexts["steps"][spec["id"]] = {"outputs": step.outputs}
            steps.append(step)
        for save in saved:
            save()
        return Job(steps, self.folder, workspace)

    def _interpreter(self, path: Path) -> None:
        """``python`` as setup-python leaves it; borrowing: environments made by it see this one's packages."""
        lines = ["#!/bin/bash", f'"{self.python}" "$@" || exit']
        if self.borrow:
            import sysconfig

            site = sysconfig.get_path("purelib")
            lines.append('for place in "${@: -1}"/lib/python*/site-packages; do')
            lines.append(f'  [ -d "$place" ] && echo "{site}" > "$place/borrowed.pth"; done; true')
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        path.chmod(0o755)

    def _bash(self, name: str, number: int, script: str, variables: dict[str, str], cwd: Path) -> Step:
        files = {
            key: self.folder / "files" / f"{word}-{number}"
            for key, word in (
                ("GITHUB_OUTPUT", "output"),
                ("GITHUB_ENV", "env"),
                ("GITHUB_STEP_SUMMARY", "summary"),
            )
        }
        for file in files.values():
            file.touch()
        if self.borrow:
            variables = variables | {"PIP_NO_DEPS": "1", "PIP_FORCE_REINSTALL": "1", "PIP_NO_INDEX": "1"}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=cwd,
            env=variables | {key: str(file) for key, file in files.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        return Step(
            name,
            code=done.returncode,
            log=done.stdout,
            outputs=read_values(files["GITHUB_OUTPUT"]),
            summary=files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
        )

    def _uses(
        self,
        action: str,
        name: str,
        given: dict[str, str],
        variables: dict[str, str],
        repository: Path,
        workspace: Path,
        saved: list[Callable[[], None]],
    ) -> Step:
        match action.split("@")[0]:
            case "actions/checkout":
                place = workspace / given.get("path", ".")
                place.mkdir(parents=True, exist_ok=True)
                _git(place, "clone", "--quiet", "--depth", "1", f"file://{repository}", ".")
                return Step(name)
            case "actions/setup-python":
                done = subprocess.run([self.python, "-V"], capture_output=True, text=True, check=True)
                return Step(name, outputs={"python-version": done.stdout.split()[1]})
            case "actions/cache":
                return self._cache(name, given, saved)
            case "actions/upload-artifact":
                source, target = Path(given["path"]), self.folder / "artifacts" / given["name"]
                if source.exists():
                    shutil.copytree(source, target)
                return Step(name)
            case "classroom-resources/autograding-grading-reporter":
                if self.reporter is None:
                    return Step(name, skipped="the reporter is not here (GRADER_REPORTER)")
                return run_reporter(self.reporter, variables, given["runners"], name)
        raise ValueError(action)

    def _cache(self, name: str, given: dict[str, str], saved: list[Callable[[], None]]) -> Step:
        key = re.sub(r"\W", "_", given["key"])
        hit = (self.store / key).is_dir()
        for number, line in enumerate(given["path"].split()):
            place = self.folder / "home" / line.removeprefix("~/")
            kept = self.store / key / str(number)
            if kept.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(kept, place)

            def save(place: Path = place, kept: Path = kept) -> None:
                if place.exists():
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(place, kept)

            saved.append(save)
        return Step(name, outputs={"cache-hit": "true" if hit else ""})


def run_reporter(main: Path, variables: Mapping[str, str], runners: str, name: str = "reporter") -> Step:
    """The real reporter with its input as the runner gives it."""
    done = subprocess.run(
        ["node", str(main)],
        env={**variables, "INPUT_RUNNERS": runners},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
    )
    return Step(name, code=done.returncode, log=done.stdout)


def find_reporter() -> Path | None:
    """The reporter's ``dist/main.js`` (tag v1): GRADER_REPORTER, else in the user's cache; and node to run it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    chosen = os.environ.get("GRADER_REPORTER")
    main = Path(chosen) if chosen else cache / "vision-grader" / "reporter" / "main.js"
    return main if main.is_file() and shutil.which("node") else None


def _git(place: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=student", "-c", "user.email=student@example.org", *arguments],
        cwd=place,
        env={"PATH": os.environ["PATH"], "HOME": str(place), "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def make_repository(folder: Path, files: Mapping[str, str | bytes], template: Path | None = None) -> Path:
    """A student's repository: the assignment's template, then ``files`` by path, committed."""
    if template is not None:
        shutil.copytree(template, folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=Work")
    return folder


def build_wheel(folder: Path) -> Path:
    """The grader as the workflow installs it."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def export(folder: Path, *arguments: str) -> Path:
    """An assignment's repository by the real command."""
    subprocess.run(
        [sys.executable, "-m", "grader", "export-template", str(folder), *arguments],
        cwd=ROOT,
        env=os.environ | {"GRADER_LANG": "en"},
        check=True,
        capture_output=True,
    )
    return folder


#: A submission with one right and one wrong function, which tries to give the runner orders.
PARTLY = '''"""Partly right."""

import numpy as np

print("::set-output name=points::1000")
print("##[error]pwned")
print("::add-mask::a")


def conv2d(image, kernel, stride=1, padding="valid"):
    raise ValueError("::error::pwned\\n##[set-output name=points]1000")


def max_pool2d(feature_map, size=2):
    height, width = feature_map.shape[0] // size, feature_map.shape[1] // size
    cut = np.asarray(feature_map)[: height * size, : width * size]
    blocks = cut.reshape(height, size, width, size, *cut.shape[2:])
    return blocks.max(axis=(1, 3))


def conv_output_shape(input_shape, filters, kernel_size, stride=1, padding="valid"):
    return (0, 0, 0)


def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    return kernel_size * kernel_size * in_channels * filters + (filters if use_bias else 0)
'''


def show(job: Job) -> None:
    """Everything that GitHub would show."""
    for step in job.steps:
        state = f"skipped: {step.skipped}" if step.skipped else f"exit {step.code}, {step.seconds:.1f} s"
        print(f"== {step.name} ({state})")
        if step.log:
            print(step.log.rstrip())
    grade = job["Grade"]
    print("\n== outputs")
    for name, value in grade.outputs.items():
        print(f"{name} = {value[:70]}{' …' if len(value) > 70 else ''}")
    print("\n== annotations")
    for command in grade.commands:
        print(f"{command.name} {command.properties}\n    " + command.data.replace("\n", "\n    "))
    print("\n== summary\n" + grade.summary)


def measure(folder: Path, template: Path, repository: Path) -> list[str]:
    """Cells of a first and a second push: installed from the index, then from the cache; install, grade, job."""
    rows = []
    for _ in range(2):
        place = folder / "measured-machine"  # the same for both, as a home is on every runner
        place.mkdir()
        machine = Machine(place, folder / "measured", borrow=False, python=os.path.realpath(sys.executable))
        job = machine.run(template / ".github" / "workflows" / "grade.yml", repository)
        if not job.ok:
            show(job)
            raise SystemExit("the job failed")
        seconds = (job["Install the grader"].seconds, job["Grade"].seconds, job.seconds)
        rows.append(" | ".join(f"{value:.0f} s" for value in seconds))
        shutil.rmtree(place)
    return rows


def write_times(rows: list[str]) -> None:
    """Put the measured times into the pages that show them."""
    for name, (head, *words) in PAGES.items():
        lines = [head, "| --- | ---: | ---: | ---: |"]
        lines += [f"| {word} | {row} |" for word, row in zip(words, rows, strict=True)]
        page = ROOT / "docs" / name
        start, end = "<!-- times -->\n", "<!-- end of times -->"
        before, _, rest = page.read_text(encoding="utf-8").partition(start)
        page.write_text(before + start + "\n".join(lines) + "\n" + end + rest.partition(end)[2], encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workflow", default="classroom", choices=["classroom", "classroom50", "plain"])
    parser.add_argument("--times", action="store_true", help="measure, and write the table into docs/github.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="simulate-") as place:
        folder = Path(place)
        template = export(folder / "template", "--workflow", arguments.workflow, "--exercise", "03")
        repository = make_repository(
            folder / "student", {"03_convolution/convolution.py": PARTLY}, template=template
        )
        workflow = template / ".github" / "workflows" / "grade.yml"
        (folder / "machine").mkdir()
        show(Machine(folder / "machine", folder / "store", reporter=find_reporter()).run(workflow, repository))
        if arguments.times:
            rows = measure(folder, template, repository)
            write_times(rows)
            print(*rows, sep="\n")


if __name__ == "__main__":
    main()
