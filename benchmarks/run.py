"""Measures the grader and writes the tables of docs/performance.md: ``make bench``.

Every figure is a median of several runs, every ratio is of runs in the same round on the same machine.
``--only NAME`` measures one section again and leaves the others as they are; ``--full`` takes longer, and is
steadier.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    chapter,
    commands,
    isolation,
    memory,
    page,
    parallel,
    playground,
    profile_06,
    structure,
    training,
    trainings,
)
from benchmarks.processes import say

Section = Callable[[argparse.Namespace], str]

SECTIONS: dict[str, Section] = {
    "structure": structure.table,
    "profile": profile_06.table,
    "training": training.table,
    "trainings": trainings.table,
    "chapter": chapter.table,
    "commands": commands.table,
    "parallel": parallel.table,
    "memory": memory.table,
    "playground": lambda arguments: playground.table(arguments.playground_rounds),
    "isolation": lambda arguments: isolation.table(arguments.isolation_rounds),
}
#: Name -> default, with ``--full``, what it counts.
COUNTS = {
    "submissions": (50, 50, "submissions of the class that is graded for its structure"),
    "rounds": (3, 7, "rounds in which contestants take turns"),
    "notebook-submissions": (2, 5, "submissions in one nbgrader autograde"),
    "parallel-rounds": (2, 5, "rounds of one worker and two"),
    "trainings": (12, 48, "submissions of the larger class that trains"),
    "training-rounds": (1, 3, "rounds of that class and the loop"),
    "profile-runs": (9, 25, "runs behind the profile"),
    "coordinator": (100, 1000, "submissions over which the coordinator's memory is watched"),
    "playground-rounds": (3, 7, "rounds of TensorFlow and the page"),
    "isolation-rounds": (60, 200, "confined runs"),
}


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """The command line; what is not said gets its default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="measure this section alone")
    parser.add_argument("--full", action="store_true", help="more rounds: about an hour on two cores")
    parser.add_argument(
        "--no-notebooks", dest="notebooks", action="store_false", help="without nbgrader and otter-grader"
    )
    parser.add_argument(
        "--data", type=Path, help="folder with real data, for the class that trains and the chapter"
    )
    for name, (quick, full, what) in COUNTS.items():
        parser.add_argument(f"--{name}", type=int, metavar="N", help=f"{what} ({quick}; full: {full})")
    arguments = parser.parse_args(words)
    for name, (quick, full, _) in COUNTS.items():
        field = name.replace("-", "_")
        if getattr(arguments, field) is None:
            setattr(arguments, field, full if arguments.full else quick)
    return arguments


def main() -> None:
    """Measure, write, print."""
    arguments = parse()
    for name in arguments.only or SECTIONS:
        say(f"{name} …")
        began = time.perf_counter()
        text = SECTIONS[name](arguments)
        say(f"  {time.perf_counter() - began:.0f} s")
        page.put(name, text)  # each when it is known: whoever stops here keeps it
    print(page.PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
