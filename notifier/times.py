"""Dates and hours as people read them, always with the zone's name."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from notifier.plain import one_line
from store.views import EventView


@dataclass(frozen=True)
class When:
    """The time of a meeting: `words` is whole; the parts fill a calendar leaf; `order` sorts."""

    words: str
    weekday: str
    day: str
    month: str
    hour: str
    order: str


def clock_words(moment: datetime) -> str:
    """Return an hour with its zone: "2:00 PM EST", "noon EST"."""
    hour = f"{moment.hour % 12 or 12}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"
    return f"{hour} {zone_words(moment)}"


def zone_words(moment: datetime) -> str:
    """Return a zone's short name, or its distance from UTC where it has none."""
    name = moment.tzname() or "UTC"
    return name if name[0].isalpha() and "+" not in name and "-" not in name[3:] else name.replace("UTC", "UTC ")


def day_words(day: date, *, year: bool = False, weekday: bool = True) -> str:
    """Return a date: "Tue, Nov 24" or "Nov 24, 2026"."""
    text = f"{day:%b} {day.day}"
    if weekday:
        text = f"{day:%a}, {text}"
    return f"{text}, {day.year}" if year else text


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment in a zone: "Mon, Nov 23, 8:00 AM EST"."""
    local = moment.astimezone(zone)
    return f"{day_words(local.date())}, {clock_words(local)}"


def span_words(start: date, end: date) -> str:
    """Return two dates as briefly as they allow: "Nov 17–23", "Nov 30–Dec 6", "Nov 24"."""
    if start >= end:
        return f"{end:%b} {end.day}"
    if start.year != end.year:
        return f"{day_words(start, year=True, weekday=False)}–{day_words(end, year=True, weekday=False)}"
    if start.month == end.month:
        return f"{start:%b} {start.day}–{end.day}"
    return f"{start:%b} {start.day}–{end:%b} {end.day}"


def meeting_time(event: EventView, reader: ZoneInfo, today: date) -> When:
    """Return when a meeting is, in the place's own time and, where it differs, the reader's.

    Raises ValueError for a stored time that is none; a date alone stays a date, no hour is made up.
    """
    printed = one_line(event.start_text, 80) if event.start_text else ""
    if not event.starts_at:
        return When(printed or "date not given", "", "?", "", printed or "date not given", "9999")
    if len(event.starts_at) == len("2026-11-24"):
        day = date.fromisoformat(event.starts_at)
        hour = printed or "time not given"
        order = event.starts_at
    else:
        moment = datetime.fromisoformat(event.starts_at)
        if moment.tzinfo is None:
            raise ValueError(f"a meeting's time has no zone: {event.starts_at}")
        local = moment.astimezone(ZoneInfo(event.timezone)) if event.timezone else moment
        day = local.date()
        hour = clock_words(local)
        theirs = moment.astimezone(reader)
        if theirs.utcoffset() != local.utcoffset():
            other_day = f"{day_words(theirs.date())}, " if theirs.date() != day else ""
            hour += f" ({other_day}{clock_words(theirs)} for you)"
        order = moment.astimezone(UTC).isoformat()
    words = f"{day_words(day, year=day.year != today.year)}, {hour}"
    return When(words, f"{day:%a}", str(day.day), f"{day:%b}", hour, order)
