"""nbgrader's exchange: ``submitted/<student>/<assignment>/`` with a ``timestamp.txt``; or the folder below."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from grader.i18n import both
from grader.intake.platforms.base import Listing, Work, nobodys, small_text
from grader.intake.platforms.sakai import read_stamp as read_sakai_stamp
from grader.intake.problems import note
from grader.intake.tree import plain_name
from grader.schema import Problem, Text
from grader.text import clean_line

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,6})?\s*(\S*)")
_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)?")
#: Names of zones and abbreviations; a path of ZoneInfo's is neither.
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


def read_stamp(path: Path) -> tuple[datetime | None, Text | None]:
    """The time in ``path``, such as ``2026-03-02 15:58:23.948203 America/Los_Angeles``.

    nbgrader writes what its configured zone calls itself: nothing or UTC by default, a name, a distance from
    UTC, or an abbreviation. An abbreviation counts where every place that uses it on that day means the same by
    it (KST); else (CST: Chicago, Shanghai, Havana) nobody can tell when it was, and that is said.

    Returns:
        The time, None where it can't be told; and what is to be said of that.
    """
    text = small_text(path, 200).strip()
    match = _STAMP.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}")
        moment = moment.replace(microsecond=int((match[3] or ".0")[1:].ljust(6, "0")))
        zone = _zone(match[4], moment)
    except ValueError:
        return None, both(
            "This is not a time as nbgrader writes it, so it is unknown whether the work was late. "
            "Expected, for example: 2026-03-02 15:58:23 Asia/Seoul"
        )
    if zone is None:
        return None, both(
            "The time zone {zone} is not known, or means several, so nobody can tell whether the work was late. "
            "Write a name such as Asia/Seoul, or a distance from UTC such as +09:00, in its place.",
            zone=clean_line(match[4], 40),
        )
    return moment.replace(tzinfo=zone), None


def _zone(name: str, moment: datetime) -> tzinfo | None:
    """The zone called ``name``; None where it is not known or could be several."""
    if name in ("", "Z", "UTC", "GMT"):
        return UTC
    if offset := _OFFSET.fullmatch(name):
        return datetime.strptime(f"{offset[1]}{offset[2] or '00'}", "%z").tzinfo
    if not _ZONE.fullmatch(name):
        return None
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (OSError, KeyError, ValueError):  # an unknown zone, or a system without their table
            return None
    zones = {zone.utcoffset(moment): zone for zone in _all_zones() if zone.tzname(moment) == name}
    return next(iter(zones.values())) if len(zones) == 1 else None


@lru_cache(maxsize=1)
def _all_zones() -> list[ZoneInfo]:
    """Every place's zone; the table's zones that are themselves abbreviations (EST) are no places."""
    names = sorted(available_timezones())
    return [ZoneInfo(name) for name in names if "/" in name and not name.startswith("Etc/")]


TIMESTAMP = "timestamp.txt"
#: Assignments of one student whose times are looked at.
MAX_ASSIGNMENTS = 100


class NbGrader:
    name = "nbgrader"

    def recognise(self, listing: Listing) -> bool:
        if (listing.folder / "submitted").is_dir():
            return bool(Listing(listing.folder / "submitted").folders)
        stamps = [_stamps(folder) for folder in listing.folders]
        return bool(stamps) and all(stamps) and not any(read_sakai_stamp(found[0]) for found in stamps)

    def submissions(self, listing: Listing, problems: list[Problem]) -> list[Work]:
        below = listing.folder / "submitted"
        students = Listing(below) if below.is_dir() else listing
        nobodys([entry for entry in students.entries if not entry.is_dir()], problems)
        works = []
        for folder in students.folders:
            name = plain_name(folder.name)
            times = []
            for stamp in _stamps(folder):
                time, problem = read_stamp(stamp)
                if time is not None:
                    times.append(time)
                if problem is not None:
                    where = f"{name}/{stamp.parent.name}/{stamp.name}"
                    problems.append(note(clean_line(where), problem))
            works.append(
                Work(
                    key=name,
                    ids=(name,),
                    free=name,
                    files=[(folder, "")],
                    submitted_at=max(times, default=None),
                )
            )
        return works


def _stamps(folder: Path) -> list[Path]:
    found = [entry / TIMESTAMP for entry in Listing(folder).folders[:MAX_ASSIGNMENTS]]
    return [stamp for stamp in found if stamp.is_file()]
