"""Simbli: what each rule of the spider prevents. All places are invented."""

import datetime as dt
import json

import pytest
from platform_world import CAPTURES, of, parsed, read, replayed, requests, spider_of, told

from crawler.errors import LayoutChanged
from crawler.items import ScrapedCoverage, ScrapedEvent, ScrapedSkip
from crawler.spiders.base import ScrapedError

SITE = "https://simbli.eboardsolutions.com"
LISTING, SERVICE = f"{SITE}/SB_Meetings/SB_MeetingListing.aspx?S=990001", f"{SITE}/Services/api/GetMeetingListing"
FACTS = {"start": 0, "connection": "c", "token": "t", "sweep": True}


def row(number: int, when: str = "2026-03-19T18:00:00", **values) -> dict:
    return {"Master_MeetingID": number, "MM_MeetingTitle": "Regular Meeting", "MM_DateTime": when, **values}


def page(*rows: dict, facts=None) -> list:
    return read(spider_of("simbli", LISTING), json.dumps(rows), SERVICE, facts=FACTS if facts is None else facts)


def test_a_crawl_takes_the_tokens_of_the_page_to_its_service():
    spider = spider_of("simbli", LISTING)
    items, missing = replayed(spider, CAPTURES / "simbli" / "ma_wexcombe" / "2026-03-02")
    assert missing == []
    assert [told(event) for event in of(items, ScrapedEvent)] == [
        ("Regular Board Meeting", "Regular Meeting", "2026-03-19T18:00:00-04:00", "confirmed"),
        ("CANCELED - Work Session", "Work Session", "2026-03-05T17:30:00-05:00", "cancelled"),
        ("Regular Board Meeting", "Regular Meeting", "2026-02-19", "confirmed"),
    ]
    assert of(items, ScrapedEvent)[0].location == "Wexcombe High School, 1 Demonstration Way"
    assert [skip.reason for skip in of(items, ScrapedSkip)] == ["template"]
    assert [item.events_from for item in of(items, ScrapedCoverage)] == [dt.date(2026, 2, 23)]


def test_the_service_is_asked_with_the_page_s_tokens():
    html = (
        "<html><script>var constr='abc'; var sToken = \"def\";</script><body>"
        + "<p>Meetings</p>" * 60
        + "</body></html>"
    )
    (request,) = requests(read(spider_of("simbli", LISTING), html, LISTING, content_type="text/html"))
    asked = json.loads(request.body)
    assert (asked["ConnectionString"], asked["SecurityToken"], asked["SchoolID"]) == ("abc", "def", "990001")
    assert (asked["RecordStart"], asked["RecordCount"]) == (0, 50)


def test_the_next_rows_are_asked_for_until_the_window_s_first_day_is_passed():
    (request,) = requests(page(row(2, MeetingsCount=90), row(1, "2026-03-01T18:00:00", MeetingsCount=90)))
    assert json.loads(request.body)["RecordStart"] == 2
    results = page(row(2, MeetingsCount=90), row(1, "2026-01-01T18:00:00", MeetingsCount=90))
    assert (requests(results), len(of(results, ScrapedCoverage))) == ([], 1)


def test_a_listing_that_repeats_itself_is_truncated():
    (error,) = page(row(2, MeetingsCount=90), facts={**FACTS, "start": 50, "first": 2})
    assert (type(error), error.reason) == (ScrapedError, "truncated")


def test_a_page_read_alone_asks_for_no_more():
    assert requests(page(row(1, MeetingsCount=400), facts={})) == []


def test_rows_without_a_date_field_print_it():
    (event,) = page(row(1, when="", DateTime="03/19/2026 - 06:00 PM"), facts={})
    assert event.starts_at == "2026-03-19T18:00:00-04:00"


def test_closed_meetings_are_left_out():
    (skip,) = page(row(1, ML_IsPublic=False), facts={})
    assert (type(skip), skip.reason) == (ScrapedSkip, "not_public")


def test_a_row_whose_address_names_no_school_can_not_be_crawled():
    with pytest.raises(LayoutChanged, match="names no school"):
        list(spider_of("simbli", SITE).entry_requests())


ELSEWHERE = "<html><body>" + "<p>Town of Elsewhere</p>" * 60 + "</body></html>"


@pytest.mark.parametrize(
    ("url", "body", "reason"),
    [
        (LISTING, ELSEWHERE, "other_platform"),
        (LISTING, f"<a href='{LISTING}'>Board Meetings</a>" + ELSEWHERE, "other_platform"),
        (SERVICE, ELSEWHERE, "not_json"),
        (SERVICE, '[{"id": 1}]', "other_platform"),
        (SERVICE, '{"Message": "failed"}', "other_platform"),
        (SERVICE, '[{"Master_Meeting', "truncated"),
    ],
)
def test_other_answers_are_errors_with_a_reason(url, body, reason):
    (error,) = parsed("simbli", url, body)
    assert (type(error), error.reason) == (ScrapedError, reason)


def test_a_listing_without_meetings_is_empty():
    (skip,) = parsed("simbli", SERVICE, "[]", "application/json")
    assert (type(skip), skip.reason) == (ScrapedSkip, "empty")
