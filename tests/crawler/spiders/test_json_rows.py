"""What platforms' words mean: kinds of files, states of meetings, dates without invented times."""

import datetime as dt

import pytest

from crawler.errors import LayoutChanged
from crawler.items import ScrapedDocument, ScrapedEvent
from crawler.parse import saved_response
from crawler.spiders.platforms.json_rows import (
    bearing,
    data_of,
    document_kind,
    merged,
    place_of,
    rows_of,
    status_of,
    wall_time,
    words,
)

DAY = dt.date(2026, 3, 17)


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (("Agenda",), "agenda"),
        (("Revised Agenda",), "agenda"),
        (("Public Hearing Agenda and Notice",), "agenda"),
        (("Agenda Packet",), "packet"),
        (("Board Book",), "packet"),
        (("Summary Minutes",), "minutes"),
        (("Journal",), "minutes"),
        (("Action Summary",), "summary"),
        (("Notice of Cancellation",), "notice"),
        (("Agenda", "Notice of Cancellation"), "notice"),
        (("Meeting Notice",), "notice"),
        (("Other", "Draft minutes"), "minutes"),
        (("Other", "Letter from a resident"), "attachment"),
        (("Public_Comment",), "attachment"),
        (("Video",), None),
        (("Add to iCal",), None),
        (("Share",), None),
        (("Previous Versions",), None),
    ],
)
def test_kinds_are_read_from_labels(labels, kind):
    assert document_kind(*labels) == kind


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (("City Council",), "confirmed"),
        (("City Council", "Notice of Cancellation"), "cancelled"),
        (("Board - NO MEETING - Dec 31 2026",), "cancelled"),
        (("Postponed to March 24--Workshop",), "rescheduled"),
        (("RESCHEDULED-from March 17, 2026 to March 18, 2026",), "rescheduled"),
        (("RESCHEDULED-from March 16, 2026 to March 17, 2026",), "confirmed"),
        (("Council (rescheduled from March 10)",), "confirmed"),
        (("Special Meeting in lieu of the cancelled March 3 meeting",), "confirmed"),
        (("Council - Tentative",), "tentative"),
        (("Public Hearing on the Tentative Map",), "confirmed"),
    ],
)
def test_a_meeting_s_state_is_what_its_words_say_of_it(told, status):
    assert status_of(DAY, *told) == status


def test_a_meeting_has_passed_only_if_the_source_says_so():
    assert status_of(dt.date(1999, 1, 1), "Council") == "confirmed"
    assert status_of(DAY, "Council", over=True) == "passed"
    assert status_of(DAY, "Council - Cancelled", over=True) == "cancelled"


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-03-17T19:00:00Z", "19:00"),
        ("2026-03-17 19:00", "19:00"),
        ("2026-03-17T19:00:00.123-04:00", "19:00"),
        ("2026-03-17T00:00:00", None),
        ("2026-03-17", None),
    ],
)
def test_times_are_wall_times_and_midnight_is_none(value, time):
    assert wall_time(value) == (DAY, time)


@pytest.mark.parametrize("value", [None, "", "soon", "2026-13-40", "0001-01-01T00:00:00"])
def test_what_is_no_date_is_an_error(value):
    with pytest.raises(LayoutChanged):
        wall_time(value)


def test_rows_are_found_in_lists_envelopes_and_strings_within_json():
    assert rows_of([{"a": 1}, 5]) == rows_of({"value": [{"a": 1}]}) == rows_of({"d": [{"a": 1}]}) == [{"a": 1}]
    assert data_of(saved_response("https://x.example/", b'"[{\\"a\\": 1}]"')) == [{"a": 1}]
    assert bearing([{"a": 1}, {}], "a")
    assert not bearing([{"a": 1}, {"b": 1}], "a")
    assert not bearing([], "a")


def test_markup_in_fields_does_not_glue_words():
    assert words("City Hall<br/>276 Demonstration Way &amp; Main") == "City Hall 276 Demonstration Way & Main"
    assert words("R&D; a < b") == "R&D; a < b"


def test_an_address_holds_each_part_once():
    assert place_of("Hall", " , Town Hall, ", None, "hall", "MA") == "Hall, Town Hall, MA"
    assert place_of(None, "", " ,") is None


def test_rows_of_one_meeting_become_one_with_all_files():
    def event(key: str, file: str, start: str = "2026-03-17T19:00:00-04:00", name: str = "Council") -> ScrapedEvent:
        document = ScrapedDocument(kind="agenda", url=f"https://x.example/{file}")
        return ScrapedEvent(key=key, name=name, starts_at=start, status="confirmed", documents=[document])

    one, other, untimed, again = merged(
        [
            event("1", "a"),
            event("2", "b"),
            event("1", "a"),
            event("3", "c", name="Planning Board"),
            event("4", "d", start="2026-03-17"),
            event("5", "e", start="2026-03-17"),
        ]
    )
    assert [document.url[-1] for document in one.documents or []] == ["a", "b"]
    assert [other.key, untimed.key, again.key] == ["3", "4", "5"]
