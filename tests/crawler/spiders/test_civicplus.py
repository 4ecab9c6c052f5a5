"""CivicPlus pages: what each rule of the spider prevents. All places are invented."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.clock import FixedClock
from config.sources import Source
from crawler.items import ScrapedAgendaItem, ScrapedCoverage, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.spiders.base import ScrapedError
from crawler.spiders.platforms.civicplus import CivicPlusSpider

CAPTURES = Path(__file__).parents[2] / "captures" / "platforms" / "civicplus" / "ct_millbrook_falls"
BEFORE, AFTER = CAPTURES / "2026-03-05", CAPTURES / "2026-03-09"
SITE = "https://ct-millbrookfalls.civicplus.com"
HOME = f"{SITE}/AgendaCenter"


def spider_at(moment: str = "2026-03-05T21:00:00+00:00", url: str = HOME, **options: Any) -> CivicPlusSpider:
    source = Source(
        slug="ct_millbrook_falls_town",
        platform="civicplus",
        jurisdiction="ocd-division/country:us/state:ct/place:millbrook_falls",
        name="Millbrook Falls",
        url=url,
        timezone="America/New_York",
        options=options,
    )
    return CivicPlusSpider(source, clock=FixedClock(dt.datetime.fromisoformat(moment)))


def parsed(html: str, url: str = HOME, *, method: str = "GET", body: bytes = b"", facts: Any = None, **options: Any):
    response = saved_response(url, html.encode(), method=method, content_type="text/html", request_body=body)
    assert response.request is not None
    response.request.meta["facts"] = facts or {}
    return list(parse_page(spider_at(**options), response))


def home(folder: Path = BEFORE) -> str:
    return (folder / "1-agenda-center.html").read_text()


def events(results: list[Any]) -> list[ScrapedEvent]:
    return [result for result in results if isinstance(result, ScrapedEvent)]


def of_type(results: list[Any], kind: type) -> list[Any]:
    return [result for result in results if isinstance(result, kind)]


def row(number: str, day: str, label: str, title: str, links: str = "", cell: str = "") -> str:
    return (
        f'<tr class="catAgendaRow" id="row{number}abc"><td><h4><a name="_{day}-{number}"></a>'
        f'<strong aria-label="Agenda for {label}">{label}</strong>{cell}</h4>'
        f'<p><a href="/AgendaCenter/ViewFile/Agenda/_{day}-{number}">{title}</a></p></td>'
        f'<td class="media"><a href="https://youtu.be/x">Video</a></td><td class="downloads"><ol>{links}</ol></td></tr>'
    )


def listing(*rows: str, name: str = "City Council", number: int = 1, extra: str = "") -> str:
    return (
        f'<div class="listing" id="cat{number}"><h2><span>&#9660;</span>{name}</h2><span id="section{number}">'
        f'<ul class="years"><li class="current"><a aria-label="{name} 2026">2026</a></li></ul>{extra}'
        f"<table>{''.join(rows)}</table></span></div>"
    )


def page(*listings: str) -> str:
    return f'<html><body><div id="AgendaCenterContent"><h1>Agenda Center</h1>{"".join(listings)}</div></body></html>'


def test_the_home_page_lists_each_meeting_under_its_body():
    found = events(parsed(home()))
    assert [(event.key, event.body, event.starts_at, event.status) for event in found] == [
        ("agenda-214", "Town Council", "2026-03-10", "confirmed"),
        ("agenda-209", "Town Council", "2026-02-24", "confirmed"),
        ("agenda-215", "Public Safety Committee", "2026-03-12", "confirmed"),
        ("agenda-188", "Planning & Zoning Commission", "2025-11-18", "confirmed"),
    ]
    assert found[0].description == "Posted Mar 5, 2026 3:15 PM"


def test_no_time_is_invented_for_a_row_that_prints_none():
    assert all(event.starts_at and "T" not in event.starts_at for event in events(parsed(home())))
    assert all(event.location is None for event in events(parsed(home())))


def test_documents_are_distinct_files_without_videos_and_previous_versions():
    safety = next(event for event in events(parsed(home())) if event.key == "agenda-215")
    base = f"{SITE}/AgendaCenter/ViewFile/Agenda/_03122026-215"
    assert [(document.kind, document.url, document.fetch) for document in safety.documents or []] == [
        ("agenda", f"{base}?html=true", False),
        ("agenda", base, True),
        ("packet", f"{base}?packet=true", True),
    ]
    council = next(event for event in events(parsed(home())) if event.key == "agenda-209")
    assert [document.kind for document in council.documents or []] == ["agenda", "minutes"]


def test_only_files_of_meetings_in_the_window_are_asked_for():
    requests = [result for result in parsed(home()) if getattr(result, "url", None) and hasattr(result, "callback")]
    asked = {request.url.rpartition("/")[2] for request in requests if request.meta.get("document")}
    assert "_11182025-188" not in asked
    assert {"_03102026-214", "_02242026-209", "_03122026-215?packet=true"} <= asked


def test_a_month_later_the_meeting_is_cancelled_and_the_joint_one_appears_once():
    found = {event.key: event for event in events(parsed(home(AFTER)))}
    assert sorted(found) == ["agenda-209", "agenda-214", "agenda-215", "agenda-218"]
    assert found["agenda-215"].status == "cancelled"
    assert found["agenda-218"].body == "Town Council"
    assert found["agenda-214"].description == "Amended Mar 9, 2026 9:41 AM"


def test_rows_of_one_body_day_and_title_are_one_meeting_with_the_files_of_both():
    html = page(
        listing(row("12", "03102026", "March 10, 2026", "Council"), row("15", "03102026", "March 10, 2026", "Council"))
    )
    (event,) = events(parsed(html))
    assert event.key == "agenda-12"
    assert len(event.documents or []) == 2


def test_two_bodies_that_meet_the_same_day_under_one_title_stay_two_meetings():
    first = listing(row("12", "03102026", "March 10, 2026", "Regular Meeting"), name="Council")
    second = listing(row("13", "03102026", "March 10, 2026", "Regular Meeting"), name="School Committee", number=2)
    assert len(events(parsed(page(first, second)))) == 2


def test_the_printed_date_counts_and_not_the_one_in_the_file_name():
    (event,) = events(parsed(page(listing(row("12", "02042026", "March 4, 2026", "Council")))))
    assert event.starts_at == "2026-03-04"


def test_two_tier_lists_name_the_inner_heading():
    parks = row("7", "03102026", "March 10, 2026", "Parks")
    inner = f'<div class="category"><h3>Parks Board</h3><table>{parks}</table></div>'
    html = page(f'<div class="listing"><h2>Boards</h2>{inner}</div>')
    assert events(parsed(html))[0].body == "Parks Board"


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Council - CANCELED", "cancelled"),
        ("Notice of Cancellation", "cancelled"),
        ("Council rescheduled to March 12", "rescheduled"),
        ("Special Meeting in lieu of cancelled regular meeting", "confirmed"),
    ],
)
def test_status_is_read_from_the_title(title, status):
    assert events(parsed(page(listing(row("9", "03102026", "March 10, 2026", title)))))[0].status == status


def test_years_not_shown_are_asked_for_where_the_window_reaches_them():
    requests = [
        result
        for result in parsed(home(AFTER), moment="2026-01-10T12:00:00+00:00")
        if getattr(result, "method", "") == "POST"
    ]
    assert [(request.url, request.body.decode().split("&")[:2]) for request in requests] == [
        (f"{SITE}/AgendaCenter/UpdateCategoryList", ["year=2025", "catID=2"]),
        (f"{SITE}/AgendaCenter/UpdateCategoryList", ["year=2025", "catID=9"]),
    ]
    assert requests[0].meta["facts"]["body"] == "Town Council"


def test_a_window_inside_the_year_on_show_asks_for_nothing_more():
    assert not [result for result in parsed(home(AFTER)) if getattr(result, "method", "") == "POST"]


def test_a_fragment_takes_its_body_from_the_year_tab():
    fragment = (
        '<span id="section3"><ul class="years"><li class=current>'
        '<a aria-label="Board of Trustees 2026">2026</a></li></ul>'
        f"<table>{row('178', '03042026', 'March 4, 2026', 'Regular')}</table></span>"
    )
    found = events(parsed(fragment, f"{HOME}/UpdateCategoryList", method="POST", body=b"year=2026&catID=3"))
    assert [(event.key, event.body) for event in found] == [("agenda-178", "Board of Trustees")]
    assert found[0].url == f"{HOME}#_03042026-178"


def test_a_whole_page_in_place_of_an_empty_category_yields_none_of_its_rows():
    results = parsed(home(), f"{HOME}/UpdateCategoryList", method="POST", body=b"year=2026&catID=77")
    assert events(results) == []
    assert [skip.reason for skip in of_type(results, ScrapedSkip)] == ["empty"]


def test_a_search_without_results_is_a_skip_in_the_site_s_own_words():
    html = page('<p class="dim results">No results found in <em>All categories</em></p>')
    (skip,) = parsed(html, f"{HOME}/Search/?term=drone&CIDs=all")
    assert (skip.reason, skip.what) == ("empty", "No results found in All categories")


def test_an_agenda_list_without_rows_we_know_is_an_error_and_not_an_empty_list():
    html = page('<div class="card"><a href="/AgendaCenter/ViewFile/Agenda/_03102026-1">A</a></div>')
    (error,) = parsed(html)
    assert (type(error), error.reason) == (ScrapedError, "layout_changed")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<html><head><title>Object moved</title></head><body>Object moved to here.</body></html>", "moved"),
        (
            "<html><body><p>Our meetings are at townof.legistar.com.</p></body></html>",
            "other_platform",
        ),
        ("<html><body><h1>Town of Elsewhere</h1><p>Nothing about agendas.</p></body></html>", "wrong_page"),
        ("", "empty_body"),
    ],
)
def test_a_page_that_is_not_the_platforms_yields_one_named_error(html, reason):
    (error,) = parsed(html)
    assert (type(error), error.reason) == (ScrapedError, reason)


def test_a_page_cut_in_the_middle_is_an_error_though_its_first_rows_can_be_read():
    html = home()
    (error,) = parsed(html[: html.index("agenda-209") if "agenda-209" in html else len(html) // 2])
    assert error.reason == "truncated"


def test_one_unreadable_row_leaves_nothing_of_the_page():
    html = page(listing(row("9", "03102026", "March 10, 2026", "A"), row("10", "13992026", "Someday", "B")))
    (error,) = parsed(html)
    assert error.reason == "date_unreadable"


def test_a_category_that_the_site_no_longer_has_stops_the_crawl():
    (error,) = parsed(home(), categories=["City Council"])
    assert error.reason == "category_missing"


def test_categories_not_wanted_are_left_out_and_counted():
    results = parsed(home(), categories=["public safety committee"])
    assert [event.key for event in events(results)] == ["agenda-215"]
    assert {skip.what for skip in of_type(results, ScrapedSkip)} == {"Town Council", "Planning & Zoning Commission"}


def test_only_a_sweep_claims_to_have_seen_all_meetings_of_its_window():
    assert not of_type(parsed(home()), ScrapedCoverage)
    (coverage,) = of_type(parsed(home(), facts={"sweep": True, "times": []}), ScrapedCoverage)
    assert (coverage.events_from, coverage.events_to) == (dt.date(2026, 2, 3), dt.date(2026, 5, 4))


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        (SITE, HOME),
        (f"{SITE}/agendacenter", f"{SITE}/agendacenter"),
        (f"{HOME}/City-Council-2", f"{HOME}/City-Council-2"),
    ],
)
def test_a_crawl_begins_at_the_row_s_own_list_or_at_the_home_page(url, entry):
    assert [request.url for request in spider_at(url=url).entry_requests()] == [entry]


def test_a_search_term_is_asked_year_by_year():
    requests = list(spider_at("2026-01-10T12:00:00+00:00", term="plate reader").entry_requests())
    assert [request.url.partition("?")[2].split("&")[:4] for request in requests] == [
        ["term=plate+reader", "CIDs=all", "startDate=12%2F11%2F2025", "endDate=12%2F31%2F2025"],
        ["term=plate+reader", "CIDs=all", "startDate=01%2F01%2F2026", "endDate=03%2F11%2F2026"],
    ]


def test_unknown_options_are_refused():
    with pytest.raises(ValidationError):
        spider_at(catgories=["Council"])


@pytest.mark.parametrize(
    ("url", "zone"),
    [
        ("https://ma-oakham.civicplus.com/AgendaCenter", "America/New_York"),
        ("https://nm-elk2.civicplus.com/AgendaCenter", "America/Denver"),
        ("https://ci.oakham.mn.us/AgendaCenter", "America/Chicago"),
        ("https://tx-oakham.civicplus.com/AgendaCenter", None),
        ("https://www.oakham.gov/AgendaCenter", None),
    ],
)
def test_the_host_tells_the_zone_only_of_states_with_one(url, zone):
    found = CivicPlusSpider.zone_from_url(url)
    assert (found.key if found else None) == zone


CALENDAR = """<html><body><div id="CalendarContent"><div class="calendars">
<div id="CID14" class="calendar"><div><h2 class="title">Town Meetings</h2></div><ol>
<li><h3><a id="eventTitle_77" href="/Calendar.aspx?EID=77&month=3&year=2026"><span>Town Council Meeting</span></a></h3>
<div class="subHeader"><div class="date">March&nbsp;10,&nbsp;2026,&nbsp;7:00 PM&thinsp;-&thinsp;9:00 PM</div>
<div class="eventLocation">@ <div class="name"><p>Council Chambers</p></div></div></div>
<div class="hidden"><span itemprop="startDate">2026-03-10T19:00:00</span>
<span itemprop="location"><span itemprop="name">x</span>
<span itemprop="streetAddress">12 Mill Street</span></span></div></li>
<li><h3><a id="eventTitle_78" href="/Calendar.aspx?EID=78"><span>Harbor Commission</span></a></h3>
<div class="subHeader"><div class="date">March&nbsp;17,&nbsp;2026,&nbsp;All Day</div></div>
<div class="hidden"><span itemprop="startDate">2026-03-17T00:00:00</span><span itemprop="location">
<span itemprop="name">Event Location</span></span></div></li>
</ol></div></div></div></body></html>"""
CALENDAR_URL = f"{SITE}/Calendar.aspx?CID=14"


def test_a_calendar_entry_has_start_zone_and_place():
    council, harbor = parsed(CALENDAR, CALENDAR_URL)
    assert (council.key, council.body, council.starts_at) == (
        "calendar-77",
        "Town Meetings",
        "2026-03-10T19:00:00-04:00",
    )
    assert council.location == "Council Chambers, 12 Mill Street"
    assert council.url == f"{SITE}/Calendar.aspx?EID=77"
    assert (harbor.starts_at, harbor.location) == ("2026-03-17", None)


def test_without_a_zone_a_calendar_time_has_no_offset():
    url = "https://www.oakham.example/Calendar.aspx"
    response = saved_response(url, CALENDAR.encode(), content_type="text/html")
    first = next(iter(parse_page(lone_spider("civicplus", url), response)))
    assert first.starts_at == "2026-03-10T19:00:00"


def test_a_crawl_with_calendars_completes_agendas_and_adds_meetings_without_papers():
    (calendar_request,) = spider_at(calendars=[14]).entry_requests()
    assert "CID=14" in calendar_request.url
    assert "startDate=02/03/2026" in calendar_request.url
    (list_request,) = parsed(CALENDAR, calendar_request.url, facts=calendar_request.meta["facts"], calendars=[14])
    assert list_request.url == HOME
    found = {event.key: event for event in events(parsed(home(), facts=list_request.meta["facts"], calendars=[14]))}
    assert found["agenda-214"].starts_at == "2026-03-10T19:00:00-04:00"
    assert found["agenda-214"].location == "Council Chambers, 12 Mill Street"
    assert found["agenda-215"].starts_at == "2026-03-12"
    assert "calendar-77" not in found
    assert found["calendar-78"].name == "Harbor Commission"


def test_two_calendar_entries_that_fit_one_agenda_complete_nothing():
    twice = CALENDAR.replace("March&nbsp;17,&nbsp;2026,&nbsp;All Day", "March&nbsp;10,&nbsp;2026,&nbsp;5:00 PM")
    twice = twice.replace("Harbor Commission", "Town Council Workshop")
    (request,) = parsed(twice, CALENDAR_URL, facts={"sweep": True, "calendars": [], "times": []}, calendars=[14])
    found = {event.key: event for event in events(parsed(home(), facts=request.meta["facts"], calendars=[14]))}
    assert found["agenda-214"].starts_at == "2026-03-10"


def test_an_event_page_is_read_by_its_labels():
    html = """<html><body><div id="CalendarContent"><h1>Calendar</h1><h2 itemprop="name">Zoning Hearing - CANCELLED</h2>
    <span itemprop="startDate">2026-03-10T18:30:00</span>
    <div class="specificDetailHeader">Date:</div><div class="specificDetailItem">March 10, 2026</div>
    <div class="specificDetailHeader">Time:</div><div class="specificDetailItem">6:30 PM - 8:00 PM</div>
    <div class="specificDetailHeader">Location:</div><div class="specificDetailItem">Library</div>
    <a href="/AgendaCenter/ViewFile/Agenda/_03102026-5">Agenda</a></div></body></html>"""
    (event,) = events(parsed(html, f"{SITE}/Calendar.aspx?EID=91"))
    assert (event.key, event.starts_at, event.location, event.status) == (
        "calendar-91",
        "2026-03-10T18:30:00-04:00",
        "Library",
        "cancelled",
    )
    assert [document.kind for document in event.documents or []] == ["agenda"]


def test_the_agenda_feed_joins_the_files_of_one_meeting():
    link = f"{SITE}/AgendaCenter/ViewFile"
    xml = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Millbrook Falls</title>
    <item><title>Council Agenda (PDF)</title><link>{link}/Agenda/_03102026-214</link>
    <pubDate>Thu, 05 Mar 2026 15:15:00 -0500</pubDate></item>
    <item><title>Council Minutes (PDF)</title><link>{link}/Minutes/_03102026-214</link></item></channel></rss>"""
    (event,) = events(parsed(xml, f"{SITE}/RSSFeed.aspx?ModID=65&CID=All-0"))
    assert (event.key, event.name, event.starts_at) == ("agenda-214", "Council Agenda", "2026-03-10")
    assert [document.kind for document in event.documents or []] == ["agenda", "minutes"]


def test_the_calendar_feed_has_times_and_places():
    xml = f"""<?xml version="1.0"?><rss version="2.0" xmlns:calendarEvent="{SITE}/Calendar.aspx"><channel>
    <item><title>Council</title><link>{SITE}/Calendar.aspx?EID=77</link>
    <calendarEvent:EventDates> March 10, 2026 </calendarEvent:EventDates>
    <calendarEvent:EventTimes>07:00 PM - 09:00 PM</calendarEvent:EventTimes>
    <calendarEvent:Location>Town Hall&lt;br&gt;12 Mill Street</calendarEvent:Location></item></channel></rss>"""
    (event,) = events(parsed(xml, f"{SITE}/RSSFeed.aspx?ModID=58&CID=All-calendar.xml"))
    assert (event.starts_at, event.location) == ("2026-03-10T19:00:00-04:00", "Town Hall, 12 Mill Street")


def test_the_ical_feed_is_read_and_a_cut_one_is_an_error():
    feed = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260310T190000\r\n"
        "SUMMARY:Council\r\n"
        f"LOCATION:<p>Town Hall</p> - 12 Mill Street\r\nDESCRIPTION:{SITE}/calendar.aspx?EID=77\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    url = f"{SITE}/common/modules/iCalendar/iCalendar.aspx?catID=14&feed=calendar"
    (event,) = parsed(feed, url)
    assert (event.key, event.starts_at) == ("calendar-77", "2026-03-10T19:00:00-04:00")
    (error,) = parsed(feed[:120], url)
    assert error.reason == "truncated"


def test_previous_versions_are_no_documents():
    html = '<html><body><a href="/AgendaCenter/ViewFile/ArchivedAgenda/_03102026-213">PDF</a></body></html>'
    (skip,) = parsed(html, f"{HOME}/PreviousVersions/_03102026-214")
    assert (skip.reason, skip.url) == ("previous_version", f"{HOME}/ViewFile/ArchivedAgenda/_03102026-213")


def test_an_agenda_page_becomes_items_with_their_attachments():
    html = """<html><body><div class="item level1"><h1 class="title">4. Consent Calendar</h1>
    <div class="item level2"><span class="title">a. Plate reader agreement</span>
   "
        " <span class="file"><a class="file" href="/AgendaCenter/ViewFile/Item/55?fileID=9">Agreement.pdf</a></span></div></div>
    </body></html>"""
    consent, reader = of_type(parsed(html, f"{HOME}/ViewFile/Agenda/_03102026-214?html=true"), ScrapedAgendaItem)
    assert (consent.number, consent.title, consent.documents) == ("4", "Consent Calendar", [])
    assert (reader.title, reader.section, reader.event_key) == (
        "Plate reader agreement",
        "Consent Calendar",
        "agenda-214",
    )
    assert [(document.kind, document.name) for document in reader.documents] == [("attachment", "Agreement.pdf")]


def test_agenda_files_outside_any_list_are_documents_without_a_meeting():
    html = '<html><body><a href="/AgendaCenter/Document/council.pdf">Council Agenda</a></body></html>'
    (document,) = parsed(html)
    assert (type(document), document.kind) == (ScrapedDocument, "agenda")


def test_each_capture_holds_every_file_that_its_crawl_asks_for():
    for folder in (BEFORE, AFTER):
        capture = tomllib.loads((folder / "capture.toml").read_text())
        held = {response["url"] for response in capture["response"]}
        assert all((folder / response["file"]).is_file() for response in capture["response"])
        asked = {
            result.url for result in parsed(home(folder), moment=capture["fetched_at"]) if hasattr(result, "callback")
        }
        assert asked <= held
