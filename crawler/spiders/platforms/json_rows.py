"""What platforms that answer in JSON share: finding their rows, reading their words; pure functions.

Rows are recognised by the fields they bear, not by the address they came from: one product answers at
several addresses, and its envelopes differ by version.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parsel import Selector
from scrapy.http import Response

from crawler.agenda_status import meeting_status
from crawler.errors import LayoutChanged, WrongPage
from crawler.items import EventStatus, ScrapedDocument, ScrapedEvent
from crawler.select import json_of, squeeze, text_of
from crawler.when import read_date, read_time

ENVELOPES = ("value", "d", "data", "Data", "result", "Result", "items", "meetings", "Meetings", "MeetingList")
"""Names under which the rows of an answer stand when it is not a bare list."""

NOT_A_FILE = re.compile(
    r"\b(?:videos?|audio|multi-?media|media player|live ?stream(?:ing)?|watch (?:live|now|meeting)|listen|ical|ics|"
    r"share|e-?comments?|closed captions?|captions?|previous versions?|archived versions?)\b",
    re.IGNORECASE,
)
CANCELLATION = re.compile(r"\bcancell?ation\b", re.IGNORECASE)
KINDS = {
    "minutes": r"\bminutes\b|\bjournal\b|\bproceedings\b",
    "packet": r"pack(?:et|age)s?\b|\bboard ?book\b",
    "summary": r"\bsummar|\bsynopsis\b|\brecap\b|\bdispositions?\b|\baction (?:report|list|sheet)",
    "agenda": r"\bagenda|\border of (?:business|the day)\b|\bdocket\b|\baddend",
    "attachment": r"\battachments?\b|\bexhibits?\b|\bpresentations?\b|\bsupport",
    "notice": r"\bnotices?\b",
}
"""Kinds of files by label, the first that fits; a bare "notice" comes last: "Agenda and Notice" is an agenda."""

CLASSIFIED_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in KINDS.items())
ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?"
)
NO_MEETING = re.compile(
    r"(?:^|[-–—:(,*]\s*)(?:no|there is no|there will be no) meeting\b(?! (?:room|place|link))", re.IGNORECASE
)
NOT_HELD = re.compile(
    r"\bmeeting (?:will|is) not (?:to )?be(?:ing)? held\b|\bwill not (?:meet|be meeting)\b", re.IGNORECASE
)
TENTATIVE = re.compile(
    r"(?:^|[-–—:(*]\s*)tentative(?:ly scheduled)?\W*$|^\W*tentative\W+(?:meeting|date)\b|\(tentative\)", re.IGNORECASE
)
MOVED_FROM_TO = re.compile(r"\bre-?scheduled\W+from\s+(?P<old>[^;]{4,30}?)\s+to\s+(?P<new>[^;()]{4,30})", re.IGNORECASE)
CLOCK = re.compile(r"(?<![\d:.])\d{1,2}(?:[:.][0-5]\d)?\s*[ap]\.?\s?m\b\.?|\b(?:12 )?noon\b", re.IGNORECASE)


def data_of(response: Response) -> Any:
    """Return the answer's JSON; some services send it as a string within JSON, which is read once more."""
    data = json_of(response)
    if isinstance(data, str) and data.strip()[:1] in ("[", "{"):
        try:
            return json.loads(data)
        except json.JSONDecodeError as error:
            raise LayoutChanged(f"the JSON within the JSON can't be read: {error}", url=response.url) from error
    return data


def rows_of(data: Any) -> list[dict[str, Any]]:
    """Return the rows of an answer: a list, the list in its envelope, or the one object that it is."""
    if isinstance(data, list):
        return [row for row in data if isinstance(row, dict)]
    if isinstance(data, dict):
        for name in ENVELOPES:
            if isinstance(data.get(name), list):
                return [row for row in data[name] if isinstance(row, dict)]
        return [data] if data else []
    return []


def bearing(rows: Iterable[Mapping[str, Any]], *fields: str) -> bool:
    """Return whether there are rows and every one bears all these fields; blank rows (`{}`) do not count."""
    full = [row for row in rows if row]
    return bool(full) and all(field in row for row in full for field in fields)


def listed(data: Any) -> bool:
    """Return whether the answer is a list, bare or in an envelope: an empty one then says that there is nothing."""
    return isinstance(data, list) or (
        isinstance(data, dict) and any(isinstance(data.get(name), list) for name in ENVELOPES)
    )


def not_ours(what: str, url: str) -> WrongPage:
    """Return the error for JSON that is well-formed and not this platform's."""
    return WrongPage(f"this JSON holds {what}", reason="other_platform", url=url)


def words(value: object) -> str:
    """Return a field as text: markup dropped, white space folded; "" for None."""
    if value is None or isinstance(value, bool):
        return ""
    text = str(value)
    if ("<" in text and ">" in text) or ("&" in text and ";" in text):
        # A service puts line breaks and entities into its fields; breaks must not glue two words together.
        spaced = re.sub(r"(?i)<(br|/p|/div|/li|/h\d)\b", r" <\1", text)
        return text_of(Selector(text=f"<div>{spaced}</div>", type="html"))
    return squeeze(text)


def document_kind(*labels: str) -> str | None:
    """Return what a file's labels call it, the first label that tells; None for video, iCal and share links."""
    told = [squeeze(label.replace("_", " ")) for label in labels if label and label.strip()]
    if any(NOT_A_FILE.search(label) for label in told[:1]):
        return None
    if any(CANCELLATION.search(label) for label in told):
        # It is filed as the agenda where the agenda would be, and is none.
        return "notice"
    for label in told:
        for kind, pattern in CLASSIFIED_KINDS:
            if pattern.search(label):
                return kind
    return "attachment"


def wall_time(value: object, url: str | None = None) -> tuple[dt.date, str | None]:
    """Return date and time of day of a date field, as wall time: an offset that is printed beside it is dropped.

    Midnight is how these services write "no time", so it is none. LayoutChanged if there is no date.
    """
    text = squeeze(str(value or ""))
    match = ISO.fullmatch(text)
    if match is None:
        raise LayoutChanged(f"the date {text!r} can't be read", reason="date_unreadable", url=url)
    day = read_date(match["day"], "%Y-%m-%d", url=url)
    return day, real_time(match["time"])


def real_time(text: str | None) -> str | None:
    """Return a printed time, or None for none and for midnight, which stands for "no time"."""
    if not text or not text.strip():
        return None
    moment = read_time(text)
    if moment is not None and (moment.hour, moment.minute) == (0, 0):
        return None
    return squeeze(text)


def clock_in(text: str) -> str | None:
    """Return the first time of day in a text that says more ("Business Meeting - 6:30 PM"), as it is printed."""
    found = CLOCK.search(text)
    return found[0] if found else None


def status_of(day: dt.date | None, *told: str | None, over: bool = False) -> EventStatus:
    """Return what the source says of a meeting's state; an ordinary meeting is confirmed, past or future.

    `told` are its name first, then remarks, place and files' names; `over` is the source's own word that it passed.
    """
    name = told[0] or "" if told else ""
    moved = MOVED_FROM_TO.search(name)
    if moved is not None:
        return "confirmed" if day is not None and same_day(moved["new"], day) else "rescheduled"
    found = meeting_status(*told)
    if found is not None:
        return found
    if NO_MEETING.search(name) or any(NOT_HELD.search(text) for text in told if text):
        return "cancelled"
    if TENTATIVE.search(name):
        return "tentative"
    return "passed" if over else "confirmed"


def same_day(text: str, day: dt.date) -> bool:
    """Return whether a printed date, its year possibly left out, is that day."""
    cleaned = squeeze(text).strip(" .,-*")
    for attempt in (cleaned, f"{cleaned}, {day.year}"):
        try:
            if read_date(attempt) == day:
                return True
        except LayoutChanged:
            continue
    return False


def place_of(*parts: object) -> str | None:
    """Return an address from its parts, each once and without the commas that they bring along."""
    kept: list[str] = []
    for part in parts:
        text = words(part).strip(" ,;")
        if text and text.casefold() not in (one.casefold() for one in kept):
            kept.append(text)
    return ", ".join(kept) or None


def distinct(documents: Iterable[ScrapedDocument]) -> list[ScrapedDocument]:
    """Return the documents with each address once; the first label wins."""
    found: dict[str, ScrapedDocument] = {}
    for document in documents:
        found.setdefault(document.url, document)
    return list(found.values())


def merged(events: Sequence[ScrapedEvent]) -> list[ScrapedEvent]:
    """Return each meeting once, with the files of all its rows.

    Rows of one id are one meeting, and so are rows of one name, body, place and start with a time: clerks enter
    a meeting twice, and lists repeat it for each file. Without a time two rows of a day may be two meetings.
    """
    found: dict[object, ScrapedEvent] = {}
    for event in events:
        same = [one for one in found.values() if one.key == event.key or is_same(one, event)]
        if not same:
            found[event.key] = event
            continue
        first = same[0]
        if event.documents is not None:
            first.documents = distinct([*(first.documents or []), *event.documents])
        if first.status == "confirmed":
            first.status = event.status
    return list(found.values())


def is_same(one: ScrapedEvent, other: ScrapedEvent) -> bool:
    """Return whether two rows with different ids tell of one meeting."""
    if not one.starts_at or "T" not in one.starts_at or one.starts_at != other.starts_at:
        return False
    if one.location and other.location and one.location.casefold() != other.location.casefold():
        return False
    return (one.name.casefold(), one.body) == (other.name.casefold(), other.body)
