"""What is really in the recorded CivicWeb answers, counted and read by hand."""

from collections import Counter

import pytest
from platform_world import kinds, of, recorded, told

from crawler.items import ScrapedAgendaItem, ScrapedEvent, ScrapedSkip

pytestmark = pytest.mark.shared
DALLAS, ISD = "civicweb_diligent/dallascounty.civicweb.net", "civicweb_diligent/dallasisd.community.highbond.com"
UNNAMED = "https://unnamed.civicweb.net/Services/MeetingsService.svc/meetings"
COURT = "Commissioners Court"


def test_dallas_county_links_its_approved_orders(shared):
    (event,) = recorded(shared, "civicweb", DALLAS, "daltx_ccc_court_order.json")
    assert told(event) == (f"{COURT} - Mar 03 2026", COURT, "2026-03-03T09:00:00-05:00", "confirmed")
    assert (event.location, kinds(event)) == ("Commissioners Court Room", ["attachment"])
    assert event.documents[0].url == "https://dallascounty.civicweb.net/document/1045411"


def test_dallas_county_agenda_of_84_lines_with_64_files(shared):
    results = recorded(shared, "civicweb", DALLAS, "daltx_ccc_links.json")
    (event,) = of(results, ScrapedEvent)
    assert told(event) == (f"{COURT} - May 19 2026", COURT, "2026-05-19T09:00:00-04:00", "confirmed")
    assert [(one.kind, one.url.partition("/document/")[2]) for one in event.documents] == [
        ("agenda", "1051671/?printPdf=true")
    ]
    lines = of(results, ScrapedAgendaItem)
    assert (len(lines), lines[0].title, lines[-1].title) == (84, "CALL COURT TO ORDER", "ADJOURN")
    assert sum(len(line.documents) for line in lines) == 64
    flagged = next(line for line in lines if "Guardian RFID" in line.title)
    assert (flagged.number, flagged.section) == ("7", "COURT ORDERS – BUDGET")
    assert [skip.reason for skip in of(results, ScrapedSkip)] == ["not_public"] * 3


def test_dallas_county_meeting(shared):
    (event,) = recorded(shared, "civicweb", DALLAS, "daltx_ccc_meeting_info.json")
    assert told(event) == (f"{COURT} - May 19 2026", COURT, "2026-05-19T09:00:00-04:00", "confirmed")


def test_dallas_schools_list_80_rows_of_79_meetings(shared):
    found = recorded(shared, "civicweb", ISD, "daltx_school_district.json")
    hearing = "Public Hearing Agenda and Notice"
    assert len(found) == 79
    assert told(found[0]) == (f"{hearing} - May 28 2026", hearing, "2026-05-28T17:30:00-04:00", "confirmed")
    assert found[0].location == "Ada L. Williams Governance Room"
    assert (found[-1].name, found[-1].starts_at, found[-1].status) == (
        "CANCELLED - Board Briefing Agenda and Notice - Jan 09 2025",
        "2025-01-09",
        "cancelled",
    )
    assert Counter(event.status for event in found) == {"confirmed": 73, "cancelled": 6}
    assert all(event.name.startswith("CANCELLED") for event in found if event.status == "cancelled")


def test_dallas_schools_documents_and_meeting(shared):
    skip, event = recorded(shared, "civicweb", ISD, "daltx_school_district_docs.json")
    assert (skip.what, event.key, event.starts_at) == ("document 49670", "meeting:826", "2026-05-28")
    assert [(one.kind, "/document/49668" in one.url) for one in event.documents] == [("agenda", True)]
    (event,) = recorded(shared, "civicweb", ISD, "daltx_school_district_video.json")
    assert (event.key, event.starts_at, event.documents) == ("meeting:826", "2026-05-28T17:30:00-04:00", None)


def test_kansas_city_schools(shared):
    found = recorded(shared, "civicweb", "civicweb_diligent/kckps.community.highbond.com", "kancit_kckpsboe.json")
    academic = "Academic Committee Meeting"
    assert len(found) == 12
    assert told(found[0]) == (f"{academic} - Oct 28 2025", academic, "2025-10-28T10:00:00-04:00", "confirmed")
    assert told(found[3])[1:3] == ("Board Retreat Agenda", "2020-02-22")
    assert told(found[-1])[0] == "Special (Budget) Meeting Agenda - Feb 06 2026"


def test_sarpy_county_lists_14_rows_of_13_meetings(shared):
    folder = "civicweb_diligent/oma-sarpy-boc.json"
    found = recorded(shared, "civicweb", folder, "oma_sarpy_boc.json", UNNAMED)
    assert len(found) == 13
    assert told(found[0]) == (
        "Board Meetings - Jan 09 2024",
        "Board Meetings",
        "2024-01-09T15:00:00-05:00",
        "confirmed",
    )
    assert [event.name for event in found if event.status == "cancelled"] == [
        "Board Meetings - NO MEETING - Dec 31 2024",
        "Wastewater Agency - May 27 2026 - NO MEETING",
    ]
    assert Counter(event.body for event in found)["Wastewater Agency"] == 2


@pytest.mark.parametrize(
    ("part", "key", "files"),
    [("docs", "meeting:4927", ["agenda", "agenda"]), ("no-meeting-docs", "meeting:5030", ["minutes"])],
)
def test_sarpy_county_documents(shared, part, key, files):
    name = f"oma-sarpy-boc-{part}.json"
    results = recorded(shared, "civicweb", f"civicweb_diligent/{name}", name.replace("-", "_"), UNNAMED)
    (event,) = of(results, ScrapedEvent)
    assert (event.key, kinds(event)) == (key, files)


@pytest.mark.parametrize("name", ["lascruc-las-cruces-city-video.json", "oma-sarpy-boc-video.json"])
def test_links_to_recordings_hold_no_meeting(shared, name):
    (skip,) = recorded(shared, "civicweb", f"civicweb_diligent/{name}", name.replace("-", "_"), UNNAMED)
    assert (type(skip), skip.reason) == (ScrapedSkip, "video")
