"""What a subscriber may wish for, checked: places, topics, kinds of change, cadence, hour, time zone."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notifier.errors import SubscriptionRefused
from notifier.places import checked_division, state_division

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OFFERED = ("daily", "weekly")
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
TOPIC = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHANGE_KINDS = (
    "new", "title", "status", "action", "referral", "report", "reporting_date", "text_version", "amendment",
    "hearing_scheduled", "hearing_moved", "hearing_cancelled", "agenda_item_added", "agenda_item_reworded",
    "agenda_item_removed", "attachment_added", "attachment_replaced", "vote", "outcome", "sponsor_added",
    "sponsor_removed", "mention_entered", "mention_left", "successor", "removed", "restored",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """One subscription's wishes, checked: the input of every way to subscribe."""

    divisions: tuple[str, ...]
    topics: tuple[str, ...]
    kinds: tuple[str, ...]
    strength: str
    cadence: str
    weekday: int | None
    at: str


def wanted(
    *,
    states: Iterable[str] = (),
    divisions: Iterable[str] = (),
    topics: Iterable[str] = (),
    kinds: Iterable[str] = (),
    strength: str = "strong",
    cadence: str = "weekly",
    weekday: str = "monday",
    at: str = "08:00",
    known_topics: Collection[str] | None = None,
) -> Wanted:
    """Return checked wishes; raises SubscriptionRefused that names what is wrong and what would be right."""
    places = [state_division(state) for state in states] + [checked_division(division) for division in divisions]
    for topic in topics:
        if not TOPIC.fullmatch(topic) or (known_topics is not None and topic not in known_topics):
            known = f"Topics are {', '.join(sorted(known_topics))}" if known_topics else "It looks like shield-laws"
            raise SubscriptionRefused(f"there is no topic {topic[:60]!r}. {known}")
    for kind in kinds:
        if kind not in CHANGE_KINDS:
            raise SubscriptionRefused(f"there is no kind of change {kind[:40]!r}. Kinds are {', '.join(CHANGE_KINDS)}")
    if cadence not in OFFERED:
        raise SubscriptionRefused(f"mails go out {' or '.join(OFFERED)}, not {cadence[:20]!r}")
    if weekday.lower() not in WEEKDAYS:
        raise SubscriptionRefused(f"{weekday[:20]!r} is not a weekday. Write it out, like monday")
    if not HOUR.fullmatch(at):
        raise SubscriptionRefused(f"{at[:20]!r} is not a time of day. It looks like 08:00")
    if strength not in ("strong", "possible"):
        raise SubscriptionRefused(f"a strength is strong or possible, not {strength[:20]!r}")
    return Wanted(
        divisions=tuple(sorted(set(places))),
        topics=tuple(sorted(set(topics))),
        kinds=tuple(sorted(set(kinds))),
        strength=strength,
        cadence=cadence,
        weekday=WEEKDAYS.index(weekday.lower()) if cadence == "weekly" else None,
        at=at,
    )


def checked_zone(name: str) -> str:
    """Return the name of a time zone that exists; raises SubscriptionRefused."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SubscriptionRefused(f"there is no time zone {name[:40]!r}. It looks like America/New_York") from error
    return name
