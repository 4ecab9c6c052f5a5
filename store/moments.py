"""What an event's printed time means in UTC; a date without a time stays a whole day and never becomes midnight."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HISTORY_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Moments:
    """Start and end of "ahead" in UTC, and the local date; all None where nothing could be read."""

    starts_utc: datetime | None = None
    over_utc: datetime | None = None
    starts_on: date | None = None


def moments(starts_at: str | None, zone_name: str | None, default_zone: str) -> Moments:
    """Read an ISO time with offset, an ISO time in the named zone, or a date alone."""
    if not starts_at:
        return Moments()
    zone = zone_of(zone_name, default_zone)
    try:
        day = date.fromisoformat(starts_at)
    except ValueError:
        return timed(starts_at, zone)
    start = datetime.combine(day, time.min, zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    return Moments(start, end, day)


def timed(starts_at: str, zone: ZoneInfo) -> Moments:
    """The moments of a time of day; nothing if it is not ISO."""
    try:
        moment = datetime.fromisoformat(starts_at)
    except ValueError:
        return Moments()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    start = moment.astimezone(UTC)
    return Moments(start, start, moment.date())


def zone_of(name: str | None, default: str) -> ZoneInfo:
    """The named zone, or the source's where the page named none that exists."""
    try:
        return ZoneInfo(name or default)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(default)


def is_date(value: str | None) -> bool:
    """Whether it is a date without a time."""
    return value is not None and len(value) == len("2026-03-04")


def same_start(one: str | None, other: str | None) -> bool:
    """Whether two printed starts are the same moment, however their offset is written."""
    if one == other:
        return True
    if one is None or other is None or is_date(one) or is_date(other):
        return False
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False


def better_start(stored: str | None, observed: str | None) -> str | None:
    """The start to keep: what was observed, unless that is only the day of the time already known."""
    if observed is None:
        return stored
    if stored is not None and is_date(observed) and not is_date(stored) and stored.startswith(observed):
        return stored
    return observed


def is_news(over: datetime | None, now: datetime) -> bool:
    """Whether an event is ahead, recent or undated; what was over a week ago is history and told to nobody."""
    return over is None or over >= now - HISTORY_AFTER
