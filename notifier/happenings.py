"""A change in plain words: what happened, with what was there before and what is there now."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from notifier.lines import Line, diff, whole
from notifier.places import is_local
from notifier.plain import described, one_line, safe_link
from notifier.times import day_words, meeting_time
from store.views import ChangeView, EventView

SECTION_OF = {
    "new": "new", "agenda_item_added": "new", "mention_entered": "new",
    "status": "moved", "action": "moved", "referral": "moved", "report": "moved", "reporting_date": "moved",
    "hearing_scheduled": "moved", "hearing_moved": "moved", "hearing_cancelled": "moved", "sponsor_added": "moved",
    "sponsor_removed": "moved", "successor": "moved", "removed": "moved", "restored": "moved",
    "agenda_item_removed": "moved", "mention_left": "moved",
    "title": "text", "text_version": "text", "amendment": "text", "agenda_item_reworded": "text",
    "attachment_added": "text", "attachment_replaced": "text",
    "vote": "decided", "outcome": "decided",
}  # fmt: skip
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Happening:
    """One change as an entry shows it."""

    words: str
    before: Line = ()
    after: Line = ()
    link: str | None = None
    may_repeat: bool = False


@dataclass(frozen=True)
class Reading:
    """Who reads, and when: decides time zones and which years are said."""

    zone: ZoneInfo
    today: date


def happening_of(change: ChangeView, reading: Reading, *, may_repeat: bool = False) -> Happening:
    """Return a change in words; raises ValueError, TypeError or KeyError for a stored value that makes no sense."""
    words = WORDS.get(change.kind, other_words)
    return replace(words(change, reading), may_repeat=may_repeat)


def new_words(change: ChangeView, reading: Reading) -> Happening:
    record = change.record
    if record.kind == "agenda_item":
        return Happening(f"New on an agenda{of_meeting(change.event or record.event, reading)}")
    # A council's file is a contract as often as an ordinance.
    name = "New file" if is_local(record.jurisdiction) else "New bill"
    return Happening(f"{name}, now: {one_line(record.status, 160)}" if record.status else name)


def added_words(change: ChangeView, reading: Reading) -> Happening:
    return Happening(f"Added to an agenda already published{of_meeting(change.event or change.record.event, reading)}")


def removed_item_words(change: ChangeView, reading: Reading) -> Happening:
    return Happening(f"Taken off the agenda{of_meeting(change.event or change.record.event, reading)}")


def of_meeting(event: EventView | None, reading: Reading) -> str:
    """Return ": Regular Meeting, Tue, Nov 24, 6:00 PM EST" for a known meeting, nothing otherwise."""
    if event is None:
        return ""
    return f": {one_line(event.name, 120)}, {meeting_time(event, reading.zone, reading.today).words}"


def swapped(label: str) -> Callable[[ChangeView, Reading], Happening]:
    """Return the wording of a value that was replaced by another."""

    def words(change: ChangeView, _reading: Reading) -> Happening:
        before, after = spoken(change.before), spoken(change.after)
        if not before or not after or len(before) + len(after) > 90:
            return Happening(
                label if before and after else f"{label}: {after or 'no longer given'}", *diff(before, after)
            )
        return Happening(f"{label}: {before} → {after}")

    return words


def told(label: str) -> Callable[[ChangeView, Reading], Happening]:
    """Return the wording of something that was added; its date, if any, comes first."""

    def words(change: ChangeView, reading: Reading) -> Happening:
        value = change.after if change.after not in (None, "", [], {}) else change.before
        text = described(value)
        day = spoken_day(value.get("date"), reading) if isinstance(value, dict) else ""
        first = f"{day}: " if day else ""
        return Happening(
            f"{first}{label}: {text}" if label and text else f"{first}{text or label or 'Something moved'}"
        )

    return words


def paper(label: str, replaced: str) -> Callable[[ChangeView, Reading], Happening]:
    """Return the wording of a document that came or was replaced, with a link to it and the words that changed."""

    def words(change: ChangeView, _reading: Reading) -> Happening:
        value = change.after
        name = (
            described(value, 160)
            if not isinstance(value, dict)
            else described(value.get("name") or value.get("kind"), 160)
        )
        link = safe_link(value.get("url")) if isinstance(value, dict) else None
        lines = diff(excerpt(change.before), excerpt(change.after))
        verb = replaced if change.before not in (None, "", [], {}) else label
        return Happening(f"{verb}: {name}" if name else verb, *lines, link=link)

    return words


def excerpt(value: Any) -> str:
    """Return the text that a document's before or after carries, if it carries any."""
    if isinstance(value, dict):
        value = value.get("text") or value.get("excerpt")
    return one_line(value, 4000) if isinstance(value, str) and " " in value else ""


def hearing(label: str) -> Callable[[ChangeView, Reading], Happening]:
    """Return the wording of a hearing or meeting that was set, moved or cancelled."""

    def words(change: ChangeView, reading: Reading) -> Happening:
        event = change.event or change.record.event
        named = change.kind != "hearing_moved"
        before = meeting_words(change.before, event, reading, named=named)
        after = meeting_words(change.after, event, reading, named=named)
        stored = meeting_words({}, event, reading, named=named)
        if change.kind == "hearing_moved":
            now = after or stored
            if not before or before == now:
                return Happening(f"{label}: {now}".rstrip(": "))
            return Happening(label, whole(before, "cut"), whole(now, "added"))
        if change.kind == "hearing_cancelled":
            # A meeting that a source dropped without a word was not said to be cancelled.
            status = change.after.get("status") if isinstance(change.after, dict) else None
            said = label if status in (None, "cancelled") else f"Hearing or meeting {one_line(status, 60)}"
            return Happening(f"{said}: {before or after or stored}".rstrip(": "))
        return Happening(f"{label}: {after or stored}".rstrip(": "))

    return words


def meeting_words(value: Any, event: EventView | None, reading: Reading, *, named: bool = True) -> str:
    """Return name, time and place of a meeting from what the change stored, completed from the event itself."""
    if isinstance(value, str):
        value = {"starts_at": value} if ISO_DAY.match(value) else {"start_text": value}
    if not isinstance(value, dict):
        return ""
    if not value and event is None:
        return ""
    seen = EventView(
        id="",
        name=value.get("name") or (event.name if event else ""),
        body=None,
        starts_at=value.get("starts_at") or (event.starts_at if event and "start_text" not in value else None),
        start_text=value.get("start_text") or (event.start_text if event and not value else None),
        timezone=value.get("timezone") or (event.timezone if event else None),
        location=value.get("location") or (event.location if event and not value else None),
        status=None,
        url=None,
    )
    parts = [
        one_line(seen.name, 120) if named else "",
        meeting_time(seen, reading.zone, reading.today).words,
        one_line(seen.location or "", 120),
    ]
    return ", ".join(part for part in parts if part)


def vote_words(change: ChangeView, reading: Reading) -> Happening:
    value = change.after
    if not isinstance(value, dict):
        return Happening(f"Vote: {described(value)}".rstrip(": "))
    counts = value.get("counts") or {}
    tally = ", ".join(f"{one_line(number, 8)} {one_line(option, 20)}" for option, number in counts.items())
    passed = value.get("passed")
    result = "result not recorded" if passed is None else "passed" if passed else "failed"
    day = spoken_day(value.get("date"), reading)
    motion = one_line(value.get("motion") or "vote", 160)
    return Happening(f"{day + ': ' if day else ''}{motion}: {result}{f' ({tally})' if tally else ''}")


def outcome_words(change: ChangeView, _reading: Reading) -> Happening:
    return Happening(f"Outcome: {described(change.after) or 'not recorded'}")


def entered_words(change: ChangeView, _reading: Reading) -> Happening:
    term = described(change.after.get("term") if isinstance(change.after, dict) else change.after, 120)
    return Happening(f"Its text now mentions what you follow{f': {term}' if term else ''}")


def left_words(change: ChangeView, _reading: Reading) -> Happening:
    value = change.before or change.after
    term = described(value.get("term") if isinstance(value, dict) else value, 120)
    return Happening(f"Its text no longer mentions{f': {term}' if term else ' what you follow'}")


def successor_words(change: ChangeView, _reading: Reading) -> Happening:
    value = change.after
    relation = described(value.get("relation"), 60).replace("_", " ") if isinstance(value, dict) else ""
    return Happening(f"{(relation or 'continued as').capitalize()} {described(value, 120)}".strip())


def other_words(change: ChangeView, _reading: Reading) -> Happening:
    """Return a kind of change that has no wording of its own by its name and values."""
    name = one_line(change.kind, 40).replace("_", " ").capitalize()
    return swapped(name)(change, _reading)


def spoken(value: Any) -> str:
    """Return a before or after value; ISO dates become dates people read."""
    text = described(value, 4000)
    return day_words(date.fromisoformat(text), year=True) if re.fullmatch(ISO_DAY, text) else text


def spoken_day(value: Any, reading: Reading) -> str:
    """Return a stored ISO date in words, or nothing when there is none."""
    if not value:
        return ""
    day = date.fromisoformat(str(value)[:10])
    return day_words(day, year=day.year != reading.today.year, weekday=False)


WORDS: dict[str, Callable[[ChangeView, Reading], Happening]] = {
    "new": new_words,
    "agenda_item_added": added_words,
    "agenda_item_removed": removed_item_words,
    "agenda_item_reworded": swapped("Agenda item reworded"),
    "title": swapped("Title changed"),
    "status": swapped("Status"),
    "action": told(""),
    "referral": told(""),
    "report": told(""),
    "reporting_date": swapped("Committee's reporting date"),
    "text_version": paper("New text", "New text"),
    "amendment": paper("Amendment", "Amendment replaced"),
    "attachment_added": paper("Attachment added", "Attachment added"),
    "attachment_replaced": paper("Attachment replaced", "Attachment replaced"),
    "hearing_scheduled": hearing("Hearing or meeting set"),
    "hearing_moved": hearing("Hearing or meeting moved"),
    "hearing_cancelled": hearing("Hearing or meeting cancelled"),
    "vote": vote_words,
    "outcome": outcome_words,
    "sponsor_added": told("Sponsor added"),
    "sponsor_removed": told("Sponsor withdrawn"),
    "mention_entered": entered_words,
    "mention_left": left_words,
    "successor": successor_words,
    "removed": lambda _change, _reading: Happening("No longer listed by its source"),
    "restored": lambda _change, _reading: Happening("Listed by its source again"),
}
