"""Hearings of Connecticut's committees, as the calendar's JSON, the events table and agendas tell them."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy.http import Response

from crawler.agenda_status import meeting_status
from crawler.errors import CrawlError, LayoutChanged
from crawler.items import EventStatus, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.select import field, json_of, select, some, squeeze, text_of
from crawler.spiders.states.ct_numbers import BillNumber, numbers_in
from crawler.when import When, read_date

SITE = "https://www.cga.ct.gov/"

START = re.compile(r"^(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2})(?::\d{2})?)?")
MARK = re.compile(
    r"^[\s*(\[]*(?P<word>cancel{1,2}ed|cancel{1,2}ation|postponed|rescheduled|tentative|revised|updated|"
    r"time change|room change|location change|new time|new date)\b[\s*)\]]*[:\-\u2013\u2014]?\s*",
    re.IGNORECASE,
)
STATUS: dict[str, EventStatus] = {"c": "cancelled", "p": "rescheduled", "resch": "rescheduled", "tent": "tentative"}
"""How the first letters of a title's mark read; the others ("REVISED:") don't change whether it takes place."""

AGENDA_FILE = re.compile(r"\.(?:html?|pdf|docx?|aspx?)$", re.IGNORECASE)
LONG_DATE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+\d{1,2},?\s+\d{4}"
)
CLOCK_TEXT = re.compile(r"\b\d{1,2}(?::\d{2})?\s*[AP]\.?\s?M\b\.?|\bnoon\b", re.IGNORECASE)
PLACE = re.compile(
    r"\bRoom\s+\w+(?:\s*(?:of|in|,)\s*(?:the\s+)?(?:LOB|Legislative Office Building|(?:State\s+)?Capitol))?"
    r"|\b(?:House|Senate)\s+Chamber\b|\bHall of the House\b",
    re.IGNORECASE,
)
COMMITTEE_LINE = re.compile(
    r"^(?:[A-Z][\w',& -]{2,70}\s)?COMMITTEE\s+ON\s+[\w',& -]{3,60}$|^[A-Z][\w',& -]{2,70}\sCOMMITTEE$", re.IGNORECASE
)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])(?<!\b[AP]\.M\. )(?<!No\. )")
TESTIMONY = re.compile(r"testif|testimony|registr|register|speaker order|sign[- ]up", re.IGNORECASE)
LONGEST_TESTIMONY = 2_000


@dataclass(frozen=True)
class Hearing:
    """One line of a calendar, before its key is settled."""

    code: str
    identity: str | None
    title: str
    name: str
    status: EventStatus
    when: When
    day: dt.date
    location: str | None
    url: str | None

    @property
    def plain_key(self) -> str:
        """Committee, date and title: what stays when only the hour moves."""
        return f"{self.code}:{self.day.isoformat()}:{re.sub(r'[^a-z0-9]+', '-', self.name.lower()).strip('-')}"


def calendar_hearings(
    response: Response, code: str, when: Callable[[dt.date, str | None], When]
) -> Iterator[Hearing | ScrapedSkip]:
    """Yield the hearings of one committee's calendar; rows without a title or date are skipped with the reason."""
    rows = json_of(response)
    if not isinstance(rows, list):
        raise LayoutChanged("the calendar is not a list", url=response.url)
    trusted = ids_identify(rows)
    for row in rows:
        title = squeeze(str(field(row, "title", response.url) or ""))
        start = START.match(str(field(row, "start", response.url) or ""))
        if not title:
            yield ScrapedSkip(reason="no_title", url=response.url)
            continue
        if start is None:
            yield ScrapedSkip(reason="no_date", url=response.url, what=title)
            continue
        name, status = name_and_status(title)
        day = read_date(start["day"], "%Y-%m-%d", url=response.url)
        # The stamps end in Z but are the wall clock in Hartford; midnight stands for "no time given".
        clock = start["time"] if start["time"] and start["time"] != "00:00" else None
        yield Hearing(
            code=code,
            identity=str(row["id"]) if trusted else None,
            title=title,
            name=name,
            status=status,
            when=when(day, clock),
            day=day,
            location=place_of(row.get("building"), row.get("location")),
            url=link_of(row.get("url")),
        )


def ids_identify(rows: Sequence[Any]) -> bool:
    """Return whether the rows carry numbers of their own, rather than none or their position in the list.

    A position as key would turn one inserted hearing into a move of all that follow it.
    """
    ids = [str(row.get("id") or "") if isinstance(row, dict) else "" for row in rows]
    distinct = {(row.get("title"), row.get("start")) for row in rows if isinstance(row, dict)}
    return all(entry.isdigit() and int(entry) > len(rows) for entry in ids) and len(set(ids)) >= len(distinct)


def table_hearings(
    response: Response, committees: Mapping[str, str], when: Callable[[dt.date, str | None], When]
) -> Iterator[Hearing | ScrapedSkip]:
    """Yield the hearings of the events table: date, time, title, place; `committees` tells whose each is."""
    some(response, "//table")
    for row in select(response, "//tr[td]"):
        cells = select(row, "./td")
        texts = [text_of(cell) for cell in cells]
        if len(cells) < 4 or not re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", texts[0]):
            yield ScrapedSkip(reason="not_an_event_row", url=response.url, what=" | ".join(texts)[:120] or None)
            continue
        day = read_date(texts[0], "%m/%d/%Y", url=response.url)
        links = select(row, "./td//a[@href]")
        title = text_of(links[0]) if links else next((text for text in texts[2:] if not text.isdigit()), "")
        if not title:
            yield ScrapedSkip(reason="no_title", url=response.url)
            continue
        name, status = name_and_status(title)
        yield Hearing(
            code=committee_in(name, committees) or "",
            identity=None,
            title=title,
            name=name,
            status=status,
            when=when(day, texts[1]),
            day=day,
            location=texts[-1] if texts[-1] != title else None,
            url=link_of(links[0].attrib["href"]) if links else None,
        )


def events_of(
    hearings: Sequence[Hearing], committees: Mapping[str, str], source_url: str
) -> Iterator[ScrapedEvent | ScrapedSkip]:
    """Yield events with their keys; a hearing that is listed twice becomes one event and a counted skip."""
    taken: dict[str, str | None] = {}
    for hearing in sorted(hearings, key=lambda entry: (entry.when.starts_at or "", entry.name)):
        key = f"event:{hearing.identity}" if hearing.identity else hearing.plain_key
        if key in taken:
            if hearing.identity or taken[key] == hearing.when.starts_at:
                yield ScrapedSkip(reason="listed_twice", url=source_url, what=hearing.title)
                continue
            key = f"{key}@{(hearing.when.starts_at or '')[11:16]}"
        taken[key] = hearing.when.starts_at
        yield ScrapedEvent(
            key=key,
            name=hearing.name,
            body=committees.get(hearing.code),
            starts_at=hearing.when.starts_at,
            start_text=hearing.when.start_text,
            timezone=hearing.when.timezone,
            location=hearing.location,
            status=hearing.status,
            url=hearing.url,
            source_urls=[source_url],
            description=hearing.title if hearing.title != hearing.name else None,
            documents=[ScrapedDocument(kind="agenda", url=hearing.url, name="Agenda")]
            if is_agenda(hearing.url)
            else [],
        )


def name_and_status(title: str) -> tuple[str, EventStatus]:
    """Return the title without what the clerk put before it, and what that means."""
    status = meeting_status(title) or "confirmed"
    name = title
    while match := MARK.match(name):
        word = match["word"].lower()
        status = next((value for start, value in STATUS.items() if word.startswith(start)), status)
        name = name[match.end() :]
    return name or title, status


def calendar_url(code: str) -> str:
    """Return the address of a committee's calendar."""
    return f"{SITE}basin/fullcalendar/commevents.php?comm_code={code}"


def place_of(building: object, room: object) -> str | None:
    """Return building and room as one line."""
    parts = [squeeze(str(part)) for part in (building, room) if part]
    if len(parts) == 2 and parts[0].lower() in parts[1].lower():
        parts = parts[1:]
    return " ".join(filter(None, parts)) or None


def link_of(address: object) -> str | None:
    """Return the absolute address of a link, None where there is none."""
    text = str(address).strip() if address else ""
    return urljoin(SITE, text) if text and text != "#" else None


def is_agenda(url: str | None) -> bool:
    """Return whether an event's link is a paper of the legislature, not a stream or a meeting room on the web."""
    if url is None:
        return False
    parts = urlsplit(url)
    return (parts.hostname or "").endswith("cga.ct.gov") and AGENDA_FILE.search(parts.path) is not None


def committee_in(title: str, committees: Mapping[str, str]) -> str | None:
    """Return the code of the committee that a title names; of several the longest name."""
    lowered = title.lower()
    named = [code for code, name in committees.items() if short_name(name).lower() in lowered]
    return max(named, key=lambda code: len(committees[code]), default=None)


def short_name(name: str) -> str:
    """Return a committee's name without the word Committee."""
    return re.sub(r"\s+Committee$|^(?:Select\s+)?Committee\s+on\s+", "", name, flags=re.IGNORECASE)


# Agendas


@dataclass(frozen=True)
class Agenda:
    """What an agenda's text tells."""

    bills: list[BillNumber]
    testimony: str | None
    name: str
    body: str | None
    day: dt.date | None
    time_text: str | None
    location: str | None


def page_text(response: Response) -> tuple[str, list[str]]:
    """Return an agenda page's text by lines, and its links for testifying or watching, as "words: address"."""
    markup = re.sub(r"[\r\n]+", " ", response.text)
    markup = re.sub(r"(?i)<br\s*/?>|</(?:p|div|tr|td|li|h\d)>", "\\g<0>\n", markup)
    page = Selector(text=markup)
    words = page.xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall()
    links = []
    for link in page.xpath("//body//a[@href]"):
        label, address = text_of(link), urljoin(response.url, link.attrib["href"])
        if re.search(r"testi|regist|zoom|youtube|ct-n", label + address, re.IGNORECASE) and address.startswith("http"):
            links.append(f"{label or 'Link'}: {address}")
    return lines_of("".join(words)), list(dict.fromkeys(links))


def lines_of(text: str) -> str:
    """Return lines with their white space folded, empty ones dropped."""
    return "\n".join(filter(None, (squeeze(line) for line in text.splitlines())))


def read_agenda(text: str, links: Sequence[str] = ()) -> Agenda:
    """Read an agenda's text: its bills in order, how to testify, and the meeting's heading."""
    head = text[:3000]
    date_match = LONG_DATE.search(head)
    clock = CLOCK_TEXT.search(head, date_match.end()) if date_match else None
    place = PLACE.search(head)
    body = next((line for line in head.splitlines()[:15] if COMMITTEE_LINE.match(line)), None)
    kind = "Public Hearing" if re.search(r"public hearing", head, re.IGNORECASE) else "Meeting"
    return Agenda(
        bills=numbers_in(text),
        testimony=testimony_of(text, links),
        name=f"{body} {kind}" if body else kind,
        body=body,
        day=day_of(date_match[0]) if date_match else None,
        time_text=clock[0] if clock else None,
        location=squeeze(place[0]) if place else None,
    )


def day_of(text: str) -> dt.date | None:
    """Return the date of an agenda's heading; None for one that can't be, since the calendar is what counts."""
    try:
        return read_date(re.sub(r"(\d),?\s+(\d{4})", r"\1, \2", text), "%B %d, %Y")
    except CrawlError:
        return None


def testimony_of(text: str, links: Sequence[str]) -> str | None:
    """Return the sentences that tell how and by when to testify, in the agenda's words, then the links to the forms."""
    sentences = SENTENCE.split(squeeze(text))
    told = [sentence for sentence in sentences if TESTIMONY.search(sentence) and not numbers_in(sentence)]
    words = " ".join(dict.fromkeys(told))[:LONGEST_TESTIMONY]
    return "\n".join(filter(None, [words, *links])) or None
