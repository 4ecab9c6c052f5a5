"""What is really in the recorded CivicClerk answers, counted and read by hand."""

from collections import Counter

import pytest
from platform_world import kinds, of, recorded, told

from crawler.items import ScrapedEvent, ScrapedSkip

pytestmark = pytest.mark.shared


def events(shared, host: str, file: str) -> list[ScrapedEvent]:
    return of(recorded(shared, "civicclerk", f"civicclerk/{host}", file), ScrapedEvent)


def test_brookline_lists_94_rows_of_88_meetings(shared):
    found = events(shared, "brooklinema.api.civicclerk.com", "events_raw.json")
    study = "Expenditures & Revenues Study Committee"
    assert len(found) == 88
    assert told(found[0]) == ("E&RSC Schools Subcommittee", study, "2026-01-05T17:00:00-05:00", "confirmed")
    assert found[0].location == "Virtually via Zoom"
    last = ("Select Board Regular Meeting", "Select Board", "2026-03-31T17:30:00-04:00", "confirmed")
    assert told(found[-1]) == last
    assert found[-1].location == "Select Board Hearing Room 6th Floor, Brookline Town Hall, and Zoom"
    assert Counter(kind for event in found for kind in kinds(event)) == {"agenda": 70, "packet": 56, "minutes": 28}
    addresses = [document.url for event in found for document in event.documents]
    assert len(set(addresses)) == 154
    assert addresses[0].endswith("/v1/Meetings/GetMeetingFileStream(fileId=27413,plainText=false)")


def test_forest_park_has_a_cancelled_meeting_and_a_deleted_one(shared):
    results = recorded(
        shared, "civicclerk", "civicclerk/forestparkga.api.civicclerk.com", "forestpark_city_council.json"
    )
    assert [told(event) for event in of(results, ScrapedEvent)] == [
        ("City Council Work Session", "City Council", "2024-12-02T18:00:00-05:00", "confirmed"),
        ("Planning Commission Meeting", "Commission", "2024-12-05T18:00:00-05:00", "confirmed"),
        ("Development Authority Meeting-- CANCELED", "Authority", "2024-12-10T17:30:00-05:00", "cancelled"),
        ("Urban Redevelopment Agency Meeting", "Agency", "2024-12-15T17:30:00-05:00", "confirmed"),
    ]
    assert [kinds(event) for event in of(results, ScrapedEvent)] == [["agenda", "packet"], [], [], ["agenda"]]
    assert [(skip.reason, skip.what) for skip in of(results, ScrapedSkip)] == [("deleted", "Deleted Meeting")]


def test_forsyth_county_agenda_of_five_lines(shared):
    lines = recorded(shared, "civicclerk", "civicclerk/forsythcoga.api.civicclerk.com", "civicclerk_agenda_389.json")
    assert [(line.number, line.identifier, line.section) for line in lines] == [
        ("I", None, None),
        ("1", "2026-633", "Announcements and Reports"),
        ("2", "2026-320", "Announcements and Reports"),
        ("1", "2026-637", "Consent Agenda"),
        ("D", "2026-605", "Consent Agenda"),
    ]
    assert lines[0].title == "Call Meeting to Order"
    assert lines[-1].title.startswith(
        "Board authorization for Forsyth County to accept the Georgia Emergency Management"
    )


def test_islamorada_as_civic_scraper_kept_it(shared):
    found = events(shared, "islamoradafl.portal.civicclerk.com", "scraped_events_api_Islamorada_fl.json")
    council = "Village Council"
    first = ("Regular Village Council Meeting", council, "2020-01-23T17:30:00-05:00", "confirmed")
    assert len(found) == 240
    assert (told(found[0]), kinds(found[0])) == (first, ["agenda", "minutes"])
    assert told(found[-1])[1:] == (council, "2027-04-13T17:30:00-04:00", "confirmed")
    assert Counter(event.status for event in found) == {"confirmed": 217, "cancelled": 23}


def test_south_fulton_lists_16_meetings(shared):
    found = events(shared, "southfultonga.api.civicclerk.com", "atl_south_fulton_city_council_meetings.json")
    name, body = "Alcohol License and Zoning Public Hearings", "City Council"
    assert len(found) == 16
    assert told(found[0]) == (name, body, "2026-04-15T17:00:00-04:00", "confirmed")
    assert told(found[-1]) == (name, body, "2026-07-28T17:00:00-04:00", "confirmed")
    assert {event.location for event in found} == {"5440 Fulton Industrial Blvd, South Fulton, Georgia 30336"}
    assert [kinds(event) for event in found] == [["agenda", "packet"], *[[]] * 15]


def test_tulsa_county_lists_three_meetings(shared):
    found = events(shared, "tulsacook.api.civicclerk.com", "tulok_bocc.json")
    board = "Board of County Commissioners"
    assert [told(event) for event in found] == [
        (board, None, "2025-12-08T09:30:00-05:00", "confirmed"),
        (f"{board} Special Meeting", None, "2025-07-16T10:00:00-04:00", "confirmed"),
        (board, None, "2026-03-02T09:30:00-05:00", "confirmed"),
    ]
    assert [kinds(event) for event in found] == [
        ["agenda", "packet", "attachment"],
        ["agenda", "packet", "minutes"],
        [],
    ]


def test_dona_ana_county_s_own_site_names_the_client_in_its_files(shared):
    found = events(shared, "www.donaana.gov", "lascruc_dona_ana_county_other_agencies.json")
    assert [event.starts_at[:16] for event in found] == [
        "2026-01-06T09:00",
        "2025-09-25T09:00",
        "2020-06-22T09:00",
        "2025-10-09T15:00",
        "2024-05-02T09:00",
        "2020-02-11T15:30",
    ]
    assert found[0].url == "https://donaanaconm.portal.civicclerk.com/event/737/overview"
    assert Counter(kind for event in found for kind in kinds(event)) == {"agenda": 5, "packet": 2}


@pytest.mark.parametrize(
    ("file", "count", "first", "last"),
    [
        ("colgo_wycokck_bocc.json", 3, "2026-01-08T17:30:00-05:00", "2025-12-15T17:30:00-05:00"),
        ("kancit_board_commissioners.json", 7, "2026-01-15T17:30:00-05:00", "2023-08-10T17:30:00-04:00"),
    ],
)
def test_wyandotte_county(shared, file, count, first, last):
    found = events(shared, "wycokck.api.civicclerk.com", file)
    assert (len(found), found[0].starts_at, found[-1].starts_at) == (count, first, last)
    assert kinds(found[0]) == ["agenda"]
