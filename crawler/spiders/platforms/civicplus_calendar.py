"""The site's calendar: its lists, event pages, RSS and iCalendar feeds; here stand times and places.

A calendar holds every kind of town event; which calendars are meetings is said by the source's row.
"""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import icalendar
from parsel import Selector

from crawler.agenda_status import meeting_status
from crawler.errors import LayoutChanged, Truncated
from crawler.items import ScrapedDocument, ScrapedEvent
from crawler.select import select, squeeze, text_of
from crawler.spiders.base import SourceSpider
from crawler.spiders.platforms.civicplus_rows import FILE, document_kind, file_date
from crawler.when import read_date

EVENT_ID = re.compile(r"[?&]EID=(?P<number>\d+)", re.IGNORECASE)
PRINTED_DATE = re.compile(r"(?P<day>[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4})")
START_OF_RANGE = re.compile(r"\s*(?:[-–—]|\bto\b|\bthrough\b)\s*(?=\d|noon|midnight|[A-Z][a-z]+ \d)", re.IGNORECASE)
ALL_DAY = re.compile(r"\ball[- ]day\b", re.IGNORECASE)
TAGS = re.compile(r"<[^>]+>")
FILE_WORD = re.compile(r"\s*\((?:PDF|HTML|DOCX?|Packet)\)\s*$", re.IGNORECASE)
PLACEHOLDER = "Event Location"


def start_of(spider: SourceSpider, day_text: str, time_text: str | None, url: str) -> dict[str, str | None]:
    """Return the time fields of an event from its printed date and time; a range begins where it begins."""
    printed = PRINTED_DATE.search(squeeze(day_text))
    if printed is None:
        raise LayoutChanged(f"the calendar's date {day_text!r} can't be read", reason="date_unreadable", url=url)
    clock = squeeze(time_text or "")
    # "All Day" is stored as midnight by the site, which is no time of a meeting.
    start = None if not clock or ALL_DAY.search(clock) else START_OF_RANGE.split(clock)[0]
    moment = spider.when(read_date(printed["day"], url=url), start)
    return {"starts_at": moment.starts_at, "start_text": moment.start_text, "timezone": moment.timezone}


def calendar_events(spider: SourceSpider, page: Any, page_url: str) -> list[ScrapedEvent]:
    """Return the events of a calendar page in list form, each once though two calendars list it."""
    found: dict[str, ScrapedEvent] = {}
    for link in select(page, '.calendars a[id^="eventTitle_"], .calendar a[id^="eventTitle_"]'):
        entry = select(link, "ancestor::li[1]")
        if not entry:
            raise LayoutChanged("an event of the calendar stands in no list", url=page_url)
        event = list_event(spider, link, entry[0], page_url)
        found.setdefault(f"{event.key}{event.starts_at}", event)
    return one_key_each(list(found.values()))


def one_key_each(events: list[ScrapedEvent]) -> list[ScrapedEvent]:
    """Add the date to the keys of a repeating event, whose days share one id."""
    keys = [event.key for event in events]
    for event in events:
        if keys.count(event.key) > 1:
            event.key = f"{event.key}-{(event.starts_at or '')[:10]}"
    return events


def list_event(spider: SourceSpider, link: Selector, entry: Selector, page_url: str) -> ScrapedEvent:
    """Read one entry of the list."""
    number = (link.attrib.get("id") or "").rpartition("_")[2]
    printed = text_of(next(iter(select(entry, ".subHeader .date, .date")), None))
    day_part = PRINTED_DATE.search(printed)
    time_text = printed[day_part.end() :].strip(" ,") if day_part else None
    headings = select(link, "ancestor::div[contains(@class, 'calendar')][1]//h2")
    name = text_of(link)
    return ScrapedEvent(
        key=f"calendar-{number}",
        name=name,
        body=text_of(headings[0]) if headings else None,
        **start_of(spider, printed, time_text, page_url),
        location=place_of(entry),
        status=meeting_status(name) or "confirmed",
        url=event_url(link.attrib.get("href") or "", page_url),
        documents=[],
    )


def place_of(entry: Selector) -> str | None:
    """Name and street of the place; the site's placeholder is none."""
    names = select(entry, ".eventLocation .name") or select(entry, '[itemprop="location"] [itemprop="name"]')
    lines = []
    if names:
        lines = [line for line in (squeeze(part) for part in names[0].xpath(".//text()").getall()) if line]
    name = ", ".join(lines)
    street = text_of(next(iter(select(entry, '[itemprop="streetAddress"]')), None))
    parts = [part for part in (name, street) if part and part != PLACEHOLDER]
    house = re.match(r"\d+\b", street)
    if len(parts) == 2 and (normal(street) in normal(name) or (house and house[0] in normal(name).split())):
        # Many clerks put the whole address into the name; "Street" there is "St" here.
        parts.pop()
    return ", ".join(parts) or None


def normal(text: str) -> str:
    """Return a text without case and punctuation, for comparison."""
    return re.sub(r"\W+", " ", text).casefold().strip()


def event_url(href: str, page_url: str) -> str:
    """Return the event's own address without the month that happened to be on show."""
    url = urljoin(page_url, href)
    number = EVENT_ID.search(url)
    return f"{url.split('?')[0]}?EID={number['number']}" if number else url


def event_page(spider: SourceSpider, page: Any, page_url: str) -> ScrapedEvent:
    """Read the page of one event (`Calendar.aspx?EID=`); LayoutChanged if it prints no date."""
    details = {}
    for label in select(page, ".specificDetailHeader"):
        value = select(label, "following-sibling::*[contains(@class, 'specificDetailItem')][1]")
        if value:
            details[text_of(label).rstrip(":").casefold()] = text_of(value[0])
    content = next(iter(select(page, "#CalendarContent")), page)
    names = [node for node in select(content, '[itemprop="name"]') if not select(node, "ancestor::*[@itemprop]")]
    name = text_of(next(iter(names or select(content, "h1")), None))
    micro = text_of(next(iter(select(content, '[itemprop="startDate"]')), None))
    day_text = details.get("date") or text_of(next(iter(select(content, '[id$="_dateDiv"]')), None))
    if not day_text and micro:
        day_text = datetime.fromisoformat(micro).strftime("%B %d, %Y")
    number = EVENT_ID.search(page_url)
    if not name or not day_text or number is None:
        raise LayoutChanged("the event's page names no event or no date", url=page_url)
    place = ", ".join(part for part in (details.get("location"), details.get("address")) if part)
    return ScrapedEvent(
        key=f"calendar-{number['number']}",
        name=name,
        **start_of(spider, day_text, details.get("time"), page_url),
        location=place or place_of(content),
        status=meeting_status(name) or "confirmed",
        url=event_url("", page_url),
        description=text_of(next(iter(select(content, '[itemprop="description"]')), None)) or None,
        documents=linked_files(content, page_url),
    )


def linked_files(content: Selector, page_url: str) -> list[ScrapedDocument]:
    """Return the agenda files that an event's page links to, each once."""
    found: dict[str, ScrapedDocument] = {}
    for link in select(content, "a[href]"):
        url = urljoin(page_url, (link.attrib.get("href") or "").strip())
        kind = document_kind(url, text_of(link))
        if kind is not None:
            found.setdefault(url, ScrapedDocument(kind=kind, url=url, name=text_of(link) or None))
    return list(found.values())


def feed_events(spider: SourceSpider, page: Any, page_url: str) -> list[ScrapedEvent]:
    """Return the meetings of an RSS feed: of the calendar (times, places) or of the AgendaCenter (files)."""
    # Read as XML whatever the header says: in HTML a <link> holds nothing.
    feed = Selector(text=page.text, type="xml")
    found: dict[str, ScrapedEvent] = {}
    for item in feed.xpath("//item"):
        link = squeeze(item.xpath("string(./link)").get() or "") or squeeze(item.xpath("string(./guid)").get() or "")
        title = squeeze(item.xpath("string(./title)").get() or "")
        url = urljoin(page_url, link)
        file = FILE.search(url)
        if file is None:
            event = feed_calendar_event(spider, item, title, url)
            found.setdefault(event.key, event)
            continue
        day = file_date(file["day"], url)
        name = FILE_WORD.sub("", title)
        posted = squeeze(item.xpath("string(./pubDate)").get() or "")
        event = ScrapedEvent(
            key=f"agenda-{file['number']}",
            name=name or f"Meeting of {day.isoformat()}",
            starts_at=day.isoformat(),
            status=meeting_status(name) or "confirmed",
            url=url,
            documents=[],
            description=f"Posted {posted}" if posted else None,
        )
        kind = document_kind(url, title)
        documents = found.setdefault(event.key, event).documents
        if kind is not None and documents is not None and url not in {document.url for document in documents}:
            documents.append(ScrapedDocument(kind=kind, url=url, name=title or None))
    return list(found.values())


def feed_calendar_event(spider: SourceSpider, item: Selector, title: str, url: str) -> ScrapedEvent:
    """Read one item of the calendar's feed: date and time have elements of their own."""
    number = EVENT_ID.search(url)
    days = squeeze(item.xpath("string(./*[local-name()='EventDates'])").get() or "")
    if number is None:
        raise LayoutChanged("an item of the feed links neither to a file nor to an event", url=url)
    return ScrapedEvent(
        key=f"calendar-{number['number']}",
        name=title,
        **start_of(spider, days, item.xpath("string(./*[local-name()='EventTimes'])").get(), url),
        location=squeeze(TAGS.sub(", ", item.xpath("string(./*[local-name()='Location'])").get() or "")) or None,
        status=meeting_status(title) or "confirmed",
        url=event_url("", url),
        documents=[],
    )


def ical_events(spider: SourceSpider, body: bytes, page_url: str) -> list[ScrapedEvent]:
    """Return the events of the calendar's iCalendar feed; a feed that ends in the middle is Truncated."""
    if b"END:VCALENDAR" not in body:
        raise Truncated("the calendar feed ends in the middle", url=page_url)
    found: dict[str, ScrapedEvent] = {}
    for entry in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        name = squeeze(str(entry.get("SUMMARY", "")))
        start = entry.get("DTSTART")
        if start is None or not name:
            raise LayoutChanged("an event of the feed has no name or no start", url=page_url)
        text = f"{entry.get('URL', '')} {entry.get('DESCRIPTION', '')} {entry.get('UID', '')}"
        number = EVENT_ID.search(text)
        key = f"calendar-{number['number'] if number else entry.get('UID', name)}"
        site = f"{urlsplit(page_url).scheme}://{urlsplit(page_url).netloc}"
        event = ScrapedEvent(
            key=key,
            name=name,
            **ical_start(spider, start.dt),
            location=squeeze(TAGS.sub(" ", str(entry.get("LOCATION", "")))).strip(" -") or None,
            status="cancelled"
            if str(entry.get("STATUS", "")).upper() == "CANCELLED"
            else meeting_status(name) or "confirmed",
            url=f"{site}/Calendar.aspx?EID={number['number']}" if number else None,
            documents=[],
        )
        found.setdefault(f"{key}{event.starts_at}", event)
    return one_key_each(list(found.values()))


def ical_start(spider: SourceSpider, start: date | datetime) -> dict[str, str | None]:
    """Start fields of a feed's event: wall time of the place, or the date alone for an all-day one."""
    zone = spider.zone.key if spider.zone else None
    if not isinstance(start, datetime):
        return {"starts_at": start.isoformat(), "start_text": None, "timezone": zone}
    if start.tzinfo is None:
        start = start.replace(tzinfo=spider.zone)
    elif spider.zone is not None:
        start = start.astimezone(spider.zone)
    return {"starts_at": start.isoformat(), "start_text": None, "timezone": zone}
