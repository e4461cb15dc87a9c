"""What the coordinator does when workers die, fail or refuse, or the disk is full."""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.errors import BatchError, BatchStopped
from grader.schema import Course, Download, Downloads, Student
from grader.workflows.batch import DaskExecutor, LocalExecutor, Store, Summary, read_entries, run_batch
from tests.batch.conftest import needs_cluster
from tests.batch.fakes import MakeFake


@dataclass
class Room:
    """A class of fakes, and what came of it."""

    out: Path
    log: Path
    folder: Path
    course: Course

    def downloads(self, plan: dict[str, str]) -> Downloads:
        students = []
        for name, what in plan.items():
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            (self.folder / name / "do.txt").write_text(what, encoding="utf-8")
            students.append(Download(student=Student(id=name), paths=(self.folder / name,)))
        return Downloads(layout="folders", students=tuple(students))

    def run(
        self, plan: dict[str, str], *, jobs: int = 1, resume: bool = False, broken: bool = False, watch: Any = None
    ) -> Summary:
        with Store(self.out, resume=resume) as store:
            executor = LocalExecutor(MakeFake(self.log, broken), jobs=jobs, scratch=store.scratch)
            kwargs = {"watch": watch} if watch else {}
            return run_batch(self.downloads(plan), store, executor, course=self.course, lang="en", **kwargs)

    @property
    def stored(self) -> list[str]:
        return [entry.student.id for entry in read_entries(self.out)]

    @property
    def workers(self) -> list[int]:
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [int(line) for line in lines if line.isdigit()]


@pytest.fixture
def room(tmp_path: Path, course: Course) -> Room:
    return Room(tmp_path / "out", tmp_path / "log", tmp_path / "class", course)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def all_gone(pids: list[int], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while any(is_running(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def leftovers(out: Path) -> list[str]:
    return sorted(entry.name for entry in out.iterdir() if entry.name.startswith(".") and entry.name != ".lock")


def test_everybody_is_graded_and_workers_end_in_order(room: Room) -> None:
    summary = room.run(dict.fromkeys("abcde", "pass"), jobs=2)
    assert [line.student for line in summary.lines] == list("abcde") == room.stored
    assert summary.count("run") == 5
    assert room.log.read_text(encoding="utf-8").count("closed") == len(room.workers) <= 2
    assert all_gone(room.workers)
    assert leftovers(room.out) == []


def test_a_worker_that_dies_is_replaced_and_its_submission_tried_again(room: Room) -> None:
    summary = room.run({"a": "pass", "b": "die once", "c": "pass"})
    assert [line.points for line in summary.lines] == [1.0, 1.0, 1.0]
    assert len(set(room.workers)) == 2


def test_a_part_that_ends_its_worker_is_given_up(room: Room) -> None:
    """A call that never comes back in one part of the work costs that part, not the submission."""
    summary = room.run({"a": "pass", "b": "call", "c": "pass"})
    assert [line.points for line in summary.lines] == [1.0, 1.0, 1.0]
    assert "adding) exceeded its limit (its process had to be ended)" in summary.lines[1].detail
    assert len(set(room.workers)) == 2


@pytest.mark.parametrize(("what", "detail"), [("die", "code -9"), ("fail", "a fault of the grader")])
def test_what_fails_twice_is_ungraded_and_stops_nobody(room: Room, what: str, detail: str) -> None:
    summary = room.run({"a": "pass", "b": what, "c": "pass"})
    assert [line.points for line in summary.lines] == [1.0, None, 1.0]
    assert [line.student for line in summary.ungraded] == ["b"]
    assert detail in summary.ungraded[0].detail
    assert room.stored == ["a", "b", "c"]
    assert not (room.out / "b" / "half").exists()
    result = next(entry for entry in read_entries(room.out) if entry.student.id == "b").result
    assert result.points is None
    assert "not a zero" in result.problems[0].message.en
    assert (room.out / "b" / "report.html").is_file()
    assert len(room.workers) == 3


def test_what_was_ungraded_is_tried_again_by_the_next_batch(room: Room) -> None:
    room.run({"a": "fail"})
    assert room.run({"a": "pass"}, resume=True).lines[0].points == 1.0


def test_a_full_disk_stops_and_leaves_what_was_finished(room: Room) -> None:
    with pytest.raises(BatchStopped, match="--resume"):
        room.run({"a": "pass", "b": "full", "c": "pass"})
    assert room.stored == ["a"]
    assert leftovers(room.out) == []
    assert all_gone(room.workers)
    assert [line.points for line in room.run(dict.fromkeys("abc", "pass"), resume=True).lines] == [1.0] * 3


def test_a_fault_of_the_machine_stops_with_its_own_words(room: Room) -> None:
    with pytest.raises(BatchStopped, match="this machine lacks something"):
        room.run({"a": "refuse", "b": "pass"})
    with pytest.raises(BatchStopped, match="this machine lacks something"):
        room.run({"a": "pass"}, resume=True, broken=True)


def test_ctrl_c_ends_workers_in_the_middle_of_their_work(room: Room) -> None:
    def watch(line: object, student: str) -> None:
        if line is None and student == "b":
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        room.run({"a": "pass", "b": "sleep"}, watch=watch)
    assert room.stored == ["a"]
    assert all_gone(room.workers)


def test_results_are_not_written_over_without_being_asked(room: Room) -> None:
    room.run({"a": "pass"})
    with pytest.raises(BatchError, match="--resume"):
        room.run({"a": "pass"})


def test_one_batch_at_a_time(room: Room) -> None:
    with Store(room.out, resume=False), pytest.raises(BatchError, match="right now"):
        Store(room.out, resume=True)


def test_what_an_interrupted_batch_left_is_tidied(room: Room) -> None:
    room.run({"a": "pass", "b": "pass"})
    # Cut off between the two renames that replace a result, and while another was being written.
    (room.out / "a").rename(room.out / ".old-a")
    (room.out / ".new-c").mkdir()
    (room.out / ".new-c" / "result.json").write_text("{", encoding="utf-8")
    (room.out / ".old-b").mkdir()
    with Store(room.out, resume=True):
        assert room.stored == ["a", "b"]
    assert leftovers(room.out) == []


def test_another_folder_than_ours_is_not_removed(room: Room, tmp_path: Path) -> None:
    precious = tmp_path / "grader-batch-precious"
    precious.mkdir()
    room.out.mkdir()
    (room.out / ".scratch").write_text(f"{precious}\n", encoding="utf-8")
    with Store(room.out, resume=True):
        pass
    assert precious.is_dir()


@needs_cluster
def test_our_own_cluster_answers_to_its_key_alone(room: Room) -> None:
    distributed = importlib.import_module("distributed")
    tried: list[str] = []

    def from_outside(line: Any, student: str) -> None:
        """While it runs: somebody on the same machine, without a key and with one of their own."""
        if tried:
            return
        address = distributed.default_client().scheduler.address
        assert address.startswith("tls://")
        plain = address.replace("tls://", "tcp://")
        for where, key in ((plain, None), (address, distributed.Security.temporary())):
            with pytest.raises((OSError, TimeoutError)):
                distributed.Client(where, security=key, timeout="3s", set_as_default=False)
            tried.append(where)

    with Store(room.out, resume=False) as store:
        executor = DaskExecutor(MakeFake(room.log), jobs=1, scheduler=None, scratch=store.scratch)
        downloads = room.downloads({"a": "pass", "b": "die once", "c": "call"})
        summary = run_batch(downloads, store, executor, course=room.course, lang="en", watch=from_outside)
    assert len(tried) == 2
    assert [line.points for line in summary.lines] == [1.0, 1.0, 1.0]
