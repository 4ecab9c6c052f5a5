"""Dates and times as sources print them, turned into the three fields of an event; nothing is invented.

`starts_at` carries the place's offset where the zone is known; a date alone where no time is printed.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from crawler.errors import LayoutChanged

DATE_FORMATS = (
    "%m/%d/%Y",
    "%Y-%m-%d",
    "%B %d, %Y",
    "%b %d, %Y",
    "%b. %d, %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%m-%d-%Y",
    "%m/%d/%y",
    "%Y/%m/%d",
    "%d %B %Y",
    "%d-%b-%Y",
)
WEEKDAY = re.compile(r"^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?[.,]?\s+", re.IGNORECASE)
ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.IGNORECASE)
CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::\d{2})?)?\s*(?P<half>[ap])\.?\s*m\b\.?", re.IGNORECASE
)
CLOCK_24 = re.compile(r"^(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?$")
NOON = re.compile(r"\b(?:12\s*)?noon\b", re.IGNORECASE)
MIDNIGHT = re.compile(r"\bmidnight\b", re.IGNORECASE)
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True)
class When:
    """The start of an event: fields of the same names in ScrapedEvent."""

    starts_at: str | None
    start_text: str | None
    timezone: str | None


def read_date(text: str, *formats: str, url: str | None = None) -> date:
    """Read one printed date; LayoutChanged if it is none, or lies outside 1900-2100 (a typing error)."""
    cleaned = ORDINAL.sub("", WEEKDAY.sub("", " ".join(text.split())))
    for form in formats or DATE_FORMATS:
        try:
            day = datetime.strptime(cleaned, form).date()
        except ValueError:
            continue
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise LayoutChanged(f"the date {text!r} is not plausible", reason="date_implausible", url=url)
        return day
    raise LayoutChanged(f"the date {text!r} can't be read", reason="date_unreadable", url=url)


def read_time(text: str) -> time | None:
    """The first time of day in a text ("6:00 PM", "noon", "18:30"), or None if there is none."""
    cleaned = " ".join(text.split())
    match = CLOCK.search(cleaned)
    if match and 1 <= int(match["hour"]) <= 12 and int(match["minute"] or 0) <= 59:
        hour = int(match["hour"]) % 12 + (12 if match["half"].lower() == "p" else 0)
        return time(hour, int(match["minute"] or 0))
    if NOON.search(cleaned):
        return time(12, 0)
    match = CLOCK_24.match(cleaned)
    if match:
        return time(int(match["hour"]), int(match["minute"]))
    if MIDNIGHT.fullmatch(cleaned):
        return time(0, 0)
    return None


def when(day: date, time_text: str | None, zone: ZoneInfo | None) -> When:
    """Join a date and a printed time in the place's zone.

    Without a readable time `starts_at` is the date alone and the text is kept; a text that says more
    than the time ("2:00 PM or upon recess") is kept beside it. Without a zone there is no offset.
    """
    text = " ".join(time_text.split()) if time_text else ""
    moment = read_time(text) if text else None
    if moment is None:
        return When(day.isoformat(), text or None, zone.key if zone else None)
    start = datetime.combine(day, moment, tzinfo=zone)
    bare = CLOCK.fullmatch(text) or CLOCK_24.match(text) or NOON.fullmatch(text)
    return When(start.isoformat(), None if bare else text, zone.key if zone else None)
