"""What the run says of a value, in both languages.

The run describes values in English (:mod:`grader.confined.student.describe`): it
knows neither catalogues nor the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.award.failures import bilingual, clip
from grader.i18n import both, both_n
from grader.schema import Text

_Words = Callable[[re.Match[str]], Text]


def in_words(text: str) -> Text:
    """``text`` in both languages; what is no description of ours is a probe's ``Korean | English``, or stays."""
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return words(found)
    return bilingual(clip(text))


def _counted(found: re.Match[str]) -> Text:
    kind, n = found["kind"], int(found["n"])
    if found["unit"].startswith("key"):
        return both_n("a {kind} of {n} key", "a {kind} of {n} keys", n, kind=kind)
    if found["unit"].startswith("character"):
        return both_n("a text of {n} character", "a text of {n} characters", n)
    if found["unit"].startswith("byte"):
        return both_n("a bytes object of {n} byte", "a bytes object of {n} bytes", n)
    return both_n("a {kind} of {n} item", "a {kind} of {n} items", n, kind=kind)


_COUNTED = r"an? (?P<kind>[a-z]+)(?: object)? of (?P<n>\d{1,12}) (?P<unit>bytes?|characters?|items?|keys?)"

_PATTERNS: tuple[tuple[re.Pattern[str], _Words], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (
            rf"(?P<what>{_COUNTED}) that do not make an array of numbers",
            lambda m: both("{what} that do not make an array of numbers", what=_counted(m)),
        ),
        (_COUNTED, _counted),
        (r"an empty ([a-z]+)", lambda m: both("an empty {kind}", kind=m[1])),
        (r"the number with (\d+) bits", lambda m: both("a number with {n} bits", n=m[1])),
        (r"the number (.+)", lambda m: both("the number {value}", value=clip(m[1]))),
        (r"the text (.+)", lambda m: both("the text {value}", value=clip(m[1]))),
        (r"the function (.+)", lambda m: both("the function {name}", name=clip(m[1]))),
        (r"the class (.+)", lambda m: both("the class {name}", name=clip(m[1]))),
        (r"a generator", lambda _: both("a generator")),
        (r"a module", lambda _: both("a module")),
        (
            r"an array of shape (\(.*\)), (.+)",
            lambda m: both("an array of shape {shape}, {dtype}", shape=clip(m[1]), dtype=clip(m[2])),
        ),
        (
            r"a tensor of shape (\(.*\)), (.+)",
            lambda m: both("a tensor of shape {shape}, {dtype}", shape=clip(m[1]), dtype=clip(m[2])),
        ),
        (
            r"a symbolic Keras tensor of shape (\(.*\)), (.+)",
            lambda m: both(
                "a symbolic Keras tensor of shape {shape}, {dtype}", shape=clip(m[1]), dtype=clip(m[2])
            ),
        ),
        (r"a Keras model \((.+)\)", lambda m: both("a Keras model ({kind})", kind=clip(m[1]))),
        (r"a Keras layer \((.+)\)", lambda m: both("a Keras layer ({kind})", kind=clip(m[1]))),
        (r"an object of type (.+)", lambda m: both("an object of type {kind}", kind=clip(m[1]))),
        (r"a Keras model", lambda _: both("a Keras model")),
        (r"an array of numbers", lambda _: both("an array of numbers")),
        (r"an array of at most (\d+) MiB", lambda m: both("an array of at most {n} MiB", n=m[1])),
        (r"a file of at most (\d+) MiB", lambda m: both("a file of at most {n} MiB", n=m[1])),
        (r"(\d+) bytes", lambda m: both("{n} bytes", n=f"{int(m[1]):,}")),
        (r"a small value", lambda _: both("a small value")),
        (r"a value with too many parts", lambda _: both("a value with too many parts")),
        (r"numbers, text, lists or dicts", lambda _: both("numbers, text, lists or dicts")),
        (r"text or numbers as keys", lambda _: both("text or numbers as keys")),
        (r"a file that ends in \.keras", lambda _: both("a file that ends in .keras")),
        (r"no file", lambda _: both("no file")),
        (r"a folder", lambda _: both("a folder")),
        (r"something else", lambda _: both("something else")),
    )
)
