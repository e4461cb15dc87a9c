"""A word that must be one of a few; else a sentence that says which are possible and what was meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast, get_args

from grader.errors import ChoiceError
from grader.i18n import both, speak
from grader.schema import Lang, Text

#: Two words of two letters that share one are near enough: "kr" for "ko".
_NEAR = 0.5


def nearest(word: str, known: Iterable[str], cutoff: float = _NEAR) -> str | None:
    """The word of ``known`` that was probably meant; None where none is near."""
    words = {other.lower(): other for other in known}
    wanted = word.strip().lower()
    found = difflib.get_close_matches(wanted, words, n=1, cutoff=cutoff)
    found += [other for other in words if wanted and (other.startswith(wanted) or wanted.startswith(other))]
    return words[found[0]] if found else None


def did_you_mean(text: Text, near: str | None) -> Text:
    """``text`` and the question whether ``near`` was meant, where there is one."""
    if near is None:
        return text
    return both("{sentence} Did you mean {near}?", sentence=text, near=near)


def pick(word: str, known: Iterable[str], what: str) -> str:
    """``word``, if it is one of ``known``; ``what`` is the option or variable it was given as.

    Raises:
        ChoiceError: it is not; ``text`` says what is possible and what was probably meant.
    """
    words = list(known)
    if word in words:
        return word
    text = both("{what} cannot be “{word}”. Possible: {known}.", what=what, word=word, known=", ".join(words))
    raise ChoiceError(did_you_mean(text, nearest(word, words)))


def words_of(literal: Any) -> tuple[str, ...]:
    """The words of a ``Literal`` type: what is possible stands in one place, the type itself."""
    return get_args(literal)


def choose_language(words: Sequence[str], variables: Mapping[str, str]) -> None:
    """``--lang``, else GRADER_LANG, before anything else is read: help and errors are in that language, too.

    Raises:
        ChoiceError: it is none that we speak.
    """
    known = words_of(Lang)
    options = words[: words.index("--")] if "--" in words else words
    chosen = [word.partition("=")[2] for word in options if word.startswith("--lang=")]
    chosen += [word for flag, word in pairwise(options) if flag == "--lang"]
    variable = variables.get("GRADER_LANG", "").strip()
    general = re.split(r"[_.@-]", variable.lower())[0]  # ko_KR.UTF-8
    if general in known:
        speak(cast(Lang, general))
    elif variable and not chosen:
        pick(variable, known, "GRADER_LANG")
    for word in chosen:
        speak(cast(Lang, pick(word, known, "--lang")))
