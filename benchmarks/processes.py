"""Runs a command as a whole tree of processes and says what that cost: wall, CPU, peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
#: Seconds between two looks at the memory of the tree.
_LOOK = 0.2


class CommandFailed(Exception):
    """A contestant did not do its work: then there is nothing to compare."""


@dataclass(frozen=True)
class Cost:
    """Of one command and everything that it started."""

    wall: float
    """Seconds from its start to its end."""
    cpu: float
    """User and system seconds of all its processes; ``wait4`` has all that were waited for."""
    memory_mb: float
    """Most proportional set size (PSS) of the tree at any look, in MiB: shared pages count once."""
    output: str

    def each(self, count: int) -> Cost:
        """The share of one of ``count`` submissions; memory stays what it is."""
        return Cost(self.wall / count, self.cpu / count, self.memory_mb, self.output)


def run(
    command: Iterable[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    watch_memory: bool = True,
    codes: Iterable[int] = (0,),
) -> Cost:
    """Run ``command`` to its end.

    Raises CommandFailed when it leaves with a code that is not in ``codes``.
    """
    words = [str(part) for part in command]
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**_usual(), **(environment or {})},
            cwd=folder,
        )
        peak = Peak(lambda: sum(memory_of(pid).pss for pid in tree(process.pid))) if watch_memory else None
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        memory = peak.stop() if peak else 0.0
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if process.returncode not in codes:
        raise CommandFailed(f"{' '.join(words)}: {process.returncode}\n{text[-3000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, memory, text)


def _usual() -> dict[str, str]:
    """The environment of everyone: TensorFlow silent, Python with its cache of compiled modules."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


class Peak(threading.Thread):
    """The most that ``look`` saw, every ``seconds``; itself, it is no part of what is measured."""

    def __init__(self, look: Callable[[], float], seconds: float = _LOOK) -> None:
        super().__init__(daemon=True)
        self._look = look
        self._seconds = seconds
        self._ended = threading.Event()
        self._most = 0.0
        self.start()

    def run(self) -> None:
        while not self._ended.wait(self._seconds):
            self._most = max(self._most, self._look())

    def stop(self) -> float:
        self._ended.set()
        self.join()
        return self._most


def resident_mb(pid: int | None = None) -> float:
    """Of one process, this one by default, in MiB. Raises psutil.NoSuchProcess when it is gone."""
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def verdict(met: bool) -> str:
    """What a table says of a target."""
    return "met" if met else "**missed**"


@dataclass(frozen=True)
class Memory:
    """MiB of one process; zeros once it is gone."""

    pss: float = 0.0
    """Proportional set size."""
    private: float = 0.0


def memory_of(pid: int) -> Memory:
    """What ``pid`` holds now."""
    try:
        found = psutil.Process(pid).memory_full_info()
    except psutil.Error:
        return Memory()
    return Memory(found.pss / 2**20, found.uss / 2**20)


def tree(pid: int) -> list[int]:
    """``pid`` and everything below it that lives now, parents first."""
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.NoSuchProcess:
        return [pid]


def in_turn(contestants: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Every contestant once in every round, in the same order: what else the machine does hits all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name, contestant in contestants.items():
            cost = contestant()
            costs[name].append(cost)
            say(f"  round {number + 1}/{rounds}  {name}: {cost.wall:.2f} s, CPU {cost.cpu:.2f} s")
    return costs


def median(costs: Sequence[Cost], what: str) -> float:
    """Of one field of several costs."""
    return statistics.median(float(getattr(cost, what)) for cost in costs)


def ratio(costs: Sequence[Cost], base: Sequence[Cost], what: str) -> float:
    """Median of the ratios within each round."""
    return statistics.median(
        float(getattr(cost, what) / getattr(other, what)) for cost, other in zip(costs, base, strict=True)
    )


def say(line: str) -> None:
    """Progress, on stderr."""
    print(line, file=sys.stderr, flush=True)
