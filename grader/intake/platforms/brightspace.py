"""D2L Brightspace's download of an assignment ("dropbox") folder.

``<user>-<folder> - <name> - <date>/`` with the files, or that and `` - <file>`` where files are not put in
folders; a group has its name in the place of the student's. The first date is Brightspace's. It has no zone.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice

from grader.intake.platforms.base import ByName, Part, Work

_DATE = (
    r"(?:[^\W\d_]{3,12}\.? \d{1,2}, \d{4} \d{3,4}(?: [AP]M)?"
    r"|\d{1,2}\.? [^\W\d_]{3,12},? \d{4} \d{3,4}(?: [AP]M)?"
    r"|\d{4}년 \d{1,2}월 \d{1,2}일 (?:오전|오후) \d{3,4})"
)
#: Who has more of them in a name is nobody that could be found.
_MAX_DATES = 5
_START = re.compile(r"(\d{1,20}-\d{1,20}) - ")
_CLOCK = re.compile(r" (\d{1,2})(\d\d)((?: [AP]M)?)\Z")
_MARKER = re.compile(rf" - ({_DATE})(?= - |\Z)")


def read_name(name: str) -> Part | None:
    """What the name of a file or folder says.

    A second date is in the name of a person or of a file: then every person that could be meant is named.
    """
    start = _START.match(name)
    dates = list(islice(_MARKER.finditer(name, start.end()), _MAX_DATES)) if start else []
    if start is None or not dates:
        return None
    first = dates[0]
    people = tuple(name[start.end() : date.start()].strip() for date in dates)
    work = Work(key=f"{people[0]} {start[1]}".strip(), names=people, shown=people[0])
    return Part(work, name[first.end() :].removeprefix(" - "), (_moment(first[1]), first[1]))


def _moment(text: str) -> datetime:
    """For the order of several attempts; the beginning of time where the language is another."""
    text = _CLOCK.sub(r" \1:\2\3", text)
    for day in ("%b %d, %Y", "%B %d, %Y", "%d %b, %Y", "%d %B, %Y", "%d %b %Y", "%d %B %Y"):
        for clock in ("%I:%M %p", "%H:%M"):
            try:
                return datetime.strptime(text, f"{day} {clock}")
            except ValueError:
                continue
    return datetime.min


BRIGHTSPACE = ByName("brightspace", read_name)
