"""Programs without a second of imports each time: a process that has made them forks for every run.

The fork is a process of its own, with its own arguments, folder, environment and streams, and ends as a program
does. What decides a command's language, and every command's own module, is imported after the fork.

Commands also share one zygote, as the workers of a class do, through the door that they are given; that a command
starts one of its own is proved by those that are started afresh.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.sandbox import Door

_FORKS = """
import atexit, gc, json, os, sys, threading, traceback
gc.collect()
gc.freeze()
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
os.environ.clear()
os.environ.update(asked["env"])
os.chdir(asked["cwd"])
for number, (path, flags) in enumerate(((os.devnull, os.O_RDONLY), *((p, os.O_WRONLY) for p in asked["streams"]))):
    file = os.open(path, flags)
    os.dup2(file, number)
    os.close(file)
code = 1
try:
    run(asked["words"])
    code = 0
except SystemExit as ended:
    code = ended.code or 0
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
except BaseException:
    traceback.print_exc()
# As an interpreter ends, but for taking apart all its modules.
threading._shutdown()
atexit._run_exitfuncs()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
"""

#: Runs ``grader WORDS``.
COMMANDS = """
import grader.authoring, grader.export, grader.gradebook, grader.intake, grader.report, grader.similarity
import grader.workflows.batch, grader.workflows.give_back, rich.console, rich.progress, rich.table

def share(channel, runs, charged, log):
    import pathlib, socket
    from grader.sandbox import LEVELS, Door, NamespaceSandbox
    from grader.workflows import grade_class
    door = Door(socket.socket(fileno=channel), pathlib.Path(runs), charged, pathlib.Path(log))
    if door.is_open:
        LEVELS["namespace"] = lambda threads: NamespaceSandbox(threads, door)
        grade_class.NamespaceSandbox = lambda: NamespaceSandbox(door=door)

def run(words):
    from grader.cli import main
    if DOOR:
        share(*DOOR)
    sys.argv = ["grader", *words]
    main()
"""

#: Runs a Python file, or a program's text, with Keras imported and no operation done.
KERAS = """
from grader.confined.process import launch
launch.preload(tensorflow=True)

def run(words):
    import runpy
    sys.argv = words if words[0].endswith(".py") else ["-c", *words[1:]]
    if words[0].endswith(".py"):
        sys.path.insert(0, os.path.dirname(words[0]))
        runpy.run_path(words[0], run_name="__main__")
    else:
        exec(compile(words[0], "<string>", "exec"), {"__name__": "__main__"})
"""


class ForkServer:
    """Runs programs of one kind, one after the other."""

    def __init__(self, root: Path, kind: str, door: Door | None = None) -> None:
        """``door``: of the zygote that commands share."""
        shared = (door.channel.fileno(), str(door.runs), door.charged, str(door.log)) if door else None
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"DOOR = {shared!r}\n{kind}\n{_FORKS}"],
            cwd=root,
            env=os.environ | {"PYTHONIOENCODING": "utf-8", "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            pass_fds=[shared[0]] if shared else [],
        )

    def run(
        self, words: Sequence[str], folder: Path, cwd: Path, env: dict[str, str], timeout: float
    ) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of the program; the streams go through files in ``folder``."""
        streams = [folder / "stdout", folder / "stderr"]
        for path in streams:
            path.write_bytes(b"")
        asked = {"words": list(words), "cwd": str(cwd), "env": env, "streams": [str(path) for path in streams]}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        child = self._number(60)
        try:
            code = self._number(timeout)
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            self._number(60)
            raise subprocess.TimeoutExpired(words, timeout) from None
        out, err = (path.read_text(encoding="utf-8", errors="replace") for path in streams)
        return code, out, err

    def _number(self, timeout: float) -> int:
        """The next line, read byte by byte: what is buffered, nobody would wait for."""
        stdout = self._process.stdout
        assert stdout is not None
        if not select.select([stdout], [], [], timeout)[0]:
            raise TimeoutError
        return int(stdout.readline())

    def close(self) -> None:
        self._process.communicate()
