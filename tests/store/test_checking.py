"""The check finds what is broken, and says so in words; a sound archive has nothing to say."""

from collections.abc import Callable

import pytest
from archive_world import World, bill, document, event, item
from sqlalchemy import text
from sqlalchemy.orm import Session

from store.check import check_archive
from store.database import session

OPEN_RUNS = """
INSERT INTO crawl_run
    (source, started_at, outcome, complete, listed, requests, not_captured, bytes, seconds, counts)
SELECT source, started_at, 'running', complete, 0, 0, 0, 0, 0, '{}' FROM crawl_run
"""
DAMAGE: dict[str, tuple[str, str]] = {
    "id": ("UPDATE record SET id = 'other' WHERE key = 'H2'", "id is not that of their key"),
    "event id": ("UPDATE event SET id = 'other'", "events whose id is not that of their key"),
    "index": ("DELETE FROM record_text WHERE record_pk = 1", "missing in the full-text index"),
    "mention": ("UPDATE mention SET mark_end = 9999", "outside their text"),
    "mention gone": ("DELETE FROM mention", "no mention of it"),
    "tombstone": ("UPDATE record SET removed_at = '2000-01-01 00:00:00+00:00'", "called gone before"),
    "times": ("UPDATE record SET first_seen_at = '2099-01-01 00:00:00+00:00'", "before they were first seen"),
    "text": ("UPDATE document_text SET text_hash = 'x'", "document texts that are damaged"),
    "run": ("UPDATE crawl_run SET outcome = 'broken'", "runs that did not end well"),
    "inherited": ("DELETE FROM record_topic WHERE inherited_from IS NULL", "inherit a topic"),
    "open runs": (
        OPEN_RUNS,
        "several open runs",
    ),
}


@pytest.fixture
def sound(world: World) -> World:
    world.crawl(
        bill("H2", "An Act on plate readers", documents=[document("https://l.example/2", "a plate reader")]),
        event("E1", bills=["H2"]),
        item("I1", "E1", "Hearing", bill_key="H2"),
    )
    with session(world.engine) as db:
        assert check_archive(db) == []
    return world


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_and_named(sound: World, kind: str) -> None:
    statement, words = DAMAGE[kind]
    with session(sound.engine) as db:
        db.execute(text(statement))
        found = check_archive(db)
    assert any(words in line for line in found), found


def on_sqlite(sound: World, damage: Callable[[Session], None]) -> list[str]:
    if sound.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps these by itself")
    with sound.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with Session(bind=connection) as db:
            damage(db)
            return check_archive(db)


def test_a_row_that_points_at_nothing_is_found(sound: World) -> None:
    found = on_sqlite(sound, lambda db: db.execute(text("DELETE FROM record WHERE key = 'H2'")))  # type: ignore[arg-type,return-value]
    assert any("rows of change name a record that is not there" in line for line in found)


def test_a_lost_trigger_is_found(sound: World) -> None:
    found = on_sqlite(sound, lambda db: db.execute(text("DROP TRIGGER record_text_au")))  # type: ignore[arg-type,return-value]
    assert found == ["the full-text index is not kept up to date: triggers are missing: record_text_au"]
