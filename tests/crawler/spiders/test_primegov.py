"""PrimeGov: what each rule of the spider prevents. All places are invented."""

import json

import pytest
from platform_world import CAPTURES, of, parsed, read, replayed, requests, spider_of, told

from crawler.items import ScrapedAgendaItem, ScrapedEvent, ScrapedSkip
from crawler.spiders.base import ScrapedError

SITE = "https://wexcombema.primegov.com"
LIST = f"{SITE}/api/v2/PublicPortal/ListUpcomingMeetings"
AGENDA = f"{SITE}/Portal/Meeting?meetingTemplateId=601"


def files_of(*documents: dict) -> list[tuple[str, str]]:
    row = {"id": 1, "title": "Council", "dateTime": "2026-03-09T19:00:00", "documentList": list(documents)}
    (event,) = of(parsed("primegov", LIST, json.dumps([row]), "application/json"), ScrapedEvent)
    return [(document.kind, document.url.removeprefix(SITE)) for document in event.documents]


def test_a_crawl_reads_both_lists_and_the_agenda_page_of_its_window():
    items, missing = replayed(spider_of("primegov", SITE), CAPTURES / "primegov" / "ma_wexcombe" / "2026-03-02")
    assert missing == []
    assert {event.key: told(event) for event in of(items, ScrapedEvent)} == {
        "meeting:30": ("City Council", None, "2026-02-23T19:00:00-05:00", "confirmed"),
        "meeting:31": ("City Council", None, "2026-03-09T19:00:00-04:00", "confirmed"),
        "meeting:32": ("Planning Board", None, "2026-03-12T18:30:00-04:00", "cancelled"),
        "meeting:33": ("Board of Appeals", None, "2026-03-18", "confirmed"),
    }
    lines = {item.key: item for item in of(items, ScrapedAgendaItem)}
    assert [(line.number, line.title) for line in lines.values()] == [
        ("1", "Call to order"),
        ("2", "Policy on license plate readers of the invented police department"),
    ]
    assert [document.name for document in lines["meeting:31/4102"].documents] == ["Draft policy"]


def test_the_years_of_the_window_are_asked_for():
    asked = [request.url for request in spider_of("primegov", SITE, "2026-01-03T12:00:00+00:00").entry_requests()]
    assert asked == [LIST, *(f"{SITE}/api/v2/PublicPortal/ListArchivedMeetings?year={year}" for year in (2025, 2026))]


def test_drafts_are_left_out_and_each_file_has_its_own_address():
    document = {"templateId": 7, "compileOutputType": 1, "publishStatus": 1}
    assert files_of(
        {**document, "templateName": "Agenda"},
        {**document, "templateName": "HTML Agenda", "compileOutputType": 3},
        {**document, "templateName": "Minutes", "templateId": 8, "publishStatus": 0},
        {**document, "templateName": "Revised Agenda", "link": "/files/revised.pdf"},
        {**document, "templateName": "Agenda"},
    ) == [
        ("agenda", "/Public/CompiledDocument?meetingTemplateId=7&compileOutputType=1"),
        ("agenda", "/Portal/Meeting?meetingTemplateId=7"),
        ("agenda", "/files/revised.pdf"),
    ]


def test_minutes_that_are_only_a_page_are_fetched_and_an_agenda_page_is_read_as_its_own_role():
    row = {
        "id": 1,
        "title": "Council",
        "dateTime": "2026-03-09T19:00:00",
        "documentList": [
            {"templateName": "HTML Minutes", "templateId": 8, "compileOutputType": 3, "publishStatus": 1},
            {"templateName": "HTML Agenda", "templateId": 7, "compileOutputType": 3, "publishStatus": 1},
        ],
    }
    asked = requests(read(spider_of("primegov", SITE), json.dumps([row]), LIST))
    assert [(request.url[-1], bool(request.meta.get("document"))) for request in asked] == [("8", True), ("7", False)]


def test_the_search_repeats_a_meeting_for_each_file():
    found = {"meetingId": 9, "meetingTitle": "Planning Board ", "meetingDate": "2026-03-12T15:15:00", "type": 4}
    rows = [
        {**found, "documentList": [{"templateName": name, "templateId": number, "compileOutputType": 1}]}
        for number, name in ((1, "Agenda"), (2, "Notice of Cancellation"))
    ]
    (event,) = of(parsed("primegov", f"{SITE}/public/portal", json.dumps(rows)), ScrapedEvent)
    assert told(event) == ("Planning Board", None, "2026-03-12T15:15:00-04:00", "cancelled")
    assert [document.kind for document in event.documents] == ["agenda", "notice"]


def test_older_rows_print_date_and_time_apart():
    row = {"id": 1, "title": "Council", "date": "Oct 21, 2026", "time": "12:30 PM", "documentList": []}
    (event,) = of(parsed("primegov", LIST, json.dumps([row])), ScrapedEvent)
    assert event.starts_at == "2026-10-21T12:30:00-04:00"


@pytest.mark.parametrize(
    ("url", "body", "reason"),
    [
        (LIST, '[{"id": 1, "eventName": "x"}]', "other_platform"),
        (LIST, "{}", "other_platform"),
        (LIST, '[{"id": 1, "title": "Coun', "truncated"),
        (f"{SITE}/public/portal", "<html><body>" + "<p>Town of Elsewhere</p>" * 60 + "</body></html>", "not_json"),
        (AGENDA, "<html><body>" + "<p>Town of Elsewhere</p>" * 60 + "</body></html>", "other_platform"),
        (AGENDA, '<html><body>primegov<div class="agenda-item">1. New form</div></body></html>', "layout_changed"),
    ],
)
def test_other_answers_are_errors_with_a_reason(url, body, reason):
    (error,) = parsed("primegov", url, body)
    assert (type(error), error.reason) == (ScrapedError, reason)


def test_a_list_without_meetings_is_empty():
    (skip,) = parsed("primegov", LIST, "[]", "application/json")
    assert (type(skip), skip.reason) == (ScrapedSkip, "empty")
