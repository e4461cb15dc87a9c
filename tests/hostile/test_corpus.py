"""Hostile submissions on one warm grader, honest ones between them: all contained, none harmed.

What each one tries and what has to come of it stands in ``corpus/<family>/<name>.toml``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from grader.errors import SandboxUnavailable
from tests.hostile import inert, traces
from tests.hostile.arena import Arena, Graded
from tests.hostile.canaries import TOKEN_NAME, leaks
from tests.hostile.case import Case, load_cases

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces and /proc are Linux's")

CASES = load_cases()
#: After how many hostile submissions an honest one comes.
EVERY = 6
_turn = count(1)


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = tmp_path_factory.mktemp("arena")
    before = traces.look(folder / "temporary")
    try:
        opened = Arena(folder)
    except SandboxUnavailable as error:
        pytest.skip(f"no namespaces here: {error.detail.splitlines()[0]}")
    try:
        assert full_marks(opened.honest()), "the honest submission must get full marks before anything else"
        yield opened
    finally:
        opened.close()
    after = traces.settled(before, opened.temporary)
    left = traces.differences(before, after)
    left.pop("descriptors", None)  # libraries that were loaded meanwhile keep some
    assert left == {}, "something outlived the grader"


def full_marks(graded: Graded) -> bool:
    exercise = graded.exercise
    return (exercise.status, exercise.points) == ("graded", exercise.max_points)


def test_there_are_enough_of_every_kind() -> None:
    families = {case.family for case in CASES}
    assert len(CASES) >= 40
    assert families >= {"forged", "reading", "network", "bombs", "loops", "escape", "poison", "files", "text"}
    assert families >= {"shadow", "archive", "folder", "notebook", "models"}
    assert all(case.why.strip() for case in CASES)
    # What expects nothing in particular tests nothing in particular.
    assert [case.id for case in CASES if not (case.status or case.full or case.refused or case.raises)] == []


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_contained(arena: Arena, case: Case) -> None:
    before = traces.look(arena.temporary)
    heard = arena.listeners.count
    graded = arena.grade(case)

    as_expected(case, graded)
    assert leaks(graded.out) == []
    assert arena.listeners.count == heard, "it reached a listener"
    if graded.result is not None:
        assert inert.faults(graded.out, graded.result) == []
        assert graded.result.isolation == "namespace"
    after = traces.settled(before, arena.temporary)
    assert traces.differences(before, after) == {}
    if case.then_honest or next(_turn) % EVERY == 0:
        assert full_marks(arena.honest()), f"{case.id} harmed the one after it"


def as_expected(case: Case, graded: Graded) -> None:
    """What the toml says, each with all that is known when it is not so."""
    if case.raises:
        assert graded.problem, "it should not have been readable at all"
        return
    assert graded.result is not None, graded.problem
    assert graded.facts is not None
    exercise, outcome = graded.exercise, graded.facts.outcome
    known = (exercise.status, exercise.points, outcome, exercise.staff_detail[-2000:])
    # A fault of ours would be no mark: the one thing that a hostile submission must never get.
    assert exercise.status != "ungraded", known
    assert exercise.points is not None, known
    assert not case.status or exercise.status in case.status, known
    if case.full:
        failed = [(check.id, check.message) for check in exercise.checks if check.outcome != "passed"]
        assert full_marks(graded), (known, failed)
    if case.points_at_most is not None:
        passed = [check.id for check in exercise.checks if check.outcome == "passed"]
        assert exercise.points <= case.points_at_most, (known, passed)
    assert exercise.points >= case.points_at_least, known
    outcomes = {check.id: check.outcome for check in exercise.checks}
    assert [name for name in case.failed if outcomes[name] != "failed"] == [], outcomes
    printed = outcome.stdout if outcome is not None else ""
    assert [text for text in case.stdout if text not in printed] == [], known
    assert not case.verdict or (outcome is not None and outcome.verdict == case.verdict), known
    if case.refused:
        kinds = {name: model.refused.kind if model.refused else "" for name, model in graded.facts.models.items()}
        assert kinds, known
        assert [name for name, kind in kinds.items() if kind not in case.refused] == [], graded.facts.models
    assert set(case.absent) & set(graded.facts.arrays) == set()
    report = (graded.out / "report.json").read_text(encoding="utf-8")
    assert [text for text in case.text if text not in report] == [], report[:3000]
    assert "exceeded its limit" not in report
    assert graded.cpu_seconds <= case.cpu_seconds_at_most


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.outside], ids=[case.id for case in CASES if case.outside]
)
def test_the_attack_is_real(arena: Arena, case: Case) -> None:
    """The same program without a sandbox does reach what it must not: or its test would prove nothing."""
    heard = arena.listeners.count
    done = subprocess.run(
        [sys.executable, "-c", arena.program(case)], capture_output=True, text=True, timeout=120, check=False
    )
    assert "Error" not in done.stderr, done.stderr
    if case.outside == "canary":
        assert "HOSTILE-" + "CANARY-home" in done.stdout
        assert "HOSTILE-" + "CANARY-reference" in done.stdout
    elif case.outside == "token":
        assert "HOSTILE-" + "CANARY-token" in done.stdout
    else:
        assert arena.listeners.count > heard


def test_the_canaries_would_be_noticed(arena: Arena, tmp_path: Path) -> None:
    """Every alarm of this module goes off when there is a reason."""
    heard = arena.listeners.count
    socket.create_connection(("127.0.0.1", arena.listeners.tcp)).close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"x", ("127.0.0.1", arena.listeners.udp))
    for address in (arena.listeners.unix, "\0" + arena.listeners.abstract):
        with socket.socket(socket.AF_UNIX) as unix:
            unix.connect(address)
    before = traces.look(arena.temporary)
    (tmp_path / "report.json").write_text(f'{{"stdout": "{os.environ[TOKEN_NAME]}"}}')
    assert leaks(tmp_path)
    left = arena.temporary / "left"
    left.touch()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        changed = traces.differences(before, traces.settled(before, arena.temporary, 0.1))
        assert {"files", "processes"} <= set(changed)
    finally:
        process.kill()
        process.wait()
        left.unlink()
    assert traces.differences(before, traces.settled(before, arena.temporary)) == {}
    for _ in range(100):
        if arena.listeners.count == heard + 4:
            break
        time.sleep(0.02)
    assert arena.listeners.count == heard + 4
