"""Pictures that need not be drawn again: those of the page that a new one replaces, and those of other pages.

Scoring a class again changes marks and words, hardly ever a picture, and drawing is nearly all of a page's time.
In a class that is graded for the first time, most have built the same network.
``pictures.json`` beside the page says from what each of its pictures was drawn; the pictures themselves are in the
page alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from grader import __version__

INDEX = "pictures.json"
#: In an attribute: what a student wrote can't look like this, since its quotes are escaped.
_ADDRESS = re.compile(r'\s(?:src|srcset)="(data:image/[^"]+)"')
#: Pictures that this process drew last, kept for other pages: some 20 kB each.
KEPT = 100
_drawn: OrderedDict[str, str] = OrderedDict()


@dataclass
class _Memory:
    known: dict[str, str]
    """Key -> ``data:`` address, of the page that is there."""
    used: dict[str, str] = field(default_factory=dict)


_memory: ContextVar[_Memory | None] = ContextVar("memory", default=None)


def recall(made_of: object, draw: Callable[[], str]) -> str:
    """What ``draw`` returns, a ``data:`` address; not drawn where the page, or one before it, has it already.

    Args:
        made_of: all that decides about the picture; its ``repr`` must tell.
    """
    memory = _memory.get()
    if memory is None:
        return draw()
    key = hashlib.sha256(f"{_drawn_by()}\n{made_of!r}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    address = memory.used.get(key) or memory.known.get(key) or _drawn.get(key) or draw()
    memory.used[key] = _drawn[key] = address
    _drawn.move_to_end(key)
    if len(_drawn) > KEPT:
        _drawn.popitem(last=False)
    return address


@contextmanager
def remembered(page: Path) -> Iterator[dict[str, str]]:
    """Inside, :func:`recall` knows the pictures of ``page``; yields those of the new one as they are used."""
    memory = _Memory(_pictures_of(page))
    token = _memory.set(memory)
    try:
        yield memory.used
    finally:
        _memory.reset(token)


def index_of(used: dict[str, str]) -> str:
    """The content of ``pictures.json`` for a page with these pictures."""
    return json.dumps({key: _digest(address) for key, address in sorted(used.items())}, indent=1) + "\n"


def _pictures_of(page: Path) -> dict[str, str]:
    try:
        index = json.loads(page.with_name(INDEX).read_bytes())
        text = page.read_text(encoding="utf-8")
        there = {_digest(address): address for address in _ADDRESS.findall(text)}
        return {key: there[digest] for key, digest in index.items() if digest in there}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]


@cache
def _drawn_by() -> str:
    """Versions of what draws, without importing it."""
    from importlib import metadata

    return f"{__version__} {metadata.version('matplotlib')} {metadata.version('pillow')}"
