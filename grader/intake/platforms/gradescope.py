"""Gradescope's "Export Submissions" of a programming assignment.

``submission_<number>/`` for each submission, and ``submission_metadata.yml``: a mapping from the folder's name
to ``:submitters:`` (``:name:``, ``:sid:``, ``:email:`` of each) and ``:created_at:``, beside results that are
not read. A group's submission is everybody's who is named there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import yaml

from grader.errors import IntakeError
from grader.intake.platforms.base import Listing, Work, nobodys
from grader.schema import Problem
from grader.text import clean_line

METADATA = "submission_metadata.yml"
#: Results, with everything that was printed, are in it too.
MAX_METADATA = 256 * 1024 * 1024
MAX_SUBMITTERS = 100


class Gradescope:
    name = "gradescope"

    def recognise(self, listing: Listing) -> bool:
        return (listing.folder / METADATA).is_file()

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        """See :class:`~grader.intake.platforms.base.Platform`.

        Raises:
            IntakeError: the metadata can't be read.
        """
        known = _metadata(listing)
        works = []
        strays = []
        for entry in listing.entries:
            people, time = known.get(entry.name, ([], None))
            if not people and entry.name != METADATA:
                strays.append(entry)
            for person in people:
                name, sid, email = (person.get(key, "") for key in (":name", ":sid", ":email"))
                ids = tuple(value for value in (sid, email) if value)
                key = ids[0] if ids else f"{name} {entry.name}".strip()
                files = [(entry, "" if entry.is_dir() else entry.name)]
                names = (name,) if name else ()
                works.append(Work(key=key, ids=ids, names=names, shown=name, files=files, submitted_at=time))
        nobodys(strays, problems)
        return works


def _metadata(listing: Listing) -> dict[str, tuple[list[dict[str, str]], datetime | None]]:
    """Folder -> submitters and time. Events are read, not values: results never become objects."""
    path = listing.folder / METADATA
    try:
        if path.stat().st_size > MAX_METADATA:
            raise IntakeError("{name} is too large.", name=METADATA)
        with path.open("rb") as file:
            return _submissions(_Events(file))
    except OSError as error:
        reason = error.strerror or "?"
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        reason = clean_line(str(error).replace("\n", " "))
    raise IntakeError("{name} can't be read ({reason}).", name=METADATA, reason=reason)


class _Events:
    """The events of a YAML file, one after the other."""

    def __init__(self, file: Any) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events = yaml.parse(file, Loader=loader)
        self._anchors: dict[str, Any] = {}

    def next(self) -> Any:
        return next(self._events, None)

    def skip(self, event: Any) -> None:
        """Step over the rest of what ``event`` begins."""
        depth = 0
        while event is not None:
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth <= 0:
                return
            event = self.next()

    def mapping(self) -> Any:
        """The keys of a mapping that has begun, each with the event that begins its value."""
        while isinstance(key := self.next(), yaml.NodeEvent):
            if not isinstance(key, yaml.ScalarEvent):
                self.skip(key)
                self.skip(self.next())
                continue
            yield key.value, self.next()


def _submissions(events: _Events) -> dict[str, tuple[list[dict[str, str]], datetime | None]]:
    found: dict[str, tuple[list[dict[str, str]], datetime | None]] = {}
    anchors: dict[str, list[dict[str, str]]] = {}
    while (event := events.next()) is not None and not isinstance(event, yaml.MappingStartEvent):
        pass
    if event is None:
        return found
    for folder, value in events.mapping():
        people: list[dict[str, str]] = []
        time = None
        if not isinstance(value, yaml.MappingStartEvent):
            events.skip(value)
            continue
        for key, inner in events.mapping():
            if key == ":submitters" and isinstance(inner, yaml.AliasEvent):
                people = anchors.get(inner.anchor or "", [])
            elif key == ":submitters" and isinstance(inner, yaml.SequenceStartEvent):
                people = _people(events)
                if inner.anchor:
                    anchors[inner.anchor] = people
            elif key == ":created_at" and isinstance(inner, yaml.ScalarEvent):
                time = _time(inner.value)
            else:
                events.skip(inner)
        found[folder] = (people[:MAX_SUBMITTERS], time)
    return found


def _people(events: _Events) -> list[dict[str, str]]:
    people = []
    while isinstance(event := events.next(), yaml.NodeEvent):
        if not isinstance(event, yaml.MappingStartEvent):
            events.skip(event)
            continue
        person = {}
        for key, value in events.mapping():
            if isinstance(value, yaml.ScalarEvent):
                person[key] = "" if value.value in ("", "~", "null") else clean_line(value.value, 200)
            else:
                events.skip(value)
        people.append(person)
    return people


def _time(text: str) -> datetime | None:
    """``2026-03-02 06:58:23.948203000 Z`` as Ruby writes it; it is in UTC, or has its distance from it."""
    date, _, rest = text.strip().partition(" ")
    clock, _, zone = rest.strip().partition(" ")
    try:
        moment = datetime.fromisoformat(f"{date}T{clock[:15]}" if rest else date)
        if moment.tzinfo is not None:
            return moment
        if zone in ("Z", "UTC", ""):
            return moment.replace(tzinfo=UTC) if rest else None
        return datetime.fromisoformat(f"{date}T{clock[:15]}{zone}")
    except ValueError:
        return None
