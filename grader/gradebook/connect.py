"""Engines for any SQLAlchemy URL, and their errors in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from grader.errors import GradebookError
from grader.gradebook.tables import FORMAT_VERSION, AboutRow, AdjustmentRow, AttemptRow, Base
from grader.i18n import both
from grader.schema import Text

#: How long a writer waits for another one, in seconds.
BUSY_SECONDS = 30
#: Any number, as long as it is always the same: who holds this lock of a PostgreSQL database makes its tables.
_CREATING = 0x67726164


def shown(url: URL) -> str:
    """``url`` for people: without its password."""
    return url.render_as_string(hide_password=True)


def parse(url: str | URL) -> URL:
    """A URL, with psycopg (version 3) as PostgreSQL's driver where none is named.

    Raises:
        GradebookError: that is no database URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise GradebookError(
            "“{url}” is not a database URL. Examples: {sqlite} and {postgresql}",
            url=str(url),
            sqlite="sqlite:///gradebook.db",
            postgresql="postgresql://user@host/database",
        ) from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def connect(url: URL, *, create: bool) -> Engine:
    """An engine whose database holds the tables.

    Raises:
        GradebookError: no driver, no server, no right to write, no gradebook there, or one of a later version.
    """
    sqlite = url.get_backend_name() == "sqlite"
    in_memory = sqlite and url.database in (None, "", ":memory:")
    if sqlite and not in_memory and not create and not Path(url.database or "").is_file():
        raise GradebookError("There is no gradebook at {place}.", place=url.database or "")
    try:
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if sqlite else {})
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise GradebookError(
            "The driver for {url} is not installed. For PostgreSQL: {command}",
            url=shown(url),
            command="pip install 'psycopg[binary]'",
        ) from error
    if sqlite:
        _serialise(engine)
    try:
        with explained(url):
            _prepare(engine, url, create=create)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _serialise(engine: Engine) -> None:
    """Make SQLite's transactions real ones, and a writer's exclusive from its start.

    The driver would begin one only at the first write: two writers that have both read could then not both go
    on. The journal is SQLite's ordinary one, not the write-ahead log: the gradebook stays one file that can be
    copied, and works on network folders; transactions are short, so that a reader hardly ever waits.
    """

    @event.listens_for(engine, "connect")
    def no_implicit_begin(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("grader_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(engine: Engine, url: URL, *, create: bool) -> None:
    if not inspect(engine).has_table(AboutRow.__tablename__):
        if not create:
            raise GradebookError("There is no gradebook at {place}.", place=shown(url))
        writing = engine.execution_options(grader_writes=True)
        with Session(writing) as session, session.begin():
            if engine.dialect.name == "postgresql":
                # Where two find no table, both would make it, and one of them would fail.
                session.execute(select(func.pg_advisory_xact_lock(_CREATING)))
            # Looks again inside the transaction: somebody else may have been faster.
            Base.metadata.create_all(session.connection(), checkfirst=True)
            if session.get(AboutRow, 1) is None:
                session.add(AboutRow(id=1, format_version=FORMAT_VERSION))
    with Session(engine) as session:
        version = session.scalar(select(AboutRow.format_version))
    if version == 1:
        version = _upgrade(engine)
    if version != FORMAT_VERSION:
        raise GradebookError(
            "The gradebook at {place} has format {version}; this grader reads {known}.",
            place=shown(url),
            version=str(version),
            known=str(FORMAT_VERSION),
        )


def _upgrade(engine: Engine) -> int:
    """A gradebook of version 1 gets what version 2 added; no row changes."""
    with Session(engine.execution_options(grader_writes=True)) as session, session.begin():
        if engine.dialect.name == "postgresql":
            session.execute(select(func.pg_advisory_xact_lock(_CREATING)))
        about = session.get_one(AboutRow, 1)
        if about.format_version == 1:  # nobody was faster
            for table, name in ((AdjustmentRow, "attempt"), (AdjustmentRow, "extra"), (AttemptRow, "passed")):
                kind = table.__table__.c[name].type.compile(engine.dialect)
                session.execute(text(f"ALTER TABLE {table.__tablename__} ADD COLUMN {name} {kind}"))
            Base.metadata.create_all(session.connection(), checkfirst=True)
            about.format_version = FORMAT_VERSION
        return about.format_version


def _reason(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """The database's errors as one sentence.

    Raises:
        GradebookError: in their place.
    """
    try:
        yield
    except SQLAlchemyError as error:
        sentence: Text = both(
            "The gradebook at {place} cannot be used: {reason}", place=shown(url), reason=_reason(error)
        )
        raise GradebookError(sentence) from error
