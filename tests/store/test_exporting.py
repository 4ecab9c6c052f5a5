"""What leaves the archive: exactly the agreed fields, in constant memory, and safe to open."""

import csv
import io
import json
import tracemalloc

import pytest
from archive_world import World, action, bill, document, event, item
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from store import models
from store.database import session
from store.export import csv_columns, csv_row, export_record, export_records, safe_cell

KEYS = [
    "id", "kind", "jurisdiction", "state", "source", "body", "session", "identifier", "title", "status", "url",
    "source_urls", "topics", "mentions", "aspects", "event", "actions", "sponsors", "documents", "lineage",
    "first_seen_at", "last_seen_at", "last_changed_at", "removed_at",
]  # fmt: skip


@pytest.fixture
def full(world: World) -> World:
    world.crawl(
        bill(
            "H2",
            "An Act on plate readers",
            body="House",
            status="Filed",
            url="https://l.example/H2",
            actions=[action("2026-01-05", "Filed", "filing"), action("2026-01-09", "Referred", "referral-committee")],
            sponsors=[{"name": "Doe", "primary": True}],
            documents=[
                document("https://l.example/H2.pdf", "one page", "and a plate reader"),
                document("https://l.example/x"),
            ],
            lineage=[{"relation": "similar", "identifier": "S9", "session": "194th"}],
        ),
        event("E1", bills=["H2"]),
        item("I1", "E1", "Approve the minutes"),
    )
    return world


def exported(world: World, **how: object) -> list[dict[str, object]]:
    with session(world.engine, read_only=True) as db:
        return list(export_records(db, **how))  # type: ignore[arg-type]


def test_a_record_has_exactly_the_agreed_fields(full: World) -> None:
    (record,) = exported(full)
    assert list(record) == KEYS
    assert record["topics"] == [{"topic": "license-plate-readers", "strength": "strong"}]
    assert record["mentions"][1] == {  # type: ignore[index]
        "topic": "license-plate-readers",
        "term": "plate reader",
        "field": "document",
        "document_url": "https://l.example/H2.pdf",
        "page": 2,
        "snippet": "and a plate reader",
    }
    assert record["event"] == {
        "name": "Joint Committee on Transportation",
        "starts_at": "2026-03-20T10:00:00-04:00",
        "timezone": "America/New_York",
        "location": "Room A-1",
        "status": "confirmed",
        "url": None,
    }
    assert record["actions"] == [
        {"date": "2026-01-05", "description": "Filed", "classification": ["filing"]},
        {"date": "2026-01-09", "description": "Referred", "classification": ["referral-committee"]},
    ]
    assert record["sponsors"] == [{"name": "Doe", "classification": "sponsor", "primary": True}]
    documents = record["documents"]
    assert isinstance(documents, list)
    assert list(documents[0]) == ["kind", "url", "media_type", "sha256", "pages", "characters"]
    assert (documents[0]["pages"], documents[0]["characters"], documents[0]["media_type"]) == (2, 26, "text/html")
    assert documents[1]["sha256"] is None
    assert record["lineage"] == [{"relation": "similar", "identifier": "S9", "session": "194th", "jurisdiction": None}]
    assert record["first_seen_at"] == full.now.isoformat()
    assert json.loads(json.dumps(record)) == record


def test_only_records_with_a_topic_are_exported_unless_all_are_asked_for(full: World) -> None:
    assert [record["identifier"] for record in exported(full)] == ["H2"]
    assert [record["kind"] for record in exported(full, all_records=True)] == ["bill", "bill", "agenda_item"]
    assert exported(full, state="CT") == []
    assert exported(full, topic="shield-laws") == []
    assert len(exported(full, topic="license-plate-readers", state="ma", kind="bill")) == 1


def test_one_record_is_exported_by_its_id_and_none_by_a_wrong_one(full: World) -> None:
    (record,) = exported(full)
    with session(full.engine) as db:
        assert export_record(db, str(record["id"])) == record
        assert export_record(db, "nothing") is None


def test_a_whole_archive_streams_without_being_held_in_memory(fresh: World) -> None:
    fresh.crawl(*(bill(f"H{number}", f"Act {number}", summary="words " * 200) for number in range(1500)))
    with session(fresh.engine, read_only=True) as db:
        stream = export_records(db, all_records=True)
        for _ in range(300):
            next(stream)
        tracemalloc.start()
        count = sum(1 for _ in stream)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 1200
    assert peak < 6_000_000


def test_a_csv_row_comes_back_as_it_was_and_runs_no_formula(full: World) -> None:
    (record,) = exported(full)
    record["title"] = '=HYPERLINK("http://x","y")'
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(csv_columns())
    writer.writerow(csv_row(record))
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["title"] == '\'=HYPERLINK("http://x","y")'
    assert row["event_starts_at"] == "2026-03-20T10:00:00-04:00"
    assert row["topics"] == "license-plate-readers (strong)"
    assert row["mentions"].splitlines()[1] == "[document page 2] and a plate reader"
    assert row["removed_at"] == ""


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell in (text, "'" + text)
    assert not cell.lstrip(" \xa0\u3000").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_what_is_gone_is_exported_with_its_tombstone(full: World) -> None:
    with session(full.engine) as db:
        db.execute(models.records.update().where(models.records.c.key == "H2").values(removed_at=full.now))
        assert db.scalar(select(models.records.c.removed_at).where(models.records.c.key == "H2")) == full.now
    assert exported(full)[0]["removed_at"] == full.now.isoformat()
