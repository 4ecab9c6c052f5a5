"""Hearings of the General Court, from the API's JSON and from the site's pages, as the same scraped events."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from parsel import Selector
from scrapy.http import Response

from crawler.errors import LayoutChanged
from crawler.items import EventStatus, ScrapedAgendaItem, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.select import one, optional, own_text, select, squeeze, text_of
from crawler.spiders.states.ma_names import SITE, ZONE, bill_number, line, prose, secure
from crawler.when import When, read_date

EASTERN = ZoneInfo(ZONE)
STATUSES: Mapping[str, EventStatus] = {
    "confirmed": "confirmed",
    "scheduled": "confirmed",
    "completed": "passed",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "rescheduled": "rescheduled",
    "postponed": "rescheduled",
    "tentative": "tentative",
    "pending": "tentative",
    "unconfirmed": "tentative",
}
TESTIMONY = re.compile(
    r"\btestif|\btestimon|\bsign(ing)? up\b|\bregister\b|\bwritten comments?\b|\bto speak\b|@\w+\.gov\b", re.IGNORECASE
)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])|\n+")
MOVED = re.compile(r"\bNew (?:Start |Event )?(?:Date|Time|Location)\b:?", re.IGNORECASE)
FIRST_YEAR = 1990


def event_key(event_id: str | int) -> str:
    """Return the key of a hearing within this source."""
    return f"hearing:{event_id}"


def event_page(event_id: str | int) -> str:
    """Return the address of a hearing's page, for readers."""
    return f"{SITE}/Events/Hearings/Detail/{event_id}"


def api_hearing(data: Mapping[str, Any], url: str) -> Iterator[Any]:
    """Yield the event of one JSON hearing, agenda topics that have no bills, and a skip for an unknown status."""
    event_id = data.get("EventId")
    if event_id is None:
        raise LayoutChanged("the hearing has no EventId", url=url)
    start = api_start(data.get("StartTime"), data.get("EventDate"), url)
    agendas = data.get("HearingAgendas")
    host = data.get("HearingHost") or {}
    name = line(data.get("Name")) or line(host.get("FullName"))
    if name is None:
        name = f"Committee {host['CommitteeCode']}" if host.get("CommitteeCode") else f"Hearing {event_id}"
    description = prose(data.get("Description"))
    event = ScrapedEvent(
        key=event_key(event_id),
        name=name,
        body=name,
        starts_at=start.starts_at,
        timezone=start.timezone,
        location=api_location(data.get("Location")),
        status=status_of(data.get("Status")),
        url=event_page(event_id),
        description="\n".join(filter(None, (description, moved_from(data.get("RescheduledHearing"), url)))) or None,
        bills=api_bills(agendas) if isinstance(agendas, list) else None,
        testimony=testimony_of(description),
    )
    yield event
    yield from topics(event, api_topics(agendas or ()))
    yield from unknown_status(data.get("Status"), url)


def api_start(start: Any, day: Any, url: str) -> When:
    """Return the start of naive Eastern times; midnight means that no time was entered."""
    for text in (start, day):
        moment = moment_of(text, url)
        if moment is None:
            continue
        if (moment.hour, moment.minute) == (0, 0):
            return When(moment.date().isoformat(), None, ZONE)
        return When(moment.replace(microsecond=0).isoformat(), None, ZONE)
    raise LayoutChanged("the hearing has no date", url=url)


def moment_of(text: Any, url: str) -> dt.datetime | None:
    """Return one of the API's times in Eastern time; None for null and for the platform's zero dates."""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise LayoutChanged(f"the time {text!r} can't be read", reason="date_unreadable", url=url) from error
    if moment.year < FIRST_YEAR:
        return None
    return moment.astimezone(EASTERN) if moment.tzinfo else moment.replace(tzinfo=EASTERN)


def api_location(place: Any) -> str | None:
    """Return a location's parts in one line, each said once."""
    if not isinstance(place, Mapping):
        return None
    region = " ".join(filter(None, (line(place.get("State")), line(place.get("ZipCode")))))
    parts = [line(place.get(field)) for field in ("LocationName", "AddressLine1", "AddressLine2", "City")]
    return ", ".join(dict.fromkeys(part for part in (*parts, region) if part)) or None


def api_bills(agendas: list[Any]) -> list[str]:
    """Return the numbers of all bills on all agendas, each once."""
    rows = (row for agenda in agendas or () for row in (agenda or {}).get("DocumentsInAgenda") or ())
    numbers = (bill_number(row.get("BillNumber")) or bill_number(row.get("DocketNumber")) for row in rows if row)
    return list(dict.fromkeys(number for number in numbers if number))


def api_topics(agendas: Any) -> list[str]:
    """Return the topics under which no bill stands."""
    found = (line(row.get("Topic")) for row in agendas if row and not row.get("DocumentsInAgenda"))
    return [topic for topic in found if topic]


def topics(event: ScrapedEvent, titles: list[str]) -> Iterator[ScrapedAgendaItem]:
    """Yield what a hearing is about besides bills; an oversight hearing on a topic names no bill at all.

    A topic with bills is told by its bills; one of its own would be the same news a second time.
    """
    if not titles and not event.bills and event.description:
        titles = [event.description]
    for position, title in enumerate(dict.fromkeys(titles), start=1):
        short = title if len(title) <= 200 else f"{title[:199].rsplit(' ', 1)[0]}…"
        yield ScrapedAgendaItem(
            key=f"{event.key}:{position}",
            event_key=event.key,
            title=squeeze(short),
            position=position,
            body=event.body,
            text=title if short != title else None,
            url=event.url,
        )


def status_of(text: Any) -> EventStatus | None:
    """Return the status in our words; None for one that is not told or not known."""
    return STATUSES.get(text.strip().lower()) if isinstance(text, str) else None


def unknown_status(text: Any, url: str) -> Iterator[ScrapedSkip]:
    """Yield a skip for a status word that no one has met yet, so that it is counted and not guessed."""
    if isinstance(text, str) and text.strip() and status_of(text) is None:
        yield ScrapedSkip(reason="unknown_event_status", url=url, what=text.strip())


def moved_from(value: Any, url: str) -> str | None:
    """Return a sentence on the former schedule of a rescheduled hearing; its own fields hold the new one."""
    former = value[0] if isinstance(value, list) and value else value
    if not isinstance(former, Mapping):
        return None
    moment = moment_of(former.get("StartTime"), url) or moment_of(former.get("EventDate"), url)
    return f"Rescheduled from {moment:%B} {moment.day}, {moment:%Y %I:%M %p}." if moment else None


def testimony_of(description: str | None) -> str | None:
    """Return the sentences of a description that say how and by when to testify, or None."""
    found = [part.strip() for part in SENTENCE.split(description or "") if TESTIMONY.search(part)]
    return " ".join(found) or None


def page_hearing(response: Response, event_id: str, when: Callable[[dt.date, str | None], When]) -> Iterator[Any]:
    """Yield the same from a hearing's page."""
    heading = one(response, ".followable h1")
    committee = own_text(heading) or text_of(heading)
    cells = {text_of(term).rstrip(": ").lower(): term for term in select(response, "dl.eventInformation dt, dl dt")}
    fields = {name: optional(term, "./following-sibling::dd[1]") for name, term in cells.items()}
    day_text, status = last_value(fields.get("event date")), text_of(fields.get("status"))
    if not day_text:
        raise LayoutChanged("the page has no event date", url=response.url)
    start = when(read_date(day_text, "%B %d, %Y", "%m/%d/%Y", url=response.url), last_value(fields.get("start time")))
    description = prose_of(fields.get("event description") or fields.get("description"))
    agenda = optional(response, "#agendaSection")
    event = ScrapedEvent(
        key=event_key(event_id),
        name=committee,
        body=committee,
        starts_at=start.starts_at,
        start_text=start.start_text,
        timezone=start.timezone,
        location=last_value(fields.get("location")),
        status=status_of(status),
        url=event_page(event_id),
        description=description,
        bills=page_bills(agenda) if agenda is not None else None,
        documents=page_documents(response),
        testimony=testimony_of(description),
    )
    yield event
    panels = select(agenda, ".panel") if agenda is not None else ()
    yield from topics(event, [text for panel in panels if not page_bills(panel) and (text := panel_title(panel))])
    yield from unknown_status(status, response.url)


def last_value(cell: Selector | None) -> str:
    """Return a field's present value: a moved hearing's old and new ones stand in one cell, the new one last."""
    return MOVED.split(text_of(cell))[-1].strip(" :")


def prose_of(cell: Selector | None) -> str | None:
    """Return a description with its paragraphs."""
    return prose(cell.get()) if cell is not None else None


def panel_title(panel: Selector) -> str:
    """Return an agenda topic without the times and buttons beside it."""
    headings = select(panel, "h4 a, h4")
    return next((text for heading in headings if (text := own_text(heading))), "")


def page_bills(root: Selector) -> list[str]:
    """Return the bills linked from an agenda, each once."""
    numbers = (bill_number(text_of(link)) for link in select(root, "a[href*='/Bills/']"))
    return list(dict.fromkeys(number for number in numbers if number))


def page_documents(response: Response) -> list[ScrapedDocument]:
    """Return the files of a hearing; testimony is listed and not read: it is other people's opinion of a bill."""
    documents = []
    for link in select(response, "#documentsSection a[href], a[href*='/Events/DownloadDocument']"):
        url = secure(response.urljoin(link.attrib["href"]))
        if url and not link.attrib["href"].startswith("#"):
            name = text_of(link)
            kind = (
                "testimony" if "testimony" in name.lower() else "agenda" if "agenda" in name.lower() else "attachment"
            )
            documents.append(ScrapedDocument(kind=kind, url=url, name=name or None, fetch=False))
    return list({document.url: document for document in documents}.values())
