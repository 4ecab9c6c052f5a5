"""How values read on a page: dates in words, changes in plain sentences, links only to the web."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup, escape

from store.views import EventView, MentionView, RecordView, SourceView

TOPICS = {"license-plate-readers": "License plate readers", "shield-laws": "Shield laws"}

GOOD = ("ok", "empty")


def topic_name(slug: str) -> str:
    """A topic's name for people; an unknown slug as it is."""
    return TOPICS.get(slug, slug)


def place_time(event: EventView) -> str:
    """When an event begins, in the place's own time; a date alone stays one."""
    if not event.starts_at:
        return event.start_text or "time not known"
    if "T" not in event.starts_at:
        day = date.fromisoformat(event.starts_at)
        words = f"{day:%A, %B} {day.day}, {day.year}"
        return f"{words}, {event.start_text}" if event.start_text else f"{words}, no time given"
    start = datetime.fromisoformat(event.starts_at)
    hour = start.strftime("%I:%M %p").lstrip("0")
    zone = zone_name(start, event.timezone)
    return f"{start:%A, %B} {start.day}, {start.year}, {hour}" + (f" {zone}" if zone else "")


def zone_name(moment: datetime, zone: str | None) -> str | None:
    """The short name of a zone at a moment, like EDT; a name that is no zone's stays as the source gave it."""
    if zone is None or moment.tzinfo is None:
        return zone
    try:
        return moment.astimezone(ZoneInfo(zone)).tzname()
    except (ZoneInfoNotFoundError, ValueError):
        return zone


def by_meeting(records: Iterable[RecordView]) -> list[tuple[EventView, list[RecordView]]]:
    """Records on coming agendas, gathered by meeting, in the order in which the meetings begin."""
    meetings: dict[str, tuple[EventView, list[RecordView]]] = {}
    for record in records:
        if record.event is not None:
            meetings.setdefault(record.event.id, (record.event, []))[1].append(record)
    return list(meetings.values())


def day(moment: datetime | None) -> str:
    """A moment's date in UTC, or a dash."""
    return f"{moment:%b} {moment.day}, {moment.year}" if moment else "–"


def marked(mention: MentionView) -> Markup:
    """A mention's sentence with its words marked."""
    return marked_at(mention.snippet, [mention.mark])


def marked_at(text: str, marks: Iterable[tuple[int, int]]) -> Markup:
    """A text with some of its words marked; what overlaps is marked once."""
    html, at = Markup(), 0
    for begin, end in sorted(marks):
        if begin >= at:
            html += Markup("{}<mark>{}</mark>").format(text[at:begin], text[begin:end])
            at = end
    return html + escape(text[at:])


def web_link(address: str | None) -> str | None:
    """An address if it is a plain web link; anything else is shown as text, never as a link."""
    return address if address and address.lower().startswith(("https://", "http://")) else None


def kind_name(kind: str) -> str:
    """agenda_item → agenda item; change kinds likewise."""
    return kind.replace("_", " ")


def short(value: Any) -> str:
    """A before or after value of a change on one line."""
    if isinstance(value, dict):
        named = next((value[name] for name in ("description", "motion", "title", "name") if value.get(name)), None)
        # A meeting that moved keeps its name and a file that was replaced too: what differs stands beside it.
        beside = [value.get(name) for name in ("starts_at", "start_text", "location", "url", "counts")]
        parts = [named, *beside] if named else [f"{key}: {part}" for key, part in value.items() if part]
        value = ", ".join(counted(part) for part in parts if part)
    text = " ".join(str(value).split())
    return text if len(text) <= 240 else text[:239] + "…"


def counted(part: Any) -> str:
    """A part of a value as text; votes by option as "8 yes, 1 no"."""
    return ", ".join(f"{number} {name}" for name, number in part.items()) if isinstance(part, dict) else str(part)


def days_ahead(now: datetime, days: int) -> datetime:
    """The moment so many days on."""
    return now + timedelta(days=days)


def failing_first(rows: Sequence[SourceView]) -> list[SourceView]:
    """Sources whose last run was not good first, then those never run, then the rest by name."""

    def rank(row: SourceView) -> tuple[int, str]:
        if row.outcome is None:
            return (1, row.slug)
        return (2 if row.outcome in GOOD else 0, row.slug)

    return sorted(rows, key=rank)


FILTERS: dict[str, Callable[..., Any]] = {
    "topic_name": topic_name,
    "place_time": place_time,
    "by_meeting": by_meeting,
    "day": day,
    "marked": marked,
    "marked_at": marked_at,
    "web_link": web_link,
    "kind_name": kind_name,
    "short": short,
}
