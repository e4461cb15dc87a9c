"""The page is built from typed sources, and what others made is named in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.playground import BuildError, build_page, is_built
from grader.playground.strings import strings


def test_the_sources_have_no_type_errors(built: None) -> None:
    try:
        assert build_page.check_types() == ""
    except BuildError as error:
        pytest.skip(str(error))


def test_a_changed_source_is_built_again(built: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_built()
    monkeypatch.setattr(build_page, "_digest", lambda: "of other sources")
    assert not is_built()


def test_others_work_is_named_with_its_licence(built: None) -> None:
    text = (build_page.BUILT / "LICENSES.txt").read_text(encoding="utf-8")
    assert "@litertjs/core" in text
    assert "Apache License" in text


def test_every_text_of_the_page_is_there_and_used() -> None:
    """A key that the scripts ask for and nobody wrote stops the page."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (build_page.SOURCES / "src").glob("*.ts"))
    unused = [key for key in strings() if f'"{key}"' not in sources and not key.startswith("colormap_")]
    assert sorted(unused) == ["licences", "needs_script"]  # the frame around the scripts has these


def test_the_lock_names_no_registry() -> None:
    text = (build_page.SOURCES / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "http" not in text


def test_nothing_that_was_built_is_in_the_sources() -> None:
    kinds = {path.suffix for path in Path(build_page.SOURCES / "src").iterdir()}
    assert kinds == {".ts", ".css"}
