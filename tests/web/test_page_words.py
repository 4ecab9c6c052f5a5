"""How values read on a page."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from store.views import EventView, RecordView
from web.words import by_meeting, marked_at, place_time, short

COUNCIL = EventView(
    id="e1",
    name="City Council",
    body="City Council",
    starts_at="2026-03-10T19:00:00-04:00",
    start_text=None,
    timezone="America/New_York",
    location="Council Chamber",
    status="confirmed",
    url=None,
)


def record(name: str, event: EventView | None) -> RecordView:
    moment = datetime(2026, 3, 9, tzinfo=UTC)
    return RecordView(
        id=name,
        kind="agenda_item",
        jurisdiction="ocd-division/country:us/state:ma/place:exampleville",
        state="ma",
        place="Exampleville",
        source="ma_exampleville_city_council",
        source_name="Exampleville City Council",
        body="City Council",
        session=None,
        identifier=name,
        title=name,
        status=None,
        url=None,
        source_urls=("https://exampleville.legistar.com",),
        topics={},
        mentions=(),
        aspects={},
        event=event,
        first_seen_at=moment,
        last_seen_at=moment,
        last_changed_at=moment,
    )


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        ("2026-03-10T19:00:00-04:00", "Tuesday, March 10, 2026, 7:00 PM EDT"),
        ("2026-03-03T19:00:00-05:00", "Tuesday, March 3, 2026, 7:00 PM EST"),
        ("2026-03-10", "Tuesday, March 10, 2026, no time given"),
    ],
)
def test_a_meeting_begins_in_the_places_own_time_and_no_hour_is_made_up(starts_at, words):
    assert place_time(replace(COUNCIL, starts_at=starts_at)) == words


def test_a_zone_that_does_not_exist_does_not_lose_the_page():
    assert place_time(replace(COUNCIL, timezone="Hartford")).endswith("7:00 PM Hartford")


def test_records_of_one_meeting_stand_together_in_the_order_of_the_meetings():
    later = replace(COUNCIL, id="e2")
    found = by_meeting([record("a", COUNCIL), record("b", later), record("c", COUNCIL), record("d", None)])
    assert [(event.id, [entry.id for entry in entries]) for event, entries in found] == [
        ("e1", ["a", "c"]),
        ("e2", ["b"]),
    ]


def test_a_moved_hearing_shows_what_differs_and_not_only_its_name():
    before = {"name": "Hearing", "starts_at": "2026-03-12T10:00:00-04:00", "location": "A-2"}
    assert short(before) == "Hearing, 2026-03-12T10:00:00-04:00, A-2"


def test_a_vote_shows_its_counts():
    assert short({"motion": "Ought to pass", "counts": {"yes": 8, "no": 1}}) == "Ought to pass, 8 yes, 1 no"


def test_marks_that_overlap_are_set_once_and_markup_in_a_text_is_shown_not_run():
    assert str(marked_at("<b>flock cameras</b>", [(3, 8), (5, 10)])) == (
        "&lt;b&gt;<mark>flock</mark> cameras&lt;/b&gt;"
    )
