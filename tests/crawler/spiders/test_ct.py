"""Connecticut: what each page role yields, and what a run of the hand-made captures brings."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Request

from config.clock import FixedClock
from config.settings import CONFIG_FOLDER
from config.sources import load_sources
from crawler.captures import CaptureSet, load_captures
from crawler.items import ScrapedBill, ScrapedCoverage, ScrapedEvent, ScrapedFile, ScrapedSeen, ScrapedSkip
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.spiders.base import ScrapedError
from crawler.spiders.states.ct import ConnecticutSpider
from crawler.spiders.states.ct_actions import lineage_of, placed
from crawler.spiders.states.ct_numbers import BillNumber, numbers_in

CAPTURES = Path(__file__).parents[2] / "captures" / "states" / "ct"
BEFORE, AFTER = CAPTURES / "2026-02-12", CAPTURES / "2026-03-05"
BULK = "ftp://ftp.cga.ct.gov/pub/data/"
SITE = "https://www.cga.ct.gov/"
CALENDAR = SITE + "basin/fullcalendar/commevents.php?comm_code=JUD"
STATUS = SITE + "asp/cgabillstatus/cgabillstatus.asp?selBillType=Bill&bill_num=HB5101&which_year=2026"
EVENTS = SITE + "in-events1x.asp"
NUMBER = BillNumber("HB", 5101)


def spider_at(moment: str = "2026-02-12T12:00:00+00:00", **options: str) -> ConnecticutSpider:
    clock = FixedClock(dt.datetime.fromisoformat(moment))
    spider = lone_spider("ct", SITE, load_sources(CONFIG_FOLDER), options=options, clock=clock)
    assert isinstance(spider, ConnecticutSpider)
    return spider


def parsed(
    url: str, body: bytes, *, method: str = "GET", facts: dict[str, Any] | None = None, **options: str
) -> list[Any]:
    """Everything one page yields, read alone or with what a list page passed along."""
    response = saved_response(url, body, method=method)
    assert response.request is not None
    if facts is not None:
        response.request.meta["facts"] = facts
    return list(parse_page(spider_at(**options), response))


def captured(folder: Path, name: str) -> bytes:
    return next(folder.glob(f"*-{name}")).read_bytes()


def only(items: list[Any], kind: type) -> Any:
    found = [item for item in items if isinstance(item, kind)]
    assert len(found) == 1, items
    return found[0]


def reasons(items: list[Any]) -> list[str]:
    return [item.reason for item in items if isinstance(item, (ScrapedSkip, ScrapedError))]


def crawled(
    folder: Path, markers: dict[str, str] | None = None, watched: frozenset[str] = frozenset(), **options: str
) -> tuple[list[Any], list[str]]:
    """Walk a capture as a crawl does; returns the items and the addresses asked for, best priority first."""
    captures: CaptureSet = load_captures(folder)
    spider = spider_at(captures.fetched_at.isoformat(), **options)
    spider.markers, spider.watched = markers or {}, watched
    waiting, items, asked = list(spider.entry_requests()), [], []
    while waiting:
        waiting.sort(key=lambda request: -request.priority)
        request = waiting.pop(0)
        if request.url in asked:
            continue
        asked.append(request.url)
        capture = captures.answer(request.method, request.url, request.body)
        assert capture is not None, f"not captured: {request.url}"
        response = saved_response(request.url, capture.body).replace(request=request)
        for result in spider.parse(response):
            (waiting if isinstance(result, Request) else items).append(result)
    return items, asked


def markers_of(items: list[Any]) -> dict[str, str]:
    return {item.key: item.marker for item in items if isinstance(item, ScrapedBill) and item.marker}


# Numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H.B. No. 5101 (RAISED) AN ACT", ["HB 5101"]),
        ("Substitute for Raised H.B. No. 5101.", ["HB 5101"]),
        ("S.B. Nos. 12, 13 and 14 on March 3, 2026", ["SB 12", "SB 13", "SB 14"]),
        ("S.B. No. 12, 10:30 AM", ["SB 12"]),
        ("HB-5101, sHB 5102 and HB05103", ["HB 5101", "HB 5102", "HB 5103"]),
        ("Senate Joint Resolution No. 7; HOUSE BILL NO. 5001", ["SJ 7", "HB 5001"]),
        ("Proposed\nS.B. No.\u00a077", ["SB 77"]),
        ("Congress's H.R. 1 and Room 2B, H.B. No. 12, SB 5500", []),
        ("see 2026HB-05101-R00-HB.PDF", []),
    ],
)
def test_bill_numbers_are_found_in_every_form_and_other_numbers_are_not(text: str, expected: list[str]) -> None:
    assert [number.identifier for number in numbers_in(text)] == expected


def test_a_bill_is_shown_without_zeros_and_found_by_its_other_forms() -> None:
    number = BillNumber.read("HB05101")
    assert number == NUMBER
    assert number.key("2026") == "2026:HB05101"
    assert number.aliases == ["HB05101", "HB5101", "HB-5101", "H.B. No. 5101"]


# Steps


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("REF. TO JOINT COMM. ON Judiciary", ["referral-committee"]),
        ("Referred to Joint Committee on Judiciary", ["referral-committee"]),
        ("Change of Reference, House to Committee on Finance", ["referral-committee"]),
        ("REFERRED TO OLR, OFA 03/12/26", ["referral"]),
        ("Joint Favorable Substitute", ["committee-passage-favorable"]),
        ("FAV. RPT., TAB. FOR CAL., HOUSE", ["reading-2"]),
        ("HOUSE ADOPTED HOUSE AMEND. SCH. A 4512", ["amendment-passage"]),
        ("SENATE REJ. SENATE AMEND. SCH. B", ["amendment-failure"]),
        ("HOUSE PASSED AS AMENDED BY HOUSE AMEND. SCH. A", ["passage"]),
        ("Senate Passed, In Concurrence", ["passage", "concurrence"]),
        ("House Passed Temporarily", ["deferral"]),
        ("TRANSMITTED BY SECRETARY OF THE STATE TO GOVERNOR", ["executive-receipt"]),
        ("SIGNED BY GOVERNOR", ["executive-signature"]),
        ("LINE ITEM VETOED", ["executive-veto-line-item"]),
        ("Vetoed by Governor", ["executive-veto"]),
        ("House Failed to Override Veto", ["veto-override-failure"]),
        ("PUBLIC HEARING 02/20", []),
        ("Something that no clerk has written before", []),
    ],
)
def test_steps_are_classed_in_the_clerks_and_in_the_pages_wording(description: str, expected: list[str]) -> None:
    assert placed([(None, description)], NUMBER)[0].classification == expected


def test_a_bills_chamber_follows_it_across_the_capitol() -> None:
    lines = ["REF. TO JOINT COMM. ON Judiciary", "HOUSE PASSED", "TRANSMITTED TO SENATE", "FILE NO. 12"]
    lines += ["SENATE PASSED", "IN CONCURRENCE", "(LCO) Public Act 26-1", "SIGNED BY GOVERNOR"]
    chambers = [action.chamber for action in placed([(None, line) for line in lines], NUMBER)]
    assert chambers == ["House", "House", "Senate", "Senate", "Senate", "Senate", None, "Executive"]


def test_a_temporarily_passed_bill_stays_in_its_chamber() -> None:
    steps = [(None, "HOUSE PASSED TEMPORARILY"), (None, "FILE NO. 12")]
    assert [action.chamber for action in placed(steps, NUMBER)] == ["House", "House"]


def test_a_combined_bill_names_its_successor_and_never_itself() -> None:
    links = list(lineage_of(["H.B. No. 5101 read", "COMBINED WITH HB-5310", "Similar to S.B. No. 9"], NUMBER, "2026"))
    assert [(link.relation, link.identifier) for link in links] == [("replaced_by", "HB 5310"), ("similar", "SB 9")]


# Bulk files


def test_bills_of_the_session_are_listed_and_other_years_only_counted() -> None:
    items = parsed(BULK + "bill_info.csv", captured(BEFORE, "bill_info.csv"))
    bills = [item for item in items if isinstance(item, ScrapedBill)]
    assert [bill.key for bill in bills] == ["2026:HB05101", "2026:HB05230", "2026:SB00077"]
    assert bills[1].title == "AN ACT CONCERNING PICNIC TABLES IN STATE PARKS – CAFÉ HOURS (DEMONSTRATION DATA)."
    assert [bill.body for bill in bills] == ["House", "House", "Senate"]
    assert only(items, ScrapedSkip).what == "2025: 1 bills"
    assert only(items, ScrapedCoverage).sessions == ["2026"]


def test_the_first_bills_of_a_new_year_are_read_before_its_session_opens() -> None:
    body = b'"sess_year","bill_num","bill_title"\n"2026","HB05001","A"\n"2027","HB05001","B"\n"2025","HB05001","C"\n'
    items = parsed(BULK + "bill_info.csv", body, moment="2027-01-04T12:00:00+00:00")
    assert [item.key for item in items if isinstance(item, ScrapedBill)] == ["2026:HB05001", "2027:HB05001"]


def test_the_old_session_is_read_until_the_new_one_has_a_bill() -> None:
    body = b'"sess_year","bill_num","bill_title"\n"2025","HB05001","A"\n"2026","HB05001","B"\n'
    items = parsed(BULK + "bill_info.csv", body, moment="2027-01-08T12:00:00+00:00")
    assert [item.key for item in items if isinstance(item, ScrapedBill)] == ["2026:HB05001"]


def test_quotes_that_are_not_doubled_spoil_no_title() -> None:
    body = b'"sess_year","bill_num","bill_title"\n"2026","SB00001","THE "A, B" ACT"\n"2026","SB00002","OF\nTWO LINES"\n'
    bills = [item for item in parsed(BULK + "bill_info.csv", body) if isinstance(item, ScrapedBill)]
    assert [bill.title for bill in bills] == ['THE "A, B" ACT', "OF TWO LINES"]


def test_one_torn_line_is_counted_and_the_file_is_not_called_whole() -> None:
    rows = "".join(f'"2026","SB{n:05d}","T"\n' for n in range(1, 400))
    body = f'"sess_year","bill_num","bill_title"\n"2026","SB00999"\n{rows}'.encode()
    items = parsed(BULK + "bill_info.csv", body)
    assert sum(isinstance(item, ScrapedBill) for item in items) == 399
    assert reasons(items) == ["row_torn"]
    assert not [item for item in items if isinstance(item, ScrapedCoverage)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'"sess_year","bill_num"\n"2026","HB05001"\n', "layout_changed"),
        (b'"sess_year","bill_num","bill_title"\n', "unexpectedly_empty"),
        (b'"sess_year","bill_num","bill_title"\n"2026","HB05001","A"\n"2026","HB05', "truncated"),
        (b'"sess_year","bill_num","bill_title"\n"2026","HB05001","A"\n"2026","HB05002","AN ACT CONC', "truncated"),
        (b"<html><body>The file server is not in use today, please come back.</body></html>", "not_csv"),
        (b"", "empty_body"),
    ],
)
def test_a_broken_list_is_an_error_and_never_an_empty_session(body: bytes, reason: str) -> None:
    error = only(parsed(BULK + "bill_info.csv", body), ScrapedError)
    assert (error.reason, error.tolerated) == (reason, False)


def test_a_history_file_read_alone_tells_steps_and_no_title() -> None:
    items = parsed(BULK + "bill_history.csv", captured(AFTER, "bill_history.csv"))
    bills = {item.key: item for item in items if isinstance(item, ScrapedBill)}
    assert set(bills) == {"2025:HB05101", "2026:HB05101", "2026:HB05230", "2026:SB00077", "2026:HB05310"}
    bill = bills["2026:HB05101"]
    assert bill.title is None
    assert [(str(action.date), action.description) for action in bill.actions or ()] == [
        ("2026-02-09", "REF. TO JOINT COMM. ON JUD"),
        ("2026-02-11", "PUBLIC HEARING 02/20"),
        ("2026-02-26", "JOINT FAVORABLE SUBSTITUTE PS"),
        ("2026-03-03", "FAV. RPT., TAB. FOR CAL., HOUSE"),
        ("2026-03-03", "FILE NO. 123"),
        ("2026-03-04", "HOUSE PASSED"),
    ]


def test_subjects_read_alone_belong_to_the_session_that_is_open() -> None:
    items = parsed(BULK + "subject.csv", b"bill_num,subj_desc\nHB05101,Police\nHB05101,Data privacy\n")
    bill = only(items, ScrapedBill)
    assert (bill.key, bill.subjects, bill.title) == ("2026:HB05101", ["Data privacy", "Police"], None)


# Status pages


def test_a_status_page_read_alone_tells_everything() -> None:
    bill = only(parsed(STATUS, captured(AFTER, "hb5101.html")), ScrapedBill)
    assert (bill.key, bill.identifier, bill.session) == ("2026:HB05101", "HB 5101", "2026")
    assert bill.title == "AN ACT CONCERNING PUBLIC SAFETY TECHNOLOGY."
    assert bill.summary == "To make demonstration data about public safety technology."
    assert [(sponsor.name, sponsor.classification) for sponsor in bill.sponsors or ()] == [
        ("Public Safety and Security Committee", "sponsor"),
        ("Rep. Bob Example, 199th Dist.", "cosponsor"),
    ]
    kinds = [document.kind for document in bill.documents or ()]
    assert kinds == ["version", "version", "version", "fiscal_note", "analysis"]
    assert [vote.motion for vote in bill.votes or ()] == ["House Roll Call Vote 12", "PS Vote Tally Sheet"]
    assert bill.status == "House Passed"
    assert str((bill.actions or [])[0].date) == "2026-02-09"


def test_members_are_found_by_their_link_wherever_the_page_puts_them() -> None:
    body = captured(AFTER, "hb5101.html").replace(b'<a href="/asp/CGA', b'</div><div><a href="/asp/CGA')
    names = [(sponsor.name, sponsor.primary) for sponsor in only(parsed(STATUS, body), ScrapedBill).sponsors]
    assert names == [("Public Safety and Security Committee", True), ("Rep. Bob Example, 199th Dist.", False)]


def test_of_a_papers_twins_only_the_pdf_is_fetched() -> None:
    url = STATUS.replace("HB5101", "SB77")
    items = parsed(url, captured(BEFORE, "sb77.html"))
    documents = only(items, ScrapedBill).documents
    assert [(document.url[-4:], document.fetch) for document in documents] == [(".PDF", True), (".HTM", False)]
    assert [item.url for item in items if isinstance(item, Request)] == [documents[0].url]


def test_a_bill_that_does_not_exist_is_reported_as_not_found() -> None:
    body = b"<html><body><h3>Bill HB-5999 not found in Database</h3>" + b"<p>words</p>" * 300 + b"</body></html>"
    assert only(parsed(STATUS, body), ScrapedError).reason == "not_found"


def test_the_page_of_another_bill_is_not_taken_for_this_one() -> None:
    assert only(parsed(STATUS, captured(BEFORE, "hb5230.html")), ScrapedError).reason == "other_bill"


def test_a_status_page_without_its_tables_is_a_changed_layout() -> None:
    body = captured(BEFORE, "hb5101.html").replace(b"summary=", b"data-summary=")
    assert only(parsed(STATUS, body), ScrapedError).reason == "layout_changed"


ROLL_CALL = SITE + "2026/VOTE/H/PDF/2026HV-00012-R00HB05101-HV.PDF"


def test_a_roll_call_tells_its_counts_its_day_and_whether_it_sufficed() -> None:
    bill = only(
        parsed(ROLL_CALL, captured(AFTER, "hv12.pdf"), facts={"motion": "House Roll Call Vote 12"}), ScrapedBill
    )
    vote = bill.votes[0]
    assert (bill.key, bill.title) == ("2026:HB05101", None)
    assert (vote.motion, str(vote.date), vote.passed) == ("House Roll Call Vote 12", "2026-03-04", True)
    assert vote.counts == {"yes": 98, "no": 48, "absent": 5}


def test_a_roll_call_and_the_page_that_links_it_name_the_same_vote() -> None:
    page = only(parsed(STATUS, captured(AFTER, "hb5101.html")), ScrapedBill).votes[0]
    read = only(parsed(ROLL_CALL, captured(AFTER, "hv12.pdf")), ScrapedBill).votes[0]
    assert (page.identifier, page.url) == (read.identifier, read.url) == ("HV 12", ROLL_CALL)


def test_a_roll_call_that_names_no_bill_is_left_out_with_the_reason() -> None:
    url = SITE + "2026/vote/s/pdf/2026SV-00035-R00-SV.PDF"
    assert reasons(parsed(url, captured(AFTER, "hv12.pdf"))) == ["vote_without_bill"]


# Meetings


def test_calendar_stamps_are_local_time_and_midnight_is_no_time() -> None:
    items = parsed(CALENDAR, captured(BEFORE, "calendar-jud.json"))
    events = {item.name: item for item in items if isinstance(item, ScrapedEvent)}
    assert events["Judiciary Committee Public Hearing"].starts_at == "2026-02-20T10:00:00-05:00"
    assert events["Judiciary Committee Public Hearing"].location == "LOB ROOM 2C"
    assert events["Judiciary Committee Screening"].starts_at == "2026-02-23"
    assert events["Judiciary Committee Meeting"].status == "cancelled"
    assert sorted(reasons(items)) == ["listed_twice", "no_title"]


def test_a_hearing_keeps_its_key_when_its_hour_or_its_state_changes() -> None:
    before, after = (
        json.dumps([{"title": title, "start": start, "end": None, "building": "LOB", "location": "1D", "url": None}])
        for title, start in (("PS Hearing", "2026-03-10T11:00:00Z"), ("CANCELLED - PS Hearing", "2026-03-10T13:00:00Z"))
    )
    keys = {only(parsed(CALENDAR, body.encode()), ScrapedEvent).key for body in (before, after)}
    assert len(keys) == 1


def test_numbers_of_its_own_keep_a_hearing_through_a_change_of_date_and_positions_never_do() -> None:
    def keys(day: int, first: int) -> list[str]:
        rows = [{"id": first + n, "title": f"H{n}", "start": f"2026-03-{day + n}T11:00:00Z"} for n in range(2)]
        return [item.key for item in parsed(CALENDAR, json.dumps(rows).encode()) if isinstance(item, ScrapedEvent)]

    assert keys(10, 41_000) == keys(17, 41_000)
    assert keys(10, 1) == keys(10, 2)


def test_an_empty_calendar_asks_the_table_of_all_events_once() -> None:
    items = parsed(CALENDAR, b"", facts={"committees": {"JUD": "Judiciary Committee"}})
    assert reasons(items) == ["empty_calendar"]
    request = only(items, Request)
    assert (request.method, request.url) == ("POST", EVENTS)
    assert request.body == b"sDate=02%2F05%2F2026&eDate=05%2F13%2F2026"


def test_the_events_table_keeps_words_that_are_no_time() -> None:
    items = parsed(EVENTS, captured(BEFORE, "events.html"), method="POST")
    events = [item for item in items if isinstance(item, ScrapedEvent)]
    assert [(event.starts_at, event.start_text) for event in events] == [
        ("2026-02-18T09:30:00-05:00", None),
        ("2026-02-20T10:00:00-05:00", None),
        ("2026-02-24", "Upon adjournment of session"),
    ]


def test_an_agenda_read_alone_tells_when_where_which_bills_and_how_to_testify() -> None:
    url = SITE + "2026/juddata/pha/2026pha00220-R001000jud-pha.htm"
    event = only(parsed(url, captured(BEFORE, "agenda-jud.html")), ScrapedEvent)
    assert (event.name, event.starts_at) == ("Judiciary Committee Public Hearing", "2026-02-20T10:00:00-05:00")
    assert event.location == "Room 2C of the LOB"
    assert event.bills == ["HB 5101", "SB 77"]
    assert "will close on Thursday, February 19, 2026 at 3:00 P.M." in event.testimony
    assert "https://zoom.us/webinar/register/demonstration" in event.testimony


def test_a_pdf_agenda_is_kept_as_a_file_and_read_for_its_bills() -> None:
    url = SITE + "2026/psdata/pha/pdf/2026pha00310-R001100ps-pha.pdf"
    items = parsed(url, captured(AFTER, "agenda-ps.pdf"))
    assert only(items, ScrapedFile).media_type == "application/pdf"
    event = only(items, ScrapedEvent)
    assert event.bills == ["HB 5101", "HB 5310"]
    assert event.starts_at == "2026-03-10T11:00:00-04:00"


# Whole runs


def test_a_first_run_reads_every_bill_and_every_meeting() -> None:
    items, asked = crawled(BEFORE)
    assert not [item for item in items if isinstance(item, ScrapedError)]
    assert set(markers_of(items)) == {"2026:HB05101", "2026:HB05230", "2026:SB00077"}
    hearing = [item for item in items if isinstance(item, ScrapedEvent) and item.bills]
    assert [(event.key[:14], event.bills) for event in hearing] == [
        ("JUD:2026-02-20", ["HB 5101", "SB 77"]),
        ("FIN:2026-02-18", ["HB 5230"]),
    ]
    coverage = [item for item in items if isinstance(item, ScrapedCoverage)]
    assert [item.sessions for item in coverage] == [["2026"], []]
    assert str(coverage[1].events_from) == "2026-02-05"
    assert asked[0] == BULK + "committee.csv"


def test_titles_and_steps_come_from_one_source_so_that_reading_a_page_changes_nothing() -> None:
    items, _asked = crawled(BEFORE)
    for name in ("title", "actions", "status"):
        told = [getattr(item, name) for item in items if isinstance(item, ScrapedBill) and item.key == "2026:HB05101"]
        assert len([value for value in told if value is not None]) == 1, name


def test_an_unchanged_world_reads_no_status_page() -> None:
    first, _asked = crawled(BEFORE)
    again, asked = crawled(BEFORE, markers_of(first))
    assert [item.key for item in again if isinstance(item, ScrapedSeen)] == list(
        dict.fromkeys(item.key for item in again if isinstance(item, ScrapedBill) and item.title)
    )
    assert not [url for url in asked if "cgabillstatus" in url]


def test_watched_bills_are_read_first_and_always_with_the_bill_they_went_into() -> None:
    first, _asked = crawled(BEFORE)
    _items, asked = crawled(AFTER, markers_of(first), frozenset({"2026:SB00077"}))
    pages = [url.split("bill_num=")[1].split("&")[0] for url in asked if "cgabillstatus" in url]
    assert set(pages[:2]) == {"SB77", "HB5310"}
    _items, asked = crawled(BEFORE, markers_of(first), frozenset({"2026:SB00077"}))
    assert [url for url in asked if "cgabillstatus" in url] == [STATUS.replace("HB5101", "SB77")]


def test_what_does_not_fit_into_a_run_is_read_in_the_next() -> None:
    first, _asked = crawled(BEFORE, details_per_run="2")
    assert reasons(first).count("detail_postponed") == 1
    assert len(markers_of(first)) == 2
    second, _asked = crawled(BEFORE, markers_of(first), details_per_run="2")
    assert set(markers_of(first)) | set(markers_of(second)) == {"2026:HB05101", "2026:HB05230", "2026:SB00077"}


def test_steps_of_an_earlier_bill_of_that_number_do_not_leak_into_this_one() -> None:
    items, _asked = crawled(BEFORE)
    bill = next(item for item in items if isinstance(item, ScrapedBill) and item.key == "2026:HB05101" and item.actions)
    assert [action.date.year for action in bill.actions] == [2026, 2026]
    assert bill.actions[0].description == "REF. TO JOINT COMM. ON Judiciary"
