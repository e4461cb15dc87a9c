"""Whether a report does nothing but show: no character, markup or command of a student's acts anywhere."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from rich.console import Console

from grader.cli.render import print_result
from grader.schema import Result

#: Terminal codes and other controls, marks that change the direction of text or hide it, halves of characters.
ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
#: What GitHub's runner takes for a command: two colons at a line's start, or the old form anywhere.
COMMAND = re.compile(r"^\s*::[A-Za-z]|##\[[A-Za-z]", re.MULTILINE)
TAG = re.compile(r"<\s*/?\s*(script|img|svg|iframe|b |style|object|embed|link|meta|base|form)", re.IGNORECASE)
#: Links between a report and what we wrote beside it, and a mail that a student may send: to nobody in particular,
#: with a subject and a text in which nothing is left that could be a header or another field.
OURS = re.compile(
    r"(feedback/\w+\.(ipynb|html)|\.\./report\.html)(#[\w.-]*)?"
    r"|mailto:\?subject=[A-Za-z0-9_.~%-]*&body=[A-Za-z0-9_.~%-]*"
)


class _Page(HTMLParser):
    """Scripts, handlers and addresses of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts = 0
        self.acting: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag in ("iframe", "object", "embed", "base", "form"):
            self.acting.append(tag)
        for name, value in attrs:
            address = value or ""
            ours = address.startswith(("data:", "#")) or bool(OURS.fullmatch(address))
            outside = name in ("src", "href", "action", "data", "srcset") and not ours
            if name.startswith("on") or outside:
                self.acting.append(f"{tag} {name}={value}")


def faults(out: Path, result: Result) -> list[str]:
    """Everything that acts in the reports below ``out`` or on the terminal; empty for an inert report."""
    found = []
    pages = [out / "report.html", out / "student.html", *sorted((out / "feedback").glob("*.html"))]
    texts = {path.name: path.read_text(encoding="utf-8") for path in pages}
    for name, page in texts.items():
        parsed = _Page()
        parsed.feed(page)
        if parsed.scripts != 1:  # our own, which the policy knows by its hash
            found.append(f"{name}: {parsed.scripts} scripts")
        if "default-src 'none'" not in page:
            found.append(f"{name}: no Content-Security-Policy")
        found += [f"{name}: {what}" for what in parsed.acting]
    markdown = (out / "report.md").read_text(encoding="utf-8")
    found += [f"report.md: {match[0]!r}" for match in TAG.finditer(markdown)]
    found += [f"report.md: link {match[0]!r}" for match in re.finditer(r"(?<!\\)\]\(", markdown)]
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    strings = "\n".join(_strings(report))
    terminal = _terminal(result)
    for name, text in (
        *texts.items(),
        ("report.md", markdown),
        ("report.json", strings),
        ("terminal", terminal),
    ):
        found += [f"{name}: {match[0]!r}" for match in ACTIVE.finditer(text)]
    for name, text in (("report.md", markdown), ("terminal", terminal)):
        found += [f"{name}: command {match[0]!r}" for match in COMMAND.finditer(text)]
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _terminal(result: Result) -> str:
    """What ``grader grade`` prints, at two widths: wrapping makes new line starts."""
    shown = []
    for width in (40, 120):
        console = Console(file=io.StringIO(), width=width, no_color=True, force_terminal=False)
        print_result(console, result, "en", None)
        shown.append(console.file.getvalue())  # type: ignore[attr-defined]
    return "\n".join(shown)
