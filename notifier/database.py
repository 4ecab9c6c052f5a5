"""Opens, migrates and locks the private database, on SQLite and PostgreSQL alike."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from notifier.crypto import Vault
from notifier.errors import KeyTrouble, NotifyError
from notifier.models import KeyCheck

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # A mail may only go out after its mark is on the disk, so the faster NORMAL is not enough here.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # Deleted addresses are overwritten; builds of SQLite differ in the default.
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=15000",
)
SENDING_LOCK = 7_301_466_021
MIGRATION_LOCK = 7_301_466_022

Sessions = sessionmaker[Session]


def open_engine(url: str) -> Engine:
    """Return an engine of the private database; statements' parameters are kept out of error messages."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        # The address may hold a password: it is not repeated.
        raise NotifyError("that is not a database address like sqlite:///var/subscribers.db") from error
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    elif address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        raise NotifyError("the subscriber store is a SQLite file or a PostgreSQL database")
    else:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=address.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", set_pragmas)
        event.listen(engine, "begin", begin_immediate)
    return engine


def set_pragmas(connection: Any, _record: object) -> None:
    """Prepare a new SQLite connection."""
    # The driver would open transactions by itself, and only at the first write.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def begin_immediate(connection: Any) -> None:
    """Take the write lock at once, so that what is read in a transaction still holds when it writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def open_sessions(url: str) -> Sessions:
    """Return a maker of sessions on the private database; run `migrate` once before."""
    return sessionmaker(open_engine(url), class_=Session, expire_on_commit=False)


def migrate(url: str) -> None:
    """Bring the private database to the newest schema; safe to repeat."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    engine = open_engine(url)
    try:
        # One transaction around all of it: a migration that is killed half-way has not happened.
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    finally:
        engine.dispose()


def check_key(session: Session, vault: Vault) -> None:
    """Bind a new store to its key, or raise KeyTrouble when the key at hand is another's."""
    fingerprint = vault.keyed_hash("fingerprint", "watchbill", 32)
    known = session.get(KeyCheck, 1)
    if known is None:
        session.add(KeyCheck(fingerprint=fingerprint))
        session.flush()
    elif known.fingerprint != fingerprint:
        raise KeyTrouble("this key is not the one the subscriber store was made with. Restore the right key file")


def engine_of(session: Session) -> Engine:
    """Return the engine behind a session."""
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def scrub(engine: Engine) -> None:
    """Overwrite what deleted rows leave behind; raises NotifyError while another process still reads the old pages."""
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM subscriber, subscription, digest, digest_change, delivery, suppression"))
        return
    raw = engine.raw_connection()
    try:
        # Deleted rows live on in the write-ahead log until it is emptied.
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
        busy = row is not None and row[0]
        cursor.close()
    finally:
        raw.close()
    if busy:
        raise NotifyError(
            "erased, but another process holds the write-ahead log, which still has the old pages. "
            "Run the command again when it has ended"
        )


@contextmanager
def sending_lock(engine: Engine) -> Iterator[bool]:
    """Hold the right to send for this store, and say whether it was free; it goes with the process that holds it."""
    if engine.dialect.name == "sqlite":
        path = Path(f"{engine.url.database}.sending")
        with path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        free = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": SENDING_LOCK}))
        try:
            yield free
        finally:
            if free:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": SENDING_LOCK})
