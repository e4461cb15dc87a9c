"""The real command, without a second of imports each time: a process that has made them forks for every command.

The fork is a process of its own, with its own arguments, folder, environment and streams, and ends as a command
does. What decides its language, and every command's own module, is imported after the fork.

Commands that grade one submission also share one zygote, as the workers of a class do, through the door that the
registry of levels gives them; that a command starts one of its own is proved by those that grade a class.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

_SERVER = """
import atexit, gc, json, os, sys, threading, traceback
import grader.authoring, grader.export, grader.gradebook, grader.intake, grader.report, grader.similarity
import grader.workflows.batch, grader.workflows.give_back, rich.console, rich.progress, rich.table

def run(words):
    from grader.cli import main
    sys.argv = ["grader", *words]
    try:
        main()
    except SystemExit as ended:
        return ended.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0

gc.collect()
gc.freeze()
shared = None

def share():
    global shared
    from grader.sandbox import LEVELS, NamespaceSandbox
    from grader.sandbox.worker import WorkerFailed
    try:
        shared = shared or NamespaceSandbox()
        shared.warm()
    except (WorkerFailed, OSError):
        return  # the command itself says what is missing
    door = shared.door()
    LEVELS["namespace"] = lambda threads: NamespaceSandbox(threads, door)

for line in sys.stdin:
    asked = json.loads(line)
    if asked["grades"]:
        share()
    child = os.fork()
    if child == 0:
        break
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    if shared is not None:
        shared.close()
    sys.exit()
os.environ.clear()
os.environ.update(asked["env"])
os.chdir(asked["cwd"])
for number, (path, flags) in enumerate(((os.devnull, os.O_RDONLY), *((p, os.O_WRONLY) for p in asked["streams"]))):
    file = os.open(path, flags)
    os.dup2(file, number)
    os.close(file)
code = run(asked["words"])
# As an interpreter ends, but for taking apart all its modules.
threading._shutdown()
atexit._run_exitfuncs()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
"""


#: What grades one submission, or looks at one model.
_GRADES = {"grade", "check", "ci", "playground"}


class ForkServer:
    """Runs commands one after the other."""

    def __init__(self, root: Path) -> None:
        environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def run(
        self, words: list[str], folder: Path, cwd: Path, env: dict[str, str], timeout: float
    ) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of ``grader *words``; the streams go through files in ``folder``."""
        streams = [folder / "stdout", folder / "stderr"]
        for path in streams:
            path.write_bytes(b"")
        asked = {
            "words": words,
            "cwd": str(cwd),
            "env": env,
            "streams": [str(path) for path in streams],
            "grades": bool(_GRADES.intersection(words)),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        child = self._number(60)
        try:
            code = self._number(timeout)
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            self._number(60)
            raise subprocess.TimeoutExpired(words, timeout) from None
        out, err = (path.read_text(encoding="utf-8") for path in streams)
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
