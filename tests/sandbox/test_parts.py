"""Parts that need no confined process: the collector's caps, the receiver's distrust, inputs, the plain runner."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from grader.confined.namespace import seccomp
from grader.sandbox import visible_paths
from grader.sandbox.conformance import job
from grader.sandbox.process import PlainSandbox
from grader.sandbox.receive import WorkerLost, outcome_of
from grader.sandbox.spool import Spool
from grader.schema.course import Limits
from grader.schema.run import Job
from grader.wire import protocol
from grader.wire.collect import MAX_FILES, Collector, good_name
from tests.sandbox.conftest import Ran


@pytest.mark.parametrize("name", ["a.npy", "conv2d.0.npy", "A-b_c.keras", "steps.jsonl", "x" * 76 + ".npy"])
def test_good_names(name: str) -> None:
    assert good_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a.txt",
        "a.npy\n",
        "a b.npy",
        "한.npy",
        "a/b.npy",
        "../a.npy",
        ".a.npy",
        "-a.npy",
        "x" * 77 + ".npy",
    ],
)
def test_bad_names(name: str) -> None:
    assert not good_name(name)


def test_the_collector_holds_its_caps(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 5):
        (tmp_path / f"{number:04}.json").write_bytes(b"12345678")
    (tmp_path / "0000.json").write_bytes(bytes(101))
    collector = Collector(max_file=100, max_total=8 * 20)
    names = [name for name, _, _ in collector.files(str(tmp_path))]
    assert names == [f"{number:04}.json" for number in range(1, 21)]
    assert collector.broken
    assert collector.refused[0].startswith("0000.json: 101 bytes")
    assert len(collector.refused) <= 51


def frames(tmp_path: Path, *sent: tuple[str, dict[str, Any], bytes], limits: Limits | None = None) -> Any:
    """What the receiver makes of these frames and the bytes after each."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        # The receiver hangs up as soon as it has seen enough.
        with theirs, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for kind, fields, data in sent:
                protocol.send(theirs, kind, **fields)
                theirs.sendall(data)

    thread = threading.Thread(target=send)
    thread.start()
    wanted = Job(entry="student", request={}, limits=limits or Limits(disk_mb=4))
    with ours:
        try:
            return outcome_of(ours, wanted, tmp_path, "process", 10)
        finally:
            ours.close()
            thread.join()


@pytest.mark.parametrize("name", ["../../escape.json", "/etc/x.json", "a.txt", ""])
def test_the_receiver_judges_names_itself(tmp_path: Path, name: str) -> None:
    with pytest.raises(protocol.ProtocolError):
        frames(tmp_path, ("file", {"name": name, "size": 1}, b"x"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [-1, 3 << 20, "1"])
def test_the_receiver_judges_sizes_itself(tmp_path: Path, size: object) -> None:
    with pytest.raises(protocol.ProtocolError):
        frames(tmp_path, ("file", {"name": "a.json", "size": size}, b""))


def test_the_receiver_follows_no_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "a.json").symlink_to(victim)
    with pytest.raises(WorkerLost):
        frames(folder, ("file", {"name": "a.json", "size": 3}, b"new"))
    assert victim.read_text() == "untouched"
    assert (folder / "a.json").read_text() == "new"


def test_an_early_end_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(WorkerLost):
        frames(tmp_path, ("file", {"name": "a.json", "size": 30}, b"short"))


@pytest.mark.parametrize("link", [True, False])
def test_inputs_are_linked_or_copied_and_gone_afterwards(tmp_path: Path, link: bool) -> None:
    shared, private = tmp_path / "shared.npy", tmp_path / "private.npy"
    for path, mode in ((shared, 0o644), (private, 0o600)):
        path.write_bytes(bytes(2 << 20))
        path.chmod(mode)
    spool = Spool(link=link)
    wanted = Job(entry="student", request={"a": "한"}, files={"s": shared, "p": private}, limits=Limits())
    for _ in range(2):
        with spool.inputs(wanted) as folder:
            assert {path.name for path in folder.iterdir()} == {"s", "p", "job.json"}
            assert (folder / "s").samefile(shared) == link
            assert not (folder / "p").samefile(private)
            assert all(path.stat().st_mode & 0o004 for path in folder.iterdir())
        assert not folder.exists()
    assert private.stat().st_mode & 0o777 == 0o600, "the source is not changed"
    assert shared.stat().st_nlink == 1
    spool.close()
    assert not spool.base.exists()


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", "job.json", "a\0b"])
def test_names_of_inputs_are_plain(tmp_path: Path, name: str) -> None:
    (tmp_path / "f").write_text("x")
    spool = Spool(link=True)
    with (
        pytest.raises(ValueError),
        spool.inputs(Job(entry="student", request={}, files={name: tmp_path / "f"}, limits=Limits())),
    ):
        pass
    assert list(spool.runs.iterdir()) == []
    spool.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux only")
def test_the_jail_shows_no_other_grader_package(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    (packages / "grader" / "course" / "reference").mkdir(parents=True)
    assert visible_paths._own_packages([str(packages)]) == [str(packages / "grader")]
    assert visible_paths._own_packages([str(tmp_path / "lib")]) == [str(packages / "grader")]
    shown = visible_paths.jail_plan(tmp_path, tmp_path)
    root = visible_paths.package_root()
    assert not any((root + "/").startswith(f"{path}/") for path in shown.binds if path not in shown.hide)


@pytest.mark.skipif(not seccomp.available(), reason="libseccomp is not installed")
def test_the_filter_is_made_once_and_is_well_formed() -> None:
    program = seccomp.build(shared_memory=False)
    assert program is not None
    assert len(program) % 8 == 0
    assert len(program) > 400
    assert len(set(seccomp.DENIED)) == len(seccomp.DENIED)


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_the_runner_for_systems_without_fork(no_keras: None, tmp_path: Path) -> None:
    with PlainSandbox() as sandbox:
        ran = Ran(sandbox.run(job(tmp_path / "a", "say(a=1); print('hi')"), tmp_path / "e"), tmp_path / "e")
        assert (ran.outcome.verdict, ran["a"]) == ("completed", 1), ran.outcome
        assert "hi" in ran.outcome.stdout
        flood = sandbox.run(job(tmp_path / "b", "while True: print('x' * 10000)", log_kb=64), tmp_path / "f")
        assert flood.verdict == "output"
        left = [path for path in sandbox._spool.base.iterdir() if path.name.startswith("box-")]
        assert left == []
    assert not sandbox._spool.base.exists()
