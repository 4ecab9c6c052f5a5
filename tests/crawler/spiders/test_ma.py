"""The Massachusetts spider on hand-written captures: two moments of one world, and the site's own pages."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

from config.clock import FixedClock
from config.errors import ConfigError
from config.settings import CONFIG_FOLDER
from config.sources import Sources, load_sources
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
from crawler.spiders.states.ma import MassachusettsSpider
from crawler.spiders.states.ma_names import bill_number, ordinal

CAPTURES = Path(__file__).parents[2] / "captures" / "states" / "ma"
API = "https://malegislature.gov/api"


@pytest.fixture(scope="module")
def sources() -> Sources:
    return load_sources(CONFIG_FOLDER)


class Crawl:
    """One crawl over captures without network: what came out, what was asked for, what was not captured."""

    def __init__(
        self,
        sources: Sources,
        captures: CaptureSet,
        *,
        markers: Mapping[str, str] | None = None,
        watched: frozenset[str] = frozenset(),
        answers: Mapping[str, tuple[int, bytes]] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        row = sources.get("ma_legislature")
        row = row.model_copy(update={"options": {**row.options, **(options or {})}})
        self.spider = MassachusettsSpider(
            row,
            sources.sessions_of(row.jurisdiction),
            FixedClock(captures.fetched_at),
            markers=markers,
            watched=watched,
        )
        self.captures, self.answers = captures, answers or {}
        self.items: list[Any] = []
        self.asked: list[str] = []
        self.missing: list[str] = []
        waiting = list(self.spider.entry_requests())
        while waiting:
            request = waiting.pop(0)
            if request.url in self.asked:
                continue
            self.asked.append(request.url)
            for result in self.spider.parse(self.response(request)):
                if isinstance(result, Request):
                    waiting.append(result)
                else:
                    self.items.append(result)

    def response(self, request: Request) -> Response:
        status, body, headers = 404, b"", {}
        capture = self.captures.answer(request.method, request.url)
        if request.url in self.answers:
            status, body = self.answers[request.url]
        elif capture is not None:
            status, body, headers = capture.status, capture.body, dict(capture.headers)
        else:
            self.missing.append(request.url)
        cls = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return cls(url=request.url, status=status, headers=headers, body=body, request=request)

    def of(self, kind: type[Any]) -> list[Any]:
        return [item for item in self.items if isinstance(item, kind)]

    def bill(self, key: str) -> dict[str, Any]:
        """All that the crawl told of one bill: later pages add to earlier ones, None adds nothing."""
        told: dict[str, Any] = {}
        for item in self.of(ScrapedBill):
            if item.key == key:
                told |= {name: value for name, value in item if value is not None}
        return told

    def event(self, number: int) -> ScrapedEvent:
        return next(item for item in self.of(ScrapedEvent) if item.key == f"hearing:{number}")

    @property
    def markers(self) -> dict[str, str]:
        return {item.key: item.marker for item in self.of(ScrapedBill) if item.marker}


@pytest.fixture(scope="module")
def first(sources: Sources) -> Crawl:
    return Crawl(sources, load_captures(CAPTURES / "first"))


WATCHED = frozenset({"194:HD7601", "194:SD3801", "194:H7001"})


@pytest.fixture(scope="module")
def later(sources: Sources, first: Crawl) -> Crawl:
    return Crawl(sources, load_captures(CAPTURES / "later"), markers=first.markers, watched=WATCHED)


def test_a_first_crawl_reads_every_bill_and_asks_for_nothing_that_is_not_there(first: Crawl) -> None:
    assert first.missing == []
    assert first.of(ScrapedError) == []
    assert {bill.key for bill in first.of(ScrapedBill)} == {
        "194:HD7601", "194:SD3801", "194:HD7702", "194:H7001", "194:SD3999", "194:SD3700",
    }  # fmt: skip
    assert first.of(ScrapedCoverage)[0].sessions == ["194th"]


def test_the_text_tells_what_the_title_hides(first: Crawl) -> None:
    bill = first.bill("194:HD7601")
    assert bill["title"] == "An Act establishing privacy protections for drivers (demonstration data)"
    assert "automated license plate reader" in bill["text"]
    assert "\r" not in bill["text"]
    assert bill["identifier"] == "H7101"
    assert bill["aliases"] == ["H7101", "HD7601"]
    assert bill["session"] == "194th"
    assert bill["body"] == "House"
    assert bill["classification"] == "bill"
    assert bill["url"] == "https://malegislature.gov/Bills/194/H7101"


def test_an_emergency_preamble_is_part_of_the_text(first: Crawl) -> None:
    assert first.bill("194:SD3801")["text"].startswith("The deferred operation of this act")


def test_the_primary_sponsor_is_not_listed_again_among_the_others(first: Crawl) -> None:
    sponsors = first.bill("194:HD7601")["sponsors"]
    assert [(row.name, row.classification, row.primary) for row in sponsors] == [
        ("Ada Demo", "primary", True),
        ("Ben Sample", "cosponsor", False),
    ]


def test_a_title_that_the_document_still_lacks_is_taken_from_the_list(first: Crawl) -> None:
    documents = [bill for bill in first.of(ScrapedBill) if bill.key == "194:HD7702" and bill.text]
    assert [bill.title for bill in documents] == [None]
    assert first.bill("194:HD7702")["title"] == "An Act relative to school lunches (demonstration data)"
    # Not marked as read: the next run asks again, until the title is there.
    assert first.bill("194:HD7702")["marker"].startswith("list:")


def test_a_document_without_text_has_its_pdf_read(first: Crawl) -> None:
    bill = first.bill("194:H7001")
    assert "text" not in bill
    assert [(row.kind, row.fetch) for row in bill["documents"]] == [
        ("version", True),
        ("attachment", True),
        ("amendment", False),
    ]
    assert "https://malegislature.gov/Bills/194/H7001.pdf" in {file.url for file in first.of(ScrapedFile)}
    assert bill["documents"][1].url == "https://malegislature.gov/Demo/OutsideSections.pdf"


def test_a_bill_with_text_links_its_pdf_and_does_not_fetch_it(first: Crawl) -> None:
    assert [row.fetch for row in first.bill("194:HD7601")["documents"]] == [False]
    assert "https://malegislature.gov/Bills/194/H7101.pdf" not in first.asked


def test_a_docket_of_the_docket_book_is_stored_and_never_asked_for(first: Crawl) -> None:
    bill = first.bill("194:SD3999")
    assert bill["identifier"] == "SD3999"
    assert bill["classification"] == "proposed bill"
    assert [row.name for row in bill["sponsors"]] == ["Clara Example"]
    assert not any("SD3999" in url for url in first.asked)


def test_a_history_gives_actions_status_deadline_and_class(first: Crawl) -> None:
    bill = first.bill("194:SD3801")
    assert [(action.date.isoformat(), action.chamber) for action in bill["actions"]] == [
        ("2025-02-27", "Senate"),
        ("2025-02-27", "House"),
        ("2026-02-02", "Senate"),
    ]
    assert [action.classification for action in bill["actions"]] == [["referral-committee"], [], []]
    assert bill["reporting_date"].isoformat() == "2026-03-16"
    assert bill["status"] == "Referred to committee on The Judiciary"


def test_roll_calls_of_both_branches_are_votes_with_counts(first: Crawl) -> None:
    senate, house = first.bill("194:SD3700")["votes"]
    assert (senate.counts, senate.passed, senate.identifier) == ({"yes": 38, "no": 1}, True, "Senate No. 41")
    assert senate.motion == "Read third and passed to be engrossed"
    assert (house.counts, house.passed, house.identifier) == ({"yes": 30, "no": 126}, False, "House No. 210")
    assert house.url == "https://malegislature.gov/Journal/House/194/2026/RollCalls"


def test_a_bill_came_from_its_docket_and_says_so(first: Crawl) -> None:
    lineage = first.bill("194:HD7601")["lineage"]
    assert [(row.relation, row.identifier, row.session) for row in lineage] == [("replaces", "HD7601", "194th")]


def test_hearings_have_eastern_times_room_bills_and_how_to_testify(first: Crawl) -> None:
    hearing = first.event(6101)
    assert hearing.name == hearing.body == "Joint Committee on Transportation"
    assert hearing.starts_at == "2026-03-17T11:00:00-04:00"
    assert hearing.timezone == "America/New_York"
    assert hearing.location == "A-2, 24 Beacon Street, Boston, MA 02133"
    assert hearing.status == "confirmed"
    assert hearing.bills == ["H7101"]
    assert hearing.url == "https://malegislature.gov/Events/Hearings/Detail/6101"
    assert hearing.source_urls == [f"{API}/Hearings/6101"]
    assert hearing.testimony == (
        "Please sign up to testify by 5 PM on March 16. "
        "Written testimony may be sent to transportation.demo@malegislature.gov until March 31."
    )
    assert first.event(6090).status == "passed"
    # Before the second Sunday of March the offset is an hour more.
    assert first.event(6090).starts_at == "2026-02-10T10:00:00-05:00"


def test_an_oversight_hearing_without_bills_is_an_agenda_item(first: Crawl) -> None:
    items = first.of(ScrapedAgendaItem)
    assert [(item.event_key, item.title) for item in items if item.event_key == "hearing:6099"] == [
        ("hearing:6099", "Oversight hearing on license plate readers of the police (demonstration data).")
    ]
    assert not any(item.event_key == "hearing:6101" for item in items)


def test_the_probe_narrows_to_the_open_court_and_finds_nothing_new(first: Crawl) -> None:
    assert any("Refinements%5Blawsgeneralcourt%5D=demo194token" in url for url in first.asked)
    assert not any("H3103" in url for url in first.asked)


def test_a_second_crawl_reads_again_only_what_moved_and_what_is_watched(later: Crawl) -> None:
    assert later.missing == []
    assert later.of(ScrapedError) == []
    assert {url.rsplit("/", 1)[1] for url in later.asked if "/Documents/" in url and url.count("/") == 7} == {
        "H7101", "S3901", "H7001", "H7188", "H7300",
    }  # fmt: skip
    assert {item.key for item in later.of(ScrapedSeen) if item.kind == "bill"} == {
        "194:HD7601", "194:H7001", "194:SD3999", "194:SD3700",
    }  # fmt: skip


def test_a_numbered_docket_stays_one_record(later: Crawl) -> None:
    bill = later.bill("194:HD7702")
    assert bill["identifier"] == "H7188"
    assert bill["aliases"] == ["H7188", "HD7702"]
    assert [(row.relation, row.identifier) for row in bill["lineage"]] == [("replaces", "HD7702")]


def test_a_new_draft_is_named_as_successor_and_read_in_the_same_run(later: Crawl) -> None:
    old, new = later.bill("194:HD7601"), later.bill("194:H7300")
    assert ("replaced_by", "H7300", "194th") in [(row.relation, row.identifier, row.session) for row in old["lineage"]]
    assert ("similar", "H3103", "193rd") in [(row.relation, row.identifier, row.session) for row in old["lineage"]]
    assert old["status"] == "Replaced by a new draft"
    assert [(row.relation, row.identifier) for row in new["lineage"]] == [("replaces", "H7101")]
    assert [row.name for row in new["sponsors"]] == ["Joint Committee on Transportation"]


def test_a_committee_vote_is_counted_and_a_new_sponsor_is_seen(later: Crawl) -> None:
    bill = later.bill("194:SD3801")
    assert [row.name for row in bill["sponsors"]] == ["Clara Example", "Ada Demo", "Dora Trial"]
    (vote,) = bill["votes"]
    assert vote.motion == "ought to pass"
    assert vote.counts == {"favorable": 2, "adverse": 1, "reserve right": 0, "no vote recorded": 0}
    assert vote.date.isoformat() == "2026-03-05"


def test_a_moved_hearing_has_its_new_time_and_names_the_old_one(later: Crawl) -> None:
    hearing = later.event(6101)
    assert hearing.status == "rescheduled"
    assert hearing.starts_at == "2026-03-19T13:00:00-04:00"
    assert hearing.description is not None
    assert hearing.description.endswith("Rescheduled from March 17, 2026 11:00 AM.")
    assert later.event(6095).status == "cancelled"
    assert later.event(6102).bills == ["S3901"]


def test_an_unchanged_world_costs_the_lists_the_hearings_and_the_watched_bills(sources: Sources, later: Crawl) -> None:
    captures = load_captures(CAPTURES / "later")
    digest = later.spider.listed["194:SD3700"].digest
    markers = {**later.markers, "194:SD3700": f"read:{digest}:2026-03-02"}
    markers["194:SD3999"] = "list:" + later.spider.listed["194:SD3999"].digest
    again = Crawl(sources, captures, markers=markers, watched=frozenset(), options={"probe": []})
    assert [url for url in again.asked if "/Documents/" in url] == []
    assert again.of(ScrapedBill) == []


def test_the_budget_reads_new_bills_first_and_leaves_the_rest_for_later(sources: Sources) -> None:
    crawl = Crawl(sources, load_captures(CAPTURES / "first"), options={"details_per_run": 2, "probe": []})
    read = [url.rsplit("/", 1)[1] for url in crawl.asked if "/Documents/" in url and url.count("/") == 7]
    # A draft without a docket is the newest; then the highest docket.
    assert read == ["H7001", "HD7702"]
    assert crawl.bill("194:SD3700")["marker"].startswith("list:")


def test_a_bill_last_read_long_ago_is_read_again(sources: Sources, first: Crawl) -> None:
    digest = first.spider.listed["194:S3905"].digest
    captures = load_captures(CAPTURES / "first")
    fresh = {**first.markers, "194:SD3700": f"read:{digest}:2026-02-20"}
    stale = {**first.markers, "194:SD3700": f"read:{digest}:2026-01-20"}
    url = f"{API}/GeneralCourts/194/Documents/S3905"
    assert url not in Crawl(sources, captures, markers=fresh).asked
    assert url in Crawl(sources, captures, markers=stale).asked


def test_one_bill_that_answers_500_is_tolerated_and_asked_again_next_time(sources: Sources) -> None:
    url = f"{API}/GeneralCourts/194/Documents/H7101"
    crawl = Crawl(sources, load_captures(CAPTURES / "first"), answers={url: (500, b"error")})
    (error,) = crawl.of(ScrapedError)
    assert (error.reason, error.tolerated, error.role) == ("server_error", True, "document")
    assert crawl.bill("194:HD7601")["title"].startswith("An Act establishing")
    assert crawl.markers["194:HD7601"].startswith("list:")


def test_similar_bills_that_can_not_be_read_do_not_cost_the_history(sources: Sources, first: Crawl) -> None:
    url = f"{API}/GeneralCourts/194/Documents/H7101/Similar"
    captures = load_captures(CAPTURES / "later")
    crawl = Crawl(sources, captures, markers=first.markers, watched=WATCHED, answers={url: (500, b"")})
    assert ("replaced_by", "H7300") in [(row.relation, row.identifier) for row in crawl.bill("194:HD7601")["lineage"]]


def test_one_hearing_that_answers_500_does_not_end_the_walk_and_is_not_gone(sources: Sources) -> None:
    captures = load_captures(CAPTURES / "first")
    crawl = Crawl(sources, captures, answers={f"{API}/Hearings/6101": (500, b"")})
    assert {event.key for event in crawl.of(ScrapedEvent)} == {"hearing:6099", "hearing:6095", "hearing:6090"}
    assert "hearing:6101" in {item.key for item in crawl.of(ScrapedSeen)}


def test_the_walk_ends_after_enough_old_hearings(sources: Sources) -> None:
    rows = [{"EventId": number} for number in range(6090, 6000, -1)]
    old = json.loads((CAPTURES / "first" / "hearing-6090.json").read_text())
    answers = {f"{API}/Hearings": (200, json.dumps(rows).encode())}
    answers |= {f"{API}/Hearings/{row['EventId']}": (200, json.dumps({**old, **row}).encode()) for row in rows}
    crawl = Crawl(sources, load_captures(CAPTURES / "first"), answers=answers, options={"old_hearings_to_stop": 3})
    assert len(crawl.of(ScrapedEvent)) == 3


def test_a_list_that_lost_most_of_its_bills_is_truncated_and_covers_nothing(sources: Sources) -> None:
    markers = {f"194:HD{number}": "list:0" for number in range(1, 40)}
    crawl = Crawl(sources, load_captures(CAPTURES / "first"), markers=markers)
    assert [error.reason for error in crawl.of(ScrapedError)] == ["truncated"]
    assert not any(coverage.sessions for coverage in crawl.of(ScrapedCoverage))


def test_an_empty_list_of_a_court_covers_nothing(sources: Sources) -> None:
    answers = {f"{API}/GeneralCourts/194/Documents": (200, b"[]")}
    crawl = Crawl(sources, load_captures(CAPTURES / "first"), answers=answers)
    assert [skip.reason for skip in crawl.of(ScrapedSkip)] == ["empty"]
    assert not any(coverage.sessions for coverage in crawl.of(ScrapedCoverage))


def test_a_court_that_just_ended_is_listed_beside_the_new_one(sources: Sources) -> None:
    captures = load_captures(CAPTURES / "first")
    captures.fetched_at = captures.fetched_at.replace(year=2027, month=1, day=12)
    asked = Crawl(sources, captures, options={"probe": []}).asked
    assert f"{API}/GeneralCourts/194/Documents" in asked
    assert f"{API}/GeneralCourts/195/Documents" in asked


def test_a_crawl_without_an_open_court_says_what_to_add(sources: Sources) -> None:
    captures = load_captures(CAPTURES / "first")
    captures.fetched_at = captures.fetched_at.replace(year=2035)
    with pytest.raises(ConfigError, match="no General Court is open"):
        Crawl(sources, captures)


def parse(url: str, body: bytes, content_type: str | None = None) -> list[Any]:
    return list(parse_page(lone_spider("ma", url), saved_response(url, body, content_type=content_type)))


def page(name: str) -> bytes:
    return (CAPTURES / "pages" / name).read_bytes()


def test_a_bills_page_tells_what_the_api_tells() -> None:
    results = parse("https://malegislature.gov/Bills/194/S3901", page("bill.html"))
    bill = results[0]
    assert bill.identifier == "S3901"
    assert bill.title == "An Act further protecting lawful care (demonstration data)"
    assert bill.status == "Referred to Senate Committee on Ways and Means"
    assert bill.summary.endswith("The bill bars help to investigations of other states.")
    assert [(row.name, row.primary) for row in bill.sponsors] == [("Clara Example", True)]
    assert [row.url for row in bill.documents] == ["https://malegislature.gov/Bills/194/S3901.pdf"]
    assert [(row.identifier, row.session) for row in bill.lineage] == [("S2201", "193rd"), ("H7420", "194th")]
    asked = [result for result in results if isinstance(result, Request)]
    assert [request.url.rsplit("/", 1)[1] for request in asked] == ["S3901.pdf", "BillHistory", "Cosponsor"]
    assert asked[1].headers["X-Requested-With"] == b"XMLHttpRequest"


def test_a_page_without_title_and_text_is_a_docket_with_neither() -> None:
    (bill,) = parse("https://malegislature.gov/Bills/194/HD7702", page("docket.html"))
    assert bill.identifier == "HD7702"
    assert bill.title is None
    assert bill.documents == []
    assert bill.classification == "proposed bill"
    assert [row.name for row in bill.sponsors] == ["Joint Committee on Education"]


def test_a_page_that_came_with_its_history_open_has_the_actions() -> None:
    whole = page("bill.html").decode()
    whole = whole.replace('class="active tab"', 'class="tab"').replace('class=" tab"', 'class="active tab"', 1)
    whole = whole.replace("</aside>", "</aside>" + page("history-2.html").decode())
    bill, *_ = parse("https://malegislature.gov/Bills/194/S3901", whole.encode())
    assert [action.date.isoformat() for action in bill.actions] == ["2026-03-05", "2026-03-09"]
    assert ("replaced_by", "S3990") in [(row.relation, row.identifier) for row in bill.lineage]


def test_a_long_history_is_told_whole_on_its_last_page() -> None:
    url = "https://malegislature.gov/Bills/194/S3901/BillHistory"
    spider = lone_spider("ma", url)
    alone, request = list(parse_page(spider, saved_response(url, page("history-1.html"))))
    assert len(alone.actions) == 2
    assert request.url == f"{url}?pageNumber=2"
    response = saved_response(request.url, page("history-2.html")).replace(request=request)
    (bill,) = list(parse_page(spider, response))
    assert len(bill.actions) == 4
    assert bill.actions[2].classification == ["referral-committee", "committee-passage-favorable"]


def test_petitioners_votes_and_text_are_read_from_their_tabs() -> None:
    base = "https://malegislature.gov/Bills/194/S3901"
    (names,) = parse(f"{base}/Cosponsor", page("petitioners.html"))
    assert [row.name for row in names.sponsors] == ["Clara Example", "Emil Resident"]
    (votes,) = parse(f"{base}/CommitteeVote", page("committee-vote.html"))
    assert votes.votes[0].counts == {"favorable": 2, "adverse": 1, "reserve right": 0, "no action": 0}
    (text,) = parse(f"{base}/Senate/Bill/Text", page("text.html"))
    assert "legally protected health care" in text.text


def test_a_hearings_page_tells_what_the_api_tells() -> None:
    event, item = parse("https://malegislature.gov/Events/Hearings/Detail/6101", page("hearing.html"))
    assert event.key == "hearing:6101"
    assert event.name == "Joint Committee on Transportation"
    assert event.starts_at == "2026-03-19T13:00:00-04:00"
    assert event.status == "rescheduled"
    assert event.location == "A-2"
    assert event.bills == ["H7101", "S3905"]
    assert event.testimony.startswith("Written testimony may be sent")
    assert [(row.kind, row.fetch) for row in event.documents] == [("agenda", False), ("testimony", False)]
    assert item.title == "Report on plate readers"


def test_a_calendar_leads_to_its_hearings_and_to_no_session() -> None:
    url = "https://malegislature.gov/Events/FilterEventResults"
    response = saved_response(url, page("hearing-list.html"), method="POST")
    asked = list(parse_page(lone_spider("ma", url), response))
    assert [request.url for request in asked] == [f"{API}/Hearings/6101", f"{API}/Hearings/6102"]


def test_a_committees_page_lists_its_bills() -> None:
    (bill,) = parse("https://malegislature.gov/Committees/Detail/J19/Bills", page("committee.html"))
    assert (bill.identifier, bill.title) == ("S3901", "An Act further protecting lawful care (demonstration data)")


def test_a_document_wrapped_in_a_list_and_in_small_letters_is_the_same() -> None:
    url = f"{API}/GeneralCourts/194/Documents/H7101"
    data = json.loads((CAPTURES / "first" / "document-H7101.json").read_text())
    small = {key[:1].lower() + key[1:]: value for key, value in data.items()}
    plain, wrapped = parse(url, json.dumps(data).encode())[0], parse(url, json.dumps([small]).encode())[0]
    assert plain == wrapped


def test_a_lone_document_tells_its_docket_and_its_committees_recommendation() -> None:
    url = f"{API}/GeneralCourts/194/Documents/S3901"
    bill = parse(url, (CAPTURES / "later" / "document-S3901.json").read_bytes())[0]
    assert [(row.relation, row.identifier) for row in bill.lineage] == [("replaces", "SD3801")]
    assert bill.actions[0].classification == ["committee-passage-favorable"]
    assert bill.votes[0].counts["favorable"] == 2


XML = b"<ArrayOfDocumentSummary><DocumentSummary><Title>An Act</Title></DocumentSummary></ArrayOfDocumentSummary>"
ZERO = b'[{"Date": "0001-01-01T00:00:00", "Branch": "House", "Action": "Filed"}]'


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/api/GeneralCourts/194/Documents", XML, "not_json"),
        ("/api/GeneralCourts/194/Documents", b'[{"BillNumber": "H1", ', "truncated"),
        ("/api/GeneralCourts/194/Documents", b'{"Message": "An error has occurred."}', "layout_changed"),
        ("/api/GeneralCourts/194/Documents/H1", b'{"GeneralCourtNumber": 194}', "layout_changed"),
        ("/api/GeneralCourts/194/Documents/H1/DocumentHistoryActions", ZERO, "date_implausible"),
        ("/api/Hearings/1", b'{"EventId": 1, "StartTime": "soon"}', "date_unreadable"),
        ("/api/Hearings/1", b'{"EventId": 1}', "layout_changed"),
        ("/Bills/194/H1", b"<html><body><p>" + b"Demonstration. " * 300 + b"</p></body></html>", "layout_changed"),
        ("/Budget", b"<html><body>" + b"Demonstration. " * 300 + b"</body></html>", "unknown_page"),
    ],
)
def test_a_page_that_is_something_else_is_an_error_with_its_reason(path: str, body: bytes, reason: str) -> None:
    (error,) = parse(f"https://malegislature.gov{path}", body)
    assert isinstance(error, ScrapedError)
    assert error.reason == reason


@pytest.mark.parametrize("path", ["/api/GeneralCourts/194/Documents/H1", "/api/Hearings/1", "/api/Hearings"])
def test_a_page_with_nothing_is_skipped_with_a_reason(path: str) -> None:
    assert [skip.reason for skip in parse(f"https://malegislature.gov{path}", b"[]")] == ["empty"]


def hearing(**fields: Any) -> list[Any]:
    body = {"EventId": 7, "Name": "Committee", "StartTime": "2026-06-01T10:00:00", "Status": "Confirmed", **fields}
    return parse(f"{API}/Hearings/7", json.dumps(body).encode())


def test_midnight_means_that_no_time_was_entered() -> None:
    assert hearing(StartTime="2026-06-01T00:00:00")[0].starts_at == "2026-06-01"


def test_a_missing_start_time_falls_back_to_the_date_and_zero_dates_are_none() -> None:
    assert hearing(StartTime=None, EventDate="2026-06-01T00:00:00")[0].starts_at == "2026-06-01"
    assert hearing(StartTime="0001-01-01T00:00:00", EventDate="2026-06-02T09:00:00")[0].starts_at.startswith(
        "2026-06-02T09"
    )


def test_an_unknown_status_is_counted_and_not_guessed() -> None:
    event, skip = hearing(Status="Under Review")
    assert event.status is None
    assert (skip.reason, skip.what) == ("unknown_event_status", "Under Review")


def test_a_hearing_whose_agenda_is_not_told_does_not_claim_to_have_none() -> None:
    assert hearing()[0].bills is None
    assert hearing(HearingAgendas=[])[0].bills == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("S.1262", "S1262"), ("Bill H. 0045 ", "H45"), ("HD.4321", "HD4321"), ("SRes12", "SRes12"), ("House, No.", None)],
)
def test_numbers_are_read_without_dots_spaces_and_zeros(text: str, number: str | None) -> None:
    assert bill_number(text) == number


def test_sessions_are_ordinals() -> None:
    assert [ordinal(number) for number in (191, 192, 193, 194, 211, 212)] == [
        "191st", "192nd", "193rd", "194th", "211th", "212th",
    ]  # fmt: skip
