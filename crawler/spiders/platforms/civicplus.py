"""CivicPlus sites (CivicEngage): the AgendaCenter of a city or town, and its calendar."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from scrapy.http import Request, Response

from crawler.errors import LayoutChanged, WrongPage
from crawler.items import Scraped, ScrapedCoverage, ScrapedEvent, ScrapedSkip
from crawler.select import select, squeeze, text_of
from crawler.spiders.base import Role, SourceSpider, SpiderOptions
from crawler.spiders.platforms import civicplus_calendar as calendar
from crawler.spiders.platforms.civicplus_agenda import agenda_page_items
from crawler.spiders.platforms.civicplus_join import complete_with_times
from crawler.spiders.platforms.civicplus_pages import AGENDA_LINKS, check_civicplus_page, kinds_of, loose_documents
from crawler.spiders.platforms.civicplus_rows import (
    agenda_rows,
    body_of,
    meeting_of,
    merged,
    sections,
)

HOST = re.compile(r"^(?P<state>[a-z]{2})-[a-z0-9-]+\.civicplus\.com$|\.(?P<us>[a-z]{2})\.us$", re.IGNORECASE)
ONE_ZONE = {
    "America/New_York": "ct dc de ga ma md me nc nh nj ny oh pa ri sc va vt wv",
    "America/Chicago": "al ar ia il la mn mo ms ok wi",
    "America/Denver": "co mt nm ut wy",
    "America/Los_Angeles": "ca wa",
    "America/Phoenix": "az",
    "Pacific/Honolulu": "hi",
}
"""States that lie in one zone whole; in the others a host's name does not tell the place's."""

ZONES = {state: zone for zone, states in ONE_ZONE.items() for state in states.split()}
ENTRY = re.compile(r"/(AgendaCenter|Calendar\.aspx|RSSFeed\.aspx|common/modules/iCalendar)", re.IGNORECASE)
NOTHING = re.compile(r"\bno (results|agendas|minutes|events|upcoming events)\b[^.]{0,60}", re.IGNORECASE)


class CivicPlusOptions(SpiderOptions):
    """Options of a CivicPlus row; without any, the whole AgendaCenter is watched."""

    days_back: int = Field(default=30, ge=0, le=1500)
    days_ahead: int = Field(default=60, ge=0, le=400)
    categories: tuple[str, ...] = ()
    """Names of the categories to keep, as the page prints them; empty keeps all."""
    term: str | None = None
    """Ask the site's own search for this word or phrase instead of reading the whole list."""
    calendars: tuple[int, ...] = ()
    """Numbers (CID) of the calendars that hold meetings: they add times and places to the agendas."""

    @field_validator("categories", mode="before")
    @classmethod
    def one_name_is_a_list(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class CivicPlusSpider(SourceSpider):
    """AgendaCenter and calendar of one site.

    The home page lists each category with the newest year that has agendas; other years come from the
    year tabs' POST. A search with dates keeps to one year too. Rows print the date alone: time and place
    stand in the agenda itself and in the site's calendar (option `calendars`). Every page and file bears the constant
    ETag `" "`, so a 304 proves nothing: what changed is read from the rows. {st}-{city}.civicplus.com redirects to
    the place's own domain; the vendor blocks eager visitors, so the delay should be long.
    """

    platform: ClassVar[str] = "civicplus"
    Options: ClassVar[type[SpiderOptions]] = CivicPlusOptions
    options: CivicPlusOptions
    roles: ClassVar[tuple[Role, ...]] = (
        Role("feed", r"/RSSFeed\.aspx", "parse_feed"),
        Role("ical", r"/icalendar\.aspx\?.*feed=calendar", "parse_ical"),
        Role("previous_versions", r"/AgendaCenter/PreviousVersions/", "parse_previous_versions", tolerant=True),
        Role("agenda", r"/AgendaCenter/ViewFile/Agenda/[^?]*\?(.*&)?html=true", "parse_agenda", tolerant=True),
        Role("event", r"/calendar\.aspx\?(.*&)?EID=\d", "parse_event", tolerant=True),
        Role("calendar", r"/calendar\.aspx", "parse_list"),
        Role("category", r"/AgendaCenter/UpdateCategoryList", "parse_list"),
        Role("search", r"/AgendaCenter/Search\b", "parse_list"),
        Role("list", r"/AgendaCenter/?(?:$|[?#]|[^/?]+-\d+/?(?:$|[?#]))", "parse_list"),
    )

    @classmethod
    def zone_from_url(cls, url: str) -> ZoneInfo | None:
        """Return the state's zone for {st}-{city}.civicplus.com and ….{st}.us, where the state has only one."""
        match = HOST.search(urlsplit(url).hostname or "")
        name = ZONES.get((match["state"] or match["us"]).lower()) if match else None
        return ZoneInfo(name) if name else None

    # Where a crawl begins

    @property
    def window(self) -> tuple[date, date]:
        """First and last day this crawl is about."""
        return (
            self.today - timedelta(days=self.options.days_back),
            self.today + timedelta(days=self.options.days_ahead),
        )

    @property
    def years(self) -> range:
        """The calendar years the window touches."""
        return range(self.window[0].year, self.window[1].year + 1)

    def entry_requests(self) -> Iterator[Request]:
        if self.options.term:
            for year in self.years:
                yield self.request(self.search_url(year))
        elif self.options.calendars:
            yield self.calendar_request(list(self.options.calendars), [])
        else:
            yield self.list_request([])

    def list_request(self, times: list[dict[str, Any]]) -> Request:
        """Return the request for the agenda list: the row's own address if it is one, else the home page."""
        url = self.source.url
        if not ENTRY.search(urlsplit(url).path):
            url = urljoin(url, "/AgendaCenter")
        return self.request(url, facts={"sweep": True, "times": times})

    def calendar_request(self, calendars: list[int], times: list[dict[str, Any]]) -> Request:
        """Return the request for the first of these calendars; what it lists is added to `times`."""
        first, last = self.window
        query = f"Keywords=&startDate={first:%m/%d/%Y}&enddate={last:%m/%d/%Y}&CID={calendars[0]}&showPastEvents=true"
        facts = {"sweep": True, "calendars": calendars[1:], "times": times}
        return self.request(urljoin(self.source.url, f"/calendar.aspx?{query}"), facts=facts)

    def search_url(self, year: int) -> str:
        """Address of the site's own search in one year: over several years it answers with one of them."""
        first, last = max(self.window[0], date(year, 1, 1)), min(self.window[1], date(year, 12, 31))
        query = {
            "term": self.options.term or "",
            "CIDs": "all",
            "startDate": f"{first:%m/%d/%Y}",
            "endDate": f"{last:%m/%d/%Y}",
            "dateRange": "",
            "dateSelector": "",
        }
        return urljoin(self.source.url, f"/AgendaCenter/Search/?{urlencode(query)}")

    def check_page(self, response: Response) -> None:
        check_civicplus_page(response)

    # Page roles

    def parse_list(self, response: Response) -> Iterator[Any]:
        """Agenda lists of every kind, and the calendar in list form; what stands on the page decides which."""
        kinds = kinds_of(response)
        if "agendas" in kinds:
            yield from self.agendas(response)
        elif "calendar" in kinds:
            yield from self.calendar(response)
        else:
            yield from loose_documents(response)

    def agendas(self, response: Response) -> Iterator[Any]:
        """Read the meetings of a list, and the requests for the years it does not show."""
        facts, form = facts_of(response)
        asked = facts.get("number") or form.get("catID")
        page: Any = response
        if asked and select(response, 'span[id^="section"]'):
            # For a category without agendas the site answers with a whole page of other categories' rows.
            page = next(iter(select(response, f'span[id="section{asked}"]')), None)
        rows = agenda_rows(page) if page is not None else []
        if not rows:
            self.check_emptiness(response)
            yield ScrapedSkip(reason="empty", url=response.url, what=self.nothing_said(response))
        wanted, unwanted = self.by_category([(row, body_of(row) or facts.get("body")) for row in rows], response)
        events = merged([meeting_of(row, response.url, body) for row, body in wanted])
        for body in sorted(unwanted):
            yield ScrapedSkip(reason="category_not_wanted", url=response.url, what=body)
        for event in events:
            self.spare_distant_files(event)
        requests = [] if asked or "/search" in response.url.lower() else list(self.other_years(response, facts))
        yield from complete_with_times(events, facts.get("times", []), first_page=not asked, years=self.asked(requests))
        if facts.get("sweep") and not asked:
            first, last = self.window
            yield ScrapedCoverage(events_from=first, events_to=last)
        yield from requests

    def asked(self, requests: list[Request]) -> set[int]:
        """Return the years that follow in requests of their own."""
        return {int(request.meta["facts"]["year"]) for request in requests}

    def by_category(
        self, rows: list[tuple[Any, str | None]], response: Response
    ) -> tuple[list[tuple[Any, str | None]], set[str]]:
        """Part the rows by the row's option `categories`; a name that the site does not have is LayoutChanged."""
        names = {name.casefold() for name in self.options.categories}
        if not names:
            return rows, set()
        printed = [text_of(label) for label in select(response, "#categoryList label, .categoryList label")]
        there = {name.casefold() for name in [*printed, *(body or "" for _, body in rows)]}
        if printed and names - there:
            # A renamed category would otherwise read as a council that stopped meeting.
            missing = ", ".join(sorted(names - there))
            raise LayoutChanged(f"no such category: {missing}", reason="category_missing", url=response.url)
        wanted = [(row, body) for row, body in rows if (body or "").casefold() in names]
        return wanted, {body or "" for _, body in rows if (body or "").casefold() not in names}

    def spare_distant_files(self, event: ScrapedEvent) -> None:
        """Leave the files of meetings outside the window unread: a list goes back to January."""
        day = date.fromisoformat((event.starts_at or "")[:10])
        if not self.window[0] <= day <= self.window[1]:
            for document in event.documents or ():
                document.fetch = False

    def other_years(self, response: Response, facts: Mapping[str, Any]) -> Iterator[Request]:
        """Yield requests for the years of the window that a category offers and does not show."""
        names = {name.casefold() for name in self.options.categories}
        for section in sections(response):
            if names and (section.body or "").casefold() not in names:
                continue
            for year in self.years:
                if year == section.shown or year not in section.offered:
                    continue
                form = {"year": year, "catID": section.number, "startDate": "", "endDate": "", "term": ""}
                yield self.request(
                    urljoin(response.url, "/AgendaCenter/UpdateCategoryList"),
                    method="POST",
                    body=urlencode({**form, "prevVersionScreen": "false"}),
                    headers={
                        "X-Requested-With": "XMLHttpRequest",
                        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                    },
                    facts={
                        "body": section.body,
                        "number": section.number,
                        "year": year,
                        "times": facts.get("times", []),
                    },
                )

    def check_emptiness(self, response: Response) -> None:
        """Raise LayoutChanged if files are linked though no row was recognised."""
        content = next(iter(select(response, "#AgendaCenterContent")), None)
        if content is not None and select(content, AGENDA_LINKS) and not agenda_rows(content):
            raise LayoutChanged("the list links to agendas, but has no row we know", url=response.url)

    def nothing_said(self, response: Response) -> str | None:
        """Return the site's own words for an empty list."""
        found = NOTHING.search(text_of(next(iter(select(response, ".results")), None)))
        return squeeze(found[0]) if found else None

    def calendar(self, response: Response) -> Iterator[Any]:
        """Read a calendar in list form: events of their own, or, in a crawl, times for the agendas."""
        facts, _ = facts_of(response)
        events = calendar.calendar_events(self, response, response.url)
        if not facts.get("sweep") or "calendars" not in facts:
            yield from found_or_empty(events, ScrapedSkip(reason="empty", url=response.url, what="no events"))
            return
        times = [*facts["times"], *(event.model_dump(exclude_none=True) for event in events)]
        if facts["calendars"]:
            yield self.calendar_request(facts["calendars"], times)
        else:
            yield self.list_request(times)

    def parse_event(self, response: Response) -> Iterator[Any]:
        """Read the page of one calendar event."""
        if not select(response, ".specificDetailHeader, [itemprop='startDate']"):
            raise WrongPage("the page tells of no event", url=response.url)
        yield calendar.event_page(self, response, response.url)

    def parse_feed(self, response: Response) -> Iterator[Any]:
        """RSS of the AgendaCenter (ModID=65) or of the calendar (ModID=58)."""
        events = calendar.feed_events(self, response, response.url)
        yield from found_or_empty(events, ScrapedSkip(reason="empty", url=response.url, what="no items"))

    def parse_ical(self, response: Response) -> Iterator[Any]:
        """Read the calendar's iCalendar feed."""
        events = calendar.ical_events(self, response.body, response.url)
        yield from found_or_empty(events, ScrapedSkip(reason="empty", url=response.url, what="no events"))

    def parse_previous_versions(self, response: Response) -> Iterator[Any]:
        """Read the earlier versions of one agenda: known and left out, they are no documents of the meeting."""
        archived = select(response, 'a[href*="/ViewFile/Archived"]')
        for link in archived:
            url = urljoin(response.url, link.attrib["href"])
            yield ScrapedSkip(reason="previous_version", url=url, what=text_of(link))
        if not archived:
            yield ScrapedSkip(reason="empty", url=response.url, what="no previous versions")

    def parse_agenda(self, response: Response) -> Iterator[Any]:
        """Read an agenda that is a page (`?html=true`): its lines, each with its attachments."""
        items = agenda_page_items(response, response.url)
        yield from found_or_empty(items, ScrapedSkip(reason="empty", url=response.url, what="no agenda items"))


def facts_of(response: Response) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Return what the list page passed along, and the form that the request posted."""
    request = response.request
    if request is None:
        return {}, {}
    return request.meta.get("facts", {}), dict(parse_qsl(request.body.decode("latin-1")))


def found_or_empty(found: Sequence[Scraped], empty: ScrapedSkip) -> Sequence[Scraped]:
    """Return what was found, or the skip that tells of an empty page."""
    return found or [empty]
