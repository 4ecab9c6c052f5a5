"""Legistar: what each page role yields, and what runs of the hand-made captures bring."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from scrapy.http import Request

from config.clock import FixedClock
from config.sources import Source
from crawler.captures import CaptureSet, load_captures
from crawler.items import (
    ScrapedAgendaItem,
    ScrapedBill,
    ScrapedCoverage,
    ScrapedEvent,
    ScrapedFile,
    ScrapedSeen,
    ScrapedSkip,
)
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.spiders.base import ScrapedError
from crawler.spiders.platforms.legistar import LegistarSpider

CAPTURES = Path(__file__).parents[2] / "captures" / "platforms" / "legistar"
API_BEFORE, API_AFTER = CAPTURES / "api-2026-03-04", CAPTURES / "api-2026-03-11"
SITE_BEFORE = CAPTURES / "insite-2026-03-04"
API = "https://webapi.legistar.com/v1/exampleton"
SITE = "https://samplebury.legistar.com"
NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


def source(url: str = "https://exampleton.legistar.com", **options: Any) -> Source:
    return Source(
        slug="ma_exampleton_city_council",
        platform="legistar",
        jurisdiction="ocd-division/country:us/state:ma/place:exampleton",
        name="Exampleton City Council",
        url=url,
        timezone="America/New_York",
        cadence="6h",
        options=options,
    )


API_ROW = source(client="exampleton", probe=["license plate"])
SITE_ROW = source(SITE, api=False, probe=["license plate"])


def crawled(
    folder: Path, row: Source, markers: dict[str, str] | None = None, watched: frozenset[str] = frozenset()
) -> tuple[list[Any], list[Request]]:
    """Walk a capture as a crawl does, best priority first; returns the items and the requests made."""
    captures: CaptureSet = load_captures(folder)
    spider = LegistarSpider(row, clock=FixedClock(captures.fetched_at), markers=markers or {}, watched=watched)
    waiting, items, made = list(spider.entry_requests()), [], []
    seen: set[tuple[str, str, bytes]] = set()
    while waiting:
        waiting.sort(key=lambda request: -request.priority)
        request = waiting.pop(0)
        if (request.method, request.url, request.body) in seen:
            continue
        seen.add((request.method, request.url, request.body))
        made.append(request)
        capture = captures.answer(request.method, request.url, request.body)
        assert capture is not None, f"not captured: {request.method} {request.url}"
        response = saved_response(request.url, capture.body).replace(request=request, status=capture.status)
        for result in spider.parse(response):
            (waiting if isinstance(result, Request) else items).append(result)
    return items, made


def parsed(url: str, body: str | bytes, *, method: str = "GET", clock: dt.datetime = NOON, **options: str) -> list[Any]:
    """Everything one page yields, read alone."""
    spider = lone_spider("legistar", url, options=options, clock=FixedClock(clock))
    raw = body.encode() if isinstance(body, str) else body
    return list(parse_page(spider, saved_response(url, raw, method=method)))


def of(items: list[Any], kind: type, key: str | None = None) -> list[Any]:
    return [item for item in items if isinstance(item, kind) and (key is None or item.key == key)]


def reasons(items: list[Any]) -> list[str]:
    return [item.reason for item in items if isinstance(item, (ScrapedSkip, ScrapedError))]


def told(items: list[Any], kind: type, key: str) -> dict[str, Any]:
    """What all observations of one record say together, later ones over earlier ones."""
    found: dict[str, Any] = {}
    for item in of(items, kind, key):
        found |= item.model_dump(mode="json", exclude_none=True)
    return found


# Runs of the hand-made captures: the Web API


@pytest.fixture(scope="module")
def before() -> list[Any]:
    return crawled(API_BEFORE, API_ROW)[0]


@pytest.fixture(scope="module")
def after(before: list[Any]) -> list[Any]:
    markers = {bill.key: bill.marker for bill in of(before, ScrapedBill) if bill.marker}
    return crawled(API_AFTER, API_ROW, markers)[0]


def test_first_crawl_lists_the_window_whole(before: list[Any]) -> None:
    assert not of(before, ScrapedError)
    assert [event.key for event in of(before, ScrapedEvent)] == [f"event:{number}" for number in range(501, 507)]
    coverage = of(before, ScrapedCoverage)
    windows = [(part.events_from, part.events_to) for part in coverage if part.events_from]
    assert windows == [(dt.date(2026, 2, 25), dt.date(2026, 5, 3))]
    assert {key for part in coverage for key in part.agendas} == {f"event:{n}" for n in (501, 502, 503, 505, 506)}


def test_meeting_without_a_time_is_a_date_and_an_unpublished_agenda_is_tentative(before: list[Any]) -> None:
    (event,) = of(before, ScrapedEvent, "event:504")
    assert (event.starts_at, event.start_text, event.status) == ("2026-03-24", None, "tentative")


def test_meeting_in_place_of_a_cancelled_one_takes_place(before: list[Any]) -> None:
    (event,) = of(before, ScrapedEvent, "event:506")
    assert event.status == "confirmed"
    assert event.description == "In place of the cancelled meeting of March 6"


def test_place_is_told_without_line_breaks(before: list[Any]) -> None:
    (event,) = of(before, ScrapedEvent, "event:501")
    assert event.location == "Sullivan Chamber, 795 Demonstration Avenue"


def test_video_is_no_document(before: list[Any]) -> None:
    (event,) = of(before, ScrapedEvent, "event:505")
    assert [document.kind for document in event.documents] == ["agenda"]


def test_items_follow_the_agenda_s_order_and_what_is_not_on_it_is_skipped(before: list[Any]) -> None:
    items = [item for item in of(before, ScrapedAgendaItem) if item.event_key == "event:501"]
    assert [(item.number, item.title[:12]) for item in items] == [
        ("1.", "CALL TO ORDE"),
        ("2.", "NEW BUSINESS"),
        ("2.A", "Contract wit"),
    ]
    assert (items[2].bill_key, items[2].identifier) == ("matter:901", "26-011")
    assert "not_on_agenda" in reasons(before)


def test_attachment_kept_from_the_public_is_left_out(before: list[Any]) -> None:
    (item,) = of(before, ScrapedAgendaItem, "eventitem:7002")
    assert [document.name for document in item.documents] == ["Draft contract"]


def test_votes_are_counted_without_the_absent(before: list[Any]) -> None:
    item = told(before, ScrapedAgendaItem, "eventitem:7103")
    assert item["outcome"] == "Adopted (Pass)"
    (vote,) = item["votes"]
    assert (vote["motion"], vote["passed"], vote["counts"]) == ("Adopted", True, {"Yea": 2, "Nay": 1})


def test_matter_is_told_with_all_its_parts(before: list[Any]) -> None:
    bill = told(before, ScrapedBill, "matter:901")
    assert (bill["identifier"], bill["status"], bill["classification"]) == ("26-011", "On agenda", "contract")
    assert bill["summary"] == "Plate readers"
    assert [sponsor["name"] for sponsor in bill["sponsors"]] == ["Councillor A", "Councillor B"]
    assert [(step["date"], step["description"]) for step in bill["actions"]] == [
        ("2026-02-20", "Introduced"),
        ("2026-03-16", "On agenda"),
        ("2026-02-23", "Referred"),
        ("2026-02-25", "Recommended to Pass"),
    ]
    assert bill["text"].splitlines()[:2] == [
        "Ordered: that the City Manager be authorized",
        "to buy automated license plate readers.",
    ]
    assert bill["marker"] == "AAAA901A"
    assert bill["source_urls"] == [f"{API}/matters/901"]


def test_matter_of_two_lists_and_two_agendas_is_asked_for_once() -> None:
    _items, made = crawled(API_BEFORE, API_ROW)
    asked = [request.url for request in made if "/matters/901" in request.url]
    assert [url.removeprefix(f"{API}/matters/901/") for url in asked] == [
        "histories",
        "sponsors",
        "attachments",
        "versions",
        "texts/5001",
    ]


def test_matter_held_back_from_the_web_is_skipped(before: list[Any]) -> None:
    assert not of(before, ScrapedBill, "matter:999")
    assert "not_public" in reasons(before)


def test_second_crawl_sees_the_cancelled_the_moved_and_the_published(after: list[Any]) -> None:
    states = {event.key: (event.starts_at, event.status) for event in of(after, ScrapedEvent)}
    assert states == {
        "event:501": ("2026-03-16T18:00:00-04:00", "confirmed"),
        "event:502": ("2026-03-10T17:30:00-04:00", "cancelled"),
        "event:503": ("2026-03-12T17:00:00-04:00", "rescheduled"),
        "event:504": ("2026-03-24T19:00:00-04:00", "confirmed"),
        "event:506": ("2026-03-20T18:30:00-04:00", "cancelled"),
    }
    assert of(after, ScrapedEvent, "event:502")[0].location is None


def test_notice_of_cancellation_in_the_place_of_the_agenda_is_a_notice(after: list[Any]) -> None:
    (event,) = of(after, ScrapedEvent, "event:506")
    assert [(document.kind, document.name) for document in event.documents] == [("notice", "506 A Cancellation Notice")]


def test_late_and_reworded_items_keep_the_others_keys(before: list[Any], after: list[Any]) -> None:
    def lines(items: list[Any]) -> dict[str, str]:
        return {item.key: item.title for item in of(items, ScrapedAgendaItem) if item.event_key == "event:501"}

    early, late = lines(before), lines(after)
    assert set(late) - set(early) == {"eventitem:7005"}
    assert {key for key in early if early[key] != late[key]} == {"eventitem:7002"}


def test_unchanged_matters_cost_no_request_and_changed_ones_are_read_again(after: list[Any]) -> None:
    assert {seen.key for seen in of(after, ScrapedSeen)} == {"matter:902", "matter:903"}
    assert {bill.key for bill in of(after, ScrapedBill)} == {"matter:901", "matter:904"}
    assert "drones" in told(after, ScrapedBill, "matter:901")["text"]


def test_watched_matter_is_read_again_though_its_marker_stands() -> None:
    items, _made = crawled(API_AFTER, API_ROW, {"matter:903": "AAAA903A"}, watched=frozenset({"matter:903"}))
    assert of(items, ScrapedBill, "matter:903")


def test_part_that_a_client_does_not_offer_does_not_cost_the_matter() -> None:
    spider = LegistarSpider(API_ROW, clock=FixedClock(NOON))
    body = (API_BEFORE / "03-matters-found.json").read_bytes()
    results = list(spider.parse(saved_response(f"{API}/matters", body)))
    request = next(item for item in results if isinstance(item, Request))
    found: list[Any] = []
    while request is not None:
        response = saved_response(request.url, b"Not Found").replace(request=request, status=404)
        answers = list(spider.parse(response))
        found += [item for item in answers if not isinstance(item, Request)]
        request = next((item for item in answers if isinstance(item, Request)), None)
    assert [item.what for item in of(found, ScrapedSkip)] == ["histories", "sponsors", "attachments", "versions"]
    assert [bill.marker for bill in of(found, ScrapedBill)] == ["AAAA901A"]


# Runs of the hand-made captures: the InSite pages


@pytest.fixture(scope="module")
def site() -> tuple[list[Any], list[Request]]:
    return crawled(SITE_BEFORE, SITE_ROW)


def test_month_is_not_the_window_so_the_year_is_asked_for_and_read_to_its_last_page(
    site: tuple[list[Any], list[Request]],
) -> None:
    items, made = site
    posts = [parse_qs(request.body.decode()) for request in made if request.method == "POST" and "Cal" in request.url]
    assert [post["__EVENTTARGET"][0] for post in posts] == [
        "ctl00$ContentPlaceHolder1$lstYears",
        "ctl00$ContentPlaceHolder1$gridCalendar$ctl00$ctl02$ctl00$ctl06",
    ]
    assert json.loads(posts[0]["ctl00_ContentPlaceHolder1_lstYears_ClientState"][0]) == {"value": "2026"}
    assert posts[1]["__VIEWSTATE"] == ["demonstration2"]
    assert {event.key for event in of(items, ScrapedEvent)} == {f"event:{number}" for number in range(61, 67)}
    assert [part.events_to for part in of(items, ScrapedCoverage) if part.events_to] == [dt.date(2026, 5, 3)]


def test_states_stand_in_comment_time_and_visibility(site: tuple[list[Any], list[Request]]) -> None:
    states = {event.key: (event.starts_at, event.status) for event in of(site[0], ScrapedEvent)}
    assert states == {
        "event:61": ("2026-03-17T19:00:00-04:00", "confirmed"),
        "event:62": ("2026-03-11T18:00:00-04:00", "cancelled"),
        "event:63": ("2026-03-05", "rescheduled"),
        "event:64": ("2026-04-07T19:00:00-04:00", "tentative"),
        "event:65": ("2026-01-06T19:00:00-05:00", "confirmed"),
        "event:66": ("2026-02-26T18:00:00-05:00", "confirmed"),
    }


@pytest.mark.parametrize("page", ["api-2026-03-11/01-events.json", "insite-2026-03-04/02-calendar-2026-1.html"])
def test_state_does_not_change_with_the_day_it_is_read(page: str) -> None:
    url = f"{API}/events" if page.endswith("json") else f"{SITE}/Calendar.aspx"
    early, late = (
        [(event.key, event.status) for event in of(parsed(url, body, clock=clock), ScrapedEvent)]
        for body in [(CAPTURES / page).read_bytes()]
        for clock in (dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2032, 1, 1, tzinfo=dt.UTC))
    )
    assert early == late
    assert {"confirmed", "cancelled"} <= {state for _key, state in late}


def test_meeting_is_over_when_the_source_says_so_and_not_by_its_minutes() -> None:
    minutes = {"EventMinutesStatusName": "Final", "EventMinutesFile": f"{API}/minutes.pdf"}
    body = rows(
        {"EventId": 1, "EventDate": "2020-01-06T00:00:00", **minutes},
        {"EventId": 2, "EventAgendaStatusName": "Completed"},
        {"EventId": 3, "EventLocation": "Room 2\r\n--em--Meeting adjourned at 9:05 p.m.--em--"},
        {"EventId": 4, "EventMinutesStatusName": "Draft"},
    )
    states = {event.key: event.status for event in of(parsed(f"{API}/events", body), ScrapedEvent)}
    assert states == {"event:1": "confirmed", "event:2": "passed", "event:3": "passed", "event:4": "confirmed"}


def test_meeting_without_a_page_is_tentative_only_where_the_site_keeps_it_from_the_public() -> None:
    page = (SITE_BEFORE / "02-calendar-2026-1.html").read_text()
    (hidden,) = of(parsed(f"{SITE}/Calendar.aspx", page), ScrapedEvent, "event:64")
    body = page.replace("Not viewable by the public", "Not available")
    (plain,) = of(parsed(f"{SITE}/Calendar.aspx", body), ScrapedEvent, "event:64")
    assert (hidden.status, plain.status) == ("tentative", "confirmed")


def test_address_of_what_was_read_names_the_thing_and_not_the_list_of_the_day(before: list[Any]) -> None:
    kinds = (ScrapedEvent, ScrapedBill, ScrapedAgendaItem)
    found = {address for item in before if isinstance(item, kinds) for address in item.source_urls}
    assert {f"{API}/events/501", f"{API}/eventitems/7002", f"{API}/matters/901"} <= found
    assert not [address for address in found if "filter" in address]
    (event,) = of(parsed("https://calendar.example/rows.json", rows({"EventId": 1})), ScrapedEvent)
    assert event.source_urls == ["https://calendar.example/rows.json"]


def test_lines_of_a_place_on_the_site_are_parted_by_commas() -> None:
    page = (SITE_BEFORE / "04-meeting-61.html").read_text()
    body = page.replace("Town Hall, Great Room", "Town Hall<br />1 Demonstration Street,\n  Great Room")
    (event,) = of(parsed(f"{SITE}/MeetingDetail.aspx?ID=61&GUID=x", body), ScrapedEvent)
    assert event.location == "Town Hall, 1 Demonstration Street, Great Room"
    page = (SITE_BEFORE / "01-calendar-month.html").read_text()
    body = page.replace("Town Hall, Great Room", "Town Hall<br />1 Demonstration Street,\n  Great Room", 1)
    places = [event.location for event in of(parsed(f"{SITE}/Calendar.aspx", body), ScrapedEvent)]
    assert "Town Hall, 1 Demonstration Street, Great Room" in places


def test_files_of_row_and_page_are_joined_and_video_and_calendar_links_left_out(
    site: tuple[list[Any], list[Request]],
) -> None:
    event = told(site[0], ScrapedEvent, "event:61")
    assert [(document["kind"], document["name"]) for document in event["documents"]] == [
        ("agenda", "Agenda"),
        ("packet", "ePacket"),
        ("attachment", "Slides of the vendor"),
    ]
    assert [document["kind"] for document in told(site[0], ScrapedEvent, "event:65")["documents"]] == [
        "agenda",
        "minutes",
    ]


def test_no_field_of_a_record_is_told_twice_and_differently_in_one_run(
    site: tuple[list[Any], list[Request]], before: list[Any], after: list[Any]
) -> None:
    for items in (site[0], before, after):
        known: dict[tuple[str, str], Any] = {}
        for item in items:
            if not isinstance(item, (ScrapedEvent, ScrapedBill, ScrapedAgendaItem)):
                continue
            for name, value in item.model_dump(exclude={"source_urls"}).items():
                if value is not None:
                    assert known.setdefault((item.key, name), value) == value, (item.key, name)


def test_items_of_a_meeting_page_are_keyed_by_matter_or_wording(site: tuple[list[Any], list[Request]]) -> None:
    items = [item for item in of(site[0], ScrapedAgendaItem) if item.event_key == "event:61"]
    assert [(item.key, item.number, item.identifier) for item in items] == [
        ("eventitem:61:call-to-order", "1.", None),
        ("eventitem:61:matter:81", "2.", "O-26-4"),
        ("eventitem:61:presentation-by-an-invented-vendor-of-cameras-demonstration-data", "3.", None),
    ]
    (decided,) = of(site[0], ScrapedAgendaItem, "eventitem:66:matter:81")
    assert decided.outcome == "Recommended for adoption (Pass)"


def test_page_of_a_matter_tells_history_sponsors_attachments_and_text(site: tuple[list[Any], list[Request]]) -> None:
    (bill,) = of(site[0], ScrapedBill, "matter:81")
    assert (bill.identifier, bill.status, bill.body) == ("O-26-4", "In committee", "Safety Committee")
    assert [(step.date.isoformat(), step.description, step.chamber) for step in bill.actions] == [
        ("2026-02-02", "File created", None),
        ("2026-02-10", "Referred to committee", "City Council"),
        ("2026-02-26", "Recommended for adoption", "Safety Committee"),
    ]
    assert [(sponsor.name, sponsor.primary) for sponsor in bill.sponsors] == [
        ("A. Example", True),
        ("B. Sample", False),
    ]
    assert [(document.kind, document.name) for document in bill.documents] == [
        ("attachment", "Memo of the chief"),
        ("version", "Leg Ver1"),
    ]
    assert bill.text == (
        "Section 1. Plate data are kept for thirty days.\n"
        "Section 2. They are not given to other states.\nDemonstration data."
    )
    assert [relation.identifier for relation in bill.lineage] == ["O-25-9"]


def test_search_of_the_site_is_asked_for_each_word(site: tuple[list[Any], list[Request]]) -> None:
    searches = [
        parse_qs(request.body.decode()) for request in site[1] if "Legislation.aspx" in request.url and request.body
    ]
    assert [search["ctl00$ContentPlaceHolder1$txtSearch"] for search in searches] == [["license plate"]]
    assert "ctl00$ContentPlaceHolder1$chkFile" in searches[0]
    assert "ctl00$ContentPlaceHolder1$chkOther" not in searches[0]
    assert of(site[0], ScrapedBill, "matter:82")


def test_view_that_the_site_ignores_is_an_error_and_no_coverage() -> None:
    page = (SITE_BEFORE / "01-calendar-month.html").read_bytes()
    spider = LegistarSpider(SITE_ROW, clock=FixedClock(NOON))
    response = saved_response(f"{SITE}/Calendar.aspx", page, method="POST")
    response.request.meta["facts"] = {"sweep": True, "asked": "2026", "done": []}
    assert reasons(list(spider.parse(response))) == ["view_ignored"]


def test_window_over_new_year_asks_for_both_years() -> None:
    page = (SITE_BEFORE / "01-calendar-month.html").read_bytes()
    december = dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC)
    spider = LegistarSpider(SITE_ROW, clock=FixedClock(december))
    first = [item for item in spider.parse(saved_response(f"{SITE}/Calendar.aspx", page)) if isinstance(item, Request)]
    assert first[-1].meta["facts"]["asked"] == "2026"
    body = page.replace(b'value="This Month"', b'value="2026"')
    answer = saved_response(first[-1].url, body, method="POST").replace(request=first[-1])
    second = [item for item in spider.parse(answer) if isinstance(item, Request)]
    assert second[-1].meta["facts"]["asked"] == "2027"


# Single pages


def rows(*changes: dict[str, Any]) -> str:
    base = json.loads((API_BEFORE / "01-events.json").read_text())[0]
    return json.dumps([base | change for change in changes])


def test_meetings_nested_with_items_matters_and_votes_are_taken_apart() -> None:
    event = json.loads(rows({"EventId": 1}))[0]
    item = json.loads((API_BEFORE / "04-items-501.json").read_text())[1]
    matter = json.loads((API_BEFORE / "03-matters-found.json").read_text())[0]
    votes = json.loads((API_BEFORE / "10-votes-7103.json").read_text())
    matter["MatterSponsors"] = json.loads((API_BEFORE / "12-matter-901-sponsors.json").read_text())
    event["EventItems"] = [item | {"EventItemVoteInfo": votes, "EventItemMatter": matter}]
    items = parsed(f"{API}/events/1", json.dumps(event))
    assert [found.key for found in of(items, ScrapedEvent)] == ["event:1"]
    (line,) = of(items, ScrapedAgendaItem)
    assert (line.event_key, line.votes[0].counts) == ("event:1", {"Yea": 2, "Nay": 1})
    (bill,) = of(items, ScrapedBill)
    assert [sponsor.name for sponsor in bill.sponsors] == ["Councillor A", "Councillor B"]


def test_full_page_asks_for_the_next_and_the_same_page_again_is_an_error() -> None:
    body = rows({"EventId": 1}, {"EventId": 2})
    url = f"{API}/events?$top=2&$orderby=EventId"
    items = parsed(url, body)
    following = next(item for item in items if isinstance(item, Request) and "skip" in item.url)
    assert parse_qs(urlsplit(unquote(following.url)).query)["$skip"] == ["2"]
    spider = lone_spider("legistar", url, clock=FixedClock(NOON))
    again = saved_response(following.url, body.encode()).replace(request=following)
    assert reasons(list(spider.parse(again))) == ["truncated"]


def test_half_page_is_the_last() -> None:
    items = parsed(f"{API}/events?$top=3", rows({"EventId": 1}, {"EventId": 2}))
    assert not [item for item in items if isinstance(item, Request) and "skip" in item.url]


def test_midnight_is_no_time() -> None:
    (event,) = of(parsed(f"{API}/events", rows({"EventTime": "12:00 AM"}), timezone="America/Chicago"), ScrapedEvent)
    assert (event.starts_at, event.start_text) == ("2026-03-16", "12:00 AM")


def test_time_that_says_more_is_kept_beside_it() -> None:
    (event,) = of(parsed(f"{API}/events", rows({"EventTime": "2:30 PM or after the full council"})), ScrapedEvent)
    assert (event.starts_at, event.start_text) == ("2026-03-16T14:30:00", "2:30 PM or after the full council")


def test_mark_around_a_remark_in_the_place_is_read_as_a_remark() -> None:
    (event,) = of(parsed(f"{API}/events", rows({"EventLocation": "Room 2\r\n--em--CANCELLED--em--"})), ScrapedEvent)
    assert (event.location, event.description, event.status) == ("Room 2", "CANCELLED", "cancelled")


@pytest.mark.parametrize(
    ("url", "body", "reason"),
    [
        (f"{API}/events", "[]", "empty"),
        (f"{API}/matters", "[]", "empty"),
        (f"{API}/events/501/eventitems", "[]", "empty"),
        (f"{API}/matters/1/histories", "[]", "empty"),
        (f"{API}/persons", '[{"PersonId": 1}]', "reference"),
        (f"{API}/events", '{"Message": "The query is not valid."}', "api_error"),
        (f"{API}/events", '{"Message": "Token is required"}', "token_required"),
        (
            f"{API}/events",
            '{"ExceptionMessage": "LegistarConnectionString setting is not set up in InSite for client: exampleton"}',
            "unknown_client",
        ),
        (
            f"{API}/events",
            '<ArrayOfGranicusEvent xmlns="http://schemas.datacontract.org/2004/07/x"></ArrayOfGranicusEvent>',
            "xml_answer",
        ),
        (f"{API}/events", '[{"EventId": 1, "EventBodyName": "Coun', "truncated"),
        (f"{API}/events", '[{"id": 7, "title": "Board"}]', "other_platform"),
        (f"{API}/events", "<html><body><p>A page of some other site stands here.</p></body></html>", "other_platform"),
        (f"{API}/events", "", "empty_body"),
        (f"{SITE}/LegislationDetail.aspx?ID=1&GUID=2", "Invalid parameters!", "invalid_parameters"),
        (
            f"{SITE}/MeetingDetail.aspx?ID=1",
            "<html><body>This record no longer exists. It might have been deleted.</body></html>",
            "not_found",
        ),
        (f"{SITE}/Feed.ashx?M=C", "<rss><channel><title>Invalid feed</title></channel></rss>", "invalid_feed"),
        (
            f"{SITE}/Calendar.aspx",
            "<html><title>Council</title><body><p>Welcome to our town</p></body></html>",
            "other_platform",
        ),
        (f"{SITE}/Error.aspx", "<html><body><p>Sorry.</p></body></html>", "error_page"),
        (
            f"{SITE}/Calendar.aspx",
            "<html><head><title>Just a moment...</title></head><body>x</body></html>",
            "challenge",
        ),
    ],
)
def test_wrong_and_empty_answers_are_named_and_nothing_else(url: str, body: str, reason: str) -> None:
    items = parsed(url, body)
    assert reasons(items) == [reason]
    assert len(items) == 1


def test_grid_without_records_is_empty() -> None:
    page = (SITE_BEFORE / "01-calendar-month.html").read_text()
    head, _, rest = page.partition("<tbody>")
    body = head + '<tbody><tr class="rgNoRecords"><td colspan="11"><div>No records to display.</div></td></tr>'
    items = parsed(f"{SITE}/Calendar.aspx", body.replace("3 records", "0 records") + rest[rest.index("</tbody>") :])
    assert reasons(items) == ["empty"]
    assert not of(items, ScrapedEvent)


def test_row_that_does_not_fit_the_headers_breaks_the_page() -> None:
    page = (SITE_BEFORE / "01-calendar-month.html").read_text()
    items = parsed(f"{SITE}/Calendar.aspx", page.replace('<th scope="col" class="rgHeader">Meeting Time</th>', ""))
    assert reasons(items) == ["layout_changed"]
    assert len(items) == 1


def test_columns_are_found_by_their_headers_in_any_order() -> None:
    page = """<form id="aspnetForm"><table class="rgMasterTable" id="ctl00_ContentPlaceHolder1_gridCalendar_ctl00">
    <thead><tr><th class="rgHeader">Meeting Date</th><th class="rgHeader">Published agenda</th>
    <th class="rgHeader">Name</th><th class="rgHeader">eComment</th><th class="rgHeader">Meeting Time</th></tr></thead>
    <tbody><tr class="rgRow"><td>3/9/2026</td><td><a href="View.ashx?M=A&amp;ID=5&amp;GUID=6">Agenda</a></td>
    <td>Board</td><td><a href="https://example.granicusideas.com/m/5">eComment</a></td><td>7:00 PM</td></tr></tbody>
    </table></form>"""
    (event,) = of(parsed(f"{SITE}/Calendar.aspx", page), ScrapedEvent)
    assert (event.key, event.name, event.starts_at) == ("event:5", "Board", "2026-03-09T19:00:00")
    assert [(document.kind, document.url) for document in event.documents] == [
        ("agenda", f"{SITE}/View.ashx?M=A&ID=5&GUID=6")
    ]


def test_last_page_without_a_way_on_is_truncated() -> None:
    page = (SITE_BEFORE / "02-calendar-2026-1.html").read_text()
    body = page.replace("rgNumPart", "x").replace("rgCurrentPage", "x")
    items = parsed(f"{SITE}/Calendar.aspx", body, method="POST")
    assert reasons(items) == ["truncated"]


def test_home_page_is_read_by_what_stands_in_it() -> None:
    page = (SITE_BEFORE / "01-calendar-month.html").read_bytes()
    assert len(of(parsed("https://clerk.samplebury.example/", page), ScrapedEvent)) == 3
    found = next(SITE_BEFORE.glob("*-search-result.html")).read_bytes()
    assert len(of(parsed("https://clerk.samplebury.example/", found), ScrapedBill)) == 2


def test_file_address_is_a_file_in_whatever_form_and_an_error_page_is_none() -> None:
    url = f"{SITE}/View.ashx?M=AADA&ID=61&GUID=x"
    agenda = "<html><body><p>Agenda of the council. " + "An item of business. " * 30 + "</p></body></html>"
    assert [item.media_type for item in of(parsed(url, agenda), ScrapedFile)] == ["text/html"]
    assert reasons(parsed(url, "Invalid parameters!")) == ["invalid_parameters"]


def test_feed_of_the_calendar_tells_body_day_and_time() -> None:
    feed = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>City of Samplebury - Calendar (All)</title>
    <item><title>City Council - 3/17/2026 - 7:00 PM</title>
    <link>{SITE}/MeetingDetail.aspx?ID=61&amp;GUID=x</link></item>
    </channel></rss>"""
    (event,) = of(parsed(f"{SITE}/Feed.ashx?M=Calendar&ID=1", feed, timezone="America/New_York"), ScrapedEvent)
    assert (event.key, event.name, event.starts_at) == ("event:61", "City Council", "2026-03-17T19:00:00-04:00")


def test_token_is_asked_with_and_told_to_nobody() -> None:
    row = source(client="exampleton", token="s3cret-token", probe=[])
    spider = LegistarSpider(row, clock=FixedClock(NOON))
    requests = list(spider.entry_requests())
    assert all("token=s3cret-token" in request.url for request in requests)
    body = (API_BEFORE / "01-events.json").read_bytes()
    good = list(spider.parse(saved_response(requests[0].url, body).replace(request=requests[0])))
    bad = list(spider.parse(saved_response(requests[0].url, b"[{").replace(request=requests[0])))
    told_items = [item.model_dump_json() for item in good + bad if not isinstance(item, Request)]
    assert told_items
    assert not [text for text in told_items if "s3cret" in text]
    assert "s3cret" not in repr(spider.options)


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("https://webapi.legistar.com/v1/cook-county/events", {"client": "cook-county"}),
        ("https://samplebury.legistar.com/Calendar.aspx", {"client": "samplebury"}),
        ("https://samplebury.ca.legistar.com/Calendar.aspx", {"client": "samplebury.ca"}),
        ("https://webapi.legistar.com/", {}),
        ("https://legistar.council.example/Calendar.aspx", {}),
    ],
)
def test_client_is_read_from_the_address(url: str, options: dict[str, str]) -> None:
    assert LegistarSpider.options_from_url(url) == options


def test_items_beside_their_meeting_are_joined_to_it_and_strays_are_told() -> None:
    item = json.loads((API_BEFORE / "06-items-503.json").read_text())[0]
    body = {
        "event": json.loads(rows({"EventId": 503}))[0],
        "items": [item, item | {"EventItemId": 9, "EventItemEventId": 7}],
    }
    items = of(parsed(f"{API}/events/503", json.dumps(body)), ScrapedAgendaItem)
    assert [(line.event_key, line.body) for line in items] == [("event:503", "City Council"), ("event:7", None)]


def test_one_date_that_is_none_costs_its_row_and_all_of_them_the_page() -> None:
    items = parsed(f"{API}/events", rows({"EventId": 1, "EventDate": "0202-03-16T00:00:00"}, {"EventId": 2}))
    assert [event.key for event in of(items, ScrapedEvent)] == ["event:2"]
    assert reasons(items) == ["date_implausible"]
    assert reasons(parsed(f"{API}/events", rows({"EventDate": None}))) == ["layout_changed"]
    page = (SITE_BEFORE / "01-calendar-month.html").read_text()
    items = parsed(f"{SITE}/Calendar.aspx", page.replace("3/17/2026", "3/17/20266"))
    assert (len(of(items, ScrapedEvent)), reasons(items)) == (2, ["date_unreadable"])
    assert reasons(parsed(f"{SITE}/Calendar.aspx", page.replace("/2026<", "/<"))) == ["layout_changed"]
