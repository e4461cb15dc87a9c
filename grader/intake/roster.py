"""Who is in the class: the roster, and names that are safe as folders."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from grader.errors import IntakeError
from grader.i18n import both
from grader.schema import Student
from grader.text import clean_line

MAX_ROSTER = 16 * 1024 * 1024
#: A file name may have 255 bytes on most systems; Hangul takes three each, and we append a number or an ending.
MAX_NAME_BYTES = 150

_SEPARATORS = re.compile(r'[/\\:*?"<>|]')
#: Names that Windows keeps for devices.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_HEADERS = {
    "id": ("id", "학번", "studentid", "userid", "sisuserid", "sisid", "loginid", "idnumber", "username", "아이디"),
    "name": ("name", "이름", "성명", "fullname", "studentname", "student", "학생", "학생이름"),
    "email": ("email", "emailaddress", "mail", "이메일", "이메일주소", "메일", "전자우편"),
}


def safe_name(text: str) -> str:
    """``text`` as the name of a folder on any system; Hangul and other letters stay.

    Composed (NFC); without separators, control and direction characters, leading dots, and dots or spaces at the
    end; at most ``MAX_NAME_BYTES`` bytes of UTF-8. May be empty.
    """
    text = unicodedata.normalize("NFC", text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    text = " ".join(_SEPARATORS.sub("_", text).split()).lstrip(". ")
    while len(text.encode()) > MAX_NAME_BYTES:
        text = text[:-1]
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
            raise IntakeError(both("{name} is too large to be a roster.", name=name))
        data = path.read_bytes()
    except OSError as error:
        raise IntakeError(
            both("{name} can't be opened ({reason}).", name=name, reason=error.strerror or "?")
        ) from None
    lines = csv.reader(io.StringIO(text := _decoded(data, name), newline=""), delimiter=_delimiter(text))
    try:
        rows = [[unicodedata.normalize("NFC", cell).strip() for cell in row] for row in lines]
    except csv.Error as error:
        raise IntakeError(both("{name} is not a CSV file ({reason}).", name=name, reason=str(error))) from None
    rows = [row for row in rows if any(row)]
    columns = _columns(rows[0]) if rows else {}
    if "id" not in columns:
        raise IntakeError(
            both(
                "The roster {name} has no column with student ids. Its first line must name the columns: "
                "id, name, email (or 학번, 이름, 이메일). It names: {found}",
                name=name,
                found=", ".join(clean_line(cell, 40) for cell in (rows[0] if rows else [])) or "–",
            )
        )
    found: dict[str, Student] = {}
    for row in rows[1:]:
        cells = {field: row[at] if at < len(row) else "" for field, at in columns.items()}
        if cells["id"] and cells["id"] not in found:
            found[cells["id"]] = Student(
                id=cells["id"],
                name=clean_line(cells.get("name", ""), 120),
                email=clean_line(cells.get("email", ""), 200),
            )
    return list(found.values())


def _decoded(data: bytes, name: str) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise IntakeError(both("{name} is neither UTF-8 nor CP949 text. Save it as “CSV UTF-8”.", name=name))


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(header: list[str]) -> dict[str, int]:
    """Field -> column; the first column whose name fits best."""
    plain = [re.sub(r"[\s_.-]+", "", cell.casefold()).replace("-", "") for cell in header]
    columns: dict[str, int] = {}
    for field, names in _HEADERS.items():
        for wanted in names:
            if wanted in plain:
                columns[field] = plain.index(wanted)
                break
    return columns


class Roster:
    """Finds the line of the roster that a download belongs to."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._ids: dict[str, list[Student]] = {}
        self._names: dict[str, list[Student]] = {}
        self._addresses: dict[str, list[Student]] = {}
        for student in students:
            self._ids.setdefault(plain_key(student.id), []).append(student)
            for name in _orders(student.name) - {""}:
                self._names.setdefault(name, []).append(student)
            for address in {plain_key(student.email), plain_key(student.email.partition("@")[0])} - {""}:
                self._addresses.setdefault(address, []).append(student)

    def find(self, names: Iterable[str], number: str = "") -> Student | None:
        """Whom ``names`` mean: by id, name or e-mail; else by a part of a name that is an id or somebody's name.

        Args:
            number: how the platform numbers the person, which is looked for among the ids alone, and last.

        Returns:
            None where nobody fits, or more than one person does.
        """
        wholes = [plain_key(name) for name in names]
        parts = [plain_key(part) for name in names for part in re.split(r"[_()\[\]-]+|\s+", name)]
        for keys, tables in (
            (wholes, (self._ids, self._names, self._addresses)),
            (parts, (self._ids, self._names)),
            ([plain_key(number)], (self._ids,)),
        ):
            for table in tables:
                for key in keys:
                    fitting = table.get(key, []) if key else []
                    if len(fitting) == 1:
                        return fitting[0]
        return None


def plain_key(text: str) -> str:
    """Letters and digits alone, so that ``Hong, Gil-dong`` and ``honggildong`` are the same."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def _orders(name: str) -> set[str]:
    """A name with the family name first and last, as platforms write both."""
    words = name.replace(",", " ").split()
    return {plain_key(name)} | ({plain_key(words[-1] + "".join(words[:-1]))} if len(words) > 1 else set())
