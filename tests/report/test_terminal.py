"""What a terminal shows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console

from grader.cli.class_table import class_table
from grader.cli.render import print_changes, print_result
from grader.cli.verdict import print_verdict
from grader.schema import Result

Sample = Callable[[str], Result]


def screen(width: int = 100, *, colour: bool = False) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=width, force_terminal=colour, highlight=False), file


def test_failure_block(sample: Sample) -> None:
    console, file = screen()
    print_result(console, sample("mismatch"), "en", Path("out/report.html"))
    text = file.getvalue()
    for needed in (
        "Layer output shapes",
        "Layer 1, Conv2D",
        "(None, 30, 30, 64)",
        "(None, 28, 28, 64)",
        "cifar10_cnn.py:14",
        "kernel_size=(5, 5)",
        "Look at the kernel",
        "2 checks passed",
        "40 / 70",
        "out/report.html",
    ):
        assert needed in text
    assert "Compile settings" not in text  # passed: only counted


def test_a_verdict_explains_the_first_failure_or_every_one_and_says_the_accuracy(sample: Sample) -> None:
    said = {}
    for every in (False, True):
        console, file = screen()
        print_verdict(console, sample("mixed"), "en", None, every=every)
        said[every] = file.getvalue()
    failed = sum(line.startswith("  ✗ ") for line in said[True].splitlines())
    assert said[False].count("First:") == said[True].count("First:") == 1
    assert "`grader check --all` explains each of them." in " ".join(said[False].split())
    assert "--all" not in said[True]
    assert said[True].count("Expected:") > said[False].count("Expected:")
    assert failed > 1
    console, file = screen()
    print_verdict(console, sample("mismatch"), "en", None)
    assert "Accuracy 56.9% · minimum 58.0%" in file.getvalue()


def test_notebook_place(sample: Sample) -> None:
    console, file = screen()
    print_result(console, sample("notebook"), "en", None)
    assert "cifar10_data.ipynb, cell [3], line 2" in file.getvalue()


def test_hangul_columns_line_up(sample: Sample) -> None:
    console, file = screen()
    print_result(console, sample("mixed"), "ko", None)
    rows = [line for line in file.getvalue().split("\n") if re.match(r"\d\d  ", line)]
    slashes = {cell_len(row[: row.index(" / ")]) for row in rows}
    assert len(rows) == 5
    assert len(slashes) == 1


def test_ungraded_is_loud(sample: Sample) -> None:
    console, file = screen()
    print_result(console, sample("ungraded"), "en", None)
    assert "This is not a zero" in " ".join(file.getvalue().split())
    assert "– / 55" in file.getvalue()


def test_hostile_text_does_nothing(sample: Sample) -> None:
    for width in (40, 60, 100):
        console, file = screen(width)
        print_result(console, sample("hostile"), "en", Path("out/[bold]x[/bold].html"))
        text = file.getvalue()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert "[bold red]" in " ".join(text.split())  # shown, not obeyed
        assert not re.search(r"(?m)^\s*::[a-z]", text)
        assert "##[" not in text


def test_class_table(sample: Sample) -> None:
    console, file = screen()
    class_table(console, [sample("all_pass"), sample("mixed"), sample("empty")], "en")
    text = file.getvalue()
    header = text.split("\n")[0].split()
    assert header == ["Submission", "03", "05", "06", "09", "13", "Points", "Status"]
    assert re.search(r"minjun_lee +30 +0 +10 +0 +– +– / 135", text)
    assert re.search(r"student-1 +30 +40 +70 / 70 +✓ All passed", text)


def test_changes(sample: Sample) -> None:
    console, file = screen()
    print_changes(console, sample("mismatch"), sample("all_pass"), "en")
    text = file.getvalue()
    assert re.search(r"06 +Layer output shapes +✗ 0/15 +✓ 15/15", text)
    assert "40 / 70 → 70 / 70" in text
    assert "Compile settings" not in text
    console, file = screen()
    print_changes(console, sample("mixed"), sample("mixed"), "en")
    assert "Nothing changed" in file.getvalue()
