"""CivicWeb / Diligent Community (iCompass, Highbond): the meetings service, and the portal's lists of links."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urljoin

from scrapy.http import Request, Response, TextResponse

from crawler.agenda_text import agenda_header
from crawler.errors import LayoutChanged, WrongPage
from crawler.items import ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.select import field, select, squeeze, text_of
from crawler.spiders.base import Role
from crawler.spiders.platforms.civicweb_agenda import agenda_items, heading_of, text_lines
from crawler.spiders.platforms.json_rows import (
    bearing,
    data_of,
    distinct,
    document_kind,
    is_same,
    listed,
    merged,
    not_ours,
    real_time,
    rows_of,
    status_of,
    wall_time,
    words,
)
from crawler.spiders.platforms.window import WindowSpider, file
from crawler.when import read_date

DATE_TAIL = re.compile(r"(?:^|\s*-\s+)(?P<day>[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})\b(?P<after>.*)$")
MEETING_LINKS = 'a[href*="MeetingInformation.aspx"][href*="Id="]'
LINK_ID = re.compile(r"[?&]id=(?P<number>\d+)", re.IGNORECASE)
ADDRESS_ID = re.compile(r"/meetings/(?P<number>\d+)", re.IGNORECASE)
OURS = re.compile(r"civicweb|icompass|diligent|highbond|MeetingInformation\.aspx", re.IGNORECASE)
IMPORTED = re.compile(r"\b(imported|archived?) meetings\b", re.IGNORECASE)
TYPES = {1: "agenda", 2: "minutes"}
"""`Type` of a meeting's document, the product's own numbers; the document's own heading goes before them."""

VIDEO_FIELDS = ("ShowVideoLink", "TodayLiveStream", "YouTubeEventId")


class CivicWebSpider(WindowSpider):
    """One tenant's portal: {slug}.civicweb.net, .community.highbond.com, .community.diligentoneplatform.com.

    The service lists meetings of a span of days (both `from` and `to` are needed: without them it answers
    with nothing) with place and start; 00:00 stands for "no time". A meeting's documents come with the whole
    agenda in HTML, made from a table of numbered rows, each with its attachments. A meeting not yet published
    is scheduled and has no agenda so far; documents that are not public are listed and left out. One answer
    is told from another by its fields: their addresses are alike.
    """

    platform: ClassVar[str] = "civicweb"
    host_suffix: ClassVar[tuple[str, ...]] = (
        ".civicweb.net",
        ".highbond.com",
        ".diligentoneplatform.com",
        ".diligent.community",
    )
    roles: ClassVar[tuple[Role, ...]] = (
        Role("documents", r"/meetings/\d+/meetingDocuments", "parse_answer", tolerant=True),
        Role("meeting", r"/meetings/\d+/meetingData|/api/videolink/", "parse_answer", tolerant=True),
        Role("meetings", r"/MeetingsService\.svc/meetings", "parse_answer"),
        Role("portal", r"^(?!.*(/document/\d|/filepro/|/FileStorage/|\.pdf))", "parse_answer"),
    )

    def entry_requests(self) -> Iterator[Request]:
        first, last = self.window
        url = f"{self.home()}/Services/MeetingsService.svc/meetings?from={first}&to={last}&loadall=false"
        yield self.request(url, facts={"sweep": True})

    def parse_answer(self, response: Response) -> Iterator[Any]:
        """Read any of the service's answers, or a page of links, by what stands in it."""
        if isinstance(response, TextResponse) and response.text.lstrip()[:1] == "<":
            yield from self.links(response)
            return
        data = data_of(response)
        rows = rows_of(data.get("Documents", data) if isinstance(data, dict) else data)
        if bearing(rows, "Id", "MeetingDateTime") or bearing(rows, "Id", "MeetingDate"):
            yield from self.meetings(rows, response)
        elif bearing(rows, "Id", "MeetingId", "DocumentType"):
            yield from self.documents(rows, data, response)
        elif bearing(rows, "Id", "Name", "Time"):
            yield from self.meeting_data(rows, response)
        elif rows and all(any(name in row for name in VIDEO_FIELDS) for row in rows):
            yield ScrapedSkip(reason="video", url=response.url, what="links to recordings")
        elif rows or not (listed(data) or (isinstance(data, dict) and "Documents" in data)):
            raise not_ours("no rows of CivicWeb's", response.url)
        else:
            yield ScrapedSkip(reason="empty", url=response.url)
            if self.facts(response).get("sweep"):
                yield self.coverage()

    # Meetings

    def meetings(self, rows: Sequence[dict[str, Any]], response: Response) -> Iterator[Any]:
        """Read a list of meetings, and ask for the documents of those in the window."""
        found = []
        for row in rows:
            day, time = wall_time(row.get("MeetingDateTime") or row["MeetingDate"], response.url)
            found.append(self.event(row, day, time, row.get("MeetingLocation"), response))
        events = merged(found)
        yield from self.listed(events, response)
        if self.facts(response).get("sweep"):
            yield self.coverage()
        for row, entry in zip(rows, found, strict=True):
            if row.get("Published") is not False and self.in_window(entry):
                # A meeting that was entered twice has documents at either entry.
                event = next(one for one in events if one.key == entry.key or is_same(one, entry))
                url = f"{self.site(response)}/Services/MeetingsService.svc/meetings/{row['Id']}/meetingDocuments"
                yield self.agenda_request(url, event.key, facts={"event": event})

    def event(
        self, row: Mapping[str, Any], day: date, time: str | None, place: object, response: Response
    ) -> ScrapedEvent:
        """Read one row that names a meeting."""
        name = words(field(dict(row), "Name", response.url))
        start = self.when(day, time)
        location = words(place) or None
        kind = words(row.get("MeetingTypeName"))
        return ScrapedEvent(
            key=f"meeting:{row['Id']}",
            name=name or kind or "Meeting",
            body=(kind if kind and not IMPORTED.search(kind) else body_in(name)) or None,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            location=location,
            status=status_of(day, name, location, over=row.get("InPast") is True),
            url=f"{self.site(response)}/Portal/MeetingInformation.aspx?Org=Cal&Id={row['Id']}",
        )

    def meeting_data(self, rows: Sequence[dict[str, Any]], response: Response) -> Iterator[Any]:
        """Read what is said of one meeting: its place, time, and a link that the clerk put beside it."""
        events = []
        for row in rows:
            day = day_in(words(row["Name"]))
            if day is None:
                raise LayoutChanged("the meeting's name ends without its date", url=response.url)
            event = self.event(row, day, real_time(row["Time"]), row.get("Location"), response)
            found = []
            for kind in ("", "Minutes"):
                url = words(row.get(f"MeetingExternal{kind}LinkUrl"))
                label = words(row.get(f"MeetingExternal{kind}LinkName"))
                told = document_kind(label, kind)
                if url and told is not None:
                    found.append(file(told, urljoin(response.url, url), label))
            event.documents = distinct(found) or None
            events.append(event)
        yield from self.listed(merged(events), response)

    # Documents

    def documents(self, rows: Sequence[dict[str, Any]], data: Any, response: Response) -> Iterator[Any]:
        """Read a meeting's documents: its files, and the items of the agenda that comes whole as HTML."""
        event = self.facts(response).get("event") or self.event_of_documents(rows, data, response)
        found: list[ScrapedDocument] = []
        agenda: str | None = None
        for row in rows:
            if row.get("IsPublic") is False:
                yield ScrapedSkip(reason="not_public", url=response.url, what=f"document {row['Id']}")
                continue
            html = row.get("Html") or ""
            kind = document_kind(heading_of(html)) if heading_of(html) else TYPES.get(row.get("Type", 0), "attachment")
            url = f"{self.site(response)}/document/{row['Id']}" + ("/?printPdf=true" if html else "")
            found.append(file(kind or "attachment", url, words(row.get("Name"))))
            if kind == "agenda" and html and agenda is None:
                agenda = html
        event = event.model_copy(update={"documents": distinct(found)}, deep=True)
        self.spare([event])
        yield event
        items = agenda_items(agenda, event.key, event.url or response.url, response.url) if agenda else []
        if items:
            yield from self.agenda(items, response)

    def event_of_documents(self, rows: Sequence[Mapping[str, Any]], data: Any, response: Response) -> ScrapedEvent:
        """Return the meeting as its documents tell of it, where no list was read before."""
        name = words(rows[0]["Name"])
        day = day_in(name)
        if day is None and isinstance(data, dict) and data.get("MeetingDateFormatted"):
            day = read_date(words(data["MeetingDateFormatted"]), url=response.url)
        if day is None:
            raise LayoutChanged("the documents do not tell their meeting's date", url=response.url)
        head = next((text_lines(row["Html"]) for row in rows if row.get("Html") and row.get("IsPublic")), "")
        told = agenda_header([head])
        time = real_time(told.time_text) if told.date in (None, day) else None
        return self.event({"Id": rows[0]["MeetingId"], "Name": name}, day, time, told.location, response)

    # The portal's pages

    def links(self, response: TextResponse) -> Iterator[Any]:
        """Read a page of the portal that links to meetings, each with its date in the link's text."""
        if not OURS.search(response.text):
            raise WrongPage("this is no page of CivicWeb's", reason="other_platform", url=response.url)
        events = []
        for link in select(response, MEETING_LINKS):
            number = LINK_ID.search(link.attrib["href"])
            name = text_of(link)
            day = day_in(name)
            if number is not None and day is not None:
                events.append(self.event({"Id": number["number"], "Name": name}, day, None, None, response))
        if not events:
            raise WrongPage("the portal's page is filled by a script", reason="needs_javascript", url=response.url)
        yield from self.listed(merged(events), response)


def day_in(name: str) -> date | None:
    """Return the date that stands at the end of a meeting's name ("Council - Mar 03 2026"), or None."""
    match = DATE_TAIL.search(name)
    return read_date(match["day"]) if match else None


def body_in(name: str) -> str:
    """Return a meeting's name without its date and without remarks in capitals ("NO MEETING")."""
    match = DATE_TAIL.search(name)
    bare = name[: match.start()] if match else name
    parts = [part for part in re.split(r"\s+-\s+", bare) if not re.fullmatch(r"[A-Z .!]+", part) or " - " not in bare]
    return squeeze(" - ".join(parts)).strip(" .-")
