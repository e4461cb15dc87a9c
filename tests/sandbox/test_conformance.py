"""What every level holds, and what only namespaces do. The table is ``conftest.PROMISES``."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox import OpenSandbox, try_promises
from grader.sandbox.conformance import PROMISES
from grader.wire.entry import COMPLETED
from tests.sandbox.conftest import Runner

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the runs of this suite need POSIX")
promise = pytest.mark.promise


@promise("verdicts")
def test_what_doctor_tries_is_kept(sandbox: OpenSandbox, no_keras: None) -> None:
    tried = list(try_promises(sandbox))
    assert {one.id for one, _ in tried} == {one.id for one in PROMISES if sandbox.isolation in one.levels}
    assert [one.id for one, kept in tried if not kept] == []


# --- verdicts ---------------------------------------------------------------------------------------------------


@promise("verdicts")
def test_completed_with_evidence_streams_and_use(run: Runner) -> None:
    ran = run("""
        print("to stdout", flush=True)
        print("to stderr", file=sys.stderr, flush=True)
        evidence.array("numbers", np.arange(5))
        say(cwd=os.getcwd() == str(WORK), stdin=sys.stdin.read(), empty=os.listdir(WORK))
    """, keras=True)  # fmt: skip
    outcome = ran.outcome
    assert (outcome.verdict, outcome.exit_code, outcome.signal) == ("completed", COMPLETED, None), outcome
    assert outcome.stdout == "to stdout\n"
    assert outcome.stderr == "to stderr\n"
    assert ran.said == {"cwd": True, "stdin": "", "empty": []}
    assert {file.name for file in outcome.files} == {"numbers.npy", "steps.jsonl", "values.jsonl"}
    for file in outcome.files:
        data = (ran.folder / file.name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)
    assert 0 < outcome.cpu_seconds < 30
    assert outcome.wall_seconds > 0
    if sys.platform == "linux":
        assert 50 < outcome.peak_memory_mb < 1500


@promise("verdicts")
def test_leaving_early_is_exited(run: Runner) -> None:
    ran = run("say(before=1); os._exit(3)")
    assert (ran.outcome.verdict, ran.outcome.exit_code) == ("exited", 3), ran.outcome
    assert ran["before"] == 1


@promise("verdicts")
def test_an_escaping_exception_is_exited_with_a_traceback(run: Runner) -> None:
    ran = run("raise RuntimeError('out of here')")
    assert (ran.outcome.verdict, ran.outcome.exit_code) == ("exited", 1)
    assert "out of here" in ran.outcome.stderr


@promise("verdicts")
def test_a_segmentation_fault_is_crashed(run: Runner) -> None:
    ran = run("import ctypes; ctypes.string_at(0)")
    assert (ran.outcome.verdict, ran.outcome.signal) == ("crashed", 11)


@promise("verdicts")
def test_wall_time(run: Runner) -> None:
    ran = run("""
        say(before=1)
        for name in range(1, 65):
            try:
                signal.signal(name, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        time.sleep(60)
        say(after=1)
    """, wall_seconds=1)  # fmt: skip
    assert ran.outcome.verdict == "timeout"
    assert ran.outcome.wall_seconds >= 1
    assert ran.said == {"before": 1}, "what was done in time is evidence, and nothing was done later"


@promise("verdicts")
def test_cpu_time_of_one_process(run: Runner) -> None:
    # At level process the import of TensorFlow is part of the process, and has an allowance.
    ran = run("signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", cpu_seconds=1, wall_seconds=60)
    assert ran.outcome.verdict == "cpu", ran.outcome


@promise("verdicts")
def test_cpu_time_of_many_processes(run: Runner, sandbox: OpenSandbox) -> None:
    if sandbox.isolation == "process":
        pytest.skip("the allowance for the import makes this test too slow")
    ran = run("""
        for _ in range(8):
            if os.fork() == 0:
                end = time.monotonic() + 0.6
                while time.monotonic() < end: pass
                os._exit(0)
            os.wait()
        time.sleep(20)
    """, cpu_seconds=2, wall_seconds=30)  # fmt: skip
    assert ran.outcome.verdict == "cpu", ran.outcome


@promise("verdicts")
def test_memory(run: Runner) -> None:
    ran = run("""
        kept = []
        while True:
            kept.append(np.ones(1 << 21))
    """, memory_mb=600)  # fmt: skip
    assert ran.outcome.verdict == "memory", ran.outcome
    assert 600 < ran.outcome.peak_memory_mb < 1500


@promise("verdicts")
def test_memory_of_many_processes(run: Runner) -> None:
    ran = run("""
        for _ in range(5):
            if os.fork() == 0:
                kept = np.ones(20 << 20)
                time.sleep(20)
        time.sleep(20)
    """, memory_mb=700)  # fmt: skip
    assert ran.outcome.verdict == "memory", ran.outcome


@pytest.fixture(params=["cgroup", "sampling"])
def limited_by(request: pytest.FixtureRequest, sandbox: OpenSandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """Limits are held by the kernel's control group, and just as well where none can be made."""
    if request.param == "sampling":
        monkeypatch.setattr(sandbox, "_place", None)
    elif sandbox._place is None:
        pytest.skip("no control group can be made here")
    return str(request.param)


@promise("verdicts")
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_memory_behind_a_first_thread_that_has_ended(run: Runner, limited_by: str) -> None:
    ran = run("""
        import ctypes, threading
        if os.fork() == 0:
            def hold():
                time.sleep(0.2)
                kept = [b"1" * (64 << 20) for _ in range(20)]
                time.sleep(20)
            threading.Thread(target=hold).start()
            ctypes.CDLL(None).syscall({"x86_64": 60}.get(os.uname().machine, 93), 0)
        os.wait()
    """, memory_mb=900, disk_mb=64)  # fmt: skip
    assert (ran.outcome.verdict, ran.outcome.limited_by) == ("memory", limited_by), ran.outcome


@promise("verdicts")
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_cpu_time_of_children_that_nobody_waits_for(run: Runner, sandbox: OpenSandbox, limited_by: str) -> None:
    if sandbox.isolation == "process":
        pytest.skip("the allowance for the import makes this test too slow")
    ran = run("""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        for _ in range(40):
            child = os.fork()
            if child == 0:
                while time.process_time() < 0.3: pass
                os._exit(0)
            while Path(f"/proc/{child}").exists(): time.sleep(0.01)
    """, cpu_seconds=2, wall_seconds=60)  # fmt: skip
    assert (ran.outcome.verdict, ran.outcome.limited_by) == ("cpu", limited_by), ran.outcome
    assert ran.outcome.cpu_seconds < 6


@promise("verdicts")
def test_output_flood(run: Runner) -> None:
    ran = run("while True: os.write(1, b'x' * 65536)", log_kb=256)
    assert ran.outcome.verdict == "output"
    assert len(ran.outcome.stdout) == 64 << 10


@promise("limits")
def test_an_impossible_allocation_is_the_students_error(run: Runner) -> None:
    ran = run("""
        try:
            np.empty(1 << 40, np.uint8)
        except MemoryError:
            say(refused=True)
    """)  # fmt: skip
    assert ran.outcome.verdict == "completed"
    assert ran["refused"]


# --- what the run may not see or do ------------------------------------------------------------------------------


@promise("verdicts")
def test_the_environment_is_not_ours(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_CANARY", "canary-in-environment")
    ran = run("""
        environ = Path("/proc/self/environ")
        if environ.exists():
            import ctypes
            ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # dumpable, so that this file is our own again
        say(environ=environ.read_text() if environ.exists() else "", names=sorted(os.environ))
    """)  # fmt: skip
    assert "canary" not in ran["environ"].lower()
    assert "SANDBOX_CANARY" not in ran["names"]
    assert "PATH" not in ran["names"]


@promise("verdicts")
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_grader_itself_can_not_be_looked_into(run: Runner) -> None:
    """Its memory holds labels, its environment the operator's tokens."""
    ran = run(f"""
        paths = [f"/proc/{os.getpid()}/{{name}}" for name in ("environ", "mem", "maps")]
        paths += [f"/proc/{{os.getppid()}}/{{name}}" for name in ("mem", "maps")]
        say(opened=[path for path in paths if attempt(open, path, "rb") == "done"])
        import ctypes
        libc = ctypes.CDLL(None)
        say(traced=[pid for pid in ({os.getpid()}, os.getppid()) if libc.ptrace(16, pid, None, None) == 0])
        bare = {{**os.environ, "PYTHONNOUSERSITE": "1"}}
        child = subprocess.run([sys.executable, "-c", "open('/proc/{os.getpid()}/environ', 'rb').read(1)"],
                               env=bare, capture_output=True) if sys.executable else None
        say(through_a_child=child is not None and child.returncode == 0)
    """)
    assert ran.outcome.verdict == "completed", ran.outcome
    assert (ran["opened"], ran["traced"], ran["through_a_child"]) == ([], [], False)


@promise("host_files")
def test_the_host_is_not_there(run: Runner, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    secret.chmod(0o644)
    repository = Path(__file__).parents[2]
    paths = [
        "/etc/shadow",
        "/etc/hostname",
        "/var",
        "/home",
        "/usr/bin",
        "/sys",
        str(Path.home() / ".bashrc"),
        str(secret),
        str(repository / "pyproject.toml"),
        *(str(repository / name) for name in ("reference", "solutions", "exercises", "grader", "tests", ".git")),
    ]
    ran = run(f"""
        paths = {paths!r}
        say(seen=[path for path in paths if os.path.exists(path)])
        say(root=sorted(os.listdir("/")), spool=os.listdir("/spool"), scratch=os.listdir("/box/scratch"))
        import grader
        say(package=list(grader.__path__), inside=sorted(os.listdir(grader.__path__[0])))
        say(inputs=sorted(os.listdir(IN)))
    """)
    assert ran["seen"] == []
    assert not {"home", "root", "var", "srv", "mnt"} & (set(ran["root"]) - {Path(sys.base_prefix).parts[1]})
    assert (ran["spool"], ran["scratch"]) == ([], [])
    assert (ran["package"], ran["inside"]) == (["/opt/vision-grader/grader"], ["__init__.py", "confined", "wire"])
    assert ran["inputs"] == ["job.json", "probe.py", "student.py"]


@promise("host_files")
def test_nothing_but_its_own_folders_is_writable(run: Runner) -> None:
    ran = run("""
        places = ["/", "/box", "/box/in", "/etc", "/usr/lib", "/opt/vision-grader/grader/wire", "/spool", "/dev",
                  os.path.dirname(np.__file__), os.path.dirname(os.__file__)]
        say(refused={place: attempt((Path(place) / "x").write_text, "x") for place in places})
        say(own={place: attempt((Path(place) / "x").write_text, "x")
                 for place in ["/tmp", "/dev/shm", "/run", os.environ["HOME"], str(WORK)]})
        say(job=attempt((IN / "job.json").write_text, "x"))
        kernel = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/user/max_user_namespaces",
                  "/proc/1/oom_score_adj", "/proc/sys/kernel/hostname"]
        say(kernel={path: attempt(open, path, "w") for path in kernel})
    """)  # fmt: skip
    assert "done" not in ran["refused"].values()
    assert set(ran["own"].values()) == {"done"}
    assert ran["job"] != "done"
    assert "done" not in ran["kernel"].values()


@promise("verdicts")
def test_what_a_run_does_to_its_memory_stays_there(run: Runner) -> None:
    assert run("json.poisoned = np.poisoned = 1; say(done=1)")["done"] == 1
    assert run("say(found=[hasattr(json, 'poisoned'), hasattr(np, 'poisoned')])")["found"] == [False, False]


@promise("host_files")
def test_neighbours_leave_nothing_behind(run: Runner) -> None:
    run("""
        for place in ["/tmp", "/dev/shm", "/run", os.environ["HOME"], str(WORK), str(OUT)]:
            (Path(place) / "left.npy").write_text("x")
    """)  # fmt: skip
    ran = run("""
        say(found=[place for place in ["/tmp", "/dev/shm", "/run", os.environ["HOME"], str(WORK), str(OUT)]
                   if (Path(place) / "left.npy").exists()])
    """)  # fmt: skip
    assert ran["found"] == []


@promise("network")
def test_no_network(run: Runner) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        ran = run(f"""
            def connect(address):
                socket.create_connection(address, 2).close()
            say(loopback=attempt(connect, ("127.0.0.1", {port})), outside=attempt(connect, ("1.1.1.1", 53)),
                name=attempt(socket.getaddrinfo, "example.org", 80))
            say(vsock=attempt(socket.socket, 40, socket.SOCK_STREAM), packet=attempt(socket.socket, 17, 3),
                netlink=attempt(socket.socket, 16, 3), alg=attempt(socket.socket, 38, 5))
            say(local=attempt(socket.socketpair))
        """)
    assert "done" not in (ran["loopback"], ran["outside"], ran["name"])
    assert "done" not in (ran["vsock"], ran["packet"], ran["netlink"], ran["alg"])
    assert ran["local"] == "done"


@promise("uid")
def test_no_rights(run: Runner) -> None:
    ran = run("""
        fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
        say(uid=os.getuid(), euid=os.geteuid(), groups=os.getgroups(),
            status={name: fields[name].strip() for name in
                    ("CapEff", "CapPrm", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")})
        say(becoming_root=attempt(os.setuid, 0), chown=attempt(os.chown, str(WORK), 0, 0),
            chroot=attempt(os.chroot, str(WORK)), mknod=attempt(os.mknod, str(WORK / "sda"), 0o60600, 2048))
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        def unshare(flags):
            if libc.unshare(flags): raise OSError(ctypes.get_errno(), "")
        def mount():
            if libc.mount(b"x", b"/tmp", b"tmpfs", 0, None): raise OSError(ctypes.get_errno(), "")
        def unmount():
            if libc.umount2(b"/spool", 2): raise OSError(ctypes.get_errno(), "")
        def clone():
            pid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
            if pid < 0: raise OSError(ctypes.get_errno(), "")
            if pid == 0: os._exit(0)
        say(user_namespace=attempt(unshare, 0x10000000), clone=attempt(clone), mount=attempt(mount),
            unmount=attempt(unmount))
        say(memfd=attempt(os.memfd_create, "x"))
    """)  # fmt: skip
    assert ran["uid"] == ran["euid"] != 0
    assert {ran["status"][name] for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}
    assert ran["status"]["NoNewPrivs"] == "1"
    attempts = ("becoming_root", "chown", "chroot", "mknod", "user_namespace", "clone", "mount", "unmount")
    assert {name: ran[name] for name in attempts if ran[name] == "done"} == {}
    from grader.confined.namespace import seccomp

    if seccomp.available():
        assert ran["status"]["Seccomp"] == "2"
        assert ran["memfd"] == "OSError"


@promise("processes")
def test_only_its_own_processes_can_be_seen_and_none_of_ours_ended(run: Runner) -> None:
    ran = run("""
        say(pids=sorted(int(name) for name in os.listdir("/proc") if name.isdigit()), me=os.getpid())
        say(parent=attempt(os.kill, os.getppid(), signal.SIGKILL), init=attempt(os.kill, 1, signal.SIGTERM))
        time.sleep(0.1)
        say(memory=attempt(open, "/proc/1/mem", "rb"), environ=attempt(open, "/proc/1/environ", "rb"),
            root=attempt(os.listdir, "/proc/1/root"), fds=attempt(os.listdir, "/proc/1/fd"),
            own=attempt(open, "/proc/self/mem", "rb"))
        say(descriptors=sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1])
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        say(ptrace=libc.ptrace(16, 1, None, None))
        say(alive=True)
    """)  # fmt: skip
    assert ran.outcome.verdict == "completed"
    assert ran["pids"] == [1, ran["me"]]
    for name in ("memory", "environ", "root", "fds"):
        assert ran[name] != "done", name
    assert ran["ptrace"] == -1
    assert set(ran["descriptors"]) <= {0, 1, 2, 3, 4}, "an inherited descriptor"
    assert ran["alive"]


@promise("processes")
def test_a_fork_bomb_ends_at_the_limit(run: Runner) -> None:
    ran = run("""
        made = 0
        try:
            while made < 500:
                if os.fork() == 0:
                    time.sleep(20)
                    os._exit(0)
                made += 1
        except BlockingIOError:
            pass
        say(made=made)
    """, processes=40, memory_mb=20000)  # fmt: skip
    assert ran.outcome.verdict == "completed", ran.outcome
    assert 10 < ran["made"] < 40


# --- what it leaves ---------------------------------------------------------------------------------------------


@promise("verdicts")
def test_only_plain_files_are_collected(run: Runner) -> None:
    ran = run("""
        (OUT / "good.json").write_text("1")
        os.symlink("/etc/passwd", OUT / "link.json")
        os.link(OUT / "good.json", OUT / "twin.json")
        (OUT / "fine.npy").write_bytes(b"fine")
        os.mkfifo(OUT / "pipe.json")
        os.mkdir(OUT / "folder.json")
        (OUT / "notes.txt").write_text("x")
        (OUT / "a b.json").write_text("x")
        (OUT / "\\ud55c.json".encode().decode("unicode_escape")).write_text("x")
        (OUT / ".hidden.json").write_text("x")
        (OUT / "closed.json").write_text("2")
        os.chmod(OUT / "closed.json", 0)
        with socket.socket(socket.AF_UNIX) as server:
            os.chdir(OUT)
            server.bind("sock.json")
        with open(OUT / "huge.npy", "wb") as file:
            os.truncate(file.fileno(), 30 << 20)
        with open(OUT / "more.npy", "wb") as file:
            os.truncate(file.fileno(), 30 << 20)
        os.chmod(OUT, 0o755)
    """)  # fmt: skip
    outcome = ran.outcome
    collected = {file.name for file in outcome.files} - {"steps.jsonl", "values.jsonl"}
    assert collected == {"fine.npy", "closed.json", "huge.npy"}
    assert {path.name for path in ran.folder.iterdir()} - {"steps.jsonl", "values.jsonl"} == collected
    assert not any(path.is_symlink() for path in ran.folder.iterdir())
    assert len(outcome.refused) == 10 + 1, outcome.refused
    assert any(line.startswith("link.json: a symbolic link") for line in outcome.refused)
    assert outcome.verdict == "disk"


@promise("disk")
def test_a_full_disk_is_the_runs_own(run: Runner) -> None:
    ran = run("""
        def fill(folder):
            for number in range(100):
                (folder / f"{number}.bin").write_bytes(bytes(4 << 20))
        say(work=attempt(fill, WORK), shm=attempt(fill, Path("/dev/shm")))
        def many(folder):
            for number in range(100_000):
                (folder / f"n{number}").touch()
        say(inodes=attempt(many, Path("/tmp")))
        for file in WORK.iterdir(): file.unlink()
        say(one=attempt((WORK / "one.bin").write_bytes, bytes(40 << 20)))
    """)  # fmt: skip
    assert (ran["work"], ran["shm"], ran["inodes"], ran["one"]) == ("OSError",) * 4
    assert ran.outcome.verdict == "completed"


@promise("descendants")
def test_a_daemon_and_a_held_pipe_do_not_outlive_the_run(run: Runner) -> None:
    marker = f"daemon-{os.getpid()}-{time.monotonic_ns()}"
    ran = run(f"""
        import ctypes
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if os.fork() == 0:
                os.chdir("/")
                subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)", {marker!r}])
                while True:
                    os.write(1, b"still here")
                    time.sleep(0.01)
            os._exit(0)
        os.wait()
        time.sleep(0.3)
        say(done=1)
    """)
    assert ran.outcome.verdict == "completed", ran.outcome
    assert ran["done"] == 1
    assert running_with(marker) == []


def running_with(marker: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "cmdline").read_bytes():
                found.append(folder.name)
        except OSError:
            continue
    return found


# --- honest work ------------------------------------------------------------------------------------------------


@promise("verdicts")
def test_keras_builds_trains_and_saves(run: Runner) -> None:
    ran = run("""
        import keras
        model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten(),
                                  keras.layers.Dense(2, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy")
        x, y = np.random.rand(16, 8, 8, 1), np.zeros(16)
        history = model.fit(x, y, epochs=1, verbose=0)
        evidence.model("built", model)
        say(loss=float(history.history["loss"][0]))
        import multiprocessing
        with multiprocessing.get_context("fork").Pool(1) as pool:
            say(pooled=pool.map(abs, [-1, 2]))
    """, keras=True)  # fmt: skip
    assert ran.outcome.verdict == "completed", ran.outcome
    assert ran["pooled"] == [1, 2]
    assert (ran.folder / "built.keras").stat().st_size > 1000


@promise("verdicts")
def test_the_seed_decides_the_random_numbers(run: Runner, sandbox: OpenSandbox) -> None:
    snippet = "import random; n = [random.random(), float(np.random.rand())]\n"
    if sandbox.isolation == "namespace":  # the entry point is the same at all levels
        snippet += "import keras; n.append(float(keras.random.uniform(())))\n"
    first, again, other = (run(f"{snippet}say(n=n)", seed=seed) for seed in (1, 1, 2))
    assert first.said == again.said
    assert all(a != b for a, b in zip(first["n"], other["n"], strict=True))
