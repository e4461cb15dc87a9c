"""What the documentation site has beside docs/: the commands, and the files at the top of the repository.

The plugin for languages takes files of the disk only, so the site is built from a copy of docs/ with these in it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

ROOT = Path(__file__).parents[2]
#: Page -> file at the top of the repository.
OUTSIDE = {
    "contributing": "CONTRIBUTING.md",
    "conduct": "CODE_OF_CONDUCT.md",
    "reporting": "SECURITY.md",
    "changelog": "CHANGELOG.md",
}
HEADS = {
    "en": "# Commands\n\nMade from the program's own help. `grader COMMAND --help` shows the same.\n\n",
    "ko": "# 명령어\n\n프로그램의 도움말로 만든 페이지입니다. `grader 명령 --help`도 같은 것을 보여 줍니다.\n\n",
}
#: What the library that writes the help says by itself.
KOREAN = {
    "**Usage**": "**사용법**",
    "**Arguments**": "**인자**",
    "**Options**": "**옵션**",
    "**Commands**": "**명령**",
    "Show this message and exit.": "이 도움말을 보여 주고 끝냅니다.",
    "[default: ": "[기본값: ",
    "[required]": "[필수]",
    "[env var: ": "[환경 변수: ",
}
_PRINT = """
import os
import typer
from typer.cli import get_docs_for_click
from grader.cli.main import choose_language, make_app
choose_language([], os.environ)
command = typer.main.get_command(make_app())
print(get_docs_for_click(obj=command, ctx=typer.Context(command), name="grader", indent=1))
"""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Make the copy, once: each language asks again."""
    copy = Path(config.site_dir).parent / "docs"
    if Path(config.docs_dir) == copy:
        return config
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(config.docs_dir, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for file in copy.glob("*.md"):
        file.write_text(_with_links(file.read_text(encoding="utf-8"), "../"), encoding="utf-8")
    for page, name in OUTSIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](")
        (copy / f"{page}.md").write_text(_with_links(text, ""), encoding="utf-8")
    for lang, suffix in (("en", ""), ("ko", ".ko")):
        (copy / f"commands{suffix}.md").write_text(_commands(lang), encoding="utf-8")
    config.docs_dir = str(copy)
    return config


def on_page_content(html: str, **_: Any) -> str:
    """Roles of Sphinx in docstrings are names (``:class:`~a.b.C``` is C); what scrolls takes the focus;
    a table's corner without a heading is none."""
    html = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)
    html = html.replace("<table>", '<table tabindex="0">')
    html = re.sub(r"(<pre>(?:<span></span>)?<code)(?=[ >])", r'\1 tabindex="0"', html)
    return re.sub(r":(?:class|func|meth|data|mod):<code>(?:~[\w.]*\.|~)?([\w.]+)</code>", r"<code>\1</code>", html)


def _commands(lang: str) -> str:
    """The page of all commands, in Markdown. A language is chosen once in a process, so it gets one of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        env=os.environ | {"GRADER_LANG": lang, "PYTHONUTF8": "1", "COLUMNS": "100"},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    text = re.sub(r"<(path|str|int|float|list\[str\])(?: range)?>", r"\1", done.stdout)
    for english, korean in KOREAN.items() if lang == "ko" else ():
        text = text.replace(english, korean)
    return HEADS[lang] + text


def _with_links(text: str, before: str) -> str:
    """Links to files at the top of the repository are links to their pages."""
    for page, file in OUTSIDE.items():
        text = text.replace(f"]({before}{file})", f"]({page}.md)")
    return text
