"""What is really in the recorded BoardDocs answers, counted and read by hand."""

from collections import Counter

import pytest
from platform_world import of, recorded, told

from crawler.items import ScrapedAgendaItem, ScrapedEvent

pytestmark = pytest.mark.shared
COLUMBUS = "boarddocs/boarddocs-oh-columbus"


def test_columbus_lists_764_meetings(shared):
    found = recorded(shared, "boarddocs", COLUMBUS, "colum_boe_meetings.json")
    assert len(found) == 764
    assert told(found[0]) == ("REGULAR BOARD BUSINESS MEETING", None, "2026-02-17", "confirmed")
    assert told(found[-1]) == ("COMMUNITY LINKAGE MEETING", None, "2014-03-04", "confirmed")
    assert found[0].url == "https://go.boarddocs.com/oh/columbus/Board.nsf/goto?open&id=DQ3VPX80F260"
    assert Counter(event.status for event in found) == {"confirmed": 739, "cancelled": 22, "rescheduled": 3}
    assert {event.starts_at for event in found if event.status == "rescheduled"} == {
        "2026-01-27",
        "2021-08-26",
        "2017-04-13",
    }


def test_columbus_meeting_prints_its_time_in_the_description(shared):
    (event,) = recorded(shared, "boarddocs", COLUMBUS, "colum_boe_detail.html")
    assert event.key == "meeting:DQ3VPX80F260"
    assert told(event) == ("REGULAR BOARD BUSINESS MEETING", None, "2026-02-17T18:00:00-05:00", "confirmed")


def test_columbus_agenda_of_123_items_and_9_bare_categories(shared):
    found = recorded(shared, "boarddocs", COLUMBUS, "colum_boe_agenda.html")
    assert len(found) == 132
    first, last = found[0], found[-1]
    title = "Call to Order - Roll Call - Establish a Quorum - Pledge of Allegiance"
    assert (first.number, first.title, first.section) == ("1.1", title, "Convene")
    assert (last.number, last.title, last.section) == ("28.1", "Adjourn the Meeting", "Adjourn")
    assert sum(item.section is None for item in found) == 9


def test_cincinnati_civil_service_lists_218_meetings(shared):
    found = recorded(shared, "boarddocs", "boarddocs/boarddocs-oh-csc", "cinoh_Civil_Service.json")
    assert len(found) == 218
    assert told(found[0])[0:3] == ("November 7, 2024 Civil Service Commission", None, "2024-11-07")
    assert told(found[-1]) == ("Civil Service Commission", None, "2015-05-14", "confirmed")


def test_central_valley_lists_664_rows(shared):
    found = recorded(shared, "boarddocs", "boarddocs/boarddocs-wa-cvsd", "spo_cvsd.json")
    assert len(found) == 664
    assert told(found[0]) == ("Regular Board Meeting", None, "2024-01-22", "confirmed")
    assert told(found[-1])[0:3] == ("Minutes from February 2002 through December 2002", None, "2002-02-01")
    assert Counter(event.status for event in found) == {"confirmed": 622, "cancelled": 30, "rescheduled": 12}
    timed = {event.starts_at[:10]: event for event in found if "T" in event.starts_at}
    assert len([event for event in found if "T" in event.starts_at]) == 109
    assert (timed["2021-04-26"].starts_at[11:16], timed["2020-01-23"].starts_at[11:16]) == ("19:00", "12:00")
    assert timed["2008-03-24"].start_text == "Special Meeting 4:00 p.m./Regular Board Meeting 6:30 p.m."


def test_central_valley_meeting_under_another_site_s_address(shared):
    (event,) = recorded(shared, "boarddocs", "boarddocs/www.cvsd.org", "spo_cvsd_detail.html")
    assert told(event) == ("Regular Board Meeting", None, "2024-01-22T18:30:00-05:00", "confirmed")
    assert event.url == "https://go.boarddocs.com/wa/cvsd/Board.nsf/goto?open&id=CYXL4V54CB3F"


@pytest.mark.parametrize(
    ("folder", "file", "meetings", "items", "first"),
    [
        (
            "boarddocs-il-ctpf",
            "chi_teacherpension.xml",
            28,
            578,
            ("Investment Committee Meeting", "Board of Trustees", "2018-10-25", "confirmed"),
        ),
        (
            "boarddocs-oh-cmsd",
            "cle_metro_school_district.xml",
            250,
            7251,
            (
                "Cleveland Municipal School District Board Business Meeting - 6:30 PM",
                "Main Governing Board",
                "2017-01-24T18:30:00-05:00",
                "confirmed",
            ),
        ),
    ],
)
def test_feeds_of_two_boards(shared, folder, file, meetings, items, first):
    results = recorded(shared, "boarddocs", f"boarddocs/{folder}", file)
    found, lines = of(results, ScrapedEvent), of(results, ScrapedAgendaItem)
    assert (len(found), len(lines), told(found[0])) == (meetings, items, first)
    assert len({line.key for line in lines}) == items


def test_last_line_of_cleveland(shared):
    results = recorded(shared, "boarddocs", "boarddocs/boarddocs-oh-cmsd", "cle_metro_school_district.xml")
    last = of(results, ScrapedAgendaItem)[-1]
    assert (last.number, last.title, last.section) == ("17.01", "Motion to Adjourn", "Adjournment")


def test_state_college_names_one_committee(shared):
    (skip,) = recorded(shared, "boarddocs", "boarddocs/boarddocs-pa-stco", "pa_stco_Board.nsf_Public.html")
    assert (skip.reason, skip.what) == ("committees", "Board of School Directors")


def test_pages_of_a_test_suite(shared):
    (skip,) = recorded(shared, "boarddocs", "boarddocs/boarddocs", "boarddocs_committee.html")
    assert skip.what == "School Board; Finance Committee; Policy Committee; Curriculum Committee"
    found = recorded(shared, "boarddocs", "boarddocs/boarddocs", "boarddocs_meetings.html")
    assert [(event.name, event.starts_at) for event in found] == [
        ("Regular School Board Meeting", "2023-12-19"),
        ("Regular School Board Meeting", "2023-11-21"),
        ("Special School Board Meeting", "2023-10-17"),
        ("Regular School Board Meeting", "2022-09-20"),
        ("Budget Meeting", "2022-06-21"),
    ]
