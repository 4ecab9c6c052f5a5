"""Hearings and meetings that are coming up, each once, with what will be heard there."""

from collections.abc import Iterable
from dataclasses import dataclass

from notifier.entries import order_of, place_of, record_path
from notifier.happenings import Reading
from notifier.letterhead import Letterhead
from notifier.matters import leading, matter_keys
from notifier.places import is_local, state_name
from notifier.plain import one_line, safe_link
from notifier.times import When, meeting_time
from store.views import EventView, RecordView

DAMAGED = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
"""What a senseless stored value raises where it is put into words; nothing else is taken for one."""


@dataclass(frozen=True)
class MeetingItem:
    """A record on a meeting's agenda."""

    label: str
    title: str
    link: str


@dataclass(frozen=True)
class Meeting:
    """A hearing or meeting of the next days."""

    when: When
    state: str
    name: str
    location: str
    status: str
    testimony: str
    link: str | None
    items: tuple[MeetingItem, ...]
    hearing: bool
    """Whether people can be heard: a hearing by name, or a legislature's committee on its bills."""


def meetings_of(
    records: Iterable[RecordView], letterhead: Letterhead, reading: Reading
) -> tuple[list[Meeting], list[str]]:
    """Return the coming meetings by time, and the ids of records that could not be shown."""
    together: dict[str, tuple[EventView, list[RecordView]]] = {}
    for record in records:
        if record.event is not None and record.event.status not in ("cancelled", "passed"):
            _, listed = together.setdefault(record.event.id, (record.event, []))
            if all(known.id != record.id for known in listed):
                listed.append(record)
    meetings, damaged = [], []
    for event, listed in together.values():
        try:
            meetings.append(meeting_of(event, listed, letterhead, reading))
        except DAMAGED:
            damaged += [str(record.id) for record in listed]
    return sorted(meetings, key=lambda meeting: (meeting.when.order, meeting.state, meeting.name)), damaged


def meeting_of(event: EventView, listed: list[RecordView], letterhead: Letterhead, reading: Reading) -> Meeting:
    """Return one meeting with its records in the order of their identifiers."""
    keys = matter_keys(listed)
    listed = [leading([record for record in listed if keys[record.id] == key]) for key in dict.fromkeys(keys.values())]
    first = listed[0]
    name = name_of(event, first)
    return Meeting(
        when=meeting_time(event, reading.zone, reading.today),
        state=state_name(first.state),
        name=name,
        location=one_line(event.location or "", 200),
        status="" if event.status in (None, "confirmed") else one_line(event.status, 20),
        testimony=one_line(event.testimony or "", 400),
        link=safe_link(event.url) or next(filter(None, map(safe_link, first.source_urls)), None),
        items=tuple(
            MeetingItem(
                label=one_line(record.identifier or "", 60),
                title=one_line(record.title, 160) or "(no title)",
                link=letterhead.link(f"records/{record_path(record)}"),
            )
            for record in sorted(listed, key=order_of)
        ),
        hearing=is_hearing(name, listed),
    )


def name_of(event: EventView, first: RecordView) -> str:
    """Return a meeting's name with whose it is, nothing said twice."""
    name = one_line(event.name, 160) or "Meeting"
    host = place_of(first) if first.kind == "agenda_item" else one_line(event.body or "", 120)
    if not host or host.lower() in name.lower():
        return name
    town, _, body = host.rpartition(" · ")
    if body.lower() == name.lower():
        return host
    if town and body.lower() in name.lower():
        return f"{town}: {name}"
    # "Regular Meeting" tells nothing without whose it is.
    return f"{host}: {name}"


def is_hearing(name: str, listed: list[RecordView]) -> bool:
    """Return whether a meeting is a hearing; sessions of a chamber are none, whatever bills they take up."""
    spoken = name.lower()
    bills = any(record.kind == "bill" and not is_local(record.jurisdiction) for record in listed)
    return "hearing" in spoken or (bills and ("session" not in spoken or "committee" in spoken))
