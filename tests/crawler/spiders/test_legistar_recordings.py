"""Legistar's real pages: what is in each recording, checked by hand against the file; facts only."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from config.clock import FixedClock
from crawler.captures import Capture, load_captures
from crawler.items import ScrapedAgendaItem, ScrapedBill, ScrapedDocument, ScrapedEvent, ScrapedFile, ScrapedSkip
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.spiders.base import ScrapedError

pytestmark = pytest.mark.shared

LONG_AFTER = dt.datetime(2030, 1, 1, 12, tzinfo=dt.UTC)
"""A clock after all recordings: meetings long past keep the states that are the page's own words."""


class Recording(NamedTuple):
    tenant: str
    file: str


def capture_of(shared: Path, recording: Recording) -> Capture:
    """One response of a tenant's folder, by the name of its file."""
    folder = shared / "recordings" / "platforms" / recording.tenant
    body = (folder / recording.file).read_bytes()
    return next(capture for capture in load_captures(folder).captures if capture.body == body)


def read(shared: Path, tenant: str, file: str, zone: str = "America/New_York") -> list[Any]:
    capture = capture_of(shared, Recording(tenant, file))
    spider = lone_spider("legistar", capture.url, options={"timezone": zone}, clock=FixedClock(LONG_AFTER))
    return list(parse_page(spider, saved_response(capture.url, capture.body, method=capture.method)))


def of(items: list[Any], kind: type) -> list[Any]:
    return [item for item in items if isinstance(item, kind)]


def gist(event: ScrapedEvent) -> tuple[str, str, str | None]:
    return event.key.removeprefix("event:"), event.name, event.starts_at


CALENDARS = {
    ("legistar_html/alleghenycounty.legistar.com", "alle_county_Calendar.html"): (
        100,
        ("651919", "County Council", "2018-11-20T17:00:00-05:00"),
        ("563145", "Committee on Appointment Review", "2017-09-06T16:30:00-04:00"),
        {"agenda": 99, "minutes": 52},
        {"confirmed": 99, "tentative": 1},
    ),
    ("legistar_html/charlottenc.legistar.com", "charnc_charlotte_city_legistar_business.html"): (
        1,
        ("1146416", "City Council Business Meeting", "2024-06-24T17:00:00-04:00"),
        ("1146416", "City Council Business Meeting", "2024-06-24T17:00:00-04:00"),
        {"agenda": 1, "minutes": 1},
        {"confirmed": 1},
    ),
    ("legistar_html/charlottenc.legistar.com", "charnc_charlotte_city_legistar_zoning.html"): (
        1,
        ("1287857", "City Council Zoning Meeting", "2025-03-17T17:00:00-04:00"),
        ("1287857", "City Council Zoning Meeting", "2025-03-17T17:00:00-04:00"),
        {"agenda": 1, "minutes": 1},
        {"confirmed": 1},
    ),
    ("legistar_html/chicagoparkdistrict.legistar.com", "chi_parks.html"): (
        19,
        ("521452", "Board of Commissioners", "2017-12-13T15:30:00-05:00"),
        ("526773", "Board of Commissioners", "2017-01-11T15:30:00-05:00"),
        {"agenda": 14, "minutes": 7},
        {"confirmed": 14, "tentative": 4, "cancelled": 1},
    ),
    ("legistar_html/clerk.kcmo.gov", "kancit_missouricity.html"): (
        58,  # 63 rows: the five upcoming meetings stand in the calendar again.
        ("1384814", "Council", "2026-01-26T14:00:00-05:00"),
        ("1368895", "Transportation, Infrastructure and Operations Committee", "2026-01-06T09:00:00-05:00"),
        {"agenda": 52, "packet": 9, "minutes": 8},
        {"confirmed": 53, "tentative": 3, "cancelled": 2},
    ),
    ("legistar_html/fresno.legistar.com", "fresno_bicycle_pedestrian.html"): (
        12,
        ("925233", "Bicycle and Pedestrian Advisory Committee", "2022-08-24T17:30:00-04:00"),
        ("922236", "Council District 6 Project Review Committee", "2022-08-01T17:30:00-04:00"),
        {"agenda": 10, "minutes": 1},
        {"confirmed": 6, "tentative": 6},
    ),
    ("legistar_html/hennepinmn.legistar.com", "minn_hennepin_admin_op_bud_committee.html"): (
        1,
        ("1352206", "Administration, Operations and Budget Committee", "2025-11-10T12:00:00-05:00"),
        ("1352206", "Administration, Operations and Budget Committee", "2025-11-10T12:00:00-05:00"),
        {"agenda": 2, "packet": 1, "minutes": 2},
        {"confirmed": 1},
    ),
    ("legistar_html/hennepinmn.legistar.com", "minn_hennepin_boc.html"): (
        1,
        ("1415525", "Board of Hennepin County Commissioners", "2026-05-19T13:30:00-04:00"),
        ("1415525", "Board of Hennepin County Commissioners", "2026-05-19T13:30:00-04:00"),
        {},
        {"tentative": 1},
    ),
    ("legistar_html/legistar.council.nyc.gov", "Calendar.html"): (
        100,
        ("317374", "Committee on Higher Education", "2014-06-12T10:00:00-04:00"),
        ("304832", "Committee on Consumer Affairs", "2014-04-28T13:00:00-04:00"),
        {"agenda": 100, "minutes": 36},
        {"confirmed": 92, "rescheduled": 8},
    ),
    ("legistar_html/legistar.council.nyc.gov", "events.html"): (
        40,
        ("670695", "Subcommittee on Landmarks, Public Siting and Maritime Uses", "2019-01-31T12:00:00-05:00"),
        ("669540", "Committee on Governmental Operations", "2019-01-07T10:00:00-05:00"),
        {"agenda": 40, "minutes": 1},
        {"confirmed": 38, "rescheduled": 2},
    ),
    ("legistar_html/metro.legistar.com", "events.html"): (
        14,
        ("642142", "Board of Directors - Regular Board Meeting", "2019-01-24T09:30:00-05:00"),
        ("669644", "Ad Hoc Congestion, Highway and Roads Committee (SAP)", "2019-01-16T11:00:00-05:00"),
        {},
        {"tentative": 14},
    ),
    ("legistar_html/mwrd.legistar.com", "chi_mwrd_legistar.html"): (
        3,
        ("570930", "Board of Commissioners", "2018-04-19T10:30:00-04:00"),
        ("600388", "Study Session", "2018-04-05"),
        {"agenda": 1},
        {"confirmed": 3},
    ),
    ("legistar_html/nashville.legistar.com", "Calendar.aspx.html"): (
        71,
        ("932311", "Metropolitan Council", "2022-10-04T18:30:00-04:00"),
        ("919640", "Metropolitan Council", "2022-01-04T18:30:00-05:00"),
        {"agenda": 65, "minutes": 12, "packet": 12, "attachment": 12},
        {"confirmed": 66, "tentative": 5},
    ),
    ("legistar_html/nashville.legistar.com", "Calendar.aspx~2.html"): (
        1,
        ("812493", "Metropolitan Council", "2023-08-15T18:30:00-04:00"),
        ("812493", "Metropolitan Council", "2023-08-15T18:30:00-04:00"),
        {},
        {"tentative": 1},
    ),
    ("legistar_html/nashville.legistar.com", "POST_Calendar.aspx~3.html"): (
        24,
        ("916019", "Metropolitan Council", "2021-12-21T18:30:00-05:00"),
        ("830101", "Metropolitan Council", "2021-01-05T18:30:00-05:00"),
        {"agenda": 24, "minutes": 24, "packet": 24, "attachment": 24},
        {"confirmed": 24},
    ),
    ("legistar_html/ramseycountymn.legistar.com", "minn_ramsey_bcw.html"): (
        35,
        ("1335150", "Budget Committee of the Whole", "2025-09-22T09:00:00-04:00"),
        ("835609", "Budget Committee of the Whole", "2018-08-28T12:59:00-04:00"),
        {"agenda": 47, "packet": 35, "minutes": 4},
        {"confirmed": 35},
    ),
    ("legistar_html/ramseycountymn.legistar.com", "minn_ramsey_boc.html"): (
        35,
        ("1400266", "Board of Commissioners", "2026-12-22T09:00:00-05:00"),
        ("1336453", "Board of Commissioners", "2026-03-10T09:00:00-04:00"),
        {"agenda": 16, "packet": 8, "minutes": 10},
        {"confirmed": 8, "tentative": 27},
    ),
    ("legistar_html/ramseycountymn.legistar.com", "minn_ramsey_bwd.html"): (
        35,
        ("1382139", "Board Workshop / Discussion", "2026-06-23T13:30:00-04:00"),
        ("1344818", "Board Workshop / Discussion", "2025-10-14T10:30:00-04:00"),
        {"agenda": 48, "packet": 24},
        {"confirmed": 24, "tentative": 11},
    ),
    ("legistar_html/ramseycountymn.legistar.com", "minn_ramsey_hra.html"): (
        35,
        ("1404995", "Housing and Redevelopment Authority", "2026-04-28T10:00:00-04:00"),
        ("1055198", "Housing and Redevelopment Authority", "2022-12-13T10:00:00-05:00"),
        {"agenda": 70, "packet": 35, "minutes": 68},
        {"confirmed": 35},
    ),
    ("legistar_html/ramseycountymn.legistar.com", "minn_ramsey_lcw.html"): (
        13,
        ("1347052", "Legislative Committee of the Whole", "2025-11-04T10:00:00-05:00"),
        ("835630", "Legislative Committee of the Whole", "2015-12-15T09:58:00-05:00"),
        {"agenda": 16, "packet": 13, "minutes": 7},
        {"confirmed": 13},
    ),
    ("legistar_html/ramseycountymn.legistar.com", "minn_ramsey_rra.html"): (
        35,
        ("1408722", "Regional Railroad Authority", "2026-05-19T10:00:00-04:00"),
        ("1122399", "Regional Railroad Authority", "2023-10-17T10:00:00-04:00"),
        {"agenda": 68, "packet": 34, "minutes": 66},
        {"confirmed": 34, "tentative": 1},
    ),
}


@pytest.mark.parametrize(("tenant", "file"), list(CALENDARS))
def test_calendar_tells_each_meeting_once_with_its_time_and_files(shared: Path, tenant: str, file: str) -> None:
    count, first, last, kinds, states = CALENDARS[tenant, file]
    items = read(shared, tenant, file)
    events = of(items, ScrapedEvent)
    assert not of(items, ScrapedError)
    assert len(events) == count
    assert len({event.key for event in events}) == count
    assert gist(events[0]) == first
    assert gist(events[-1]) == last
    assert Counter(document.kind for event in events for document in event.documents or ()) == kinds
    assert Counter(event.status for event in events) == states
    for event in events:
        addresses = [document.url for document in event.documents or ()]
        assert len(addresses) == len(set(addresses))
        assert not any("M=IC" in address or address.endswith("#") for address in addresses)


SAME = {"POST_Calendar.aspx.html": "Calendar.aspx~2.html", "POST_Calendar.aspx~2.html": "Calendar.aspx.html"}


@pytest.mark.parametrize("file", list(SAME))
def test_answer_to_a_post_is_read_as_the_same_view_asked_with_get(shared: Path, file: str) -> None:
    tenant = "legistar_html/nashville.legistar.com"
    posted, got = read(shared, tenant, file), read(shared, tenant, SAME[file])
    assert [event.model_dump() for event in of(posted, ScrapedEvent)] == [
        event.model_dump() for event in of(got, ScrapedEvent)
    ]


def test_calendar_of_18_pages_asks_for_the_second(shared: Path) -> None:
    items = read(shared, "legistar_html/alleghenycounty.legistar.com", "alle_county_Calendar.html")
    posts = [item for item in items if getattr(item, "method", "") == "POST"]
    assert len(posts) == 1
    assert b"gridCalendar%24ctl00%24ctl02%24ctl00%24ctl04" in posts[0].body


def test_rows_that_a_body_page_counts_and_does_not_show_are_told(shared: Path) -> None:
    items = read(shared, "legistar_html/ramseycountymn.legistar.com", "minn_ramsey_boc.html")
    assert [(skip.reason, skip.what) for skip in of(items, ScrapedSkip)] == [("not_on_page", "458 more are counted")]


def test_deferred_in_the_column_of_times_is_a_state_and_no_time(shared: Path) -> None:
    items = read(shared, "legistar_html/legistar.council.nyc.gov", "events.html")
    moved = [event for event in of(items, ScrapedEvent) if event.status == "rescheduled"]
    assert {event.starts_at for event in moved} == {"2019-01-10"}
    assert {event.start_text for event in moved} == {"Deferred"}


def test_topic_column_is_kept_as_description(shared: Path) -> None:
    items = read(shared, "legistar_html/legistar.council.nyc.gov", "Calendar.html")
    assert of(items, ScrapedEvent)[0].description == "Oversight – Merit and Need Based Scholarships at CUNY."


SEARCHES = {
    ("legistar_html/cabq.legistar.com", "POST_Legislation.xls.html"): (381, "R-13-226", "O-11-73"),
    ("legistar_html/cabq.legistar.com", "POST_Legislation.xls~2.html"): (406, "R-13-246", "O-11-73"),
    ("legistar_html/cabq.legistar.com", "POST_Legislation~2.html"): (100, "R-13-226", "EC-13-452"),
    ("legistar_html/cabq.legistar.com", "POST_Legislation~4.html"): (100, "R-13-246", "EC-13-463"),
    ("legistar_html/maricopa.legistar.com", "POST_Legislation.xls.html"): (604, "ZCTF 13-28", "IGA 13-01"),
    ("legistar_html/maricopa.legistar.com", "POST_Legislation~2.html"): (100, "ZCTF 13-28", "ETF 13-16"),
    ("legistar_html/metro.legistar.com", "bills.html"): (100, "2018-0513", "2018-0265"),
    ("legistar_html/legistar.council.nyc.gov", "bills.html"): (100, "Int 1299-2018", "Int 0867-2015"),
    ("legistar_html/rialto.legistar.com", "POST_Legislation.xls.html"): (471, "13-126", "12-365"),
    ("legistar_html/rialto.legistar.com", "POST_Legislation~2.html"): (100, "13-126", "13-012"),
}


@pytest.mark.parametrize(("tenant", "file"), list(SEARCHES))
def test_search_result_and_export_tell_every_matter(shared: Path, tenant: str, file: str) -> None:
    count, first, last = SEARCHES[tenant, file]
    items = read(shared, tenant, file)
    bills = of(items, ScrapedBill)
    assert not of(items, ScrapedError)
    assert (len(bills), bills[0].identifier, bills[-1].identifier) == (count, first, last)
    if ".xls" not in file:
        # The export has no links; a page links each matter and leads on to the next hundred.
        assert all(bill.url and "LegislationDetail.aspx?ID=" in bill.url for bill in bills)
        assert any(getattr(item, "method", "") == "POST" for item in items)


def test_plate_reader_resolution_of_albuquerque_is_in_the_export(shared: Path) -> None:
    bills = of(read(shared, "legistar_html/cabq.legistar.com", "POST_Legislation.xls.html"), ScrapedBill)
    bill = next(bill for bill in bills if bill.identifier == "R-13-220")
    assert "License Plate Reader" in (bill.title or "")
    assert (bill.classification, bill.actions[0].description) == ("resolution", "File Created")


def test_export_and_page_of_one_search_tell_the_same_of_a_matter(shared: Path) -> None:
    tenant = "legistar_html/cabq.legistar.com"
    exported = {bill.identifier: bill for bill in of(read(shared, tenant, "POST_Legislation.xls.html"), ScrapedBill)}
    for bill in of(read(shared, tenant, "POST_Legislation~2.html"), ScrapedBill):
        own = exported[bill.identifier]
        assert (bill.title, bill.status, bill.classification, bill.actions) == (
            own.title,
            own.status,
            own.classification,
            own.actions,
        )


def test_sponsor_column_of_new_york_names_one_and_counts_the_others(shared: Path) -> None:
    bill = of(read(shared, "legistar_html/legistar.council.nyc.gov", "bills.html"), ScrapedBill)[0]
    assert [(sponsor.name, sponsor.primary) for sponsor in bill.sponsors] == [("Jumaane D. Williams", True)]
    assert (bill.status, bill.body) == ("Laid Over in Committee", "Committee on For-Hire Vehicles")


@pytest.mark.parametrize(
    ("tenant", "file", "reason"),
    [
        ("legistar_html/cabq.legistar.com", "GET_Legislation.html", "empty"),
        ("legistar_html/cabq.legistar.com", "GET_Legislation~2.html", "empty"),
        ("legistar_html/cabq.legistar.com", "POST_Legislation.html", "empty"),
        ("legistar_html/maricopa.legistar.com", "GET_Legislation.html", "empty"),
        ("legistar_html/maricopa.legistar.com", "POST_Legislation.html", "empty"),
        ("legistar_html/rialto.legistar.com", "GET_Legislation.html", "empty"),
        ("legistar_html/rialto.legistar.com", "POST_Legislation.html", "empty"),
        ("legistar_html/legistar.council.nyc.gov", "people.html", "reference"),
        ("legistar_html/metro.legistar.com", "people.html", "reference"),
        ("legistar_api/olympia", "legistar_bodies.json", "reference"),
        ("legistar_api/olympia", "legistar_votes.json", "empty"),
        ("legistar_api/metro", "all_indexes.json", "reference"),
    ],
)
def test_page_without_meetings_and_matters_says_so(shared: Path, tenant: str, file: str, reason: str) -> None:
    items = read(shared, tenant, file)
    assert [(type(item), item.reason) for item in items] == [(ScrapedSkip, reason)]


@pytest.mark.parametrize(
    ("tenant", "file"),
    [
        ("legistar_derived/nyc", "nyc_introduction_2025_1442.json"),
        ("legistar_derived/nyc", "2025-04-10_10_30_public-safety_21536.json"),
        ("legistar_derived/huntsvilleal", "agenda-attachments.md"),
        ("text_excerpts/somervillema.legistar.com", "legistar_html__somervillema_MeetingDetail_1325978.txt"),
        ("chicago_elms_api/api.chicityclerkelms.chicago.gov", "chi_citycouncil.json"),
    ],
)
def test_what_others_made_of_legistar_is_refused_by_name(shared: Path, tenant: str, file: str) -> None:
    items = read(shared, tenant, file)
    assert [(type(item), item.reason) for item in items] == [(ScrapedError, "other_platform")]


@pytest.mark.parametrize(("letter", "pages"), [("A", 453581), ("M", 222117)])
def test_view_address_is_a_file(shared: Path, letter: str, pages: int) -> None:
    name = f"View.ashx_M_{letter}_ID_922861_GUID_087889E9-512A-403A-AF2D-DC7F1E80842D.pdf"
    items = read(shared, "legistar_html/nashville.legistar.com", name)
    assert [(type(item), item.media_type, item.size) for item in items] == [(ScrapedFile, "application/pdf", pages)]


# The Web API


def test_events_of_olympia(shared: Path) -> None:
    events = of(read(shared, "legistar_api/olympia", "legistar_events.json", "America/Los_Angeles"), ScrapedEvent)
    assert [gist(event) for event in events] == [
        ("6949", "Site Plan Review Committee", "2026-08-26T09:00:00-07:00"),
        ("7268", "Lodging Tax Advisory Committee", "2026-08-21T16:00:00-07:00"),
        ("7006", "Design Review Board", "2026-08-20T17:30:00-07:00"),
    ]
    assert {event.status for event in events} == {"confirmed"}
    assert [[document.kind for document in event.documents] for event in events] == [["agenda"]] * 3


def test_items_of_olympia_stand_in_the_order_of_the_agenda(shared: Path) -> None:
    items = of(read(shared, "legistar_api/olympia", "legistar_eventitems.json"), ScrapedAgendaItem)
    assert [(item.number, item.title, item.identifier) for item in items] == [
        ("1.", "ROLL CALL", None),
        ("2.", "BUSINESS ITEM", None),
        ("2.A", "Joint Meeting with the Olympia School District Board", "26-0585"),
        ("3.", "ADJOURNMENT", None),
    ]
    assert {item.event_key for item in items} == {"event:7259"}
    assert (items[2].bill_key, items[2].status, items[2].outcome) == ("matter:17812", "Filed", "completed")


def test_history_of_olympia(shared: Path) -> None:
    (bill,) = of(read(shared, "legistar_api/olympia", "legistar_matter_histories.json"), ScrapedBill)
    assert [(step.date, step.description, step.chamber) for step in bill.actions] == [
        (dt.date(2026, 7, 30), "completed", "City Council")
    ]


@pytest.mark.parametrize("file", ["dupe_event.json", "no_dupe_event.json"])
def test_step_that_chicago_enters_twice_is_told_once(shared: Path, file: str) -> None:
    (bill,) = of(read(shared, "legistar_api/chicago", file), ScrapedBill)
    assert [(step.date.isoformat(), step.description, step.classification) for step in bill.actions] == [
        ("2013-03-13", "Referred", ["referral-committee"]),
        ("2013-04-30", "Recommended to Pass", ["committee-passage-favorable"]),
        ("2013-05-08", "Passed", ["passage"]),
    ]


def test_subject_of_a_matter_of_metro(shared: Path) -> None:
    (bill,) = of(read(shared, "legistar_api/metro", "matter_index.json"), ScrapedBill)
    assert (bill.key, bill.subjects) == ("matter:5036", ["BUS CONGESTION"])


def test_events_of_seattle_fill_a_page_and_lead_to_the_next(shared: Path) -> None:
    items = read(shared, "legistar_api/seattle", "sample_events.json", "America/Los_Angeles")
    events = of(items, ScrapedEvent)
    assert len(events) == 1000
    assert gist(events[0]) == (
        "1326",
        "Parks, Seattle Center, Libraries, and Gender Pay Equity Committee",
        "2015-02-03T09:30:00-08:00",
    )
    assert gist(events[-1]) == (
        "2910",
        "Civil Rights, Utilities, Economic Development, and Arts Committee",
        "2017-08-08T09:00:00-07:00",
    )
    # 205 by the agenda's status, nine more only by the comment "Cancellation Notice".
    assert Counter(event.status for event in events) == {"confirmed": 786, "cancelled": 214}
    assert events[0].location == "Council Chamber, City Hall, 600 Fourth Avenue, Seattle, WA 98104"
    kinds = Counter(document.kind for event in events for document in event.documents)
    assert kinds == {"agenda": 996, "minutes": 139}
    following = [item.url for item in items if "$skip=1000" in getattr(item, "url", "")]
    assert len(following) == 1


def test_item_of_seattle(shared: Path) -> None:
    (item,) = of(read(shared, "legistar_api/seattle", "sample_event_items.json"), ScrapedAgendaItem)
    assert (item.key, item.event_key, item.number, item.title) == (
        "eventitem:17864",
        "event:1430",
        "A.",
        "CALL TO ORDER",
    )


def test_events_of_new_york_are_found_inside_another_program_s_wrapping(shared: Path) -> None:
    events = of(read(shared, "legistar_api/nyc", "seen_events.json"), ScrapedEvent)
    assert len(events) == 653
    assert gist(events[0]) == ("20782", "City Council", "2024-08-08T13:30:00-04:00")
    assert gist(events[-1]) == ("21669", "Committee on Criminal Justice", "2025-05-28T09:00:00-04:00")
    assert Counter(event.status for event in events) == {"confirmed": 554, "rescheduled": 99}
    kinds = Counter(document.kind for event in events for document in event.documents)
    assert kinds == {"agenda": 653, "minutes": 504}


def test_events_of_mecklenburg_behind_the_county_s_own_address(shared: Path) -> None:
    events = of(read(shared, "legistar_api/calendar.mecknc.gov", "charnc_meck_boc_legistar.json"), ScrapedEvent)
    assert [gist(event) for event in events] == [
        ("1802", "Budget Public Policy", "2025-01-14T14:30:00-05:00"),
        ("1895", "Board of Commissioners", "2026-04-07T17:00:00-04:00"),
    ]
    assert [event.location for event in events] == [None, None]
    assert all(isinstance(document, ScrapedDocument) for event in events for document in event.documents)
