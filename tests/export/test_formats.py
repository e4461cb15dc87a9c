"""The table of formats is what the command offers and what the documentation says."""

from __future__ import annotations

from grader.export.formats import FORMATS, documented
from tests.conftest import ROOT, Command


def test_each_format_is_of_one_kind() -> None:
    for row in FORMATS.values():
        assert (row.each is None) != (row.whole is None), row.name


def test_the_documentation_has_this_table() -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert documented() in text, "run `make tables`"


def test_the_command_offers_them_all(command: Command) -> None:
    said = command("export", "--help").out
    assert "|".join(FORMATS) in "".join(said.split())
