"""Nothing is left behind: by runs, by closed sandboxes, by a coordinator that dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.confined.process.usage import descendants
from grader.errors import SandboxUnavailable
from grader.sandbox import OpenSandbox, open_sandbox, probe_host
from grader.sandbox.conformance import job, read_said
from grader.sandbox.namespace import NamespaceSandbox
from grader.sandbox.worker import ZygoteGone
from tests.sandbox.conftest import Ran

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def opened() -> Iterator[OpenSandbox]:
    """A sandbox of this test alone."""
    try:
        sandbox = open_sandbox("namespace")
    except SandboxUnavailable as error:
        pytest.skip(f"no namespaces here: {error.detail.splitlines()[0]}")
    with sandbox:
        yield sandbox


def traces() -> dict[str, object]:
    """What a run could leave: descriptors, mounts, processes."""
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "mounts": Path("/proc/self/mountinfo").read_text(),
        "processes": sorted(descendants(os.getpid())),
    }


@linux_only
def test_twenty_runs_leave_nothing(sandbox: OpenSandbox, no_keras: None, tmp_path: Path) -> None:
    count = 20 if sandbox.isolation == "namespace" else 3
    snippet = "evidence.array('a', np.arange(3))\nif os.fork() == 0: time.sleep(60)"
    wanted = job(tmp_path / "source", snippet)
    assert sandbox.run(wanted, tmp_path / "warm").verdict == "completed"
    time.sleep(0.2)
    before, files = traces(), sorted(sandbox._spool.base.rglob("*"))
    for number in range(count):
        assert sandbox.run(wanted, tmp_path / str(number)).verdict == "completed"
    deadline = time.monotonic() + 5  # the last supervisor sends the outcome just before it leaves
    while traces() != before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert traces() == before
    assert sorted(sandbox._spool.base.rglob("*")) == files


@linux_only
def test_closing_leaves_no_process_and_no_file(opened: OpenSandbox, tmp_path: Path) -> None:
    before = set(descendants(os.getpid()))
    # TensorFlow is imported for the first run that wants it, and for none before.
    wanted = job(tmp_path / "source", "import sys; say(imported='tensorflow' in sys.modules)")
    for tensorflow in (False, True):
        assert (
            opened.run(wanted.model_copy(update={"tensorflow": tensorflow}), tmp_path / "e").verdict == "completed"
        )
        assert read_said(tmp_path / "e") == {"imported": tensorflow}
    base = opened._spool.base
    opened.close()
    opened.close()
    assert not base.exists()
    assert len(set(descendants(os.getpid()))) < len(before)
    assert opened.run(job(tmp_path / "source", "say(a=1)"), tmp_path / "e").verdict == "harness"


@linux_only
def test_a_dead_zygote_is_our_fault_and_replaced(opened: NamespaceSandbox, tmp_path: Path) -> None:
    wanted = job(tmp_path / "source", "time.sleep(20)")
    assert opened.run(job(tmp_path / "source2", "say(a=1)"), tmp_path / "0").verdict == "completed"
    assert opened._worker is not None
    inner = descendants(opened._worker._process.pid)[0]
    threading.Timer(1.0, os.kill, (inner, signal.SIGKILL)).start()
    outcome = opened.run(wanted, tmp_path / "1")
    assert outcome.verdict == "harness"
    assert outcome.detail
    assert opened.run(job(tmp_path / "source2", "say(a=1)"), tmp_path / "2").verdict == "completed"


@linux_only
def test_workers_share_a_zygote_and_see_nothing_of_each_other(opened: NamespaceSandbox, tmp_path: Path) -> None:
    first, second = (NamespaceSandbox(door=opened.door()) for _ in range(2))
    busy = job(
        tmp_path / "busy",
        """
        for place in ("/tmp", "/dev/shm", WORK):
            (Path(place) / "left").write_text("mine")
        server = socket.socket(socket.AF_UNIX); server.bind("\\0shared"); server.listen()
        time.sleep(8)
        say(left=sorted(os.listdir("/tmp")))
        """,
    )
    curious = job(
        tmp_path / "curious",
        """
        found = [str(path) for place in ("/tmp", "/dev/shm", "/spool", WORK) for path in Path(place).rglob("*")]
        say(
            found=found,
            pids=[int(name) for name in os.listdir("/proc") if name.isdigit()],
            joined=attempt(socket.socket(socket.AF_UNIX).connect, "\\0shared"),
        )
        """,
    )
    zygote = opened._worker
    assert zygote is not None
    with first, second, ThreadPoolExecutor() as pool:
        assert second.run(curious, tmp_path / "0").verdict == "completed"  # TensorFlow is there now
        running = pool.submit(first.run, busy, tmp_path / "1")
        time.sleep(1)
        outcome = second.run(curious, tmp_path / "2")
        assert not running.done(), "they were to be side by side"
        said = Ran(outcome, tmp_path / "2").said
        assert said["found"] == []
        assert len(said["pids"]) == 2  # PID 1 and itself
        assert said["joined"] != "done"
        assert Ran(running.result(), tmp_path / "1").said["left"] == ["left"]
        assert opened._worker is zygote is not None
        # Its end is told to all who share it; whoever started it has another one for them.
        threading.Timer(1.0, os.kill, (descendants(zygote._process.pid)[0], signal.SIGKILL)).start()
        with pytest.raises(ZygoteGone):
            first.run(busy, tmp_path / "3")
        with pytest.raises(ZygoteGone):
            second.run(curious, tmp_path / "4")
    with NamespaceSandbox(door=opened.door()) as third:
        assert third.run(curious, tmp_path / "5").verdict == "completed"


@linux_only
def test_an_interrupt_ends_the_run(opened: NamespaceSandbox, tmp_path: Path) -> None:
    opened.run(job(tmp_path / "source2", "say(a=1)"), tmp_path / "0")
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        opened.run(job(tmp_path / "source", "time.sleep(60)"), tmp_path / "1")
    assert opened._worker is None
    assert list(opened._spool.runs.iterdir()) == [opened._spool.runs / "trial"]


_COORDINATOR = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from grader.sandbox import open_sandbox
from grader.sandbox.conformance import job
folder = Path(sys.argv[2])
sandbox = open_sandbox(sys.argv[3])
sandbox.run(job(folder / "first", "say(a=1)"), folder / "warm")
print(sandbox.isolation, flush=True)
print(sandbox.run(job(folder / "second", "time.sleep(60)"), folder / "evidence").verdict, flush=True)
"""


@linux_only
@pytest.mark.parametrize("level", ["namespace", "process"])
def test_a_killed_coordinator_takes_everything_along(level: str, tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", _COORDINATOR, root, str(tmp_path), level],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    if not process.stdout.readline():
        pytest.skip(process.stderr.read()[-300:])
    # At level process the run still imports TensorFlow now: that must be ended as well.
    time.sleep(1.5)
    started = descendants(process.pid)
    assert len(started) >= 3
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in started):
        time.sleep(0.05)
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []


@linux_only
def test_another_user_than_root_can_confine(tmp_path: Path) -> None:
    """The path without root: a user namespace first. Run as a numeric user when we are root."""
    if os.geteuid() != 0:
        with open_sandbox("auto") as sandbox:
            assert sandbox.run(job(tmp_path / "s", "say(uid=os.getuid())"), tmp_path / "e").verdict == "completed"
        return
    root = Path(__file__).parents[2]
    uid = 61_234
    script = textwrap.dedent("""
        import os, sys
        if os.path.exists("/proc/self/uid_map"):
            os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[3]))
        sys.path.insert(0, sys.argv[1])
        try:
            open(sys.executable, "rb").close()
            import numpy, pydantic
        except OSError as error:
            print("SKIP", error); sys.exit()
        from pathlib import Path
        from grader.errors import SandboxUnavailable
        from grader.sandbox import open_sandbox
        from grader.sandbox.conformance import job
        folder = Path(sys.argv[2])
        try:
            sandbox = open_sandbox("namespace")
        except SandboxUnavailable as error:
            print("SKIP", error.detail.splitlines()[0]); sys.exit()
        with sandbox:
            ran = sandbox.run(job(folder / "s", "say(uid=os.getuid(), seen=os.path.exists('/etc/hostname'))"),
                              folder / "e")
        print(ran.verdict, ran.detail, (folder / "e" / "values.jsonl").read_text().replace("\\n", " "))
    """)
    os.chown(tmp_path, uid, uid)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    # A private root where the interpreter can be reached by everybody: no folder above it is 0700 there.
    opened = [path for path in Path(sys.base_prefix).parents if path.stat().st_mode & 0o005 != 0o005]
    command = [sys.executable, "-c", script, str(root), str(tmp_path), str(uid)]
    if opened:
        pieces = [f"mount -t tmpfs -o mode=0755 none {opened[-1]}", f"mkdir -p {sys.base_prefix}"]
        keep = f"mkdir -p /tmp/keep.$$ && mount --bind {sys.base_prefix} /tmp/keep.$$"
        move = f"mount --move /tmp/keep.$$ {sys.base_prefix} && rmdir /tmp/keep.$$"
        inner = " && ".join([keep, *pieces, move, 'exec "$@"'])
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", inner, "sh", *command]
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    if done.stdout.startswith("SKIP") or done.returncode:
        pytest.skip(f"can't start as another user: {done.stdout[-300:]}{done.stderr[-300:]}")
    assert done.stdout.startswith("completed"), done.stdout
    assert f'"value":{uid}' in done.stdout.replace(" ", "")
    assert '"value":false' in done.stdout.replace(" ", "")


def test_importing_loads_no_tensorflow_and_is_quick() -> None:
    code = (
        "import sys, time; began = time.process_time(); import grader.sandbox;"
        "print(time.process_time() - began, [m for m in sys.modules if m in ('tensorflow', 'keras', 'numpy')])"
    )
    answers = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split(
            " ", 1
        )
        for _ in range(3)
    ]
    assert {loaded.strip() for _, loaded in answers} == {"[]"}
    assert min(float(seconds) for seconds, _ in answers) < 0.5


def test_the_doctor_knows_this_machine() -> None:
    findings = {finding.id: finding for finding in probe_host()}
    assert {
        "python",
        "tensorflow",
        "keras",
        "user_namespaces",
        "libseccomp",
        "isolation",
        "cores",
        "memory",
    } <= set(findings)
    assert findings["python"].status == "ok"
    with open_sandbox("auto") as sandbox:
        assert sandbox.isolation in findings["isolation"].text.en
    for finding in findings.values():
        assert finding.status == "ok" or finding.remedy is not None or finding.id in ("platform", "cores")


def test_a_level_that_is_demanded_and_not_there_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable) as caught:
        open_sandbox("namespace")
    assert "darwin" in caught.value.text.en
