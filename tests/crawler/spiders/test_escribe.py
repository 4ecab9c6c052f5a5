"""eSCRIBE: what each rule of the spider prevents. All places are invented."""

import json

import pytest
from platform_world import CAPTURES, of, parsed, replayed, spider_of, told

from crawler.items import ScrapedAgendaItem, ScrapedEvent, ScrapedSkip
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.spiders.base import ScrapedError

SITE = "https://pub-wexcombe.escribemeetings.com"
CALENDAR = f"{SITE}/MeetingsCalendarView.aspx/GetCalendarMeetings"
PAGE = f"{SITE}/Meeting.aspx?Id=AB-1&Agenda=Agenda&lang=English"


def row(**values) -> dict:
    return {"ID": "AB-1", "MeetingName": "Council", "StartDate": "2026/03/10 18:00:00", **values}


def event_of(**values) -> ScrapedEvent:
    (event,) = parsed("escribe", CALENDAR, json.dumps({"d": [row(**values)]}), "application/json")
    return event


def test_a_crawl_posts_the_window_and_reads_the_agenda_page():
    spider = spider_of("escribe", SITE)
    (entry,) = spider.entry_requests()
    window = {"calendarStartDate": "2026-02-23", "calendarEndDate": "2026-05-01"}
    assert (entry.method, entry.url, json.loads(entry.body)) == ("POST", CALENDAR, window)
    items, missing = replayed(spider, CAPTURES / "escribe" / "ma_wexcombe" / "2026-03-02")
    assert missing == []
    assert [(event.name, event.starts_at, event.status) for event in of(items, ScrapedEvent)] == [
        ("City Council Regular Meeting", "2026-03-10T18:00:00-04:00", "confirmed"),
        ("Ethics Board", "2026-02-25T17:15:00-05:00", "passed"),
        ("Cancelled - Library Trustees", "2026-03-12T19:00:00-04:00", "cancelled"),
        ("Successor Agency", "2026-03-10", "confirmed"),
    ]
    assert of(items, ScrapedEvent)[3].start_text == "Immediately following the City Council"
    assert [(line.number, line.title, line.section) for line in of(items, ScrapedAgendaItem)] == [
        ("1", "CALL TO ORDER", None),
        ("2.1", "Minutes of February 24", "CONSENT CALENDAR"),
        ("2.2", "Policy on automated license plate readers", "CONSENT CALENDAR"),
        ("3", "ADJOURNMENT", None),
    ]
    policy = of(items, ScrapedAgendaItem)[2]
    assert (policy.text, [document.name for document in policy.documents]) == (
        "Adopt the policy. Demonstration data.",
        ["Staff Report.pdf"],
    )


def test_an_item_takes_nothing_from_the_items_inside_it():
    link = '<div class="AgendaItemAttachment"><a href="filestream.ashx?DocumentId=9">F</a></div>'
    inner = '<div class="AgendaItemContainer"><div class="AgendaItem AgendaItem2">'
    inner += f'<div class="AgendaItemCounter">1.1</div><div class="AgendaItemTitle">Inner</div>{link}</div></div>'
    outer = (
        '<div class="AgendaItemContainer"><div class="AgendaItem AgendaItem1"><div class="AgendaItemCounter">1.</div>'
    )
    outer += (
        f'<div class="AgendaItemTitle">Outer</div><div class="AgendaItemDescription">Own words</div></div>{inner}</div>'
    )
    one, two = of(parsed("escribe", PAGE, f"<html><body>{outer}</body></html>"), ScrapedAgendaItem)
    assert (one.title, one.text, one.documents) == ("Outer", "Own words", [])
    assert (two.title, two.section, len(two.documents)) == ("Inner", "Outer", 1)


def test_recordings_and_empty_links_are_no_documents_and_an_id_counts_once():
    links = [
        {"Title": "Agenda (PDF)", "Type": "Agenda", "Url": "FileStream.ashx?DocumentId=5"},
        {"Title": "Agenda again", "Type": "Agenda", "Url": "filestream.ashx?DocumentId=5"},
        {"Title": "Post Minutes (PDF)", "Type": "PostMinutes", "Url": "FileStream.ashx?DocumentId=6"},
        {"Title": "Meeting", "Type": "Video", "Url": "Players/x.aspx"},
        {"Title": "Agenda", "Type": "Agenda", "Url": "FileStream.ashx?DocumentId=7", "HasVideo": True},
        {"Title": "Agenda", "Type": "Agenda", "Url": ""},
    ]
    event = event_of(MeetingDocumentLink=links)
    assert [(document.kind, document.url.removeprefix(f"{SITE}/")) for document in event.documents] == [
        ("agenda", "FileStream.ashx?DocumentId=5"),
        ("minutes", "FileStream.ashx?DocumentId=6"),
    ]


def test_older_tenants_print_an_instant():
    moment = "/Date(1773180000000)/"
    assert event_of(StartDate=moment).starts_at == "2026-03-10T18:00:00-04:00"
    printed = "Tuesday, March 10, 2026 @ 6:15 PM"
    assert event_of(StartDate=moment, FormattedStart=printed).starts_at == "2026-03-10T18:15:00-04:00"
    response = saved_response(CALENDAR, json.dumps({"d": [row(StartDate=moment)]}).encode())
    (error,) = parse_page(lone_spider("escribe", CALENDAR), response)
    assert error.reason == "zone_missing"


def test_without_a_zone_the_wall_time_has_no_offset():
    response = saved_response(CALENDAR, json.dumps({"d": [row()]}).encode())
    (event,) = parse_page(lone_spider("escribe", CALENDAR), response)
    assert told(event) == ("Council", None, "2026-03-10T18:00:00", "confirmed")


@pytest.mark.parametrize(
    ("url", "body", "reason"),
    [
        (CALENDAR, '{"d": [{"Id": 1}]}', "other_platform"),
        (CALENDAR, '{"Message": "There was an error"}', "other_platform"),
        (CALENDAR, '{"d": [{"ID": "3', "truncated"),
        (CALENDAR, "<html><body>" + "<p>Town of Elsewhere</p>" * 60 + "</body></html>", "not_json"),
        (PAGE, "<html><body>" + "<p>We describe Elsewhere</p>" * 60 + "</body></html>", "other_platform"),
        (PAGE, '<html><body>eSCRIBE <div class="AgendaItemNew">1. x</div></body></html>', "layout_changed"),
    ],
)
def test_other_answers_are_errors_with_a_reason(url, body, reason):
    (error,) = parsed("escribe", url, body)
    assert (type(error), error.reason) == (ScrapedError, reason)


def test_a_calendar_without_meetings_is_empty():
    (skip,) = parsed("escribe", CALENDAR, '{"d": []}', "application/json")
    assert (type(skip), skip.reason) == (ScrapedSkip, "empty")
