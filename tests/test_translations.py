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
from grader.i18n import tr
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


def glossary() -> list[list[str]]:
    """Rows of docs/glossary.md: English, Korean, meaning, not in English, not in Korean."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return rows[2:]


def prose(*patterns: str) -> dict[str, str]:
    """Files of the repository without their code."""
    found = {}
    for path in (
        path for pattern in patterns for path in ROOT.glob(pattern) if path.stem.split(".")[0] != "glossary"
    ):
        text = re.sub(r"(?ms)^```.*?^```", "", path.read_text(encoding="utf-8"))
        found[path.relative_to(ROOT).as_posix()] = re.sub(r"`[^`\n]*`", "", text)
    return found


def test_one_word_for_each_thing(korean: Catalog) -> None:
    """The glossary holds messages, tasks and documents: what it says not to use is used nowhere."""
    rows = glossary()
    assert len(rows) > 30
    page = (ROOT / "docs" / "glossary.ko.md").read_text(encoding="utf-8")
    course = (
        "exercises/*/*.py",
        "exercises/*/exercise.toml",
        "solutions/*/wrong/*.toml",
        "grader/authoring/template/*/*",
    )
    texts = {
        "en": prose("README.en.md", "CONTRIBUTING.md", "exercises/*/README.en.md", "docs/*[!o].md", *course),
        "ko": prose("README.md", "exercises/*/README.md", "docs/*.ko.md", *course),
    }
    for message in korean:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        texts["en"][f"the message {ids[0]}"] = "\n".join(map(str, ids))
        texts["ko"][f"the Korean of {ids[0]}"] = "\n".join(map(str, strings))
    assert len(texts["ko"]) > 1000
    wrong = []
    for english, word, _, bad_english, bad_korean in rows:
        assert f"| {word} | {english} |" in page, "both pages have the same words"
        for lang, bad, pattern in (("en", bad_english, r"(?i)\b{}s?\b"), ("ko", bad_korean, "{}")):
            for banned in filter(None, map(str.strip, bad.split(","))):
                search = re.compile(pattern.format(re.escape(banned)))
                good = english if lang == "en" else word
                wrong += [
                    f"{place}: {banned} (say {good})" for place, text in texts[lang].items() if search.search(text)
                ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("김하나", "김하나가"),
        ("박준", "박준이"),
        ("“말”", "“말”이"),
        ("3", "3이"),
        ("2", "2가"),
        ("x.csv", "x.csv이(가)"),
    ],
)
def test_korean_particles_go_with_the_word_before_them(name: str, shown: str) -> None:
    assert tr("ko", "{name} is too large.", name=name).startswith(shown + " ")
    assert tr("en", "{name} is too large.", name=name).startswith(name)


def test_counts_have_thousands_separated_and_places_have_not() -> None:
    text = tr("en", "{right} of {all} test images are right (the diagonal).", right=712, all=1000)
    assert text.startswith("712 of 1,000 test images")
    assert tr("en", "{file}, line {line}", file="x.py", line=1234) == "x.py, line 1234"
