"""``grader gradebook`` through the real command: a term in the life of two students."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.gradebook import open_gradebook
from tests.conftest import Command
from tests.gradebook.conftest import Entries, graded


@pytest.fixture
def out(tmp_path: Path, entry: Entries) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    with open_gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        at = datetime(2026, 3, 10, tzinfo=UTC)
        book.record(
            [entry("alice", graded("03_convolution", 18), at=at), entry("bob", graded("03_convolution", None))]
        )
    return folder


def row(text: str, *words: str) -> str:
    return next(line for line in text.splitlines() if all(word in line for word in words))


def test_show_adjust_history(command: Command, out: Path) -> None:
    shown = command("gradebook", "show", out)
    assert shown.code == 0, shown.text
    assert "18 / 20" in row(shown.out, "alice")
    assert "– / 20" in row(shown.out, "bob"), "ungraded is not zero"

    options = ("--student", "alice", "--exercise", "3", "--author", "김 조교")
    done = command(
        "gradebook", "adjust", out, *options, "--points", "-1.5", "--comment", "[bold]늦은 보고서[/bold]"
    )
    assert done.code == 0, done.text
    assert "16.5 / 20" in row(done.out, "alice")
    assert "[bold]늦은" in done.out, "a comment is text, not markup"
    done = command("gradebook", "adjust", out, *options, "--points", "+1.5", "--comment", "taken back")
    assert "18 / 20" in row(done.out, "alice")

    lines = command("gradebook", "history", out, "--student", "alice")
    assert lines.code == 0, lines.text
    assert [lines.out.index(word) for word in ("attempt 1", "−1.5", "+1.5")] == sorted(
        lines.out.index(word) for word in ("attempt 1", "−1.5", "+1.5")
    )
    assert "김 조교" in lines.out


def test_an_adjustment_of_what_is_ungraded_says_so(command: Command, out: Path) -> None:
    done = command(
        "gradebook", "adjust", out, "--student", "bob", "--exercise", "03_convolution", "--points", "2",
        "--comment", "why", "--author", "who",
    )  # fmt: skip
    assert done.code == 0, done.text
    assert "– / 20" in row(done.out, "bob")
    assert "not graded yet" in done.out


def test_a_policy_put_in_force_and_tried(command: Command, out: Path, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("deadline = 2026-03-09T00:00:00+00:00\nlate_percent_per_day = 50\n")
    tried = command("gradebook", "show", out, "--policy", file, "--student", "alice")
    assert "9 / 20" in row(tried.out, "alice"), tried.text
    assert "bob" not in tried.out
    assert "18 / 20" in row(command("gradebook", "show", out).out, "alice"), "trying changes nothing"
    assert command("gradebook", "policy", out, "--set", file).code == 2, "who decided it?"
    done = command("gradebook", "policy", out, "--set", file, "--author", "head")
    assert done.code == 0, done.text
    assert "head" in done.out
    assert "9 / 20" in row(command("gradebook", "show", out).out, "alice")
    file.write_text("[extensions]\nalcie = 2026-03-20T00:00:00+00:00\n")
    wrong = command("gradebook", "policy", out, "--set", file, "--author", "head")
    assert wrong.code == 2
    assert "alcie" in wrong.err


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_both_languages(command: Command, out: Path, lang: str) -> None:
    text = command("gradebook", "show", out, "--lang", lang).out
    assert ("마지막" in text) == (lang == "ko")


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "nowhere"),
        ("show", "--db", "nonsense"),
        ("show", "--db", "sqlite:///none.db"),
        ("history", "OUT", "--student", "carol"),
        ("show", "OUT", "--student", "carol"),
        ("show", "OUT", "--policy", "none.toml"),
        ("record", "nowhere"),
        (
            "adjust",
            "OUT",
            "--student",
            "alice",
            "--exercise",
            "99",
            "--points",
            "1",
            "--comment",
            "a",
            "--author",
            "b",
        ),
    ],
)
def test_mistakes_are_sentences(command: Command, out: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = command("gradebook", *(out if word == "OUT" else word for word in arguments), cwd=tmp_path)
    assert done.code == 2, done.text
    assert "Error: " in done.err
    assert "Traceback" not in done.text


def test_record_puts_results_on_a_server(
    command: Command, postgresql: str, tmp_path: Path, entry: Entries
) -> None:
    from tests.gradebook.conftest import fresh_database

    address = fresh_database(postgresql)
    made = entry("alice", graded("03_convolution", 18))
    made.folder.mkdir(parents=True)
    (made.folder / "result.json").write_text(made.result.model_dump_json())
    done = command("gradebook", "record", tmp_path / "out", "--db", address)
    assert done.code == 0, done.text
    assert "1" in done.out
    assert not (tmp_path / "out" / "gradebook.db").exists()
    assert "18 / 20" in row(command("gradebook", "show", "--db", address).out, "alice")
