"""BoardDocs: what each rule of the spider prevents. All places are invented."""

import pytest
from platform_world import CAPTURES, of, parsed, read, replayed, requests, spider_of, told

from crawler.items import ScrapedAgendaItem, ScrapedEvent, ScrapedSkip
from crawler.spiders.base import ScrapedError

SITE = "https://go.boarddocs.com/ma/wexcombe/Board.nsf"
LIST, FEED = f"{SITE}/BD-GetMeetingsList?open", "https://www.boarddocs.com/ma/wexcombe/board.nsf/XML-ActiveMeetings"


def feed(*meetings: str, end: str = "</meetings>") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<meetings>\n{"".join(meetings)}{end}'


def meeting(number: int, name: str, inner: str = "", description: str = "") -> str:
    return (
        f'<meeting bodyid="B" bodyname="School Committee" id="M{number}" order="1"><name>{name}</name><start>'
        f'<date format="yyyy-mm-dd">2026-03-1{number}</date><english><date>March 1{number}</date></english></start>'
        f"<description>{description}</description><link>http://www.boarddocs.com/x/goto?open&amp;id=M{number}</link>"
        f"{inner}</meeting>"
    )


def fragment(description: str) -> str:
    return (
        f'<div><button class="url" data-clipboard-text="{SITE}/goto?open&id=DW1AAA000001">Copy</button>'
        '<div id="view-meeting"><div class="meeting-name">Regular Meeting</div>'
        '<div class="meeting-date">Tuesday, March 10, 2026</div>'
        f'<div class="meeting-description">{description}</div></div></div>'
    )


def test_a_crawl_goes_from_committees_to_meetings_agendas_and_files():
    items, missing = replayed(spider_of("boarddocs", f"{SITE}/Public"), CAPTURES / "boarddocs/ma_wexcombe/2026-03-02")
    assert missing == []
    body = "School Committee"
    assert [told(event) for event in of(items, ScrapedEvent)] == [
        ("Regular Meeting", body, "2026-03-10", "confirmed"),
        ("Postponed to March 17, 2026--Workshop", body, "2026-03-03", "rescheduled"),
        ("CANCELLED-Regular Meeting", body, "2025-12-22", "cancelled"),
        ("Special Meeting - 5:30 PM", body, "2025-12-01T17:30:00-05:00", "confirmed"),
        ("Regular Meeting", body, "2026-03-10T18:30:00-04:00", "confirmed"),
        ("Postponed to March 17, 2026--Workshop", body, "2026-03-03", "rescheduled"),
    ]
    opening, cameras, drills, with_files = of(items, ScrapedAgendaItem)
    assert (opening.number, opening.title, opening.section) == ("1", "Opening", None)
    assert (cameras.number, cameras.section, drills.title) == ("2.1", "Safety", "Drill schedule")
    assert (with_files.key, [document.name for document in with_files.documents]) == (
        cameras.key,
        ["Contract.pdf (20 KB)"],
    )


def test_the_committees_of_a_row_are_asked_without_the_public_page():
    spider = spider_of("boarddocs", f"{SITE}/Public", committees=["AB12CD34EF56"])
    (request,) = spider.entry_requests()
    assert (request.method, request.url, request.body) == ("POST", LIST, b"current_committee_id=AB12CD34EF56")


def test_the_list_for_search_engines_is_read_too():
    body = '[{"Name": "Regular Meeting", "Description": "", "Unique": "DW1AAA000001", "Date": "2026-03-10T00:00:00Z"}]'
    (event,) = parsed("boarddocs", f"{SITE}/BD-GETMeetingsListForSEO?open", body, "application/json")
    assert (event.key, event.starts_at) == ("meeting:DW1AAA000001", "2026-03-10")


@pytest.mark.parametrize(
    ("description", "start", "text"),
    [
        ("High School<br>6:30 p.m.", "2026-03-10T18:30:00-04:00", None),
        ("5:30 PM closed, 7:00 PM open<br>Hall", "2026-03-10T17:30:00-04:00", "5:30 PM closed, 7:00 PM open"),
        ("High School, Room 7", "2026-03-10", None),
    ],
)
def test_a_meeting_s_time_is_the_one_its_description_prints(description, start, text):
    (event,) = parsed("boarddocs", f"{SITE}/BD-GetMeeting?open&0.1", fragment(description))
    assert (event.key, event.starts_at, event.start_text) == ("meeting:DW1AAA000001", start, text)


def test_files_are_asked_for_only_where_an_item_shows_a_sign_of_them():
    html = "".join(
        f'<li class="item public" unique="I{number}"><span class="order">{number}. </span><span class="title">T</span>'
        f'<div class="icons">{icon}</div></li>'
        for number, icon in ((1, ""), (2, '<i class="fa fa-file-text-o"></i>'))
    )
    facts = {"event_key": "meeting:M1", "committee": "C", "site": SITE}
    results = read(
        spider_of("boarddocs", SITE), html, f"{SITE}/BD-GetAgenda?open", content_type="text/html", facts=facts
    )
    (request,) = requests(results)
    assert request.body == b"current_committee_id=C&id=I2"


def test_the_feed_brings_meetings_with_their_items():
    items = "<category id='C1'><name>1. Opening</name></category><category id='C2'><name>2. Safety</name><agendaitems>"
    items += "<item id='I1'><name>2.01 Plate readers</name><link>http://x.example/I1</link></item>"
    items += "<item id='I2'><name>A Motion on Drills</name></item></agendaitems></category>"
    results = parsed(
        "boarddocs", FEED, feed(meeting(1, "Work Session - 6:30 P.M.", items), meeting(2, "CANCELLED-Regular"))
    )
    assert [told(event) for event in of(results, ScrapedEvent)] == [
        ("Work Session - 6:30 P.M.", "School Committee", "2026-03-11T18:30:00-04:00", "confirmed"),
        ("CANCELLED-Regular", "School Committee", "2026-03-12", "cancelled"),
    ]
    assert [(item.number, item.title, item.section) for item in of(results, ScrapedAgendaItem)] == [
        ("1", "Opening", None),
        ("2.01", "Plate readers", "Safety"),
        (None, "A Motion on Drills", "Safety"),
    ]


@pytest.mark.parametrize(
    "name", ["Parks & Rec", "Bell \x0b pasted", "Bell &#11; pasted", "Caf&eacute; Q&A", "R & D &amp; Co"]
)
def test_a_feed_with_what_xml_forbids_loses_no_meeting(name):
    results = parsed(
        "boarddocs", FEED, feed(meeting(1, "First"), meeting(2, name), meeting(3, "Last")), "application/xml"
    )
    assert [event.key for event in of(results, ScrapedEvent)] == ["meeting:M1", "meeting:M2", "meeting:M3"]


def test_a_windows_character_in_the_feed_is_kept():
    body = feed(meeting(1, "Caf\u00e9")).encode("cp1252")
    (event,) = parsed("boarddocs", FEED, body, "application/xml")
    assert event.name == "Café"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (feed(meeting(1, "First"), end=""), "truncated"),
        (feed(meeting(1, "First"), '<meeting id="M2"><name>Second</nome></meeting>'), "layout_changed"),
        (feed(meeting(1, "First"), "</meetings>", meeting(2, "After the end")), "xml_broken"),
        ("<html><body>" + "<p>Town of Elsewhere</p>" * 60 + "</body></html>", "other_platform"),
    ],
)
def test_a_feed_that_is_not_whole_is_an_error(body, reason):
    (error,) = parsed("boarddocs", FEED, body, "application/xml")
    assert (type(error), error.reason) == (ScrapedError, reason)


ELSEWHERE = "<html><body>" + "<p>Town of Elsewhere</p>" * 60 + "</body></html>"


@pytest.mark.parametrize(
    ("call", "body", "reason"),
    [
        ("BD-GetMeetingsList?open", '[{"Id": 1}]', "other_platform"),
        ("BD-GetMeetingsList?open", '[{"unique": "M', "truncated"),
        ("BD-GetMeetingsList?open", ELSEWHERE, "not_json"),
        ("BD-GetMeeting?open", ELSEWHERE, "other_platform"),
        ("BD-GetAgenda?open", ELSEWHERE, "other_platform"),
        ("BD-GetPublicFiles?open", ELSEWHERE, "other_platform"),
        ("Public", ELSEWHERE, "other_platform"),
        ("Public", ELSEWHERE.replace("Elsewhere", "BoardDocs"), "layout_changed"),
    ],
)
def test_other_answers_are_errors_with_a_reason(call, body, reason):
    (error,) = parsed("boarddocs", f"{SITE}/{call}", body)
    assert (type(error), error.reason) == (ScrapedError, reason)


@pytest.mark.parametrize("body", ["[]", "[{}]"])
def test_a_list_without_meetings_is_empty(body):
    (skip,) = parsed("boarddocs", LIST, body, "application/json")
    assert (type(skip), skip.reason) == (ScrapedSkip, "empty")


def test_files_read_alone_can_only_be_told_to_exist():
    (skip,) = parsed("boarddocs", f"{SITE}/BD-GetPublicFiles?open", '<a href="/x/files/F/$file/a.pdf">A</a>')
    assert (skip.reason, skip.what) == ("files_without_item", "1 files")
