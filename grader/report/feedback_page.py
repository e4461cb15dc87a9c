"""A notebook as one page that loads nothing and runs nothing, whatever its author put into it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.schema import Lang
from grader.text import plain

if TYPE_CHECKING:
    from nbconvert.exporters import HTMLExporter

_PAGE = Markup("""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
""")
#: What Markdown makes, and no element that loads, runs or embeds anything.
_TAGS = (
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "a",
        "span",
    ),
    *(
        "em",
        "strong",
        "del",
        "sub",
        "sup",
        "b",
        "i",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
    ),
    "div",
)
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1b1f27; --quiet: #565e6c; --line: #d9dde4; --code: #f6f7f9;
  --mark: #1a56b0; --soft: #eef4fc; }
@media (prefers-color-scheme: dark) { :root { --page: #14171c; --ink: #e7eaf0; --quiet: #a4adbb; --line: #363d49;
  --code: #1c2027; --mark: #8ab8ff; --soft: #1b2635; } }
body { margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere; word-break: keep-all;
  font: 1rem/1.65 -apple-system, BlinkMacSystemFont, "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic",
  "Noto Sans KR", "Noto Sans CJK KR", system-ui, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
pre, code { font-size: 0.875rem; font-family: ui-monospace, "SF Mono", "D2Coding", "DejaVu Sans Mono", Consolas,
  "Noto Sans Mono CJK KR", monospace; }
pre { margin: 0; white-space: pre-wrap; }
.prompt, .anchor-link { display: none; }
.jp-Cell, .cell { margin: 0.9rem 0; }
.highlight { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 0.7rem 0.9rem; }
.celltag_vision-grader-feedback { border-left: 4px solid var(--mark); background: var(--soft);
  border-radius: 0 8px 8px 0; padding: 0.3rem 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.0625rem; }
h4 { font-size: 1rem; margin-bottom: 0.3rem; }
h1, h2, h3, h4 { line-height: 1.35; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: 0.3rem 0.6rem; }
img { max-width: 100%; }
summary { cursor: pointer; font-weight: 600; }
@media (max-width: 38rem) { main { padding: 1rem 0.8rem 2rem; } }
@media print { details::details-content { content-visibility: visible; display: block; block-size: auto; } }
"""


def to_page(notebook: dict[str, Any], title: str, lang: Lang) -> str:
    """``notebook`` (nbformat 4) as HTML: its Markdown sanitised, its outputs left out, no script at all.

    The page's Content-Security-Policy allows its own style and embedded pictures and nothing else.
    """
    import nbformat

    body, _ = _exporter().from_notebook_node(nbformat.from_dict(notebook))
    return str(
        _PAGE.format(
            lang=lang,
            title=plain(title, one_line=True),
            style=Markup(_STYLE + _colours()),
            # Each cell was cleaned by itself, so that none can end another; this is for what no template cleans.
            body=Markup(plain(_clean(body))),
        )
    )


@cache
def _exporter() -> HTMLExporter:
    from nbconvert.exporters import HTMLExporter

    return HTMLExporter(
        filters={"clean_html": _clean},
        sanitize_html=True,  # else the filter is not used
        template_name="basic",
        exclude_output=True,
        exclude_input_prompt=True,
        exclude_raw=True,
        exclude_anchor_links=True,
        embed_images=False,
    )


def _clean(element: object) -> str:
    """The filter that nbconvert's template puts every cell through, after Markdown became HTML."""
    import bleach  # type: ignore[import-untyped]

    # nbconvert's own list knows no heading, and would let pictures of strangers' servers in.
    return str(
        bleach.clean(
            str(element), tags=set(_TAGS), attributes={"a": ["href", "title"], "*": ["class"]}, strip=False
        )
    )


@cache
def _colours() -> str:
    """Code in colours that are legible (WCAG AA) on a light and on a dark page."""
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("xcode", "github-dark"))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
