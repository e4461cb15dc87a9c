"""No student's work is ever another's: whole classes with ordinary and hostile names, on every platform.

Each generated class has 50 students. Their names are built from each other's names, logins and numbers and from
the marks that the platforms put into file names; so are the names of the files that they hand in. Every file
holds its author's secret: whatever is graded as somebody's holds that person's secret alone.
"""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.intake import collect_files, find_downloads
from grader.schema import Downloads
from tests.intake.conftest import COURSE, write

SIZE = 50


@dataclass(frozen=True)
class Person:
    number: int
    """The platform's own."""
    id: str
    name: str
    login: str

    @property
    def secret(self) -> str:
        return f"secret of person {self.number}."


FAMILY = ["김", "이", "박", "Kim", "Lee", "de la Cruz", "Ó Súilleabháin", "Smith-Jones", "홍"]
GIVEN = ["민준", "서연", "Min", "Min Su", "Ann", "길동", "Bob", "J.", "MinMin"]
HOSTILE = [
    "assignsubmission_file",
    "x_{number}_assignsubmission_file_edges.py",
    "{name}_{number}_assignsubmission_file_",
    "{name}_{number}",
    "{name} {id}",
    "{id}",
    "{login}",
    "({login})_Submission attachment(s)_x",
    "{name}({login})",
    "{name} - Sep 24, 2024 926 PM - x",
    "edges - {name}",
    "{name}(1)",
    "hw_{login}_attempt_2026-03-02-10-00-00_edges.py",
    "LATE_{name}_{number}_1",
    "anon_{login}",
    "{number}",
    "{name}_12",
    "{name} {name}",
    "submission_{number}",
    "edges",
    "text.html",
    "3",
    ".{name}",
    "{name} " + "아주 긴 이름 " * 12,
]


def people(random_: random.Random) -> list[Person]:
    """A class: a third of the names are hostile, about somebody who came before; some are the same or prefixes."""
    found: list[Person] = []
    numbers = random_.sample(range(1, 400), SIZE)
    ids = [str(n) for n in range(1, 11)] + [f"2023{n:04}" for n in range(SIZE - 20)] + [f"s{n}" for n in range(10)]
    for index in range(SIZE):
        name = f"{random_.choice(FAMILY)} {random_.choice(GIVEN)}"
        login = random_.choice(["kim", "lee", "min", "a_kim", "kim-min", "kim_min", "o"]) + str(index)
        if found and random_.random() < 0.4:
            victim = random_.choice(found)
            words = {"name": victim.name, "number": victim.number, "id": victim.id, "login": victim.login}
            name = random_.choice([*HOSTILE, victim.name, victim.name[:-1], f"{victim.name}x"]).format(**words)[
                :80
            ]
            login = random_.choice([f"{victim.login}x", f"x-{victim.login}", f"x_{victim.login}", login])
        if login in {person.login for person in found}:
            login = f"u{index}"
        found.append(Person(numbers[index], ids[index], name or "x", login))
    return found


def file_name(person: Person, everybody: list[Person], random_: random.Random) -> str:
    """Mostly the right name; else one with somebody's name, login and marks in it."""
    if random_.random() < 0.6:
        return "edges.py"
    victim = random_.choice(everybody)
    words = {"name": victim.name, "number": victim.number, "id": victim.id, "login": victim.login}
    front = random_.choice(HOSTILE).format(**words)[:80]
    return re.sub(r'[/\\:*?"<>|\0]', "_", f"{front}_edges.py")


def clean(name: str) -> str:
    return re.sub(r'[/\\:*?"<>|\0]', "", name)


def moodle_flat(person: Person, file: str, _: random.Random) -> str:
    return f"{clean(person.name).replace('_', ' ')}_{person.number}_assignsubmission_file_{file}"


def moodle_folders(person: Person, file: str, _: random.Random) -> str:
    return f"{clean(person.name).replace('_', ' ')}_{person.number}_assignsubmission_file_/{file}"


def moodle_groups(person: Person, file: str, random_: random.Random) -> str:
    return f"Team {person.number % 5}-{moodle_folders(person, file, random_)}"


def canvas(person: Person, file: str, random_: random.Random) -> str:
    name = re.sub(r"_(\d+)_", r"\1", person.name).lower()
    front = [name, *(["LATE"] if random_.random() < 0.2 else []), str(person.number)]
    front_of_all = re.sub(r"[^\w]", "", "_".join(front))
    return f"{front_of_all}_{random_.randrange(1000, 10**6)}_{file}"


def canvas_anonymous(person: Person, file: str, random_: random.Random) -> str:
    late = "LATE_" if person.number % 3 == 0 else ""
    return f"{late}anon_{random.Random(person.number).randrange(36**5)}_{random_.randrange(1000, 10**6)}_{file}"


def sakai(person: Person, file: str, _: random.Random) -> str:
    return f"HW/{clean(person.name)}({person.login})/Submission attachment(s)/{file}"


def sakai_flat(person: Person, file: str, _: random.Random) -> str:
    return f"{clean(person.name)}({person.login})_Submission attachment(s)_{file}"


def blackboard(person: Person, file: str, _: random.Random) -> str:
    return f"HW_1_{person.login}_attempt_2026-03-02-10-00-00_{file}"


def brightspace_folders(person: Person, file: str, _: random.Random) -> str:
    return f"{person.number}-77 - {clean(person.name)} - Sep 24, 2024 926 PM/{file}"


def brightspace_flat(person: Person, file: str, _: random.Random) -> str:
    return f"{person.number}-77 - {clean(person.name)} - Sep 24, 2024 926 PM - {file}"


def nbgrader(person: Person, file: str, _: random.Random) -> str:
    return f"submitted/{person.login}/hw/{file}"


def github_classroom(person: Person, file: str, _: random.Random) -> str:
    return f"hw-1-submissions/hw-1-{person.login}/{file}"


def classroom50(person: Person, file: str, _: random.Random) -> str:
    return f"cs-hw-1_submissions_2026_03_02_T_10_00_00/cs-hw-1-{person.login}/{file}"


def clones(person: Person, file: str, _: random.Random) -> str:
    return f"hw-1-{person.login}/{file}"


def gradescope(person: Person, file: str, _: random.Random) -> str:
    return f"submission_{person.number}/{file}"


def google_forms(person: Person, file: str, _: random.Random) -> str:
    stem, ending = file.rsplit(".", 1)
    return f"HW 3 (File responses)/{stem} - {clean(person.name)}.{ending}"


def apart(folder: Path, path: str, random_: random.Random) -> str:
    """Files of one name as Drive, or a browser, tells them apart."""
    front, _, ending = path.rpartition(".")
    space = random_.choice(["", " "])
    number = 0
    while (folder / path).exists():
        number += 1
        path = f"{front}{space}({number}).{ending}"
    return path


def by_hand(person: Person, file: str, _: random.Random) -> str:
    words = [person.name, person.id, person.login]
    front = random.Random(person.number).sample(words, 1 + person.number % 3)
    return f"{clean('_'.join(front))}_hw3_{person.login}/{file}"


Pack = Callable[[Person, str, random.Random], str]
PLATFORMS: dict[str, Pack] = {
    pack.__name__: pack
    for pack in (
        moodle_flat,
        moodle_folders,
        moodle_groups,
        canvas,
        canvas_anonymous,
        sakai,
        sakai_flat,
        blackboard,
        brightspace_folders,
        brightspace_flat,
        nbgrader,
        github_classroom,
        classroom50,
        clones,
        gradescope,
        google_forms,
        by_hand,
    )
}


def make_class(folder: Path, pack: Pack, everybody: list[Person], random_: random.Random) -> set[int]:
    """Write the download; the numbers of those who handed in something."""
    there = set()
    for person in everybody:
        if random_.random() < 0.2:
            continue  # handed in nothing: nobody else's work may become theirs
        for file in {file_name(person, everybody, random_) for _ in range(random_.choice([1, 1, 2]))}:
            path = pack(person, file, random_)
            if any(len(part.encode()) > 250 for part in path.split("/")):
                continue
            if pack is google_forms:
                path = apart(folder, path, random_)
            write(folder, {path: person.secret})
            there.add(person.number)
        if pack in (github_classroom, classroom50, clones) and person.number in there:
            write(folder, {pack(person, ".git/HEAD", random_): ""})
    if pack is gradescope:
        lines = [
            f"submission_{p.number}:\n  :submitters:\n  - :name: {p.name!r}\n    :sid: '{p.id}'\n"
            for p in everybody
        ]
        write(folder, {"submission_metadata.yml": "".join(lines)})
    return there


def write_roster(path: Path, everybody: list[Person]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "email", "username"])
        writer.writerows([p.id, p.name, f"{p.login}@example.org", p.login] for p in everybody)
    return path


def secrets_of(found: Downloads, tmp_path: Path) -> dict[str, set[str]]:
    """Student's id -> everything that could be graded as theirs."""
    seen = {}
    for download in found.students:
        shutil.rmtree(tmp_path / "files", ignore_errors=True)
        path, _ = collect_files(download, tmp_path / "files")
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        texts = (file.read_text(encoding="utf-8") for file in files if ".git" not in file.parts)
        seen[download.student.id] = {text for text in texts if text.startswith("secret")}
    return seen


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("platform", PLATFORMS)
def test_nobody_gets_another_ones_work(tmp_path: Path, platform: str, seed: int) -> None:
    random_ = random.Random(f"{platform} {seed}")
    everybody = people(random_)
    folder = tmp_path / "class"
    there = make_class(folder, PLATFORMS[platform], everybody, random_)
    roster = write_roster(tmp_path / "roster.csv", everybody)
    found = find_downloads(folder, COURSE, roster)
    owners = {person.id: person for person in everybody}
    strangers = {student.id for student in found.not_on_roster}
    seen = secrets_of(found, tmp_path)
    for student, secrets in seen.items():
        assert len(secrets) <= 1, f"{student} has the work of several"
        if student not in strangers:
            assert secrets <= {owners[student].secret}, f"{student} has another one's work"
    handed_in = {person.secret for person in everybody if person.number in there}
    assert set().union(*seen.values()) == handed_in, "work was lost"
    # Who is neither there nor missing would be reported nowhere.
    assert {student.id for student in found.without_submission} == owners.keys() - (seen.keys() - strangers)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_ordinary_names_are_found(tmp_path: Path, platform: str) -> None:
    random_ = random.Random(platform)
    everybody = [Person(1000 + n, f"2023{n:04}", f"{FAMILY[n % 9]} Person{n}", f"user{n}") for n in range(SIZE)]
    folder = tmp_path / "class"
    for person in everybody:
        write(folder, {PLATFORMS[platform](person, "edges.py", random_): person.secret})
        if platform in ("github_classroom", "classroom50", "clones"):
            write(folder, {PLATFORMS[platform](person, ".git/HEAD", random_): ""})
    if platform == "gradescope":
        make_class(folder, gradescope, everybody, random_)
    found = find_downloads(folder, COURSE, write_roster(tmp_path / "roster.csv", everybody))
    assert found.layout == {"by_hand": "folders", "clones": "git"}.get(
        platform, re.sub("_(flat|folders|groups|anonymous)$", "", platform)
    )
    matched = [student for student in found.students if student.student not in found.not_on_roster]
    assert len(matched) == (0 if platform == "canvas_anonymous" else SIZE)
