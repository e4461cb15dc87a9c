"""Who is in the class: the roster, and names that are safe as folders."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Set
from enum import IntEnum
from pathlib import Path

from grader.errors import IntakeError
from grader.schema import Student
from grader.text import clean_line

MAX_ROSTER = 16 * 1024 * 1024
#: A file name may have 255 bytes on most systems; Hangul takes three each, and we append a number or an ending.
MAX_NAME_BYTES = 150
#: No more of a name is looked at: marks and invisible characters may take more than what is left in the end.
MAX_TEXT = 1000

#: What of a download's name is compared with the roster.
MAX_COMPARED = 255
MAX_WORDS = 40
#: Words of a person's name that stand together.
MAX_RUN = 6
#: A shorter number in a name is a task, a week or an attempt as well as somebody's number.
MIN_DIGITS = 5

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_WORDS = re.compile(r"[_()\[\],.-]+|\s+")
_SEPARATORS = re.compile(r'[/\\:*?"<>|]')
#: Names that Windows keeps for devices.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_HEADERS = {
    "id": (
        *("id", "학번", "studentid", "sid", "orgdefinedid", "userid", "sisuserid", "sisid", "loginid", "idnumber"),
        *("rosteridentifier", "identifier", "username", "아이디"),
    ),
    "name": ("name", "이름", "성명", "fullname", "studentname", "student", "학생", "학생이름"),
    "first": ("firstname", "givenname"),
    "last": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail", "이메일", "이메일주소", "메일", "전자우편"),
}
#: Columns that hold what else a platform calls the person by.
_USERNAMES = ("githubusername", "username", "loginid", "sisloginid", "sisuserid", "sid", "idnumber", "identifier")


def safe_name(text: str, limit: int = MAX_NAME_BYTES) -> str:
    """``text`` as the name of a folder on any system; Hangul and other letters stay.

    Composed (NFC); without separators, control and direction characters, leading dots, and dots or spaces at the
    end; at most ``limit`` bytes of UTF-8, of which a file's ending keeps its own. May be empty.
    """
    text = text[:MAX_TEXT].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    text = " ".join(_SEPARATORS.sub("_", text).split()).lstrip(". ")
    if len(text.encode()) > limit:
        ending = _ENDING.search(text)
        kept = ending[0] if ending else ""
        text = text.encode()[: limit - len(kept)].decode("utf-8", "ignore") + kept
    text = text.rstrip(". ")
    return f"_{text}" if _DEVICES.fullmatch(text) else text


class Names:
    """Gives out ids, each once, whatever the case of its letters."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    def give(self, text: str) -> str:
        """A safe name for ``text``; numbered where it is taken already."""
        name = safe_name(text) or "student"
        given, number = name, 1
        while given.casefold() in self._taken:
            number += 1
            given = f"{name}-{number}"
        self._taken.add(given.casefold())
        return given


def read_roster(path: Path) -> list[Student]:
    """The students of a CSV file with columns for id, name and e-mail, whatever their order.

    Header names in English or Korean (id/학번, name/이름, email/이메일 …); comma, semicolon or tab between
    columns; UTF-8 with or without a mark, UTF-16 with one, or CP949. Only the id is needed.

    Raises:
        IntakeError: it can't be read, or has no column with ids.
    """
    name = clean_line(path.name)
    try:
        if path.stat().st_size > MAX_ROSTER:
            raise IntakeError("{name} is too large to be a roster.", name=name)
        data = path.read_bytes()
    except OSError as error:
        raise IntakeError("{name} can't be opened ({reason}).", name=name, reason=error.strerror or "?") from None
    lines = csv.reader(io.StringIO(text := _decoded(data, name), newline=""), delimiter=_delimiter(text))
    try:
        rows = [[unicodedata.normalize("NFC", cell).strip() for cell in row] for row in lines]
    except csv.Error as error:
        raise IntakeError("{name} is not a CSV file ({reason}).", name=name, reason=str(error)) from None
    rows = [row for row in rows if any(row)]
    columns = _columns(rows[0]) if rows else {}
    if "id" not in columns:
        raise IntakeError(
            "The roster {name} has no column with student ids. Its first line must name the columns: "
            "id, name, email (or 학번, 이름, 이메일). It names: {found}",
            name=name,
            found=", ".join(clean_line(cell, 40) for cell in (rows[0] if rows else [])) or "–",
        )
    found: dict[str, Student] = {}
    for row in rows[1:]:
        cells = {field: row[at] if at < len(row) else "" for field, at in columns.items()}
        key = cells["id"].lstrip("#")  # as Brightspace writes it
        if not key:
            continue
        both_names = f"{cells.get('first', '')} {cells.get('last', '')}".strip()
        usernames = [row[at] for at in _other_columns(rows[0], columns) if at < len(row) and row[at]]
        student = Student(
            id=key,
            name=clean_line(cells.get("name", "") or both_names, 120),
            email=clean_line(cells.get("email", ""), 200),
            usernames=tuple(clean_line(name, 200) for name in usernames),
        )
        if found.setdefault(key, student).name != student.name:
            raise IntakeError(
                "The roster {name} gives the id {id} to two people: {first} and {second}.",
                name=name,
                id=clean_line(key, 60),
                first=found[key].name or "–",
                second=student.name or "–",
            )
    return list(found.values())


def _decoded(data: bytes, name: str) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise IntakeError("{name} is neither UTF-8 nor CP949 text. Save it as “CSV UTF-8”.", name=name)


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(",;\t", key=first.count)


def _plain_header(header: list[str]) -> list[str]:
    return [re.sub(r"[\s_.-]+", "", cell.casefold()) for cell in header]


def _columns(header: list[str]) -> dict[str, int]:
    """Field -> column; the first column whose name fits best."""
    plain = _plain_header(header)
    columns: dict[str, int] = {}
    for field, names in _HEADERS.items():
        for wanted in names:
            if wanted in plain:
                columns[field] = plain.index(wanted)
                break
    return columns


def _other_columns(header: list[str], columns: dict[str, int]) -> list[int]:
    """Columns of logins and numbers besides the one that is the id."""
    plain = _plain_header(header)
    return [at for at, name in enumerate(plain) if name in _USERNAMES and at != columns["id"]]


class Rank(IntEnum):
    """How sure it is who is meant; the lower the surer."""

    SAID = 0
    """The platform itself says so."""
    NAME = 1
    """The whole name is the person's."""
    PART = 2
    """A part of what people called it is the person's name or login."""
    NUMBER = 3
    """The platform's number is on the roster, and the names do not contradict it."""


class Roster:
    """Finds the line of the roster that a download belongs to; two that fit are nobody."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._students = {student.id: student for student in students}
        for student in self._students.values():
            logins = (student.id, *student.usernames, student.email)
            for login in logins:
                self._exact[_exact_key(login)].add(student.id)
            for login in (*logins, student.email.partition("@")[0]):
                self._ids[plain_key(login)].add(student.id)
            for name in _orders(student.name):
                self._names[name].add(student.id)
        for table in (self._exact, self._ids, self._names):
            table.pop("", None)

    def find(
        self, names: Iterable[str] = (), number: str = "", ids: Iterable[str] = (), free: str = ""
    ) -> tuple[Student, Rank] | None:
        """Whom the words of a download mean, and how sure that is.

        Args:
            names: as a platform writes names: only as a whole.
            number: how the platform numbers the person, which is looked for among the ids alone, and last.
            ids: what the platform says is a login, a number or an address: only as a whole.
            free: what a person called a folder or file: a whole name or login, else parts of it.

        Returns:
            None where nobody fits, or more than one person does.
        """
        if said := _all(self._exact, map(_exact_key, ids)):
            return self._only(said, Rank.SAID)
        names = (*names, free)
        people, keys = self.people(names), [plain_key(name[:MAX_COMPARED]) for name in names if name]
        numbered = self._ids.get(plain_key(number), set()) if number else set()
        if people:
            return self._only(people, Rank.NAME) or self._only(people & numbered, Rank.NAME)
        if parts := self._parts(free[:MAX_COMPARED]):
            return self._only(parts, Rank.PART)
        return self._only({person for person in numbered if self._agrees(person, keys)}, Rank.NUMBER)

    def people(self, names: Iterable[str]) -> frozenset[str]:
        """Ids of all whose whole name or login one of ``names`` is."""
        whole = [name[:MAX_COMPARED] for name in names if name]
        keys = [plain_key(name) for name in whole]
        said = _all(self._exact, map(_exact_key, whole)) or _all(self._ids, keys)
        return frozenset(said | _all(self._names, keys))

    def _only(self, people: Set[str], rank: Rank) -> tuple[Student, Rank] | None:
        return (self._students[next(iter(people))], rank) if len(people) == 1 else None

    def _parts(self, name: str) -> set[str]:
        """People whom a part of ``name`` means.

        The longest run of words that is a name or a login hides the shorter ones in it. Words of digits count only
        where no other does, and not when they are short: an exercise has a number as well.
        """
        words = [word for word in _WORDS.split(name) if word][:MAX_WORDS]
        hits: list[tuple[int, int, set[str]]] = []
        for start in range(len(words)):
            for end in range(min(len(words), start + MAX_RUN), start, -1):
                key = plain_key("".join(words[start:end]))
                people = self._names.get(key, set()) | self._ids.get(key, set())
                if people and not (key.isdigit() and len(key) < MIN_DIGITS):
                    hits.append((start, end, people))
        longest = [
            hit
            for hit in hits
            if not any(other[0] <= hit[0] and hit[1] <= other[1] and other[:2] != hit[:2] for other in hits)
        ]
        said = [hit for hit in longest if not "".join(words[hit[0] : hit[1]]).isdigit()]
        return {person for _, _, people in said or longest for person in people}

    def _agrees(self, person: str, keys: list[str]) -> bool:
        """Whether a name in ``keys`` could be the person's, as far as the roster knows a name."""
        words = [plain_key(word) for word in self._students[person].name.split()]
        return not any(keys) or not any(words) or any(word in key for word in words if word for key in keys)


def _all(table: dict[str, set[str]], keys: Iterable[str]) -> set[str]:
    return {person for key in keys for person in table.get(key, ())}


def _exact_key(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def plain_key(text: str) -> str:
    """Letters and digits alone, so that ``Hong, Gil-dong`` and ``honggildong`` are the same."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def _orders(name: str) -> set[str]:
    """A name with the family name first and last, as platforms write both."""
    words = name.replace(",", " ").split()
    return {plain_key(name)} | ({plain_key(words[-1] + "".join(words[:-1]))} if len(words) > 1 else set())
