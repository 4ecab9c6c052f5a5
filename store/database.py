"""Opening the archive: SQLite with the pragmas it needs, or PostgreSQL; transactions; migrations."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from store.errors import StoreError

T = TypeVar("T")

BUSY_SECONDS = 15
ATTEMPTS = 5
TRANSIENT_STATES = ("40001", "40P01", "55P03")
"""PostgreSQL: serialization failure, deadlock, lock not available; the whole transaction may be tried again."""
MIGRATION_LOCK = 7_236_001


def open_archive(url: str) -> Engine:
    """Return an engine for that SQLAlchemy address; raises StoreError if the address is not one we can use."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is not a database address like sqlite:///var/archive.db") from error
    dialect = address.get_backend_name()
    if dialect == "postgresql":
        return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if dialect != "sqlite":
        raise StoreError(f"the archive is kept in SQLite or PostgreSQL, not in {dialect}")
    if not address.database or address.database == ":memory:":
        raise StoreError("the archive needs a file: several processes read it at once")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", begin)
    return engine


def set_pragmas(connection: Any, _record: object) -> None:
    """Set up one SQLite connection; pysqlite must not begin transactions by itself, `begin` does."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # Mail remembers the numbers of changes it has told: a commit that a power cut takes back would reuse them.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def begin(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads first and writes later would fail as "locked"."""
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def session(engine: Engine, *, read_only: bool = False) -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back if it raises.

    `read_only` reads one consistent state without keeping writers waiting; on PostgreSQL writing in it is refused.
    """
    options = {"read_only": True, "postgresql_readonly": True} if read_only else {}
    # REPEATABLE READ lets a page or an export that asks several questions see one state, as SQLite does by itself.
    if read_only and engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"  # type: ignore[assignment]
    with (
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
        Session(bind=connection, expire_on_commit=False) as opened,
    ):
        yield opened
        opened.flush()


def transient(error: DBAPIError) -> bool:
    """Whether the database says that the same transaction may succeed when tried again."""
    if error.connection_invalidated:
        return True
    if "database is locked" in str(error.orig):
        return True
    return getattr(error.orig, "sqlstate", None) in TRANSIENT_STATES


def in_transaction(engine: Engine, work: Callable[[Session], T], *, pause: float = 0.05) -> T:
    """Return what `work` returns; a dropped connection, a deadlock or a lock retries the whole of it."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with session(engine) as opened:
                return work(opened)
        except DBAPIError as error:
            if attempt == ATTEMPTS or not transient(error):
                raise
            time.sleep(pause * 2**attempt)
    raise AssertionError("the loop returns or raises")


def lock(opened: Session, name: str) -> None:
    """Let one transaction at a time store under that name, until it ends; SQLite has one writer anyway."""
    if opened.get_bind().dialect.name == "postgresql":
        opened.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def migrate(url: str) -> str:
    """Bring the archive to this program's shape and return the revision; safe to run at once from two places."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    engine = open_archive(url)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        # One transaction around all of it: a migration that is killed half-way has not happened.
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            revision = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    assert revision is not None  # upgrade has just set it
    return revision
