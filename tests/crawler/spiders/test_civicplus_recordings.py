"""What is really in the recorded CivicPlus pages, counted and read by hand."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.items import ScrapedDocument, ScrapedEvent, ScrapedFile, ScrapedSkip
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.spiders.base import ScrapedError

pytestmark = pytest.mark.shared

NASH, COLUMBUS, ANTHONY = "nc-nashcounty.civicplus.com", "www.cityofcolumbuswi.com", "www.cityofanthonynm.gov"


def recorded(shared: Path, folder: str, part: str) -> list[Any]:
    """What the spider yields for the one recording of a folder whose file name contains `part`."""
    place = shared / "recordings" / "platforms" / folder
    responses = tomllib.loads((place / "capture.toml").read_text())["response"]
    found = {response["file"]: response for response in responses if part in response["file"]}
    (name, response), *_ = found.items()
    body = (place / name).read_bytes()
    saved = saved_response(response["url"], body, content_type=response["content_type"])
    results = list(parse_page(lone_spider("civicplus", response["url"]), saved))
    return [result for result in results if not hasattr(result, "callback")]


def facts(event: ScrapedEvent) -> tuple[Any, ...]:
    return (event.key, event.name, event.body, event.starts_at, event.status)


def files(event: ScrapedEvent) -> list[tuple[str, str]]:
    return [(document.kind, document.url.partition("/AgendaCenter/")[2]) for document in event.documents or []]


@pytest.mark.parametrize("part", ["05_2F03_2F2020_endDate_05_2F06_2F2020_dateRan.html", "dateRan~2.html"])
def test_nash_county_search_of_four_days(shared, part):
    first, last = recorded(shared, f"civicplus/{NASH}", part)
    body = "Board of Commissioners"
    title = "May 5, 2020 Recessed Meeting/Budget Work Session Agenda"
    assert facts(first) == ("agenda-382", title, body, "2020-05-05", "confirmed")
    assert facts(last) == ("agenda-381", "May 4, 2020 Regular Meeting Agenda", body, "2020-05-04", "confirmed")
    assert files(first) == [("agenda", "ViewFile/Agenda/_05052020-382"), ("minutes", "ViewFile/Minutes/_05052020-382")]
    assert [event.description for event in (first, last)] == [
        "Posted May 5, 2020 10:17 AM",
        "Posted May 1, 2020 9:45 AM",
    ]


def test_nash_county_search_of_one_day(shared):
    (event,) = recorded(shared, f"civicplus/{NASH}", "05_2F05_2F2020_endDate_05_2F05")
    assert facts(event)[0] == "agenda-382"


@pytest.mark.parametrize(("part", "size"), [("ViewFile_Agenda", 19536), ("ViewFile_Minutes", 28998)])
def test_nash_county_files(shared, part, size):
    (file,) = recorded(shared, f"civicplus/{NASH}", part)
    assert (type(file), file.media_type, file.size) == (ScrapedFile, "application/pdf", size)


def test_las_cruces_search_found_nothing(shared):
    (skip,) = recorded(shared, "civicplus/nm-lascruces.civicplus.com", "Search")
    assert (type(skip), skip.reason, skip.what) == (ScrapedSkip, "empty", "No results found in All categories")


def test_columbus_vendor_host_only_redirects(shared):
    (error,) = recorded(shared, "civicplus/wi-columbus.civicplus.com", "302_")
    assert (type(error), error.reason) == (ScrapedError, "moved")


def test_columbus_search_with_four_cancelled_meetings(shared):
    events = recorded(shared, f"civicplus/{COLUMBUS}", "Search")
    assert facts(events[0]) == (
        "agenda-1620",
        "Cable Commission - 10/7/2020",
        "Cable Commission",
        "2020-10-07",
        "confirmed",
    )
    title = "Tourism Agenda - 10/5/2020 - Amended"
    assert facts(events[-1]) == ("agenda-1619", title, "Tourism Commission", "2020-10-05", "confirmed")
    assert [event.starts_at for event in events if event.status == "cancelled"] == ["2020-10-06"] * 4
    assert Counter(kind for event in events for kind, _ in files(event)) == {"agenda": 7, "minutes": 3}


def test_avenal_home_page(shared):
    events = recorded(shared, "civicplus/www.cityofavenal.com", "avenal")
    council = "City Council/Successor Agency/Public Finance Authority"
    assert Counter(event.body for event in events) == {
        council: 19,
        "Planning Commission": 3,
        "Recreation Commission": 1,
        "San Joaquin Valley Water Infrastructure Authority": 1,
    }
    assert (events[0].key, events[0].starts_at, events[-1].key, events[-1].starts_at) == (
        "agenda-385",
        "2022-08-11",
        "agenda-167",
        "2016-03-11",
    )
    assert [facts(event)[1:] for event in events if event.status == "cancelled"] == [
        ("Meeting Cancelled", "Planning Commission", "2022-04-04", "cancelled")
    ]
    assert {len(files(event)) for event in events} == {1}


def test_farmersville_home_page(shared):
    events = recorded(shared, "civicplus/www.cityoffarmersville-ca.gov", "farmersville")
    assert Counter(event.body for event in events) == {"City Council": 19, "Planning Commission": 9}
    title = "Regular Meeting of the Farmersville City Council-Cancellation"
    assert facts(events[0]) == ("agenda-387", title, "City Council", "2022-09-26", "cancelled")
    title = "City of Farmersville Planning Commission"
    assert facts(events[-1]) == ("agenda-359", title, "Planning Commission", "2022-01-19", "confirmed")
    assert [event.starts_at for event in events if event.status == "cancelled"] == [
        "2022-09-26",
        "2022-08-17",
        "2022-07-20",
        "2022-06-15",
        "2022-05-18",
        "2022-03-16",
    ]
    assert Counter(kind for event in events for kind, _ in files(event)) == {"agenda": 29, "minutes": 19, "packet": 1}


def test_anthony_fragment_of_one_category(shared):
    first, last = recorded(shared, f"civicplus/{ANTHONY}", "cat3_2026")
    assert facts(first) == ("agenda-178", "BOT Regular Meeting", "Board of Trustees", "2026-03-04", "confirmed")
    assert facts(last) == ("agenda-168", "Notice of Potential Quorum.", "Board of Trustees", "2026-02-18", "confirmed")
    assert sorted(files(first)) == [
        ("agenda", "ViewFile/Agenda/_03042026-178"),
        ("agenda", "ViewFile/Agenda/_03042026-178?html=true"),
        ("minutes", "ViewFile/Minutes/_03042026-178"),
        ("packet", "ViewFile/Agenda/_03042026-178?packet=true"),
    ]


def test_anthony_calendar_under_the_agenda_center_s_address(shared):
    events = recorded(shared, f"civicplus/{ANTHONY}", "calendar_month")
    assert [(event.name, event.starts_at) for event in events] == [
        ("BOT Regular Meeting", "2026-03-04T18:00:00"),
        ("Regular Board of Trustee Meeting", "2026-04-15T18:00:00"),
    ]


def test_anthony_page_that_holds_one_link(shared):
    (document,) = recorded(shared, f"civicplus/{ANTHONY}", "city_agenda.html")
    assert (type(document), document.kind, document.name) == (ScrapedDocument, "agenda", "BOT Regular Meeting Agenda")


def test_bismarck_calendar_search(shared):
    events = recorded(shared, "civicplus_calendar/www.bismarcknd.gov", "bisnd")
    assert len(events) == 33
    assert (events[0].name, events[0].starts_at, events[0].location) == (
        "Bismarck-Burleigh Commissions Committee",
        "2024-02-06T16:00:00",
        "Tom Baker Meeting Room, City/County Building, 221 N 5th St, Bismarck, ND 58501",
    )
    all_day = [event for event in events if event.name == "City Commission Fact Finding Subcommittee"]
    assert [(event.starts_at, event.location) for event in all_day[:1]] == [
        ("2024-02-16", "4th Floor Mayor's Conference Room")
    ]
    assert (events[-1].name, events[-1].starts_at) == ("Bismarck-Burleigh Commissions Committee", "2024-09-03T16:00:00")


@pytest.mark.parametrize(
    "path",
    [
        "legistar_html/ramseycountymn.legistar.com/minn_ramsey_bwd.html",
        "iqm2/riversidecountyca.iqm2.com/riverside_county.html",
        "granicus/lapuente.granicus.com/lapuente.html",
        "revize/www.cityofselma.com/fre_selma_city_council.html",
    ],
)
def test_pages_of_other_platforms_are_errors_and_nothing_else(shared, path):
    body = (shared / "recordings" / "platforms" / path).read_bytes()
    url = "https://www.example.gov/AgendaCenter"
    (error,) = parse_page(lone_spider("civicplus", url), saved_response(url, body, content_type="text/html"))
    assert error.reason in ("other_platform", "wrong_page")
