"""Opening, migrating and locking the archive, on both databases."""

import datetime as dt
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from archive_world import World, bill, make_source
from sqlalchemy import Engine, event, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from store import models, runs
from store.database import in_transaction, migrate, open_archive, session
from store.errors import StoreError


def test_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    def include(item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        table = name if kind == "table" else getattr(getattr(item, "table", None), "name", None)
        own = table == "record_text" and name in ("search", "ix_record_text_search")
        return not own and not (table or "").startswith("record_fts")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": include})
        assert compare_metadata(context, models.ArchiveTable.metadata) == []


def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert migrate(database_url) == migrate(database_url)


def test_migrating_from_two_places_at_once_makes_one_archive(database_url: str) -> None:
    revisions: list[str] = []
    threads = [threading.Thread(target=lambda: revisions.append(migrate(database_url))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(revisions) == 3
    assert len(set(revisions)) == 1


def test_a_migration_that_fails_half_way_has_not_happened(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Operations.create_index
    calls = iter(range(100))

    def fail_later(self: Operations, *args: object, **values: object) -> None:
        if next(calls) == 12:
            raise KeyboardInterrupt
        made(self, *args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(Operations, "create_index", fail_later)
    with pytest.raises(KeyboardInterrupt):
        migrate(database_url)
    engine = open_archive(database_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    monkeypatch.undo()
    migrate(database_url)
    assert "record" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_migration_that_recreates_the_searched_table_can_put_the_triggers_back(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's index is part of the table")
    migrate(database_url)
    engine = open_archive(database_url)

    def triggers() -> int:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")) or 0)

    from importlib import import_module

    full_text = import_module("store.migrations.versions.0003_full_text")
    assert triggers() == 3
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("record_text", recreate="always"):
            pass
        with Operations.context(operations.migration_context):
            full_text.create_triggers()
    assert triggers() == 3
    engine.dispose()


def test_a_naive_moment_is_refused_instead_of_stored_in_an_unknown_zone(engine: Engine) -> None:
    with pytest.raises(StatementError, match="time zone"), session(engine) as db:
        runs.open_run(db, make_source(), dt.datetime(2026, 3, 2, 7, 0))  # noqa: DTZ001


def test_a_moment_comes_back_as_the_same_moment_in_utc(engine: Engine) -> None:
    eastern = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    with session(engine) as db:
        runs.open_run(db, make_source(), eastern)
    with session(engine, read_only=True) as db:
        stored = db.scalar(select(models.crawl_runs.c.started_at))
    assert stored == eastern
    assert stored is not None
    assert stored.tzinfo == dt.UTC


def test_an_error_in_a_transaction_leaves_nothing_behind(engine: Engine) -> None:
    def fail_later() -> None:
        with session(engine) as db:
            runs.open_run(db, make_source(), dt.datetime.now(dt.UTC))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_later()
    with session(engine) as db:
        assert db.scalar(select(models.crawl_runs.c.id)) is None


def test_a_row_that_points_at_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), session(engine) as db:
        db.execute(models.aliases.insert().values(record_pk=99, norm="H1", identifier="H1", jurisdiction="x", own=True))


def test_reading_does_not_wait_for_a_writer(world: World) -> None:
    with session(world.engine) as writing:
        writing.execute(models.sources.update().values(name="other"))
        with session(world.engine, read_only=True) as reading:
            assert reading.scalar(select(models.sources.c.name)) == "General Court"


def test_writing_in_a_reading_transaction_is_refused_on_postgresql(world: World) -> None:
    if world.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's readers are only kept from taking the lock")
    with pytest.raises(DBAPIError), session(world.engine, read_only=True) as db:
        db.execute(models.sources.update().values(name="other"))


def test_writers_wait_for_each_other_and_none_fails(engine: Engine) -> None:
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            for turn in range(15):
                with session(engine) as db:
                    run = runs.open_run(db, make_source(f"s{number}"), dt.datetime.now(dt.UTC))
                    db.scalar(select(models.crawl_runs.c.outcome).where(models.crawl_runs.c.id == run))
                    runs.close_run(db, run, outcome="ok", now=dt.datetime.now(dt.UTC), report={"turn": turn})
        except DBAPIError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with session(engine) as db:
        assert len(db.scalars(select(models.crawl_runs.c.id)).all()) == 60


def test_a_dropped_connection_retries_the_whole_transaction_once_and_stores_it_once(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connection to drop")
    attempts = []

    def work(db: object) -> None:
        attempts.append(1)
        run = runs.open_run(db, make_source(), dt.datetime.now(dt.UTC))  # type: ignore[arg-type]
        assert run
        if len(attempts) == 1:
            own = db.scalar(text("SELECT pg_backend_pid()"))  # type: ignore[attr-defined]
            with open_archive(str(engine.url.render_as_string(hide_password=False))).begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            db.scalar(text("SELECT 1"))  # type: ignore[attr-defined]

    in_transaction(engine, work, pause=0.001)
    assert len(attempts) == 2
    with session(engine) as db:
        assert len(db.scalars(select(models.crawl_runs.c.id)).all()) == 1


def test_sqlite_is_opened_for_many_readers_and_keeps_no_deleted_text(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    migrate(url)
    engine = open_archive(url)
    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete", "busy_timeout", "synchronous")
        }
    engine.dispose()
    assert values == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 15000,
        "synchronous": 2,
    }


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "no address at all"])
def test_a_database_that_can_not_be_used_is_refused_in_words(url: str) -> None:
    with pytest.raises(StoreError):
        open_archive(url)


def test_a_full_disk_leaves_the_run_unstored_and_the_archive_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    migrate(url)
    world = World(open_archive(url))
    world.crawl(bill("H1"))
    with world.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    small = open_archive(url)
    event.listen(small, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages + 5}"))
    with pytest.raises(DBAPIError, match="full"):
        World(small, now=world.now).crawl(*(bill(f"H{n}", "An Act " + "about many things " * 200) for n in range(200)))
    small.dispose()
    with session(world.engine) as db:
        assert list(db.scalars(select(models.records.c.key))) == ["H1"]
    world.now += dt.timedelta(hours=6)
    assert world.crawl(bill("H1"), bill("H2")).records == {"insert": 1, "update": 0, "noop": 1}
    world.engine.dispose()
