"""Printed dates and times become the place's own time, and nothing is invented."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from crawler.errors import LayoutChanged
from crawler.when import read_date, when

EASTERN = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6:00 PM", "18:00:00"),
        ("6:00 p.m.", "18:00:00"),
        ("6 PM", "18:00:00"),
        ("6:30PM", "18:30:00"),
        ("06:30 pm", "18:30:00"),
        ("6.30 p.m.", "18:30:00"),
        ("12:00 PM", "12:00:00"),
        ("12:00 AM", "00:00:00"),
        ("12:15 a.m.", "00:15:00"),
        ("noon", "12:00:00"),
        ("12 Noon", "12:00:00"),
        ("18:30", "18:30:00"),
        ("9:05", "09:05:00"),
        ("  7:00\u00a0PM ", "19:00:00"),
    ],
)
def test_a_printed_time_is_read(text, expected):
    found = when(date(2026, 6, 3), text, EASTERN)
    assert found.starts_at == f"2026-06-03T{expected}-04:00"
    assert found.start_text is None


@pytest.mark.parametrize(
    "text", ["TBD", "Upon adjournment", "after the Finance meeting", "25:00", "13:75 PM", "Time to be announced", "6"]
)
def test_a_time_that_can_not_be_read_leaves_the_date_alone_and_is_kept(text):
    found = when(date(2026, 6, 3), text, EASTERN)
    assert (found.starts_at, found.start_text) == ("2026-06-03", text)


def test_no_time_is_never_midnight():
    assert when(date(2026, 6, 3), None, EASTERN).starts_at == "2026-06-03"
    assert when(date(2026, 6, 3), "", EASTERN).start_text is None


def test_words_beside_a_time_are_kept():
    found = when(date(2026, 3, 4), "2:00 P.M. or upon recess", EASTERN)
    assert (found.starts_at, found.start_text) == ("2026-03-04T14:00:00-05:00", "2:00 P.M. or upon recess")


def test_without_a_zone_there_is_no_offset():
    found = when(date(2026, 6, 3), "6:00 PM", None)
    assert (found.starts_at, found.timezone) == ("2026-06-03T18:00:00", None)


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [
        ("America/Phoenix", date(2026, 7, 1), "-07:00"),
        ("America/Denver", date(2026, 7, 1), "-06:00"),
        ("America/Denver", date(2026, 12, 21), "-07:00"),
        ("America/Puerto_Rico", date(2026, 7, 1), "-04:00"),
        ("Pacific/Honolulu", date(2026, 12, 21), "-10:00"),
    ],
)
def test_the_offset_is_the_places_on_that_day(zone, day, offset):
    assert when(day, "9:00 AM", ZoneInfo(zone)).starts_at == f"{day}T09:00:00{offset}"


@pytest.mark.parametrize(
    "text",
    [
        "6/3/2026",
        "06/03/2026",
        "2026-06-03",
        "June 3, 2026",
        "Jun 3, 2026",
        "Jun. 3, 2026",
        "Wednesday, June 3, 2026",
        "Wed Jun 3, 2026",
        "June 3rd, 2026",
        "June\u00a03,  2026",
        "3-Jun-2026",
        "6/3/26",
    ],
)
def test_a_printed_date_is_read(text):
    assert read_date(text) == date(2026, 6, 3)


@pytest.mark.parametrize(("text", "reason"), [("06/03/2206", "date_implausible"), ("soon", "date_unreadable")])
def test_a_date_that_can_not_be_is_an_error(text, reason):
    with pytest.raises(LayoutChanged) as raised:
        read_date(text)
    assert raised.value.reason == reason
