"""What is really in the recorded PrimeGov answers, counted and read by hand."""

from collections import Counter

import pytest
from platform_world import kinds, recorded, told

pytestmark = pytest.mark.shared
CLAYTON = "claytoncountyga.primegov.com"


def test_clayton_county_2026_archive(shared):
    found = recorded(shared, "primegov", f"primegov/{CLAYTON}", "atl_clayton_co_boc_meetings.json")
    assert len(found) == 18
    assert told(found[0]) == ("Regular Business Meeting", None, "2026-01-06T18:00:00-05:00", "confirmed")
    assert told(found[-1]) == ("Regular Business Meeting", None, "2026-04-21T18:00:00-04:00", "confirmed")
    assert found[6].name == "Special Called Meeting - Lake City Community Center"
    assert kinds(found[0]) == ["minutes", "minutes"]
    assert kinds(found[4]) == ["agenda", "packet", "agenda", "minutes"]
    assert Counter(event.status for event in found) == {"confirmed": 18}


def test_clayton_county_upcoming(shared):
    found = recorded(shared, "primegov", f"primegov/{CLAYTON}", "atl_clayton_co_boc_upcoming_meetings.json")
    assert [told(event) for event in found] == [
        ("Budget Meeting", None, "2026-04-27T09:00:00-04:00", "confirmed"),
        ("Budget Meeting", None, "2026-04-28T09:00:00-04:00", "confirmed"),
    ]
    assert [document.url for document in found[0].documents] == [
        f"https://{CLAYTON}/Portal/Meeting?meetingTemplateId=5479",
        f"https://{CLAYTON}/Public/CompiledDocument?meetingTemplateId=5479&compileOutputType=1",
    ]


def test_los_angeles_health_commission_cancelled_twice(shared):
    found = recorded(shared, "primegov", "primegov/clerk.lacity.gov", "losca_Health_Commission.json")
    assert len(found) == 10
    assert (found[0].starts_at[:16], found[-1].starts_at[:16]) == ("2024-01-08T18:00", "2024-10-21T18:00")
    cancelled = [(event.starts_at[:10], kinds(event)) for event in found if event.status == "cancelled"]
    assert cancelled == [("2024-05-13", ["notice", "notice"]), ("2024-07-08", ["notice", "notice"])]
    assert found[6].name == "Los Angeles City Health Commission Meeting"


def test_los_angeles_2021_prints_date_and_time_apart(shared):
    found = recorded(shared, "primegov", "primegov/lacity.primegov.com", "la_city_government.html")
    assert [(event.name, event.starts_at[:16], event.status) for event in found] == [
        ("Information, Technology, and General Services", "2021-10-21T10:00", "confirmed"),
        ("Energy, Climate Change, Environmental Justice, and River Committee", "2021-10-21T10:00", "confirmed"),
        ("Immigrant Affairs, Civil Rights, and Equity Committee", "2021-10-21T12:30", "confirmed"),
        ("Trade, Travel, and Tourism Committee", "2021-10-21T14:00", "confirmed"),
        ("City Council Meeting", "2021-10-22T10:00", "cancelled"),
    ]
    assert kinds(found[0]) == ["agenda", "agenda", "minutes", "minutes"]


def test_middlesex_county_search(shared):
    found = recorded(shared, "primegov", "primegov/middlesexcountynj.primegov.com", "newbnj_middlesex_co_pb.json")
    assert len(found) == 12
    assert told(found[0]) == ("Planning Board", None, "2025-01-14T15:15:00-05:00", "confirmed")
    assert told(found[-1]) == ("Planning Board", None, "2024-02-13T15:15:00-05:00", "cancelled")
    assert {kind for event in found for kind in kinds(event)} == {"notice"}
