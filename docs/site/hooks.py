"""Pages of the documentation site that are made when it is built: the commands, and what lies outside of docs/."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

ROOT = Path(__file__).parents[2]
COPY = ROOT / "build" / "docs"
#: Files at the top of the repository that are pages, too.
OUTSIDE = {"contributing": "CONTRIBUTING.md", "changelog": "CHANGELOG.md", "conduct": "CODE_OF_CONDUCT.md"}
HEADS = {
    "en": "# Commands\n\nMade from the program's own help. `grader COMMAND --help` shows the same.\n\n",
    "ko": "# 명령어\n\n프로그램의 도움말로 만든 페이지입니다. `grader 명령 --help`도 같은 것을 보여 줍니다.\n\n",
}
_PRINT = """
import typer
from typer.cli import get_docs_for_click
from grader.cli.main import choose_language, make_app
import os
choose_language([], os.environ)
command = typer.main.get_command(make_app())
print(get_docs_for_click(obj=command, ctx=typer.Context(command), name="grader", indent=1))
"""


def commands(lang: str) -> str:
    """The page of all commands, in Markdown. A language is chosen once in a process, so it gets one of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        env=os.environ | {"GRADER_LANG": lang, "PYTHONUTF8": "1", "COLUMNS": "100"},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return HEADS[lang] + re.sub(r"<(path|str|int|float)( range)?>", r"\1", done.stdout)


def outside(name: str) -> str:
    """A file of the repository's top as a page: its links into docs/ are links to its neighbours."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](")
    for page, file in OUTSIDE.items():
        text = text.replace(f"]({file})", f"]({page}.md)")
    return text


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Build from a copy of docs/ with the made pages in it: the plugin for languages takes files of the disk only."""
    if Path(config.docs_dir) != COPY:
        shutil.rmtree(COPY, ignore_errors=True)
        shutil.copytree(config.docs_dir, COPY, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for lang, suffix in (("en", ""), ("ko", ".ko")):
            (COPY / f"commands{suffix}.md").write_text(commands(lang), encoding="utf-8")
        for page, name in OUTSIDE.items():
            (COPY / f"{page}.md").write_text(outside(name), encoding="utf-8")
        config.docs_dir = str(COPY)
    return config
