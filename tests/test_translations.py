"""Every message has a Korean text, and the catalogue is up to date with the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from grader import errors
from tests.conftest import ROOT

PO = ROOT / "grader" / "locale" / "ko" / "LC_MESSAGES" / "grader.po"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All messages of the code, extracted as ``make messages`` does."""
    pot = tmp_path_factory.mktemp("messages") / "grader.pot"
    keywords = re.search(r"pybabel -q extract (.*?) -o", (ROOT / "Makefile").read_text())
    assert keywords is not None
    arguments = [part for part in keywords.group(1).split() if part not in ("--no-location", "--sort-output")]
    babel = str(Path(sys.executable).with_name("pybabel"))
    subprocess.run([babel, "-q", "extract", *arguments, "-o", str(pot), "."], cwd=ROOT, check=True, timeout=120)
    with pot.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def korean() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="ko")


def test_every_error_class_is_extracted() -> None:
    keywords = re.findall(r"-k (\w+)", (ROOT / "Makefile").read_text())
    own = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert own - {"CourseFault", "NothingToGrade", "OverLimit"} <= set(keywords)


def test_every_message_is_translated(template: Catalog, korean: Catalog) -> None:
    missing = []
    for message in template:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        found = korean.get(key)
        strings = (found.string if isinstance(found.string, tuple) else (found.string,)) if found else ()
        if not strings or not all(strings) or found is None or found.fuzzy:
            missing.append(key)
    assert not missing, f"{len(missing)} messages without Korean; run `make messages`: {missing[:5]}"


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)[^}]*\}", text))


def test_translations_keep_their_fields(korean: Catalog) -> None:
    for message in korean:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            assert fields(str(string)) == fields(str(sources[-1])), message.id


def test_no_translation_is_left_over(template: Catalog, korean: Catalog) -> None:
    known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in template}
    stale = [m.id for m in korean if m.id and (m.id[0] if isinstance(m.id, tuple) else m.id) not in known]
    assert not stale
