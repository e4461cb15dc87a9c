"""Small classes for the gradebook, and databases to keep them in."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from grader.schema import ClassEntry, ExerciseResult, Result, Status, Student, SubmissionId, Text

#: Somebody who may not do anything: PostgreSQL refuses to run as root.
NOBODY = 65534


def graded(name: str, points: float | None, *, out_of: float = 20, status: Status | None = None) -> ExerciseResult:
    return ExerciseResult(
        id=name,
        title=Text(ko=name, en=name),
        status=status or ("ungraded" if points is None else "graded"),
        points=points,
        max_points=out_of,
        data=None,
        budget="quick",
        checks=(),
    )


class Entries:
    """Makes class entries: one student's graded submission."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        student: str,
        *exercises: ExerciseResult,
        sha: str = "a",
        at: datetime | None = None,
        late: bool | None = None,
        name: str = "",
        email: str = "",
    ) -> ClassEntry:
        points = [exercise.points for exercise in exercises]
        known = [value for value in points if value is not None]
        return ClassEntry(
            student=Student(id=student, name=name, email=email),
            folder=self.folder / student,
            result=Result(
                grader_version="0.1.0",
                isolation="namespace",
                submission=SubmissionId(id=student, sha256=sha * 64),
                points=sum(known) if len(known) == len(points) else None,
                max_points=sum(exercise.max_points for exercise in exercises),
                exercises=exercises,
            ),
            submitted_at=at,
            late=late,
        )


@pytest.fixture
def entry(tmp_path: Path) -> Entries:
    return Entries(tmp_path / "out")


def _find(program: str) -> str | None:
    """On the path, else where Debian and Red Hat keep what belongs to one version of PostgreSQL."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    return shutil.which(program) or shutil.which(program, path=os.pathsep.join(map(str, places)))


def _other_user() -> int | None:
    """PostgreSQL refuses to run as root."""
    return NOBODY if os.geteuid() == 0 else None


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server of our own, thrown away afterwards."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install -e '.[postgresql]')")
    initdb, postgres = _find("initdb"), _find("postgres")
    if initdb is None or postgres is None:
        pytest.skip("no PostgreSQL server here (initdb, postgres)")
    # Not below pytest's own folder, which is closed to others: the server is somebody else if we are root.
    folder = Path("/tmp") / f"grader-postgresql-{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        who = _other_user()
        if who is not None:
            os.chown(folder, NOBODY, NOBODY)
        # The program's own folder: found through a link it would look for its files beside the link.
        initdb, postgres = str(Path(initdb).resolve()), str(Path(postgres).resolve())
        data = folder / "data"
        made = subprocess.run(
            [initdb, "-D", str(data), "-U", "grader", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=120,
            user=who,
            group=who,
        )
        assert made.returncode == 0, made.stderr
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = (folder / "log").open("w")
        server = subprocess.Popen(
            [postgres, "-D", str(data), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port), "-F"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdout=log,
            stderr=log,
            user=who,
            group=who,
        )
        try:
            _wait_for(port, server, folder / "log")
            yield f"postgresql://grader@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody needs the data any more
            server.wait(timeout=30)
            log.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    import time

    import psycopg

    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            psycopg.connect(f"postgresql://grader@127.0.0.1:{port}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"PostgreSQL did not start: {log.read_text()}")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind that is promised."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gradebook.db'}"
    server: str = request.getfixturevalue("postgresql")
    return fresh_database(server)


def fresh_database(server: str) -> str:
    import secrets

    import psycopg

    name = f"marks_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.rsplit("/", 1)[0] + f"/{name}"


Make = Callable[..., ClassEntry]
