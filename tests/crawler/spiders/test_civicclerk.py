"""CivicClerk: what each rule of the spider prevents. All places are invented."""

import datetime as dt
import json

import pytest
from platform_world import CAPTURES, of, parsed, read, replayed, requests, spider_of, stored

from config.clock import FixedClock
from crawler.errors import LayoutChanged
from crawler.items import ScrapedAgendaItem, ScrapedCoverage, ScrapedEvent, ScrapedFile, ScrapedSkip
from crawler.spiders.base import ScrapedError
from store.database import migrate, open_archive

FOLDER = CAPTURES / "civicclerk" / "ma_wexcombe"
PORTAL = "https://wexcombema.portal.civicclerk.com"
API = "https://wexcombema.api.civicclerk.com/v1"


def crawled(day: str, hour: int = 12):
    spider = spider_of("civicclerk", PORTAL, f"{day}T12:00:00+00:00", days_back=45)
    items, missing = replayed(spider, FOLDER / day)
    assert missing == []
    spider.clock = FixedClock(dt.datetime.fromisoformat(f"{day}T{hour}:00:00+00:00"))
    return spider, items


def events_of(*rows: dict, **envelope) -> list:
    body = json.dumps({"value": list(rows), **envelope})
    return parsed("civicclerk", f"{API}/Events", body, "application/json")


def row(number: int = 1, **values) -> dict:
    return {"id": number, "eventName": "City Council", "startDateTime": "2026-03-16T19:00:00Z", **values}


def test_a_crawl_follows_the_pages_and_reads_the_agendas_of_its_window():
    _, items = crawled("2026-03-02")
    found = {event.key: event for event in of(items, ScrapedEvent)}
    assert list(found) == ["event:501", "event:502", "event:503", "event:504"]
    assert found["event:501"].starts_at == "2026-03-16T19:00:00-04:00"
    assert found["event:501"].location == "City Hall, 1 Demonstration Way, Wexcombe, MA 01099"
    lines = [item for item in of(items, ScrapedAgendaItem) if item.event_key == "event:501"]
    assert [(line.number, line.title, line.section, line.identifier) for line in lines] == [
        ("1", "Call to Order", None, None),
        ("a", "Minutes of February 16", "Consent Calendar", "2026-101"),
        ("b", "Agreement for plate readers on Mill Street (demonstration data)", "Consent Calendar", "2026-102"),
        ("3", "Adjournment", None, None),
    ]
    assert [document.name for document in lines[2].documents] == ["Draft agreement"]
    assert len(of(items, ScrapedFile)) == 2


def test_coverage_is_told_once_and_only_after_the_last_page():
    _, items = crawled("2026-03-02")
    (window,) = [item for item in of(items, ScrapedCoverage) if item.events_from]
    assert (window.events_from, window.events_to) == (dt.date(2026, 1, 16), dt.date(2026, 5, 1))
    first = read(
        spider_of("civicclerk", PORTAL), (FOLDER / "2026-03-02" / "1-events.json").read_text(), f"{API}/Events",
        facts={"sweep": True},
    )  # fmt: skip
    assert of(first, ScrapedCoverage) == []
    (following,) = (request for request in requests(first) if "skiptoken" in request.url)
    assert following.meta["facts"] == {"sweep": True}


def test_four_weeks_later_exactly_what_changed_is_told_and_nothing_twice(tmp_path):
    address = f"sqlite:///{tmp_path / 'archive.db'}"
    migrate(address)
    engine = open_archive(address)
    assert stored(engine, *crawled("2026-03-02")) == []
    assert stored(engine, *crawled("2026-03-30")) == [
        ("agenda_item_added", "Order on sharing of plate reader data (demonstration data)"),
        ("agenda_item_reworded", "Agreement for plate readers on Mill Street and Water Street (demonstration data)"),
        ("hearing_cancelled", "Report on plate reader searches"),
        ("hearing_moved", "Cameras with plate readers at bus stops"),
    ]
    assert stored(engine, *crawled("2026-03-30", hour=18)) == []
    engine.dispose()


def test_a_time_that_ends_in_z_is_the_place_s_wall_time():
    (event,) = events_of(row())
    assert event.starts_at == "2026-03-16T19:00:00-04:00"


def test_midnight_stands_for_no_time():
    (event,) = events_of(row(startDateTime="2026-03-16T00:00:00Z"))
    assert event.starts_at == "2026-03-16"


def test_a_meeting_entered_twice_is_one_and_two_of_a_day_are_two():
    twice = events_of(row(1), row(2), row(3, startDateTime="2026-03-16T21:00:00Z"))
    assert [event.key for event in twice] == ["event:1", "event:3"]


def test_the_agenda_of_the_second_entry_belongs_to_the_one_meeting():
    body = json.dumps({"value": [row(1, agendaId=0), row(2, agendaId=88)]})
    results = read(spider_of("civicclerk", PORTAL), body, f"{API}/Events")
    (request,) = requests(results)
    assert (request.url, request.meta["facts"]) == (f"{API}/Meetings/88", {"event_key": "event:1"})


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"eventName": "CANCELLED - City Council"}, "cancelled"),
        ({"agendaName": "Canceled City Council"}, "cancelled"),
        ({"eventNotice": "This meeting has been postponed."}, "rescheduled"),
        ({"eventName": "City Council - rescheduled from March 9"}, "confirmed"),
        ({"eventName": "City Council (Tentative)"}, "tentative"),
        ({"startDateTime": "2001-03-16T19:00:00Z"}, "confirmed"),
    ],
)
def test_status_is_what_the_row_says(values, status):
    (event,) = events_of(row(**values))
    assert event.status == status


def test_deleted_and_unpublished_rows_are_left_out_with_their_reason():
    skips = events_of(row(1, isDeleted=True), row(2, isPublished="Draft"))
    assert [(type(skip), skip.reason) for skip in skips] == [(ScrapedSkip, "deleted"), (ScrapedSkip, "not_published")]


def test_files_are_named_by_type_then_by_name_and_videos_are_none():
    files = [
        {"fileId": 1, "type": "Agenda", "name": "3.16 Agenda"},
        {"fileId": 2, "type": "Agenda Packet", "name": "3.16"},
        {"fileId": 3, "type": "Other", "name": "Meeting Minutes"},
        {"fileId": 4, "type": "Agenda", "name": "Notice of Cancellation"},
        {"fileId": 5, "type": "Video", "name": "Recording"},
        {"fileId": 1, "type": "Agenda", "name": "The same file"},
    ]
    (event,) = events_of(row(publishedFiles=files))
    assert [(document.kind, document.url.partition("fileId=")[2][0]) for document in event.documents] == [
        ("agenda", "1"),
        ("packet", "2"),
        ("minutes", "3"),
        ("notice", "4"),
    ]


def test_the_client_s_name_comes_from_the_address_or_from_a_file():
    files = [{"fileId": 7, "type": "Agenda", "name": "A", "url": "stream/WEXCOMBEMA/x.pdf"}]
    body = json.dumps({"value": [row(publishedFiles=files)]})
    (event,) = parsed("civicclerk", "https://www.wexcombe.example/agendas", body, "application/json")
    assert event.url == f"{PORTAL}/event/1/overview"
    spider = spider_of("civicclerk", "https://www.wexcombe.example/agendas")
    with pytest.raises(LayoutChanged, match="names no client"):
        list(spider.entry_requests())


def test_the_old_portal_s_grid_lists_meetings():
    html = """<html><body><table id="aspxroundpanelCurrent_pnlDetails_grdEventsCurrent_DXMainTable">
    <tr class="dxgvHeader"><td>Event</td><td>Date</td></tr>
    <tr class="dxgvDataRow_CustomThemeModerno">
    <td><a href="javascript:LaunchPlayer(427,-1,-1);">3/16/26 City Council</a></td>
    <td>03/16/2026 7:00 PM</td><td>Cancelled</td></tr></table><p>Demonstration data</p></body></html>"""
    (event,) = parsed("civicclerk", "https://wexcombema.civicclerk.com/web/home.aspx", html)
    assert (event.key, event.name, event.starts_at, event.status) == (
        "event:427",
        "City Council",
        "2026-03-16T19:00:00-04:00",
        "cancelled",
    )


def test_categories_tell_of_no_meeting():
    (skip,) = parsed("civicclerk", f"{API}/EventCategories", '{"value":[{"id":26,"categoryDesc":"City Council"}]}')
    assert (skip.reason, skip.what) == ("categories", "City Council")


@pytest.mark.parametrize("url", [f"{API}/Events", f"{API}/Meetings/5", f"{API}/EventCategories", PORTAL])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"value":[{"Id":1,"Name":"Council"}]}', "other_platform"),
        ('{"error":{"message":"gone"}}', "other_platform"),
        ('{"value":[{"id":1,"eventName":"x"', "truncated"),
        ("<html><body><p>" + "Town of Elsewhere " * 60 + "</p></body></html>", "not_json"),
    ],
)
def test_other_answers_are_errors_with_a_reason(url, body, reason):
    (error,) = parsed("civicclerk", url, body)
    assert (type(error), error.reason) == (ScrapedError, reason)


def test_a_list_without_rows_is_empty():
    (skip,) = events_of()
    assert (type(skip), skip.reason) == (ScrapedSkip, "empty")
