"""Hearings and meetings: set, moved, cancelled, and told for every record on their agenda, once."""

from datetime import timedelta

import pytest
from archive_world import World, bill, event, item, make_source
from sqlalchemy import select

from config.sources import LegislativeSession
from store import models, runs
from store.changes import record_view, upcoming
from store.database import session
from store.observed import Window

MARCH = Window.model_validate({"events_from": "2026-03-01", "events_to": "2026-03-31", "sessions": ["194th"]})


def test_a_bill_newly_on_an_agenda_has_its_hearing_scheduled(world: World) -> None:
    world.crawl(event("E1", bills=["H. 1"]))
    assert world.kinds() == ["hearing_scheduled"]
    change = world.last[0]
    assert change.record.identifier == "H1"
    assert change.after["starts_at"] == "2026-03-20T10:00:00-04:00"
    assert change.event is not None
    assert change.event.location == "Room A-1"
    assert change.record.event is not None
    assert change.record.event.name == "Joint Committee on Transportation"


def test_a_hearing_finds_its_bill_when_the_bill_comes_later(world: World) -> None:
    world.crawl(event("E1", bills=["H2", "HD9"]))
    assert world.kinds() == []
    world.crawl(bill("H2"))
    assert world.kinds() == ["new", "hearing_scheduled"]
    world.crawl(bill("H1", "An Act about bridges", aliases=["HD 9"]))
    assert world.kinds() == ["hearing_scheduled"]
    world.crawl(bill("H2"), event("E1", bills=["H2", "HD9"]))
    assert world.kinds() == []


def test_a_hearing_of_another_jurisdiction_is_not_the_bills(world: World) -> None:
    world.crawl(event("E1", bills=["H1"]), source=make_source("ct_legislature", "ocd-division/country:us/state:ct"))
    assert world.kinds() == []


def test_a_hearing_seen_by_one_source_is_joined_to_a_bill_of_another(world: World) -> None:
    calendar = make_source("ma_calendar")
    world.crawl(source=calendar)
    world.crawl(event("E1", bills=["H1"]), source=calendar)
    assert world.kinds() == ["hearing_scheduled"]


def test_a_number_used_again_in_a_new_session_means_the_new_bill(world: World) -> None:
    sessions = [("194th", "2025-01-01", "2026-12-31"), ("195th", "2027-01-01", "2028-12-31")]
    with session(world.engine) as db:
        runs.ensure_sessions(
            db,
            [
                LegislativeSession.model_validate(
                    {
                        "identifier": name,
                        "name": name,
                        "jurisdiction": world.source.jurisdiction,
                        "start": begin,
                        "end": end,
                    }
                )
                for name, begin, end in sessions
            ],
        )
    world.now += timedelta(days=365)
    world.crawl(event("E1", "2027-03-20T10:00:00-04:00", bills=["H1"]))
    assert world.kinds() == []
    world.crawl(bill("195-H1", "A new act", identifier="H1", session="195th"))
    assert [change.record.session for change in world.last] == ["195th", "195th"]
    assert world.kinds() == ["new", "hearing_scheduled"]


def test_a_moved_hearing_is_told_for_its_bills_and_its_items(world: World) -> None:
    world.crawl(event("E1", bills=["H1"]), item("I1", "E1"))
    world.crawl(event("E1", "2026-03-21T10:00:00-04:00", bills=["H1"]), item("I1", "E1"))
    assert world.kinds() == ["hearing_moved", "hearing_moved"]
    assert {change.record.kind for change in world.last} == {"bill", "agenda_item"}
    assert world.last[0].before["starts_at"] == "2026-03-20T10:00:00-04:00"
    world.crawl(event("E1", "2026-03-21T10:00:00-04:00", location="Room B-2", bills=["H1"]))
    assert [change.after["location"] for change in world.last] == ["Room B-2", "Room B-2"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"starts_at": "2026-03-20T10:00:00-04:00"}, {"starts_at": "2026-03-20T14:00:00+00:00"}),
        ({"starts_at": "2026-03-20T10:00:00-04:00"}, {"starts_at": "2026-03-20"}),
        ({"location": None}, {"location": "Room 5"}),
        ({"status": "confirmed"}, {"status": "passed"}),
        ({"name": "Hearing"}, {"name": "Public hearing"}),
    ],
)
def test_what_is_no_move_is_not_told_as_one(world: World, first: dict[str, str], second: dict[str, str]) -> None:
    world.crawl(event("E1", **{"bills": ["H1"], **first}))
    world.crawl(event("E1", **{"bills": ["H1"], **second}))
    assert world.kinds() == []


def test_a_time_that_becomes_known_is_told(world: World) -> None:
    world.crawl(event("E1", "2026-03-20", start_text="upon adjournment", bills=["H1"]))
    world.crawl(event("E1", "2026-03-20T15:30:00-04:00", bills=["H1"]))
    assert world.kinds() == ["hearing_moved"]
    assert world.last[0].before["start_text"] == "upon adjournment"
    assert world.last[0].after["start_text"] is None


def test_a_cancelled_hearing_is_told_once_and_its_revival_too(world: World) -> None:
    world.crawl(event("E1", bills=["H1"]))
    world.crawl(event("E1", bills=["H1"], status="cancelled"))
    assert world.kinds() == ["hearing_cancelled"]
    world.crawl(event("E1", bills=["H1"], status="cancelled", location="none"))
    assert world.kinds() == []
    world.crawl(event("E1", bills=["H1"], status="confirmed", location="none"))
    assert world.kinds() == ["hearing_scheduled"]


def test_a_hearing_first_seen_cancelled_is_not_announced(world: World) -> None:
    world.crawl(event("E1", bills=["H1"], status="cancelled"))
    assert world.kinds() == []


def test_a_hearing_long_past_is_history_and_no_news(world: World) -> None:
    world.crawl(event("E1", "2025-11-03T10:00:00-05:00", bills=["H1"]))
    assert world.kinds() == []
    world.crawl(event("E1", "2025-11-04T10:00:00-05:00", bills=["H1"]))
    assert world.kinds() == []
    with session(world.engine) as db:
        assert db.scalar(select(models.record_events.c.record_pk)) is not None


def test_a_bill_taken_off_an_agenda_is_told_after_two_complete_runs(world: World) -> None:
    world.crawl(event("E1", bills=["H1", "H2"]))
    for kinds in ([], ["hearing_cancelled"], []):
        world.crawl(event("E1", bills=["H2"]), seen_bill(), window=MARCH, complete=True)
        assert world.kinds() == kinds
    world.crawl(event("E1", bills=["H1", "H2"]))
    assert world.kinds() == ["hearing_scheduled"]


def seen_bill() -> object:
    return bill("H1", "An Act about bridges")


def test_an_item_carried_to_another_meeting_is_told_with_both(world: World) -> None:
    world.crawl(event("E1"), event("E2", "2026-04-03T19:00:00-04:00"), item("I1", "E1"))
    world.crawl(event("E1"), event("E2", "2026-04-03T19:00:00-04:00"), item("I1", "E2"))
    assert [(c.kind, c.before["starts_at"], c.after["starts_at"]) for c in world.last] == [
        ("hearing_moved", "2026-03-20T10:00:00-04:00", "2026-04-03T19:00:00-04:00")
    ]


def test_an_item_seen_before_its_meeting_gets_the_meeting_later(world: World) -> None:
    world.crawl(item("I1", "E1", "A plate reader contract"))
    assert world.last[0].record.event is None
    world.crawl(event("E1"))
    with session(world.engine) as db:
        found = record_view(db, world_id(db, "I1"))
    assert found is not None
    assert found.event is not None


def world_id(db: object, key: str) -> str:
    return str(db.scalar(select(models.records.c.id).where(models.records.c.key == key)))  # type: ignore[attr-defined]


def test_coming_up_is_ordered_by_start_and_leaves_out_what_is_off(world: World) -> None:
    world.crawl(
        bill("H2", "Plate reader limits"),
        bill("H3", "An Act on bees"),
        event("E1", "2026-03-20T10:00:00-04:00", bills=["H2", "H3"]),
        event("E2", "2026-03-10", bills=["H2"]),
        event("E3", "2026-03-05T10:00:00-05:00", bills=["H2"], status="cancelled"),
        event("E4", "2026-03-01T10:00:00-05:00", bills=["H2"]),
        event("E5", "2026-09-01T10:00:00-04:00", bills=["H2"]),
        event("E6", "2026-03-12T18:00:00-04:00"),
        item("I1", "E6", "Buy a plate reader"),
    )
    now, until = world.now, world.now + timedelta(days=30)
    with session(world.engine) as db:
        found = upcoming(db, now=now, until=until)
        assert [(view.identifier, view.event.starts_at if view.event else None) for view in found] == [
            ("H2", "2026-03-10"),
            (None, "2026-03-12T18:00:00-04:00"),
            ("H2", "2026-03-20T10:00:00-04:00"),
        ]
        assert upcoming(db, now=now, until=until, sources=[]) == []
        assert upcoming(db, now=now, until=until, divisions=["ocd-division/country:us/state:ct"]) == []
        assert len(upcoming(db, now=now, until=until, divisions=["ocd-division/country:us"])) == 3
        assert upcoming(db, now=now, until=until, topics=["shield-laws"]) == []


def test_a_meeting_without_an_hour_is_ahead_until_its_day_ends_at_the_place(world: World) -> None:
    world.crawl(bill("H2", "Plate reader limits"), event("E1", "2026-03-04", bills=["H2"]))
    at = world.now.replace(day=5, hour=4, minute=59)
    with session(world.engine) as db:
        assert len(upcoming(db, now=at, until=at + timedelta(days=1))) == 1
        assert upcoming(db, now=at + timedelta(minutes=2), until=at + timedelta(days=1)) == []


def test_a_bill_shows_its_next_hearing_and_after_the_last_one_that(world: World) -> None:
    world.crawl(
        event("E1", "2026-03-10T10:00:00-04:00", bills=["H1"]),
        event("E2", "2026-03-20T10:00:00-04:00", bills=["H1"]),
        event("E3", "2026-03-15T10:00:00-04:00", bills=["H1"], status="cancelled"),
    )

    def shown(day: int) -> str | None:
        with session(world.engine) as db:
            view = record_view(db, world_id(db, "H1"), now=world.now.replace(day=day))
        return view.event.starts_at if view and view.event else None

    assert shown(5) == "2026-03-10T10:00:00-04:00"
    assert shown(12) == "2026-03-20T10:00:00-04:00"
    assert shown(30) == "2026-03-20T10:00:00-04:00"
