"""InSite calendars: the site's own, one body's, and their feed.

The default view shows one month or one year; every other view, and the next hundred rows, is a POST of the page's form.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urljoin

from parsel import Selector
from scrapy.http import Response

from crawler.errors import LayoutChanged, WrongPage
from crawler.items import ScrapedCoverage, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.select import select, squeeze, text_of
from crawler.spiders.platforms.legistar_base import LegistarBase, selector_of
from crawler.spiders.platforms.legistar_grid import Cell, Grid, Row, grids, is_matter_grid, next_page, unlisted
from crawler.spiders.platforms.legistar_status import meeting_status, place_of
from crawler.spiders.platforms.legistar_words import distinct, document_kind, is_available, query_value, text_wanted
from crawler.when import read_date

DATE = (r"^(meeting )?date$", r"\bdate\b")
TIME = (r"^(meeting |start )?time$", r"\btime\b")
PLACE = (r"location", r"\bplace\b|venue")
BODY = (r"^(meeting |body |committee )?name$", r"^(meeting |legislative )?body$", r"committee|department|board")
DETAILS = r"MeetingDetail\.aspx"
KNOWN = re.compile(
    r"^$|\bics\b|ical|\bdate\b|\btime\b|location|place|venue|details|^(meeting |body |committee )?name$|"
    r"^(meeting |legislative )?body$",
    re.IGNORECASE,
)
NOT_VIEWABLE = re.compile(r"\bnot viewable\b", re.IGNORECASE)
YEARS = "lstYears"
MEETING_GRID = re.compile(r"gridCalendar|gridUpcoming|gridMeeting", re.IGNORECASE)
FILE_ADDRESS = re.compile(r"View\.ashx|\.(pdf|docx?|html?)\b|/meetings/", re.IGNORECASE)
NO_FILE_ADDRESS = re.compile(r"[?&]M=IC\b|Detail\.aspx", re.IGNORECASE)
FEED_TITLE = re.compile(r"^(?P<body>.+?) - (?P<day>\d{1,2}/\d{1,2}/\d{4})(?: - (?P<time>.+))?$")


class LegistarCalendar(LegistarBase):
    """Roles of the pages that list meetings."""

    def calendar(self, response: Response) -> Iterator[Any]:
        """List the meetings of a calendar, then ask for the rest: next page, other years, details."""
        page = selector_of(response)
        found = [grid for grid in grids(page, response.url) if is_meeting_grid(grid)]
        if not found:
            raise LayoutChanged("no grid of meetings", url=response.url)
        facts = self.facts(response)
        body = body_of_page(page)
        events: dict[str, ScrapedEvent] = {}
        skips = []
        for grid in found:
            for row in grid.rows:
                printed = row.text(*DATE)
                try:
                    day = read_date(printed, url=response.url)
                except LayoutChanged as error:
                    # One clerk's typing error must not cost the page; a page without one date that reads is another.
                    skips.append(
                        ScrapedSkip(reason=error.reason, url=response.url, what=f"{row.text(*BODY)} {printed}")
                    )
                    continue
                event = self.meeting(row, day, body)
                # A site may list its next meetings twice, above and in the whole calendar.
                events.setdefault(event.key, event)
        if skips and not events:
            raise LayoutChanged("no date of the list can be read", url=response.url)
        yield from skips
        for event in events.values():
            yield from self.listed(event, facts)
        if not events:
            yield ScrapedSkip(reason="empty", url=response.url, what=found[0].notice or "no meetings")
        yield from self.rest_of(response, next((g for g in found if "gridCalendar" in g.name), found[-1]), facts)

    def meeting(self, row: Row, day: date, page_body: str | None) -> ScrapedEvent:
        """Read one row of a calendar."""
        body = row.text(*BODY) or page_body
        place, time_text = row.find(*PLACE), row.text(*TIME)
        # Columns of a client's own (topic, type, status) tell of the meeting in words, like the comment in italics.
        remarks = [cell.remark for cell in row.cells if cell.remark]
        remarks += [cell.text for cell in row.cells if tells_in_words(cell)]
        documents = self.row_documents(row, day)
        details = row.link(DETAILS)
        told = [place.text if place else "", time_text, *remarks, *(document.name or "" for document in documents)]
        start = self.starts(day, time_text)
        return ScrapedEvent(
            key=meeting_key(row, details, body, day),
            name=body or "Meeting",
            body=body,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            location=place_of(place.lines) if place else None,
            status=meeting_status(day, name=body or "", remarks=told, public=bool(documents) or not is_hidden(row)),
            url=details,
            documents=documents,
            description=" · ".join(dict.fromkeys(remarks)) or None,
        )

    def row_documents(self, row: Row, day: date) -> list[ScrapedDocument]:
        """Return the files of a row; the column's header says what a file is, its link's label where that is silent."""
        documents = []
        for cell in row.cells:
            for label, address in cell.links:
                kind = document_kind(cell.header or label)
                if kind is None or not is_available(label) or NO_FILE_ADDRESS.search(address):
                    continue
                if kind == "attachment" and not FILE_ADDRESS.search(address):
                    continue
                wanted = text_wanted(kind, day, self.today, self.options.days_back)
                documents.append(ScrapedDocument(kind=kind, url=address, name=label or cell.header, fetch=wanted))
        return distinct(documents)

    def listed(self, event: ScrapedEvent, facts: Mapping[str, Any]) -> Iterator[Any]:
        """Yield a listed meeting, and the request for its page if its items are of interest."""
        day = date.fromisoformat((event.starts_at or "")[:10])
        if event.url is None or not self.in_window(day):
            yield event
            return
        asked = {"sweep": facts.get("sweep"), "event": event}
        if facts.get("sweep"):
            # The meeting's page shows more files than this row: told twice in one run, they would come and go.
            yield event.model_copy(update={"documents": None})
        else:
            yield event
        yield self.request(event.url, facts=asked)

    def rest_of(self, response: Response, grid: Grid, facts: Mapping[str, Any]) -> Iterator[Any]:
        """Yield what leads from this page of a list to its other pages and years, and say what it leaves out."""
        target = next_page(grid, response.url)
        if target is not None:
            yield self.form_request(response, target, facts={**facts, "page": int(facts.get("page", 1)) + 1})
            return
        missing = unlisted(selector_of(response), grid)
        if missing:
            yield ScrapedSkip(reason="not_on_page", url=response.url, what=f"{missing} more are counted")
        yield from self.other_years(response, facts)

    def other_years(self, response: Response, facts: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the request for the next year of the window that is not shown; after the last, the coverage."""
        shown = shown_years(response)
        offered = offered_years(response)
        if shown is None:
            return
        if facts.get("asked") and facts["asked"] != shown:
            # The site now and then ignores the choice and answers with its default view.
            raise WrongPage(
                f"asked for {facts['asked']}, the page shows {shown}", reason="view_ignored", url=response.url
            )
        first, last = self.window
        done = {*facts.get("done", ()), *covered_years(shown, self.today)}
        waiting = [year for year in range(first.year, last.year + 1) if year not in done and str(year) in offered]
        if waiting:
            year = str(waiting[0])
            extra = {
                f"ctl00_ContentPlaceHolder1_{YEARS}_ClientState": json.dumps({"value": year}),
                f"ctl00$ContentPlaceHolder1${YEARS}": year,
            }
            passed = {**facts, "done": sorted(done), "asked": year, "page": 1}
            yield self.form_request(response, f"ctl00$ContentPlaceHolder1${YEARS}", extra=extra, facts=passed)
        elif facts.get("sweep"):
            yield ScrapedCoverage(events_from=first, events_to=last)

    def feed(self, response: Response) -> Iterator[Any]:
        """List the meetings of an RSS feed: body, day and time stand in its titles."""
        items = Selector(text=response.body.decode("utf-8", "replace"), type="xml").xpath("//item")
        for item in items:
            title, link = (
                squeeze(item.xpath("string(title)").get() or ""),
                squeeze(item.xpath("string(link)").get() or ""),
            )
            match = FEED_TITLE.match(title)
            if match is None:
                yield ScrapedSkip(reason="no_date", url=link or response.url, what=title or None)
                continue
            day = read_date(match["day"], url=response.url)
            start = self.starts(day, match["time"] or "")
            number = query_value(link, "ID")
            yield ScrapedEvent(
                key=f"event:{number}" if number else f"event:{match['body']}|{day}",
                name=match["body"],
                body=match["body"],
                starts_at=start.starts_at,
                start_text=start.start_text,
                timezone=start.timezone,
                url=urljoin(response.url, link) if link else None,
                status=meeting_status(day, name=match["body"], remarks=[match["time"] or ""]),
            )
        if not items:
            yield ScrapedSkip(reason="empty", url=response.url, what="no entries")


def is_meeting_grid(grid: Grid) -> bool:
    """Return whether a grid lists meetings: by its name, or by a date beside a time or a meeting's details."""
    if MEETING_GRID.search(grid.name):
        return bool(grid.headers)
    return grid.has(r"\bdate\b") and grid.has(r"\btime\b|meeting details") and not is_matter_grid(grid)


def tells_in_words(cell: Cell) -> bool:
    """Return whether a cell is neither a known field nor a place for a file or a video, and says something."""
    if KNOWN.search(cell.header) or document_kind(cell.header) != "attachment":
        return False
    return not cell.links and not cell.windows and is_available(cell.text)


def is_hidden(row: Row) -> bool:
    """Return whether the site says that a meeting's page can't be seen by the public; "Not available" says no such."""
    return any(NOT_VIEWABLE.search(text) for cell in row.cells for text in (cell.text, *cell.titles))


def body_of_page(page: Selector) -> str | None:
    """Return the body whose own page this is: its title is "Place - Body"; a calendar's page has none."""
    if not select(page, "[id$='pageDetails'], [id*='MultiPageBottom']"):
        return None
    _place, _dash, body = text_of(next(iter(select(page, "title")), None)).partition(" - ")
    return squeeze(body) or None


def meeting_key(row: Row, details: str | None, body: str | None, day: date) -> str:
    """Return the site's number of the meeting, which its iCal link bears even where its page is not public."""
    for address in (details, row.link(r"View\.ashx\?M=IC"), row.link(r"View\.ashx\?M=(A|M|AADA|PA|MADA)&")):
        if address:
            number = query_value(address, "LEGID") or query_value(address, "ID")
            if number:
                return f"event:{number}"
    return f"event:{body or 'meeting'}|{day.isoformat()}"


def shown_years(response: Response) -> str | None:
    """Return what the calendar's date box shows ("This Month", "2026"), None on pages without one."""
    page = selector_of(response)
    return page.css(f"input[id$='{YEARS}_Input']::attr(value)").get()


def offered_years(response: Response) -> set[str]:
    """Return the choices of the date box."""
    items = selector_of(response).css(f"[id$='{YEARS}_DropDown'] li.rcbItem::text, [id$='{YEARS}_DropDown'] li::text")
    return {squeeze(text) for text in items.getall()}


def covered_years(shown: str, today: date) -> set[int]:
    """Return the years that a view shows whole; a month or a week shows none whole."""
    years = {"this year": today.year, "last year": today.year - 1, "next year": today.year + 1}
    choice = shown.strip().lower()
    if choice in ("all years", "all"):
        return set(range(1900, 2101))
    if choice in years:
        return {years[choice]}
    return {int(choice)} if re.fullmatch(r"\d{4}", choice) else set()
