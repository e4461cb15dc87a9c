"""Messages in Korean and English from one source: gettext catalogues, written and compiled with Babel.

Code holds the English text (the message id); ``grader/locale/ko/LC_MESSAGES/grader.po`` holds the Korean one.
``make messages`` brings the catalogue up to date, and a test fails on a missing translation.
"""

from __future__ import annotations

import gettext
import locale
import os
import re
from functools import cache
from pathlib import Path

from grader.schema import Lang, Text

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "grader"
#: Korean particles as the catalogue writes them after a field -> their forms after a consonant and after a vowel.
_FORMS = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_PARTICLE = re.compile(rf"(\w)([”\"')\]`]*)({'|'.join(map(re.escape, _FORMS))})")
#: Fields of messages that hold counts.
_COUNTS = {"n", "total", "right", "all", "train", "train_found", "test", "test_found", "found", "needed"}


@cache
def _catalogue(lang: Lang) -> gettext.NullTranslations:
    """The catalogue of ``lang``; English is the source and needs none.

    The build compiles ``.po`` to ``.mo``. In a working tree the ``.po`` may be newer, so it is read then.
    """
    if lang == "en":
        return gettext.NullTranslations()
    folder = LOCALE_DIR / lang / "LC_MESSAGES"
    po, mo = folder / f"{DOMAIN}.po", folder / f"{DOMAIN}.mo"
    if mo.exists() and (not po.exists() or mo.stat().st_mtime_ns >= po.stat().st_mtime_ns):
        with mo.open("rb") as file:
            return gettext.GNUTranslations(file)
    import io

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with po.open("rb") as file:
        write_mo(compiled, read_po(file, locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _particle(found: re.Match[str]) -> str:
    """The form that goes with the sound before it; both where that is not to be seen (a Latin word)."""
    last = found[1]
    if last.isdigit():
        final = {"0": 21, "1": 8, "3": 16, "6": 1, "7": 8, "8": 8}.get(last, 0)
    elif "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
    else:
        return found[0]
    closed, open_ = _FORMS[found[3]]
    return last + found[2] + (open_ if final == 0 or (final == 8 and open_ == "로") else closed)  # 8: ㄹ


def _fill(template: str, lang: Lang, params: dict[str, object]) -> str:
    if not params:
        return template
    filled = template.format(**{key: _shown(key, value, lang) for key, value in params.items()})
    return _PARTICLE.sub(_particle, filled) if lang == "ko" else filled


def _shown(field: str, value: object, lang: Lang) -> object:
    if isinstance(value, Text):
        return value.get(lang)
    # Counts as people write them. Any other whole number may be a line, a cell or a port, which are names.
    return f"{value:,}" if field in _COUNTS and isinstance(value, int) else value


def tr(lang: Lang, message: str, **params: object) -> str:
    """``message`` in ``lang``, its ``{fields}`` filled; a :class:`Text` among them is put in ``lang`` too."""
    return _fill(_catalogue(lang).gettext(message), lang, params)


def trn(lang: Lang, singular: str, plural: str, n: int, **params: object) -> str:
    """Like :func:`tr` for a counted thing; ``{n}`` is the count."""
    return _fill(_catalogue(lang).ngettext(singular, plural, n), lang, {"n": n, **params})


def both(message: str, **params: object) -> Text:
    """``message`` in both languages, for results that are rendered later."""
    return Text(ko=tr("ko", message, **params), en=tr("en", message, **params))


def both_n(singular: str, plural: str, n: int, **params: object) -> Text:
    """Like :func:`both` for a counted thing."""
    return Text(ko=trn("ko", singular, plural, n, **params), en=trn("en", singular, plural, n, **params))


_spoken: Lang | None = None


def speak(lang: Lang) -> None:
    """From now on the person at the terminal is spoken to in ``lang``."""
    global _spoken
    _spoken = lang


def user_lang() -> Lang:
    """The language of the person at the terminal: what was chosen, else the locale's; by default English."""
    if _spoken is not None:
        return _spoken
    for value in (*(os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")), locale.getlocale()[0]):
        if value:
            return "ko" if value.lower().startswith(("ko", "korean")) else "en"
    return "en"


def ui(message: str, **params: object) -> str:
    """``message`` in the terminal user's language."""
    return tr(user_lang(), message, **params)
