"""Simbli (eBoard Solutions): school boards' meeting listing, through the service behind the page."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from scrapy.http import Request, Response, TextResponse

from crawler.errors import LayoutChanged, Truncated, WrongPage
from crawler.items import ScrapedEvent, ScrapedSkip
from crawler.select import field
from crawler.spiders.base import Role
from crawler.spiders.platforms.json_rows import (
    bearing,
    data_of,
    listed,
    merged,
    not_ours,
    place_of,
    real_time,
    rows_of,
    status_of,
    wall_time,
    words,
)
from crawler.spiders.platforms.window import WindowOptions, WindowSpider
from crawler.when import read_date

PAGE = 50
HOST = "https://simbli.eboardsolutions.com"
SERVICE = "/Services/api/GetMeetingListing"
CONNECTION = re.compile(r"\b(?:constr|ConnectionString)[\"']?\s*[:=]\s*[\"'](?P<value>[^\"']+)[\"']", re.IGNORECASE)
TOKEN = re.compile(r"\b(?:sToken|SecurityToken)[\"']?\s*[:=]\s*[\"'](?P<value>[^\"']+)[\"']", re.IGNORECASE)
PRINTED = re.compile(r"(?P<day>\d{1,2}/\d{1,2}/\d{4})(?:\s*-?\s*(?P<time>\d{1,2}:\d{2}\s*[AP]M))?", re.IGNORECASE)


class SimbliOptions(WindowOptions):
    """Options of a Simbli row; the school's number stands in its address."""

    school: str | None = None


class SimbliSpider(WindowSpider):
    """One school board's listing, SB_MeetingListing.aspx?S={school}.

    The page is a script; it carries a connection string and a token, with which its service lists the meetings,
    newest first, fifty at a time, each row with the count of all. Agendas are pages filled by a script and
    files need the page's session, so a meeting's own page is linked and not read.
    """

    platform: ClassVar[str] = "simbli"
    Options = SimbliOptions
    options: SimbliOptions
    host_suffix: ClassVar[tuple[str, ...]] = ("eboardsolutions.com",)
    roles: ClassVar[tuple[Role, ...]] = (
        Role("meetings", r"/GetMeetingListing", "parse_meetings"),
        Role("listing", r"/SB_MeetingListing\.aspx", "parse_listing"),
        Role("page", r"^(?!.*(/Attachment\.aspx|\.pdf))", "parse_meetings"),
    )

    @classmethod
    def options_from_url(cls, url: str) -> dict[str, Any]:
        """Return the school's number from the parameter S."""
        school = next((value for name, value in parse_qsl(urlsplit(url).query) if name.upper() == "S"), "")
        return {"school": school} if school.isdigit() else {}

    @property
    def school(self) -> str | None:
        """The school's number, from the option or the row's address."""
        return self.options.school or self.options_from_url(self.source.url).get("school")

    def entry_requests(self) -> Iterator[Request]:
        if self.school is None:
            raise LayoutChanged("the row's address names no school (S=…)", reason="school_missing")
        yield self.request(f"{HOST}/SB_Meetings/SB_MeetingListing.aspx?S={self.school}", facts={"sweep": True})

    def parse_listing(self, response: Response) -> Iterator[Any]:
        """Read the page's connection string and token, and ask its service for the first meetings."""
        if not isinstance(response, TextResponse):
            raise WrongPage("this is no page of Simbli's", reason="other_platform", url=response.url)
        if response.text.lstrip()[:1] in ("[", "{"):
            yield from self.parse_meetings(response)
            return
        connection, token = CONNECTION.search(response.text), TOKEN.search(response.text)
        if connection is None or token is None:
            raise WrongPage("this is not the listing page of Simbli's", reason="other_platform", url=response.url)
        facts = {"connection": connection["value"], "token": token["value"], "sweep": self.facts(response).get("sweep")}
        yield self.service_request(0, facts)

    def service_request(self, start: int, facts: Mapping[str, Any]) -> Request:
        """Return the request for fifty meetings from one on, newest first."""
        body = {
            "ListingType": "0",
            "TimeZone": "-60",
            "CustomSort": 0,
            "SortColName": "DateTime",
            "IsSortDesc": True,
            "RecordStart": start,
            "RecordCount": PAGE,
            "FilterExp": "",
            "IsUserLoggedIn": False,
            "UserID": "",
            "Id": 0,
            "SchoolID": self.school,
            "ConnectionString": facts["connection"],
            "SecurityToken": facts["token"],
        }
        return self.request(
            f"{HOST}{SERVICE}",
            method="POST",
            body=json.dumps(body),
            headers={"Content-Type": "application/json", "X-Requested-With": "XMLHttpRequest"},
            facts={**facts, "start": start},
            dont_filter=True,
        )

    def parse_meetings(self, response: Response) -> Iterator[Any]:
        """Read one page of the listing, and ask for the next until the window's first day is passed."""
        data = data_of(response)
        rows = rows_of(data)
        if not (listed(data) or bearing(rows, "Master_MeetingID")) or (rows and not bearing(rows, "Master_MeetingID")):
            raise not_ours("no meetings of Simbli's", response.url)
        kept = []
        for row in rows:
            reason = left_out(row)
            if reason:
                yield ScrapedSkip(reason=reason, url=response.url, what=words(row.get("MM_MeetingTitle")) or None)
            else:
                kept.append(self.event(row, response.url))
        events = merged(kept)
        if events or not rows:
            yield from self.listed(events, response)
        facts = self.facts(response)
        if "start" not in facts:
            return
        if rows and rows[0].get("Master_MeetingID") == facts.get("first"):
            raise Truncated("the next page of the listing is this one again", url=response.url)
        total = int(rows[0].get("MeetingsCount") or 0) if rows else 0
        oldest = min((event.starts_at or "")[:10] for event in kept) if kept else ""
        reached = facts["start"] + len(rows)
        if rows and reached < total and (not oldest or oldest >= self.window[0].isoformat()):
            yield self.service_request(reached, {**facts, "first": rows[0]["Master_MeetingID"]})
        elif facts.get("sweep"):
            yield self.coverage()

    def event(self, row: Mapping[str, Any], url: str) -> ScrapedEvent:
        """Read one row."""
        name = words(field(dict(row), "MM_MeetingTitle", url))
        day, time = moment_of(row, url)
        start = self.when(day, time)
        location = place_of(*(row.get(f"MM_Address{number}") for number in (1, 2, 3)))
        school = row.get("MM_DistrictID") or self.school
        number = row["Master_MeetingID"]
        return ScrapedEvent(
            key=f"meeting:{number}",
            name=name or words(row.get("ML_TypeTitle")) or "Meeting",
            body=words(row.get("ML_TypeTitle")) or None,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            location=location,
            status=status_of(day, name, location),
            url=f"{HOST}/SB_Meetings/ViewMeeting.aspx?S={school}&MID={number}",
        )


def moment_of(row: Mapping[str, Any], url: str) -> tuple[date, str | None]:
    """Return day and time of a row: as wall time, or as the listing prints it."""
    given = row.get("MM_DateTime")
    if given:
        return wall_time(given, url)
    printed = PRINTED.match(words(row.get("DateTime")))
    if printed is None:
        raise LayoutChanged("a row of the listing has no date", reason="date_unreadable", url=url)
    return read_date(printed["day"], "%m/%d/%Y", url=url), real_time(printed["time"])


def left_out(row: Mapping[str, Any]) -> str | None:
    """Return why a row is no public meeting, or None if it is one."""
    if row.get("MM_isTemplate"):
        return "template"
    if row.get("ML_IsPublic") is False:
        return "not_public"
    return None
