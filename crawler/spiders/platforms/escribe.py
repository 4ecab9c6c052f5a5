"""eSCRIBE: the calendar's JSON method, and agendas as pages."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urljoin, urlsplit

from parsel import Selector
from scrapy.http import Request, Response, TextResponse

from crawler.agenda_text import title_key
from crawler.errors import LayoutChanged, WrongPage
from crawler.items import ScrapedAgendaItem, ScrapedDocument, ScrapedEvent
from crawler.select import field, select, squeeze, text_of
from crawler.spiders.base import Role
from crawler.spiders.platforms.json_rows import (
    bearing,
    clock_in,
    data_of,
    distinct,
    document_kind,
    listed,
    merged,
    not_ours,
    real_time,
    rows_of,
    status_of,
    words,
)
from crawler.spiders.platforms.window import WindowSpider, file
from crawler.when import read_date

CALENDAR = "/MeetingsCalendarView.aspx/GetCalendarMeetings"
EPOCH = re.compile(r"/Date\((?P<milliseconds>-?\d+)(?:[+-]\d{4})?\)/")
LOCAL = re.compile(r"(?P<day>\d{4}[/-]\d{2}[/-]\d{2})(?:[ T](?P<time>\d{1,2}:\d{2}))?")
PRINTED = re.compile(r"(?P<day>[A-Z][a-z]+ \d{1,2}, \d{4})\s*(?:@\s*(?P<time>.+))?$")
OURS = re.compile(r"escribemeetings|eSCRIBE\b|AgendaItemContainer")
CONTAINER = ".AgendaItemContainer"
ITEM_NUMBER = re.compile(r"\bAgendaItem(?P<number>\d+)\b")
DOCUMENT_ID = re.compile(r"[?&]DocumentId=(?P<number>\d+)", re.IGNORECASE)


class EscribeSpider(WindowSpider):
    """One tenant's meetings portal, pub-{slug}.escribemeetings.com.

    The calendar is a script; its method GetCalendarMeetings answers with the meetings of a span of days and
    their files, and wants JSON posted. `StartDate` is local wall time (older tenants print it as an instant in
    milliseconds), `MeetingPassed` is the site's own word that a meeting is over. Staff change agendas in place
    under the same DocumentId, so the agenda's page is read again until the meeting starts.
    """

    platform: ClassVar[str] = "escribe"
    host_suffix: ClassVar[tuple[str, ...]] = (".escribemeetings.com",)
    roles: ClassVar[tuple[Role, ...]] = (
        Role(
            "calendar",
            r"/MeetingsCalendarView\.aspx/\w*Meetings\b",
            "parse_calendar",
        ),
        Role("agenda", r"/Meeting(\.aspx)?\?(.*&)?Id=", "parse_agenda", tolerant=True),
        Role("portal", r"^(?!.*(filestream\.ashx|\.pdf))", "parse_calendar"),
    )

    def entry_requests(self) -> Iterator[Request]:
        first, last = self.window
        body = {"calendarStartDate": first.isoformat(), "calendarEndDate": last.isoformat()}
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Requested-With": "XMLHttpRequest"}
        yield self.request(
            f"{self.home()}{CALENDAR}", method="POST", body=json.dumps(body), headers=headers, facts={"sweep": True}
        )

    def parse_calendar(self, response: Response) -> Iterator[Any]:
        """Read the calendar's answer, and ask for the agendas that are pages of the meetings in the window."""
        data = data_of(response)
        rows = rows_of(data)
        if not listed(data) or (rows and not bearing(rows, "ID", "MeetingName")):
            raise not_ours("no meetings of eSCRIBE's", response.url)
        events = merged([self.event(row, response) for row in rows])
        yield from self.listed(events, response)
        if self.facts(response).get("sweep"):
            yield self.coverage()
        for event in events:
            page = next((one.url for one in event.documents or () if is_agenda_page(one)), None)
            if page is not None and self.in_window(event):
                yield self.agenda_request(page, event.key)

    def event(self, row: Mapping[str, Any], response: Response) -> ScrapedEvent:
        """Read one meeting's row."""
        name = words(field(dict(row), "MeetingName", response.url))
        day, time = self.moment(row, response.url)
        override = words(row.get("TimeOverride"))
        start = self.when(day, override or time)
        location = words(row.get("Location")) or None
        description = words(row.get("Description"))
        documents = self.documents(row, response)
        return ScrapedEvent(
            key=f"meeting:{str(row['ID']).lower()}",
            name=name or "Meeting",
            body=words(row.get("MeetingType")) or None,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            location=location,
            status=status_of(
                day, name, location, override, *(one.name for one in documents), over=row.get("MeetingPassed") is True
            ),
            url=urljoin(
                f"{self.site(response)}/", words(row.get("Url")) or f"Meeting.aspx?Id={row['ID']}&lang=English"
            ),
            documents=documents,
            description=description if location is None or description != location else None,
        )

    def moment(self, row: Mapping[str, Any], url: str) -> tuple[dt.date, str | None]:
        """Return a meeting's day and time: as wall time, as it is printed, or from an instant in the place's zone."""
        start = words(row.get("StartDate"))
        local = LOCAL.match(start)
        if local is not None:
            return read_date(local["day"].replace("/", "-"), "%Y-%m-%d", url=url), real_time(local["time"])
        printed = PRINTED.search(words(row.get("FormattedStart")))
        if printed is not None:
            return read_date(printed["day"], url=url), real_time(clock_in(printed["time"] or ""))
        epoch = EPOCH.search(start)
        if epoch is None:
            raise LayoutChanged(f"the start {start!r} can't be read", reason="date_unreadable", url=url)
        instant = dt.datetime.fromtimestamp(int(epoch["milliseconds"]) / 1000, dt.UTC)
        if self.zone is None:
            # The wall time can't be told without the place's zone, and the day may be the next one.
            raise LayoutChanged(
                "the start is an instant and the place's zone is not known", reason="zone_missing", url=url
            )
        moment = instant.astimezone(self.zone)
        return moment.date(), real_time(f"{moment:%H:%M}")

    def documents(self, row: Mapping[str, Any], response: Response) -> list[ScrapedDocument]:
        """Return a meeting's files and pages; recordings stand among them and are none."""
        found: dict[str, ScrapedDocument] = {}
        for one in row.get("MeetingDocumentLink") or ():
            title, address = words(one.get("Title")), words(one.get("Url"))
            kind = document_kind(title, words(one.get("Type")))
            is_video = one.get("HasVideo") or "video" in words(one.get("Type")).lower()
            if kind is None or is_video or not address or address.lower().startswith(("javascript:", "#")):
                continue
            url = urljoin(f"{self.site(response)}/", address)
            number = DOCUMENT_ID.search(url)
            is_page = "meeting.aspx" in address.lower()
            found.setdefault(number["number"] if number else url, file(kind, url, title, fetch=not is_page))
        return list(found.values())

    def parse_agenda(self, response: Response) -> Iterator[Any]:
        """Read an agenda that is a page: its items in their tree, each with its own wording and attachments."""
        if not isinstance(response, TextResponse) or not OURS.search(response.text):
            raise WrongPage("this is no agenda page of eSCRIBE's", reason="other_platform", url=response.url)
        query = {name.lower(): value for name, value in parse_qsl(urlsplit(response.url).query)}
        event_key = self.facts(response).get("event_key") or f"meeting:{query.get('id', '').lower()}"
        items: dict[str, ScrapedAgendaItem] = {}
        for node in select(response, CONTAINER):
            item = agenda_item(node, response, event_key, len(items) + 1)
            if item is not None:
                items.setdefault(item.key, item)
        if not items and select(response, '[class*="AgendaItem"]'):
            raise LayoutChanged("the agenda has items, but none of a form we know", url=response.url)
        yield from self.agenda(list(items.values()), response)


def is_agenda_page(document: ScrapedDocument) -> bool:
    """Return whether a document is an agenda in HTML."""
    return document.kind == "agenda" and "meeting.aspx" in document.url.lower()


def own(node: Selector, name: str) -> list[Selector]:
    """Return the elements of a class that belong to this container and not to one inside it."""
    depth = int(float(node.xpath('count(ancestor::*[contains(@class, "AgendaItemContainer")])').get() or 0)) + 1
    inside = f'[count(ancestor::*[contains(@class, "AgendaItemContainer")]) = {depth}]'
    return list(node.xpath(f'.//*[contains(concat(" ", @class, " "), " {name} ")]{inside}'))


def agenda_item(node: Selector, response: TextResponse, event_key: str, position: int) -> ScrapedAgendaItem | None:
    """Read one container; None for a heading that only holds other items."""
    titles = [*own(node, "AgendaItemTitle"), *own(node, "ClosedAgendaItemTitle")]
    title = squeeze(" ".join(text_of(one) for one in titles[:1]))
    if not title:
        return None
    documents = []
    for place in own(node, "AgendaItemAttachment"):
        for link in select(place, "a[href]"):
            if DOCUMENT_ID.search(link.attrib["href"]):
                name = words(link.attrib.get("data-original-title")) or text_of(link)
                url = response.urljoin(link.attrib["href"])
                documents.append(file(document_kind(name) or "attachment", url, name))
    described = [text_of(one) for one in own(node, "AgendaItemDescription")]
    text = "\n".join(part for part in described if part)
    if select(node, ".//*[contains(@class, 'AgendaItemContainer')]") and not text and not documents:
        return None
    counter = next((text_of(one) for one in own(node, "AgendaItemCounter")), "")
    classes = " ".join(one.attrib.get("class", "") for one in select(node, './/*[contains(@class, "AgendaItem")]')[:1])
    number = ITEM_NUMBER.search(classes)
    parents = node.xpath('ancestor::*[contains(@class, "AgendaItemContainer")]')
    section = next((text_of(one) for parent in parents[-1:] for one in own(parent, "AgendaItemTitle")[:1]), None)
    return ScrapedAgendaItem(
        key=f"{event_key}/{number['number']}" if number else title_key(event_key, title),
        event_key=event_key,
        title=title,
        number=counter.rstrip(".") or None,
        position=position,
        section=section,
        text=text or None,
        url=response.url,
        documents=distinct(documents),
    )
