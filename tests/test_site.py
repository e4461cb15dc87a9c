"""The documentation site: it builds strictly, asks no other host, works for everybody; its tutorial runs."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Command
from tests.report.browser import DARK, WINDOW, axe_core, measure

DOCS = ROOT / "docs"
#: In English only: programs write them.
ENGLISH_ONLY = {"chapter", "performance", "minima"}
#: Pages whose title is a name.
NAMES = {"index", "github"}
NEEDED = ("mkdocs", "material", "mkdocs_static_i18n", "mkdocstrings")
#: One page of each kind, in the two languages, on a phone and on a desk, light and dark.
LOOKED_AT = (
    ("students.html", 390, DARK),
    ("checks.html", 390, WINDOW),
    ("checks.html", 1300, DARK),
    ("architecture.html", 1300, WINDOW),
    ("ko/index.html", 390, WINDOW),
    ("ko/commands.html", 1300, DARK),
)
LOOK = """
await new Promise((done) => setTimeout(done, 1000));  // the theme's own script adds to the page
const found = await axe.run(document, {resultTypes: ["violations"]});
return {
  wide: document.documentElement.scrollWidth,
  asked: performance.getEntriesByType("resource").map((one) => one.name).filter((url) => !url.startsWith("file:")),
  violations: found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 120))]),
};
"""


def test_the_site_builds_and_is_for_everybody(tmp_path: Path) -> None:
    """One build for all of it: every link and anchor leads somewhere, else it stops."""
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        pytest.skip(f"the extra `docs` is not installed ({missing[0]}): pip install -e '.[docs]'")
    site = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(site)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    pages = [page for page in sorted(site.rglob("*.html")) if page.name != "404.html"]
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert "<th></th>" not in html, page
        assert f'<html lang="{"ko" if page.parent.name == "ko" else "en"}"' in html, page
        loaded = re.findall(r'<(?:script|img|iframe|source)\b[^>]*\ssrc="?(https?:|//)[^">]*', html)
        loaded += re.findall(
            r'<link\b[^>]*rel="?(?:stylesheet|preconnect|icon)[^>]*href="?(?:https?:|//)[^>]*', html
        )
        assert not loaded, (page, loaded)
    commands = (site / "ko" / "commands.html").read_text(encoding="utf-8")
    assert "grader gradebook adjust" in commands
    assert "저장할 때마다" in commands, "the command reference is in Korean"
    assert "at_least" in (site / "checks.html").read_text(encoding="utf-8"), "made from docstrings"
    axe = axe_core()
    for name, width, scheme in LOOKED_AT:
        page = site / name
        html = page.read_text(encoding="utf-8").replace("</head>", f"<script>{axe}</script></head>", 1)
        found = measure(html, LOOK, page.parent, "--allow-file-access-from-files", scheme, width=width)
        assert found["wide"] <= width, name
        assert found["asked"] == [], name
        assert found["violations"] == [], name


def shape(page: Path) -> tuple[list[int], list[str]]:
    """Levels of a page's headings, and its blocks of code without what is meant for readers."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    code = []
    for block in blocks:
        kind, _, content = block.partition("\n")
        if kind == "text" or re.search(
            "──|^(exercises|OUT)/", content
        ):  # output, drawings: in the reader's language
            continue
        content = content.replace("--lang ko", "--lang en")
        content = re.sub(r"(?m)[ \t]*#.*$|^(grader \S.*?|    \S.*?) {2,}\S.*$", r"\1", content)
        code.append(kind + "\n" + content)
    return [len(mark) for mark in re.findall(r"^(#+) ", prose, re.MULTILINE)], code


@pytest.mark.parametrize("page", sorted(p.stem for p in DOCS.glob("*.md") if "." not in p.stem))
def test_both_languages_say_the_same(page: str) -> None:
    """Same headings, same code: a page that changes in one language changes in the other."""
    korean = DOCS / f"{page}.ko.md"
    assert korean.exists() != (page in ENGLISH_ONLY)
    if korean.exists():
        assert re.search("[가-힣]", korean.read_text(encoding="utf-8").splitlines()[0]) or page in NAMES
        if page != "architecture":  # its drawings and lists of signatures are in English
            assert shape(korean) == shape(DOCS / f"{page}.md")


def test_ten_questions_have_their_pages() -> None:
    for name in ("questions.md", "questions.ko.md"):
        rows = re.findall(r"^\| (\d+) \|(.*)\|$", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert [int(number) for number, _ in rows] == list(range(1, 11))
        assert all(re.search(r"\]\([\w-]+\.md", row) for _, row in rows)


def replace_function(file: Path, code: str) -> None:
    """What a reader does: put a function in place of the one with its name."""
    (new,) = ast.parse(code).body
    assert isinstance(new, ast.FunctionDef)
    text = file.read_text(encoding="utf-8")
    old = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == new.name)
    lines = text.splitlines(keepends=True)
    lines[old.lineno - 1 : old.end_lineno] = [code]
    file.write_text("".join(lines), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "sections"), [("tutorial.md", 7), ("tutorial.ko.md", 3)])
def test_the_tutorial_does_what_it_says(name: str, sections: int, command: Command, tmp_path: Path) -> None:
    """Commands in order, each block of words in the output before it; the Korean page up to the first check."""
    if sys.platform == "win32":
        pytest.skip("the tutorial is for a shell with cp")
    parts = re.split("(?m)^(?=## )", (DOCS / name).read_text(encoding="utf-8"))
    assert len(parts) == 8
    text = "".join(parts[: sections + 1])
    here, said, ran = tmp_path, "", 0
    environment = {"GRADER_LANG": "", "LANG": "C.UTF-8", "COLUMNS": "100", "HOME": str(tmp_path)}
    for kind, block in re.findall(r"^```([^\n]+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if kind == "sh":
            said, ran = "", ran + 1
            for line in block.splitlines():
                first, *words = shlex.split(line)
                if first == "cd":
                    here = (here / words[0]).resolve()
                elif first == "grader":
                    done = command(*words, cwd=here, env=environment)
                    assert done.code in (0, 1), done.text
                    said += f" {' '.join(done.text.split())}"
                else:
                    subprocess.run([first, *words], cwd=here, check=True)
            assert "Traceback" not in said
        elif kind == "text":
            at = 0
            for line in block.splitlines():
                at = said.find(" ".join(line.split()), at)
                assert at >= 0, f"{line!r} is not in, or not in this order: {said}"
        elif match := re.fullmatch(r'python title="(.+)"', kind):
            replace_function(here / match[1], block)
    assert ran >= sections - 2
