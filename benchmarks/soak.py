"""Two hundred hostile runs on one warm grader, and what they left: ``python -m benchmarks.soak [RUNS]``.

The corpus of ``tests/hostile``, again and again, an honest submission after every tenth. Exits with 1 when one
of them was not contained or something was left behind.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

from benchmarks.processes import resident_mb
from tests.hostile import inert, traces
from tests.hostile.arena import Arena
from tests.hostile.canaries import leaks
from tests.hostile.case import load_cases
from tests.hostile.test_corpus import as_expected, full_marks

HONEST_EVERY = 10


def soak(runs: int) -> int:
    """Grade, count, print; the number of faults."""
    faults: list[str] = []
    statuses: Counter[str] = Counter()
    seconds, honest, memory = [], 0, 0.0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        outside = traces.look(folder / "temporary")
        arena = Arena(folder)
        try:
            arena.honest()
            for number, case in enumerate(islice(cycle(load_cases()), runs), start=1):
                if number == runs // 2:  # by then everything that is loaded lazily has been
                    memory = resident_mb()
                before = traces.look(arena.temporary)
                graded = arena.grade(case)
                seconds.append(graded.seconds)
                statuses[graded.exercise.status if graded.result else "unreadable"] += 1
                try:
                    as_expected(case, graded)
                except AssertionError as error:
                    faults.append(f"{case.id}: not as expected: {str(error)[:500]}")
                faults += [f"{case.id}: leaked {what}" for what in leaks(graded.out)]
                if graded.result is not None:
                    faults += [f"{case.id}: acts: {what}" for what in inert.faults(graded.out, graded.result)]
                left = traces.differences(before, traces.settled(before, arena.temporary))
                if left:
                    faults.append(f"{case.id}: left {left}")
                if number % HONEST_EVERY == 0:
                    honest += 1
                    if not full_marks(arena.honest()):
                        faults.append(f"the honest submission after {case.id} was harmed")
            growth = resident_mb() - memory
            heard = arena.listeners.count
        finally:
            arena.close()
        left = traces.differences(outside, traces.settled(outside, folder / "temporary"))
        left.pop("descriptors", None)
    if left:
        faults.append(f"afterwards: {left}")
    if heard:
        faults.append(f"{heard} connections reached a listener")
    took = time.monotonic() - began
    print(f"{runs} hostile runs and {honest} honest ones in {took:.0f} s on {os.cpu_count()} cores")
    print("status:", ", ".join(f"{name} {count}" for name, count in sorted(statuses.items())))
    print(f"seconds for one: median {statistics.median(seconds):.2f}, longest {max(seconds):.1f}")
    print(f"coordinator's memory: {growth:+.1f} MiB in the second half")
    print(f"faults: {len(faults)} (something left, a canary reached, a wrong mark, an honest submission harmed)")
    for fault in faults:
        print(" -", fault)
    return len(faults)


if __name__ == "__main__":
    sys.exit(1 if soak(int(sys.argv[1]) if len(sys.argv) > 1 else 200) else 0)
