"""What all pages share: one shell that loads nothing, both languages in it, and text that can't act."""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.environment import TemplateModule
from markupsafe import Markup, escape

from grader import __version__
from grader.i18n import both, both_n, tr
from grader.places import cell_name, where
from grader.report import words
from grader.schema import Lang, Text
from grader.text import format_change, format_number, format_percent, format_points, plain

_BACKQUOTED = re.compile(r"`([^`\n]{1,200})`")


def spans(text: Text, limit: int | None = None) -> Markup:
    """Both languages, of which the style sheet shows one; a single text where they are the same."""
    ko, en = (_code(plain(words, limit=limit)) for words in (text.ko, text.en))
    if ko == en:
        return ko
    return Markup('<span class="t" lang="ko">{}</span><span class="t" lang="en">{}</span>').format(ko, en)


def _code(text: str) -> Markup:
    """``text`` escaped, and what stands between backquotes set as code."""
    return Markup(_BACKQUOTED.sub(r"<code>\1</code>", escape(text)))


@cache
def asset(name: str) -> str:
    """A style sheet or script of ours."""
    return (files("grader.report") / "templates" / name).read_text(encoding="utf-8").strip() + "\n"


def render(
    template: str,
    lang: Lang,
    *,
    title: Text,
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    limit: int | None = None,
    **context: object,
) -> str:
    """A page that opens in ``lang``; its Content-Security-Policy allows its own style and script and nothing else.

    Args:
        styles, scripts: assets besides the shell's own.
        limit: characters of one text that ``say`` lets through.
        context: what the template names.
    """
    return "".join(pieces(template, lang, title=title, styles=styles, scripts=scripts, limit=limit, **context))


def pieces(
    template: str,
    lang: Lang,
    *,
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    limit: int | None = None,
    **context: object,
) -> Iterator[str]:
    """The page of :func:`render` as it is made, for who may not want all of it."""
    script = "".join(map(asset, ("page.js", *scripts)))
    return (
        _environment()
        .get_template(template)
        .generate(
            lang=lang,
            say=lambda text: spans(text, limit),
            attr=_attribute(lang),
            # Ours, and inside elements whose content HTML does not unescape.
            style=Markup("".join(map(asset, ("style.css", *styles)))),
            script=Markup(script),
            script_hash=_digest(script),
            **context,
        )
    )


def part(template: str, macro: str, *arguments: object) -> str:
    """What one macro of ``template`` makes, as :func:`render` would have put it on a page."""
    return str(getattr(_macros(template), macro)(*arguments))


@cache
def _macros(template: str) -> TemplateModule:
    return _environment().get_template(template).make_module({"say": spans})


def fragment(loader: BaseLoader, template: str, lang: Lang, **context: object) -> str:
    """A part of somebody else's page, in one language: ``template`` of ``loader``, which may import ours."""
    environment = _environment().overlay(
        loader=ChoiceLoader([loader, PackageLoader("grader.report", "templates")])
    )
    return environment.get_template(template).render(
        lang=lang,
        say=lambda text: plain(text.get(lang)),
        attr=lambda text: Markup('"{}"').format(plain(text.get(lang), one_line=True)),
        t=lambda message, **fields: tr(lang, message, **fields),
        **context,
    )


def _digest(script: str) -> str:
    """The hash by which the Content-Security-Policy knows our one script."""
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _finalize(value: object) -> object:
    """Last thing before autoescape: no text gets on the page with characters that act."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _attribute(lang: Lang) -> Callable[[Text], Markup]:
    """``{{ attr(text) }}``: an attribute's value now, and both for the switch."""

    def attribute(text: Text) -> Markup:
        return Markup('"{}" data-ko="{}" data-en="{}"').format(
            plain(text.get(lang), one_line=True), plain(text.ko, one_line=True), plain(text.en, one_line=True)
        )

    return attribute


@cache
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("grader.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # gettext in templates gives both languages at once: the switch on the page must not need a second run.
    # Not "newstyle": fields are {named} and filled by grader.i18n, as everywhere else.
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message, **params: spans(both(message, **params)),
        lambda singular, plural, n, **params: spans(both_n(singular, plural, n, **params)),
        newstyle=False,
    )
    env.globals.update(
        version=__version__,
        both=both,
        number=format_number,
        points=format_points,
        change=format_change,
        percent=format_percent,
        exercise_badge=words.exercise_badge,
        check_badge=words.check_badge,
        where=where,
        cell_name=cell_name,
        causes=words.causes,
        data_name=words.data_name,
    )
    env.filters["moment"] = lambda time: time.isoformat(" ", "minutes")
    env.filters["percent"] = format_percent
    env.filters["drawn"] = lambda figure: Markup(figure.svg)
    env.filters["dedent"] = lambda text: textwrap.dedent(plain(text, limit=4000))
    env.filters["cell"] = lambda text: plain(str(text), limit=80, one_line=True)
    env.filters["line"] = lambda text: plain(str(text), limit=300, one_line=True)
    return env
