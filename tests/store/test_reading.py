"""What digests and pages are given: the right changes in a stable order, with few questions to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from archive_world import World, bill, event, item, make_source
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from store.changes import changes_observed, find_records, record_changes, record_view, record_views
from store.database import session
from store.places import place_name

CAMBRIDGE = "ocd-division/country:us/state:ma/place:cambridge"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    yield sent
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def busy(world: World) -> World:
    """Two sources, three topics' worth of records, several changes."""
    city = make_source("ma_cambridge_city_council", CAMBRIDGE, name="Cambridge City Council", status="trial")
    world.crawl(source=city)
    world.crawl(
        bill("H2", "An Act on plate readers", status="Filed"),
        bill("H3", "An Act on protected care", status="Filed"),
        bill("H4", "An Act on plate reader?", status="Filed"),
        bill("H5", "An Act on bees", status="Filed"),
    )
    world.crawl(event("E1"), item("I1", "E1", "Plate reader contract"), source=city)
    world.crawl(*(bill(key, None, status="Heard") for key in ("H2", "H3", "H4", "H5")))
    return world


def told(world: World, **how: object) -> list[tuple[str, str]]:
    with session(world.engine, read_only=True) as db:
        found = changes_observed(db, since=world.now - timedelta(days=9), **how)  # type: ignore[arg-type]
    return [(change.kind, change.record.identifier or change.record.title) for change in found]


def test_only_strong_matches_are_given_unless_more_is_asked(busy: World) -> None:
    strong = [("new", "H2"), ("new", "H3"), ("new", "Plate reader contract"), ("status", "H2"), ("status", "H3")]
    assert told(busy) == strong
    assert ("status", "H4") in told(busy, strong_only=False)
    assert ("status", "H5") not in told(busy, strong_only=False)
    assert ("status", "H5") in told(busy, strong_only=False, unmatched=True)


def test_changes_are_narrowed_by_topic_kind_place_and_source(busy: World) -> None:
    assert told(busy, topics=["shield-laws"]) == [("new", "H3"), ("status", "H3")]
    assert told(busy, topics=[]) == []
    assert told(busy, kinds=["status"]) == [("status", "H2"), ("status", "H3")]
    assert told(busy, divisions=[CAMBRIDGE]) == [("new", "Plate reader contract")]
    assert told(busy, divisions=["ocd-division/country:us/state:m"]) == []
    assert told(busy, divisions=[]) == []
    assert len(told(busy, divisions=["ocd-division/country:us/state:ma"])) == 5
    assert told(busy, sources=["ma_cambridge_city_council"]) == [("new", "Plate reader contract")]


def test_both_ends_of_the_time_asked_for_are_included(busy: World) -> None:
    with session(busy.engine) as db:
        assert len(changes_observed(db, since=busy.now, until=busy.now)) == 2
        assert changes_observed(db, since=busy.now + timedelta(microseconds=1)) == []
        early = changes_observed(db, since=busy.now - timedelta(days=9), until=busy.now - timedelta(microseconds=1))
    assert {change.kind for change in early} == {"new"}


def test_the_number_of_questions_does_not_grow_with_the_number_of_changes(busy: World) -> None:
    with counted(busy.engine) as few:
        told(busy)
    busy.crawl(*(bill(f"H{number}", f"Plate reader act {number}") for number in range(100, 300)))
    with counted(busy.engine) as many:
        assert len(told(busy)) == 205
    assert len(many) <= len(few) + 2


def test_a_record_is_shown_with_its_place_source_and_mentions(busy: World) -> None:
    with session(busy.engine) as db:
        (view,) = [
            change.record for change in changes_observed(db, since=busy.now - timedelta(days=9), divisions=[CAMBRIDGE])
        ]
        assert record_view(db, view.id) == view
        assert record_view(db, "nothing") is None
        assert record_views(db, ["nothing", view.id]) == [view]
    assert (view.place, view.state, view.source_name) == ("Cambridge", "ma", "Cambridge City Council")
    assert view.event is not None
    assert (view.event.starts_at, view.event.timezone) == ("2026-03-20T10:00:00-04:00", "America/New_York")
    assert view.mentions[0].snippet == "Plate reader contract"


def test_a_record_is_found_by_its_id_or_by_its_number_in_any_spelling(busy: World) -> None:
    with session(busy.engine) as db:
        (found,) = find_records(db, " h. 2 ")
        assert found.identifier == "H2"
        assert find_records(db, found.id) == [found]
        assert find_records(db, "...") == []
        assert [change.kind for change in record_changes(db, found.id)] == ["new", "status"]


@pytest.mark.parametrize(
    ("jurisdiction", "name"),
    [
        ("ocd-division/country:us", "United States"),
        ("ocd-division/country:us/state:ma", "Massachusetts"),
        ("ocd-division/country:us/district:dc", "District of Columbia"),
        ("ocd-division/country:us/state:il/county:cook", "Cook County"),
        ("ocd-division/country:us/state:ma/place:manchester-by-the-sea", "Manchester-by-the-sea"),
        ("ocd-division/country:us/state:nc/place:kill_devil_hills", "Kill Devil Hills"),
        ("ocd-division/country:us/state:nj/place:city_of_orange", "City of Orange"),
    ],
)
def test_a_division_has_a_name_for_people(jurisdiction: str, name: str) -> None:
    assert place_name(jurisdiction) == name
